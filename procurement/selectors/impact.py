"""Whom a purchase order line hits: the jobs that count on it, and what a later day would do to them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet

from orders.models import OrderLine
from procurement.demand import Coming, Need, Snapshot, calculate
from procurement.models import Claim, PurchaseOrder, PurchaseOrderLine
from procurement.selectors import requirement_inputs

LAST = dt.date.max
CLAIM_ROWS = ("requirement__order_line__order__customer", "requirement__order_line__style", "requirement__order_line__colour")


@dataclass(frozen=True)
class Hit:
    """A job that claims a purchase order line. `days_late` is how much later than needed it gets the material; None: nobody knows."""

    order_line: OrderLine
    quantity: Decimal
    stage: str
    starts_on: dt.date
    needed_on: dt.date
    days_late: int | None

    @property
    def is_late(self) -> bool:
        """Without a promised day nobody can count on it."""
        return self.days_late is None or self.days_late > 0


@dataclass(frozen=True)
class Moved:
    """What another promised day does to a job: its lateness before and after, in calendar days; None where no day is known."""

    order_line: OrderLine
    stage: str
    needed_on: dt.date
    before: int | None
    after: int | None


def lines_hit_by(line: PurchaseOrderLine) -> list[Hit]:
    """The jobs that claim this line, in the order in which they need it, with how late they get it by its promise today. One query."""
    claims = _claims().filter(purchase_line=line).select_related(*CLAIM_ROWS).order_by("requirement__needed_on", "pk")
    return [_hit(claim, line.promised_on) for claim in claims]


def what_if_promised(lines: list[PurchaseOrderLine], day: dt.date | None) -> list[Moved]:
    """The jobs that would get their material later or earlier if these lines of one plant came on that day. Nothing is written.

    All claims on the materials are made again: whoever comes first in the order of claim still takes what comes first.
    """
    if not lines:
        return []
    snapshot = requirement_inputs.read(lines[0].plant, {line.material_id for line in lines})
    before = _lateness(calculate(snapshot).needs)
    after = _lateness(calculate(_with_promise(snapshot, {line.pk for line in lines}, day)).needs)
    changed = {key: (before[key], after[key]) for key in before if before[key][1] != after[key][1]}
    found = OrderLine.objects.select_related("order__customer", "style", "colour").in_bulk([key[0] for key in changed])
    moved = [Moved(found[key[0]], old[0].stage, old[0].needed_on, old[1], new[1]) for key, (old, new) in changed.items()]
    return sorted(moved, key=lambda row: (row.after is not None, -(row.after or 0), row.needed_on, row.order_line.pk))


def _with_promise(snapshot: Snapshot, lines: set[int], day: dt.date | None) -> Snapshot:
    """The same snapshot with another promised day of some lines, its supplies in the order of promise again."""
    supplies = {}
    for item, coming in snapshot.supplies.items():
        moved = [Coming(supply, day) if supply.line in lines else Coming(supply, promised) for supply, promised in coming]
        supplies[item] = sorted(moved, key=lambda one: (one.supply.line is not None, one.promised_on or LAST))
    return replace(snapshot, supplies=supplies)


def _lateness(needs: list[Need]) -> dict[tuple[int, int, str], tuple[Need, int | None]]:
    """How many days after it is needed a job has all it claims; None where a claim has no day, or something is short."""
    return {
        (need.job, need.material, need.size): (
            need,
            None if need.undated or need.short else max(0, (need.covered_on - need.needed_on).days) if need.covered_on else 0,
        )
        for need in needs
    }


def lines_hit_by_order(order: PurchaseOrder) -> dict[int, list[Hit]]:
    """The same for all lines of a purchase order, by line. One query."""
    found: dict[int, list[Hit]] = defaultdict(list)
    for claim in (
        _claims().filter(purchase_line__order=order).select_related("purchase_line", *CLAIM_ROWS).order_by("requirement__needed_on", "pk")
    ):
        if claim.purchase_line is not None:
            found[claim.purchase_line.pk].append(_hit(claim, claim.purchase_line.promised_on))
    return dict(found)


def _claims() -> QuerySet[Claim]:
    return Claim.objects.filter(purchase_line__isnull=False)


def _hit(claim: Claim, promised_on: dt.date | None) -> Hit:
    need = claim.requirement
    return Hit(
        order_line=need.order_line,
        quantity=claim.quantity,
        stage=need.stage,
        starts_on=need.starts_on,
        needed_on=need.needed_on,
        days_late=None if promised_on is None else (promised_on - need.needed_on).days,
    )
