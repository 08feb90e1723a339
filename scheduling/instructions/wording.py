"""How the contents of an instruction order and its differences read, in the language of the reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.templatetags import figures
from scheduling.instructions.contents import Contents, Proof
from scheduling.instructions.differences import Difference
from scheduling.instructions.missing import proof_name


@dataclass(frozen=True)
class ProofLine:
    """An approval as the form shows it; `missing` where it has not been given."""

    name: str
    text: str
    missing: bool


def field_label(field: str) -> str:
    """What a field of the form is called."""
    labels = {
        "due_on": _("Due"),
        "customer": _("Customer"),
        "contract": _("Contract no."),
        "po": _("Customer PO"),
        "style": _("Company style no."),
        "colour": _("Colour"),
        "pairs": _("Pairs"),
        "last_no": _("Last no."),
        "sole_no": _("Sole no."),
        "die_no": _("Die no."),
        "packing": _("Packing"),
        "notes": _("Notes"),
        "size": _("Size"),
        "material": _("Material"),
        "proof": _("Approval"),
    }
    return labels[field]


def difference_name(difference: Difference) -> str:
    """`Size 38`, `Material 大底 S15-BK`, `Due`."""
    if difference.field == "proof":
        return proof_name(difference.what)
    label = field_label(difference.field)
    return f"{label} {difference.what}" if difference.what else label


def difference_value(difference: Difference, value: str) -> str:
    """One side of a difference; what is not there says so."""
    if not value:
        return _("none")
    if difference.field == "due_on":
        return figures.day(dt.date.fromisoformat(value))
    return figures.pairs(int(value)) if difference.field in ("pairs", "size") else value


def difference_text(difference: Difference) -> str:
    """`Size 38: 84 → 90`."""
    old, new = difference_value(difference, difference.old), difference_value(difference, difference.new)
    return f"{difference_name(difference)}{_(': ')}{old} → {new}"


def proof_lines(contents: Contents) -> list[ProofLine]:
    """The approvals in the order of the form."""
    return [ProofLine(proof_name(proof.step), _proof_text(proof), not proof.is_given) for proof in contents.proofs]


def _proof_text(proof: Proof) -> str:
    if not proof.is_given:
        return _("not signed")
    if not proof.version:
        return _("as made before")
    words = {"n": proof.version, "who": proof.signed_by or "–", "day": figures.day(proof.signed_on)}
    return _("v%(n)d, %(who)s %(day)s") % words
