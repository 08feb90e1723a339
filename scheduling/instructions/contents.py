"""The contents of an instruction order (E3, form 7) as plain values: what is issued is kept as JSON and read back the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from orders.sizes import SizeRun

# The approvals that E3 is made from, by the code of their step of pre-production.
PROOFS = ("process_sheet", "confirmation_sample", "colour_card")


@dataclass(frozen=True)
class Material:
    """A row of the material specification. `total` is pairs × usage × (1 + loss) in the decimals of the unit, None if not known.

    `by_size` has the totals of a material that is kept by size. `unknown_sizes` are those whose usage nobody has said.
    """

    part: str
    name: str
    code: str
    colour: str
    unit: str
    per_pair: Decimal
    loss_percent: Decimal
    total: Decimal | None
    stage: str
    is_packaging: bool
    by_size: Mapping[str, Decimal]
    unknown_sizes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What stays the same between versions."""
        return f"{self.part} {self.code}"


@dataclass(frozen=True)
class Proof:
    """An approval. `version` 0: none is on record because the style was made before. `is_given` False: it is still missing.

    `planned_on` and `owner` say of a missing one when it is expected and from whom.
    """

    step: str
    is_given: bool
    version: int = 0
    signed_by: str = ""
    signed_on: dt.date | None = None
    planned_on: dt.date | None = None
    owner: str = ""


@dataclass(frozen=True)
class Contents:
    """Everything E3 asks for, and what form 7 adds: customer, last, die and sole numbers, approvals, notes."""

    number: str
    due_on: dt.date
    customer: str
    contract: str
    po: str
    style: str
    family: str
    colour: str
    pairs: int
    sizes: SizeRun
    last_no: str
    sole_no: str
    die_no: str
    materials: tuple[Material, ...]
    packing: str
    notes: str
    proofs: tuple[Proof, ...]

    @property
    def specification(self) -> list[Material]:
        """The materials of the shoe."""
        return [material for material in self.materials if not material.is_packaging]

    @property
    def packaging(self) -> list[Material]:
        """Boxes, cartons, paper, labels."""
        return [material for material in self.materials if material.is_packaging]

    def proof(self, step: str) -> Proof | None:
        return next((proof for proof in self.proofs if proof.step == step), None)

    def to_json(self) -> dict[str, Any]:
        """Plain values, days and decimals as text."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Contents:
        """The inverse of `to_json`."""
        values = dict(data)
        values["due_on"] = dt.date.fromisoformat(values["due_on"])
        values["materials"] = tuple(_material(row) for row in values["materials"])
        values["proofs"] = tuple(_proof(row) for row in values["proofs"])
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(held) for held in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _material(row: Mapping[str, Any]) -> Material:
    figures = {
        "per_pair": Decimal(row["per_pair"]),
        "loss_percent": Decimal(row["loss_percent"]),
        "total": None if row["total"] is None else Decimal(row["total"]),
        "by_size": {size: Decimal(quantity) for size, quantity in row["by_size"].items()},
        "unknown_sizes": tuple(row["unknown_sizes"]),
    }
    return Material(**{**row, **figures})


def _proof(row: Mapping[str, Any]) -> Proof:
    days = {name: dt.date.fromisoformat(row[name]) if row[name] else None for name in ("signed_on", "planned_on")}
    return Proof(**{**row, **days})
