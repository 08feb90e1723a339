"""What storekeepers post. Every function is one transaction and one document; a form (`key`) is booked once, however often it is sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from procurement.models import Material, MoveKind, Requirement, ScrapReason, StockDocument, StockMove, Warehouse
from procurement.quantities import decimals_by_unit, rounded_up, step_of
from procurement.selectors.stock import issued
from procurement.services.stock_picking import Wanted, pick
from procurement.services.stock_posting import Balances, Entry, Head, check_item, check_open, post, shown

Days = dt.date | None


@dataclass(frozen=True)
class Given:
    """A quantity that comes into a warehouse, above zero, in the material's unit."""

    quantity: Decimal
    material: Material
    size: str = ""
    lot: str = ""
    place: str = ""

    def entry(self, warehouse: str) -> Entry:
        return Entry(self.quantity, warehouse, self.material, size=self.size, lot=self.lot, place=self.place)


def issue(
    *,
    plant: Plant,
    job: OrderLine,
    lines: Sequence[Wanted],
    by: User | None,
    warehouse: str = Warehouse.MAIN,
    day: Days = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Issue material to a job (E5.2).

    More than its bill of materials says, or something that is not in it, needs a note. Raises DomainError: not enough there (`short`),
    the order is not open (`not_open`), more than needed without a note (`over_issue`), out of the blocked stock (`blocked`).
    """
    check_open(warehouse)
    head = Head(plant, MoveKind.ISSUE, by, day, key or uuid.uuid4(), job, counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        _check_open(job)
        if not note.strip():
            _check_needed(job, lines)
        lots = StockMove.objects.filter(job=job, kind=MoveKind.ISSUE).exclude(lot="").values_list("material_id", "lot")
        return pick(lines, there, warehouse, frozenset(lots))

    return post(head, items=_checked(line.item(warehouse) for line in lines), plan=plan)


def return_from_job(
    *,
    plant: Plant,
    job: OrderLine,
    lines: Sequence[Given],
    by: User | None,
    warehouse: str = Warehouse.MAIN,
    day: Days = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Take material back from a job, at most what it has. Raises DomainError (`not_issued`)."""
    check_open(warehouse)
    head = Head(plant, MoveKind.RETURNED, by, day, key or uuid.uuid4(), job, counterpart, note=note)
    entries = _checked(line.entry(warehouse) for line in lines)

    def plan(there: Balances) -> list[Entry]:
        _check_issued(job, entries)
        return entries

    return post(head, items=entries, plan=plan)


def scrap(
    *,
    plant: Plant,
    lines: Sequence[Wanted],
    reason: str,
    by: User | None,
    warehouse: str = Warehouse.MAIN,
    job: OrderLine | None = None,
    day: Days = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Write off material of a warehouse or, with a job, material that the job has: it comes back and is scrapped in one document.

    Raises DomainError: no reason (`reason`), “other” without a note (`note`), not enough there (`short`), not issued (`not_issued`).
    """
    if reason not in ScrapReason.values:
        raise DomainError(_("Scrap needs a reason."), "reason")
    if reason == ScrapReason.OTHER and not note.strip():
        raise DomainError(_("Write down what happened to it."), "note")
    head = Head(plant, MoveKind.SCRAP, by, day, key or uuid.uuid4(), job, counterpart, reason, note)
    items = _checked(line.item(warehouse) for line in lines)

    def plan(there: Balances) -> list[Entry]:
        if job is None:
            return pick(lines, there, warehouse)
        _check_issued(job, items)
        back = [replace(item, kind=MoveKind.RETURNED) for item in items]
        return [*back, *(replace(item, quantity=-item.quantity) for item in items)]

    return post(head, items=items, plan=plan)


def transfer(
    *,
    plant: Plant,
    lines: Sequence[Wanted],
    source: str,
    target: str,
    by: User | None,
    target_place: str = "",
    day: Days = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Move stock to another warehouse or place; lots stay what they are.

    Material stays out of the finished goods, and only finished pairs go in. Raises DomainError (`short`, `target`, `blocked`).
    """
    check_open(source, target)
    items = _checked(line.item(source) for line in lines)
    for item in items:
        _check_target(item, target)
    head = Head(plant, MoveKind.TRANSFER, by, day, key or uuid.uuid4(), None, counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        out = pick(lines, there, source)
        came = [replace(entry, quantity=-entry.quantity, warehouse=target, place=target_place) for entry in out]
        if any(a.key == b.key for a, b in zip(out, came, strict=True)):
            raise DomainError(_("It lies there already: choose another warehouse or place."), "target")
        return [*out, *came]

    return post(head, items=items, plan=plan)


def take_opening_stock(
    *, plant: Plant, lines: Sequence[tuple[str, Given]], by: User | None, day: Days = None, note: str = ""
) -> StockDocument:
    """Post what is there when the ledger begins: (warehouse, quantity) each."""
    entries = _checked(given.entry(warehouse) for warehouse, given in lines)
    return post(Head(plant, MoveKind.OPENING, by, day, note=note), items=entries, plan=lambda there: entries)


def _checked(entries: Iterable[Entry]) -> list[Entry]:
    found = list(entries)
    for entry in found:
        check_item(entry)
    return found


def _check_open(job: OrderLine) -> None:
    order = Order.objects.get(pk=job.order_id)
    if order.state != Order.State.OPEN:
        raise DomainError(
            _("Nothing is issued to %(order)s: it is “%(state)s”.") % {"order": order, "state": order.get_state_display()}, "not_open"
        )


def _check_needed(job: OrderLine, lines: Sequence[Wanted]) -> None:
    """A job gets what its bill says. Called under the lock of the job; a job whose bill nobody wrote is not judged."""
    steps = decimals_by_unit()
    needs = {
        (row.material_id, row.size): rounded_up(row.gross, step_of(row.material.unit, steps))
        for row in Requirement.objects.filter(order_line=job).select_related("material")
    }
    if not needs:
        return
    gets = issued([job.pk])
    for line in lines:
        if line.material is None:
            continue
        key = line.material.pk, line.size
        need, total = needs.get(key, Decimal(0)), gets.get((job.pk, *key), Decimal(0)) + line.quantity
        gets[job.pk, *key] = total
        if total > need:
            message = _("%(what)s: %(job)s needs %(need)s and has %(total)s with this. Write down why more goes out.")
            words = {"what": f"{line.material.code} {line.size}".strip(), "job": job, "need": shown(need), "total": shown(total)}
            raise DomainError(message % words, "over_issue")


def _check_issued(job: OrderLine, entries: Sequence[Entry]) -> None:
    """A job gives back at most what it has. Called under the lock of the job."""
    has = issued([job.pk])
    back: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.material is not None:
            back[entry.material.pk, entry.size] += entry.quantity
            there = has.get((job.pk, entry.material.pk, entry.size), Decimal(0))
            if back[entry.material.pk, entry.size] > there:
                raise DomainError(
                    _("%(job)s has %(there)s of %(what)s: %(asked)s cannot come back.")
                    % {"job": job, "there": shown(there), "what": entry.what, "asked": shown(back[entry.material.pk, entry.size])},
                    "not_issued",
                )


def _check_target(item: Entry, target: str) -> None:
    if target == Warehouse.FINISHED and item.material is not None:
        raise DomainError(_("%(what)s is material: only finished pairs go to the finished goods.") % {"what": item.what}, "target")
    if target == Warehouse.FINISHED and item.stage:
        raise DomainError(_("%(what)s is not finished yet.") % {"what": item.what}, "target")
    if target == Warehouse.MAIN and item.pairs_of is not None:
        raise DomainError(_("%(what)s: pairs go through the transit warehouse to the finished goods.") % {"what": item.what}, "target")
