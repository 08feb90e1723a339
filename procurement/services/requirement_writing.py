"""Replaces the calculated requirements of a plant. Rows go in through COPY: half a million of them is a matter of seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection, models

from planning_site.core.models import Plant
from procurement.demand import PARTS_SHOWN, Need, Outcome
from procurement.models import Claim, Requirement

PIECE = 20_000  # rows that are written into one COPY
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
REQUIREMENT_COLUMNS = (
    "id", "plant_id", "order_line_id", "material_id", "size", "stage", "parts", "starts_on", "needed_on", "is_planned", "turn",
    "gross", "issued", "from_stock", "from_orders", "undated", "short", "covered_on", "order_by",
)  # fmt: skip
CLAIM_COLUMNS = ("requirement_id", "purchase_line_id", "lot", "quantity")


def replace(plant: Plant, outcome: Outcome, materials: Collection[int] | None) -> None:
    """Put these requirements and claims in the place of the plant's old ones, or of those of some materials."""
    _delete(plant, materials)
    ids = _ids(len(outcome.needs))
    _copy(Requirement, REQUIREMENT_COLUMNS, (_row(pk, plant.pk, need) for pk, need in zip(ids, outcome.needs, strict=True)))
    _copy(Claim, CLAIM_COLUMNS, ((ids[claim.need], claim.line, claim.lot, claim.quantity) for claim in outcome.claims))


def _delete(plant: Plant, materials: Collection[int] | None) -> None:
    """Delete in the database: collecting half a million objects in memory first would take longer than all the rest."""
    condition, values = "plant_id = %s", list[Any]([plant.pk])
    if materials is not None:
        condition, values = f"{condition} AND material_id = ANY(%s)", [plant.pk, list(materials)]
    requirement, claim = Requirement._meta.db_table, Claim._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {claim} WHERE requirement_id IN (SELECT id FROM {requirement} WHERE {condition})", values)
        cursor.execute(f"DELETE FROM {requirement} WHERE {condition}", values)


def _ids(count: int) -> list[int]:
    """New keys from the table's own sequence: claims name them before the rows are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [Requirement._meta.db_table, count])
        return [row[0] for row in cursor.fetchall()]


def _row(pk: int, plant: int, need: Need) -> tuple[Any, ...]:
    return (
        pk, plant, need.job, need.material, need.size, need.stage, "、".join(need.parts)[:PARTS_SHOWN], need.starts_on, need.needed_on,
        need.is_planned, need.turn, need.gross, need.issued, need.from_stock, need.from_orders, need.undated, need.short,
        need.covered_on, need.order_by,
    )  # fmt: skip


def _copy(model: type[models.Model], columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows through COPY."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", _Pieces(rows))


class _Pieces:
    """A file of COPY's text format that is made while it is read."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self.pieces = _encoded(rows)
        self.rest = b""

    def read(self, size: int) -> bytes:
        while len(self.rest) < size:
            piece = next(self.pieces, b"")
            if not piece:
                break
            self.rest += piece
        out, self.rest = self.rest[:size], self.rest[size:]
        return out


def _encoded(rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join(map(_text, row)))
        if len(lines) == PIECE:
            yield ("\n".join(lines) + "\n").encode()
            lines = []
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def _text(value: Any) -> str:
    """One value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
