"""What changed between two versions of an instruction order, thing by thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.sizes import size_key
from scheduling.instructions.contents import Contents, Material, Proof

# compared as they are, in the order of the form
PLAIN = ("due_on", "customer", "contract", "po", "style", "colour", "pairs", "last_no", "sole_no", "die_no", "packing", "notes")


@dataclass(frozen=True)
class Difference:
    """One thing that changed: its field, which one of several (a size, a part and material), and what it was and is; empty: not there."""

    field: str
    what: str
    old: str
    new: str

    def to_json(self) -> dict[str, str]:
        return {"field": self.field, "what": self.what, "old": self.old, "new": self.new}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Difference:
        return cls(row["field"], row["what"], row["old"], row["new"])


def differences(old: Contents, new: Contents) -> list[Difference]:
    """Everything that a reader of the old version has to know, in the order of the form."""
    found = [
        Difference(name, "", _text(getattr(old, name)), _text(getattr(new, name)))
        for name in PLAIN
        if getattr(old, name) != getattr(new, name)
    ]
    found += _keyed("size", {s: str(n) for s, n in old.sizes.items()}, {s: str(n) for s, n in new.sizes.items()}, numeric=True)
    found += _keyed("material", _materials(old), _materials(new))
    found += _keyed("proof", _proofs(old), _proofs(new))
    return found


def _keyed(field: str, old: Mapping[str, str], new: Mapping[str, str], *, numeric: bool = False) -> list[Difference]:
    keys = list(dict.fromkeys([*old, *new]))
    if numeric:
        keys.sort(key=size_key)
    return [Difference(field, key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]


def _materials(contents: Contents) -> dict[str, str]:
    return {material.key: _material(material) for material in contents.materials}


def _material(material: Material) -> str:
    """Usage, loss and total in one line: whichever of them changed shows."""
    total = "–" if material.total is None else _text(material.total)
    return f"{_text(material.per_pair)} {material.unit} +{_text(material.loss_percent)}% = {total}"


def _proofs(contents: Contents) -> dict[str, str]:
    return {proof.step: _proof(proof) for proof in contents.proofs}


def _proof(proof: Proof) -> str:
    return f"v{proof.version}" if proof.is_given and proof.version else ""


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
