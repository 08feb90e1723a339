"""Pairs of order lines: what stages hand over through the transit warehouse, and finished shoes in and out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.models import OrderLine
from orders.sizes import size_key
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from procurement.models import MoveKind, StockDocument, Warehouse
from procurement.selectors.stock import pairs_posted
from procurement.services.stock_picking import Wanted, pick
from procurement.services.stock_posting import Balances, Entry, Head, check_item, post


def take_pairs_in(
    *,
    plant: Plant,
    job: OrderLine,
    sizes: Mapping[str, int],
    by: User | None,
    stage: str = "",
    place: str = "",
    day: dt.date | None = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Take in pairs of a job by size: finished ones (no stage) into the finished goods, those of a stage into the transit warehouse.

    More than ordered of a size needs a note. Raises DomainError (`too_many`).
    """
    warehouse = Warehouse.TRANSIT if stage else Warehouse.FINISHED
    entries = [
        Entry(Decimal(pairs), warehouse, pairs_of=job, size=size, place=place, stage=stage) for size, pairs in _in_order(sizes).items()
    ]
    for entry in entries:
        check_item(entry)
    head = Head(plant, MoveKind.PAIRS_IN, by, day, key or uuid.uuid4(), job, counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        if not note.strip():
            _check_ordered(job, entries, stage, warehouse)
        return entries

    return post(head, items=entries, plan=plan)


def give_pairs_out(
    *,
    plant: Plant,
    job: OrderLine,
    sizes: Mapping[str, int],
    by: User | None,
    stage: str = "",
    day: dt.date | None = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Give pairs out by size: finished ones to the customer (B5), those of a stage to the next one. Raises DomainError (`short`)."""
    warehouse = Warehouse.TRANSIT if stage else Warehouse.FINISHED
    wanted = [Wanted(Decimal(pairs), pairs_of=job, size=size, stage=stage) for size, pairs in _in_order(sizes).items()]
    items = [want.item(warehouse) for want in wanted]
    for item in items:
        check_item(item)
    head = Head(plant, MoveKind.PAIRS_OUT, by, day, key or uuid.uuid4(), job, counterpart, note=note)
    return post(head, items=items, plan=lambda there: pick(wanted, there, warehouse))


def _in_order(sizes: Mapping[str, int]) -> dict[str, int]:
    return {size: sizes[size] for size in sorted(sizes, key=size_key) if sizes[size]}


def _check_ordered(job: OrderLine, entries: list[Entry], stage: str, warehouse: str) -> None:
    """Not more pairs than ordered of any size. Called under the lock of the job."""
    came = pairs_posted([job.pk], kind=MoveKind.PAIRS_IN, warehouse=warehouse)
    for entry in entries:
        total = came.get((job.pk, stage, entry.size), 0) + int(entry.quantity)
        if total > job.sizes[entry.size]:
            message = _("%(job)s size %(size)s: %(ordered)s pairs are ordered, with these %(total)s have come in. Write down why.")
            words = {"job": job, "size": entry.size, "ordered": f"{job.sizes[entry.size]:,}", "total": f"{total:,}"}
            raise DomainError(message % words, "too_many")
