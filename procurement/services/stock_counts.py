"""Counting: one person writes down what is there, another one approves the difference, and only then the ledger moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.numbering import next_number
from planning_site.core.transitions import transition
from procurement.models import Material, MoveKind, StockBalance, StockCount, StockCountLine, StockDocument
from procurement.services.stock_picking import Wanted, pick
from procurement.services.stock_posting import SMALLEST, BalanceKey, Balances, Entry, Head, balances_of, post

State = StockCount.State
NOTHING = Decimal(0)
MOST_LINES = 500  # of one sheet: more is a second walk through the warehouse


@dataclass(frozen=True)
class Difference:
    """How much more (or, negative, less) of a material and size is there than the books say."""

    material: Material
    size: str
    difference: Decimal


@transaction.atomic
def open_count(
    *, plant: Plant, warehouse: str, materials: Collection[Material], scope: str, by: User, place: str | None = None
) -> StockCount:
    """Make a sheet of what the books have of these materials in a warehouse, by size, lot and place. Raises DomainError (`nothing`)."""
    rows = StockBalance.objects.filter(plant=plant, warehouse=warehouse, material__in=materials, quantity__gt=0).select_related("material")
    if place is not None:
        rows = rows.filter(place=place)
    found = list(rows)
    if not found:
        raise DomainError(_("The books have nothing of this here. Post a receipt, or choose something else to count."), "nothing")
    if len(found) > MOST_LINES:
        raise DomainError(
            _("%(lines)d places are too many for one sheet (%(most)d at most): narrow it.") % {"lines": len(found), "most": MOST_LINES},
            "too_many",
        )
    count = _new_count(plant, warehouse, scope, by)
    found.sort(key=lambda row: (row.place, row.material.code if row.material else "", Decimal(row.size or 0), row.lot))
    StockCountLine.objects.bulk_create(
        StockCountLine(count=count, position=n, material=row.material, size=row.size, lot=row.lot, place=row.place)
        for n, row in enumerate(found, start=1)
    )
    return count


@transaction.atomic
def write_down(*, count: StockCount, counted: Mapping[int, Decimal | None], by: User) -> StockCount:
    """Keep counted quantities by line id; None empties a line. The books of this moment are kept beside each quantity.

    Raises DomainError: the sheet is not being counted (`state`), a quantity below 0 or with more than three decimals (`quantity`).
    """
    count = _locked(count)
    if count.state not in (State.COUNTING, State.REFUSED):
        raise DomainError(_("%(count)s is “%(state)s”.") % {"count": count, "state": count.get_state_display()}, "state")
    lines = list(count.lines.select_related("material").filter(pk__in=counted))
    # nobody moves these materials between reading the books and keeping the count
    list(Material.objects.filter(pk__in={line.material_id for line in lines}).order_by("pk").select_for_update(no_key=True))
    books = _books(count, lines)
    changed = []
    for line in lines:
        quantity = counted[line.pk]
        if quantity == line.counted:
            continue
        if quantity is not None and (quantity < 0 or quantity != quantity.quantize(SMALLEST)):
            raise DomainError(_("Line %(n)d: a quantity of at least 0 with at most three decimals.") % {"n": line.position}, "quantity")
        line.counted = quantity
        line.book = None if quantity is None else books.get(_key(count, line), NOTHING)
        changed.append(line)
    StockCountLine.objects.bulk_update(changed, ["counted", "book"])
    count.counted_by, count.counted_at = by, clock.now()
    count.save(update_fields=["counted_by", "counted_at"])
    return count


@transaction.atomic
def submit(*, count: StockCount, by: User) -> StockCount:
    """Hand a counted sheet in for approval. Raises DomainError while lines are empty (`empty`)."""
    count = _locked(count)
    empty = count.lines.filter(counted=None).count()
    if empty:
        raise DomainError(_("%(n)d lines are not counted yet. Nothing there is 0.") % {"n": empty}, "empty")
    before = transition(count, State.SUBMITTED)
    count.counted_by, count.counted_at = by, clock.now()
    count.decided_by, count.decided_at = None, None
    count.save(update_fields=["state", "counted_by", "counted_at", "decided_by", "decided_at"])
    audit.record(count, "submit count", by=by, values={"state": (before, count.state)})
    return count


@transaction.atomic
def approve(*, count: StockCount, by: User, why: str) -> StockCount:
    """Approve the differences and post them. Raises DomainError: the counter himself (`same_person`), differences without a reason (`why`).

    The difference is that of the moment of counting: what moved since then has moved, and stays.
    """
    count = _decided(count, by, State.POSTED)
    lines = list(count.lines.select_related("material"))
    entries = [_difference(count, line) for line in lines if line.counted != line.book]
    if entries and not why.strip():
        raise DomainError(_("Write down why the count differs from the books."), "why")
    if entries:
        count.document = _post(count, entries, by, why)
    _finish(count, by, why, ["document"])
    return count


@transaction.atomic
def refuse(*, count: StockCount, by: User, why: str) -> StockCount:
    """Send a sheet back to be counted again, with the reason. Raises DomainError (`same_person`, `why`)."""
    if not why.strip():
        raise DomainError(_("Write down what has to be counted again."), "why")
    count = _decided(count, by, State.REFUSED)
    _finish(count, by, why, [])
    return count


@transaction.atomic
def drop(*, count: StockCount, by: User) -> StockCount:
    """Give up a sheet that was never handed in or was sent back."""
    count = _locked(count)
    before = transition(count, State.DROPPED)
    count.save(update_fields=["state"])
    audit.record(count, "drop count", by=by, values={"state": (before, count.state)})
    return count


@transaction.atomic
def take_differences(
    *, plant: Plant, warehouse: str, differences: Sequence[Difference], by: User | None, day: dt.date, note: str
) -> StockCount | StockDocument:
    """Differences that a workbook brings: a sheet that waits for approval, or without an author a document at once.

    A workbook knows no lots and places: what is missing is taken as an issue would take it, what is over goes to no lot and place.
    """
    moves = [Entry(abs(row.difference), warehouse, row.material, size=row.size) for row in differences if row.difference]
    if by is None:
        head = Head(plant, MoveKind.COUNT, None, day, note=note)
        return post(head, items=moves, plan=lambda there: _picked(warehouse, differences, there))
    count = _new_count(plant, warehouse, note or f"{day}", by)
    there = balances_of(plant, moves)
    changes: dict[BalanceKey, Entry] = {}
    for entry in _picked(warehouse, differences, there):
        before = changes.get(entry.key)
        changes[entry.key] = replace(entry, quantity=entry.quantity + before.quantity) if before else entry
    StockCountLine.objects.bulk_create(
        _counted_line(count, n, entry, there.get(key, NOTHING)) for n, (key, entry) in enumerate(sorted(changes.items()), start=1)
    )
    return submit(count=count, by=by)


def _new_count(plant: Plant, warehouse: str, scope: str, by: User) -> StockCount:
    prefix = f"PDD{clock.today():%y%m}"
    number = f"{prefix}{next_number(f'stock-{prefix}'):04}"
    count = StockCount(plant=plant, number=number, warehouse=warehouse, scope=" ".join(scope.split())[:100], made_by=by)
    count.full_clean()
    count.save()
    return count


def _picked(warehouse: str, differences: Sequence[Difference], there: Balances) -> list[Entry]:
    over = [Entry(row.difference, warehouse, row.material, size=row.size) for row in differences if row.difference > 0]
    missing = [Wanted(-row.difference, row.material, size=row.size) for row in differences if row.difference < 0]
    return [*over, *pick(missing, there, warehouse)]


def _counted_line(count: StockCount, position: int, entry: Entry, book: Decimal) -> StockCountLine:
    counted = max(book + entry.quantity, NOTHING)
    return StockCountLine(
        count=count,
        position=position,
        material=entry.material,
        size=entry.size,
        lot=entry.lot,
        place=entry.place,
        book=book,
        counted=counted,
    )


def _locked(count: StockCount) -> StockCount:
    return StockCount.objects.select_for_update(of=["self"]).select_related("plant", "counted_by").get(pk=count.pk)


def _decided(count: StockCount, by: User, state: str) -> StockCount:
    """The sheet, locked, in its new state, if this person may decide."""
    count = _locked(count)
    transition(count, state)
    if by.pk == count.counted_by_id:
        raise DomainError(_("You counted %(count)s: somebody else approves it.") % {"count": count}, "same_person")
    return count


def _finish(count: StockCount, by: User, why: str, fields: list[str]) -> None:
    count.decided_by, count.decided_at, count.reason = by, clock.now(), " ".join(why.split())[:300]
    count.full_clean()
    count.save(update_fields=["state", "decided_by", "decided_at", "reason", *fields])
    audit.record(count, "decide count", by=by, values={"state": (State.SUBMITTED, count.state)}, why=count.reason)


def _post(count: StockCount, entries: list[Entry], by: User, why: str) -> StockDocument:
    head = Head(count.plant, MoveKind.COUNT, by, counterpart=str(count.counted_by), note=f"{count.number} {why}"[:300])
    return post(head, items=entries, plan=lambda there: entries)


def _difference(count: StockCount, line: StockCountLine) -> Entry:
    if line.counted is None or line.book is None:
        raise DomainError(_("Line %(n)d is not counted.") % {"n": line.position}, "empty")
    return Entry(line.counted - line.book, count.warehouse, line.material, size=line.size, lot=line.lot, place=line.place)


def _key(count: StockCount, line: StockCountLine) -> BalanceKey:
    return BalanceKey(line.material_id, 0, "", line.size, line.lot, count.warehouse, line.place)


def _books(count: StockCount, lines: list[StockCountLine]) -> Balances:
    rows = StockBalance.objects.filter(plant=count.plant, warehouse=count.warehouse, material__in={line.material_id for line in lines})
    return {BalanceKey(row.material_id or 0, 0, "", row.size, row.lot, row.warehouse, row.place): row.quantity for row in rows}
