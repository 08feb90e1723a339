"""What an instruction order lacks before it can be issued: named, with whoever owes it, instead of left blank."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags import figures
from scheduling.instructions.contents import Contents, Material, Proof


def missing_in(contents: Contents) -> list[str]:
    """Sentences, one per thing; empty if the order can be issued."""
    out = [_proof(proof) for proof in contents.proofs if not proof.is_given]
    if not contents.specification:
        out.append(_("no material: %(style)s %(colour)s has no usage") % {"style": contents.style, "colour": contents.colour})
    out += [_unknown(material) for material in contents.materials if material.unknown_sizes]
    if not contents.packaging and not contents.packing:
        out.append(_("no packaging details: neither boxes and cartons in the usage nor a packing text"))
    return out


def remarks_on(contents: Contents) -> list[str]:
    """What is not known and does not keep the order back."""
    numbers = (
        (contents.last_no, _("last no. not known")),
        (contents.sole_no, _("sole no. not known")),
        (contents.die_no, _("die no. not known")),
    )
    out = [sentence for number, sentence in numbers if not number]
    if contents.packaging and not contents.packing:
        out.append(_("no packing text: only the packaging material is known"))
    return out


def proof_name(step: str) -> str:
    """What an approval is called."""
    names = {
        "process_sheet": _("Process sheet"),
        "confirmation_sample": _("Confirmation sample"),
        "colour_card": _("Colour card"),
    }
    return names[step]


def _proof(proof: Proof) -> str:
    name = proof_name(proof.step)
    said = (
        _("%(what)s not signed yet") % {"what": name}
        if proof.planned_on or proof.owner
        else _("%(what)s is in no pre-production plan") % {"what": name}
    )
    details = []
    if proof.planned_on:
        details.append(_("planned %(day)s") % {"day": figures.day(proof.planned_on)})
    if proof.owner:
        details.append(proof.owner)
    return f"{said} ({pgettext('list', ', ').join(details)})" if details else said


def _unknown(material: Material) -> str:
    words = {"part": material.part, "material": material.name, "sizes": pgettext("list", ", ").join(material.unknown_sizes)}
    return _("%(part)s %(material)s: no usage for size %(sizes)s") % words
