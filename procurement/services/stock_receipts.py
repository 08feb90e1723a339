"""Material that comes from suppliers and goes back to them, against the lines of purchase orders."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from procurement.models import Material, MoveKind, PurchaseOrderLine, StockDocument, StockRules, Warehouse
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.stock import received
from procurement.services.order_states import settle_orders
from procurement.services.stock_picking import Wanted, pick
from procurement.services.stock_posting import Balances, Entry, Head, check_item, post, shown

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Receipt:
    """A quantity above zero that a supplier brought: against a purchase order line, or of a material that nobody ordered."""

    quantity: Decimal
    purchase_line: PurchaseOrderLine | None = None
    material: Material | None = None
    size: str = ""
    lot: str = ""
    place: str = ""

    def entry(self, warehouse: str) -> Entry:
        line = self.purchase_line
        material, size = (line.material, line.size) if line else (self.material, self.size)
        return Entry(self.quantity, warehouse, material, size=size, lot=self.lot, place=self.place, purchase_line=line)


@transaction.atomic
def receive(
    *,
    plant: Plant,
    lines: Sequence[Receipt],
    by: User | None,
    warehouse: str = Warehouse.MAIN,
    day: dt.date | None = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
    note: str = "",
) -> StockDocument:
    """Take material in, in parts as it comes (D5, D6). A line that has all it ordered is `received`.

    More than ordered is taken as far as the plant's rule allows; beyond it, and for material without a purchase order, a note has to say
    why. Raises DomainError: nothing more is expected of a line (`not_coming`), too much without a note (`too_much`), nobody ordered it
    and no note says why (`not_ordered`).
    """
    entries = [line.entry(warehouse) for line in lines]
    for entry in entries:
        if entry.material is None:
            raise DomainError(_("A receipt names its purchase order line or its material."), "material")
        check_item(entry)
        if entry.purchase_line is None and not note.strip():
            raise DomainError(_("%(what)s is on no purchase order: write down where it comes from.") % {"what": entry.what}, "not_ordered")
    head = Head(plant, MoveKind.RECEIVE, by, day, key or uuid.uuid4(), None, counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        _check_ordered(plant, entries, note)
        return entries

    document = post(head, items=entries, plan=plan)
    settle(entry.purchase_line.pk for entry in entries if entry.purchase_line)
    return document


@transaction.atomic
def return_to_supplier(
    *,
    plant: Plant,
    lines: Sequence[Receipt],
    by: User | None,
    note: str,
    warehouse: str = Warehouse.MAIN,
    day: dt.date | None = None,
    key: uuid.UUID | None = None,
    counterpart: str = "",
) -> StockDocument:
    """Send material back to the supplier, at most what came on the purchase order line; the line waits for it again.

    Raises DomainError: no note (`note`), more than came (`not_received`), not in stock any more (`short`).
    """
    if not note.strip():
        raise DomainError(_("Write down why it goes back."), "note")
    items = [line.entry(warehouse) for line in lines]
    for item in items:
        check_item(item)
    head = Head(plant, MoveKind.SENT_BACK, by, day, key or uuid.uuid4(), None, counterpart, note=note)

    def plan(there: Balances) -> list[Entry]:
        _check_received(items)
        out: list[Entry] = []
        left = dict(there)
        for item, line in zip(items, lines, strict=True):
            wanted = Wanted(item.quantity, item.material, size=item.size, lot=line.lot or None, place=line.place or None)
            for entry in pick([wanted], left, warehouse):
                left[entry.key] = left.get(entry.key, NOTHING) + entry.quantity
                out.append(_against(entry, item.purchase_line))
        return out

    document = post(head, items=items, plan=plan)
    settle(item.purchase_line.pk for item in items if item.purchase_line)
    return document


def settle(purchase_lines: Iterable[int]) -> None:
    """Bring lines and their orders in step with the ledger: received when all has come, open again when some went back."""
    State = PurchaseOrderLine.State  # noqa: N806 - the name that the model gives it
    lines = list(PurchaseOrderLine.objects.filter(pk__in=set(purchase_lines)).exclude(state=State.CANCELLED))
    came = received([line.pk for line in lines])
    for line in lines:
        is_here = came.get(line.pk, NOTHING) >= line.quantity
        if is_here and line.state != State.RECEIVED:
            line.state = State.RECEIVED
        elif not is_here and line.state == State.RECEIVED:
            line.state = State.CONFIRMED if line.promised_on else State.WAITING
        else:
            continue
        line.save(update_fields=["state"])
    settle_orders(line.order_id for line in lines if line.order_id)


def _against(entry: Entry, line: PurchaseOrderLine | None) -> Entry:
    return Entry(entry.quantity, entry.warehouse, entry.material, size=entry.size, lot=entry.lot, place=entry.place, purchase_line=line)


def _by_line(entries: Iterable[Entry]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.purchase_line is not None:
            sums[entry.purchase_line.pk] += entry.quantity
    return sums


def _check_ordered(plant: Plant, entries: Sequence[Entry], note: str) -> None:
    """What was ordered is still expected, and not more comes than the rule or the note allows. Called under the lines' locks."""
    sums = _by_line(entries)
    came = received(list(sums))
    rules = StockRules.objects.get_or_create(plant=plant)[0]
    for line in PurchaseOrderLine.objects.filter(pk__in=sums).select_related("material", "order"):
        words = {"number": line.number, "what": f"{line.material.code} {line.size}".strip()}
        may_come = line.state in STILL_COMING or (line.state == PurchaseOrderLine.State.RECEIVED and note.strip())
        if line.plant_id != plant.pk or not may_come:
            state = line.get_state_display()
            raise DomainError(_("%(number)s %(what)s is “%(state)s”: nothing more is expected.") % (words | {"state": state}), "not_coming")
        total = came.get(line.pk, NOTHING) + sums[line.pk]
        most = line.quantity * (100 + rules.over_receipt_percent) / 100
        if total > most and not note.strip():
            message = _("%(number)s %(what)s: ordered %(ordered)s, with this %(total)s have come. Write down why more is taken.")
            raise DomainError(message % (words | {"ordered": shown(line.quantity), "total": shown(total)}), "too_much")


def _check_received(items: Sequence[Entry]) -> None:
    sums = _by_line(items)
    came = received(list(sums))
    for line in PurchaseOrderLine.objects.filter(pk__in=sums).select_related("material", "order"):
        if sums[line.pk] > came.get(line.pk, NOTHING):
            message = _("%(number)s %(what)s: %(came)s came, %(asked)s cannot go back.")
            words = {"number": line.number, "what": f"{line.material.code} {line.size}".strip()}
            figures = {"came": shown(came.get(line.pk, NOTHING)), "asked": shown(sums[line.pk])}
            raise DomainError(message % (words | figures), "not_received")
