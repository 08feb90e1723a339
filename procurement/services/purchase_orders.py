"""Purchase orders from draft to end. Every function is one transaction, leaves its history and brings the requirements up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.numbering import next_number
from planning_site.core.transitions import transition
from procurement.models import Material, PurchaseOrder, PurchaseOrderLine, StockMove, Supplier
from procurement.quantities import decimals_by_unit, step_of
from procurement.selectors.arrivals import STILL_COMING
from procurement.services.order_states import settle_orders
from procurement.services.requirements import refresh

PREFIX = "CG"
State = PurchaseOrder.State
LineState = PurchaseOrderLine.State
LARGEST = Decimal("99999999999")


@dataclass(frozen=True)
class Wish:
    """What a line of a purchase order asks for. `price` per unit, None where it is not agreed yet."""

    material: Material
    size: str
    quantity: Decimal
    needed_on: dt.date | None = None
    price: Decimal | None = None
    note: str = ""


class OrderConflictError(DomainError):
    """Somebody else saved the purchase order in the meantime. Nothing was written."""

    def __init__(self, order: PurchaseOrder) -> None:
        super().__init__(_("Not saved: %(order)s was changed in the meantime. Look at it again.") % {"order": order}, "conflict")


def lock_order(pk: int, version: int | None = None) -> PurchaseOrder:
    """The purchase order, locked until the transaction ends. Raises OrderConflictError if it is no longer of that version."""
    order = PurchaseOrder.objects.select_for_update(of=("self",)).select_related("supplier", "plant").get(pk=pk)
    if version is not None and order.version != version:
        raise OrderConflictError(order)
    return order


@transaction.atomic
def add_to_draft(*, plant: Plant, supplier: Supplier | None, wishes: Sequence[Wish], by: User | None) -> PurchaseOrder:
    """Put wishes into the supplier's newest draft, or into a new one. What stands in it already is ordered in the larger quantity."""
    check_wishes(wishes)
    drafts = PurchaseOrder.objects.select_for_update().filter(plant=plant, supplier=supplier, state=State.DRAFT)
    order = drafts.first() or PurchaseOrder.objects.create(plant=plant, supplier=supplier, made_by=by)
    there = {(line.material_id, line.size): line for line in order.lines.all()}
    for wish in wishes:
        line = there.get((wish.material.pk, wish.size))
        if line is None:
            _new_line(order, wish).save()
            continue
        line.quantity = max(line.quantity, wish.quantity)
        line.needed_on = min(filter(None, (line.needed_on, wish.needed_on)), default=None)
        line.save(update_fields=["quantity", "needed_on"])
    order.version += 1
    order.save(update_fields=["version"])
    audit.record(order, "drafted", by=by, values={"lines": (len(there), order.lines.count())})
    return order


@transaction.atomic
def change_draft(
    *, order: PurchaseOrder, version: int, supplier: Supplier | None, note: str, wishes: Sequence[Wish], by: User | None
) -> PurchaseOrder:
    """Replace supplier, note and lines of a draft. Raises DomainError if it was sent (`not_draft`) or saved by somebody else."""
    check_wishes(wishes)
    locked = lock_order(order.pk, version)
    if locked.state != State.DRAFT:
        raise DomainError(_("%(order)s was sent: its lines are changed with the supplier.") % {"order": locked}, "not_draft")
    before = {(line.material.code, line.size): line.quantity for line in locked.lines.select_related("material")}
    locked.lines.all().delete()
    PurchaseOrderLine.objects.bulk_create([_new_line(locked, wish) for wish in wishes])
    locked.supplier, locked.note, locked.version = supplier, note.strip(), locked.version + 1
    locked.save(update_fields=["supplier", "note", "version"])
    after = {(wish.material.code, wish.size): wish.quantity for wish in wishes}
    values = {
        f"{code} {size}".strip(): (before.get((code, size)), after.get((code, size)))
        for code, size in sorted({*before, *after})
        if before.get((code, size)) != after.get((code, size))
    }
    if values:
        audit.record(locked, "changed", by=by, values=values)
    return locked


@transaction.atomic
def send(*, order: PurchaseOrder, version: int, by: User | None, today: dt.date) -> PurchaseOrder:
    """Give the draft its number and count it as on order: the supplier's answer is waited for (D3, D7).

    Raises DomainError without lines (`empty`) or without a supplier (`no_supplier`).
    """
    locked = lock_order(order.pk, version)
    lines = list(locked.lines.all())
    if not lines:
        raise DomainError(_("The purchase order has no lines yet."), "empty")
    if locked.supplier is None:
        raise DomainError(_("Choose the supplier before the purchase order is sent."), "no_supplier")
    transition(locked, State.SENT)
    locked.number, locked.ordered_on, locked.version = next_order_number(locked.plant, today), today, locked.version + 1
    locked.save(update_fields=["state", "number", "ordered_on", "version"])
    locked.lines.update(state=LineState.WAITING)
    audit.record(locked, "sent", by=by, values={"number": ("", locked.number)})
    refresh(locked.plant, {line.material_id for line in lines})
    return locked


def next_order_number(plant: Plant, day: dt.date) -> str:
    """The next free number of the day, `CG261208-001` first; numbers that came in with a workbook are passed over."""
    series = f"{PREFIX}{day:%y%m%d}"
    while True:
        number = f"{series}-{next_number(series):03}"
        if not PurchaseOrder.objects.filter(number=number).exists():
            return number


@transaction.atomic
def cancel(*, order: PurchaseOrder, reason: str, by: User | None, version: int | None = None) -> PurchaseOrder:
    """Cancel what has not come; where something has come the order is closed short instead. Raises DomainError without a reason."""
    if not reason.strip():
        raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
    locked = lock_order(order.pk, version)
    came = StockMove.objects.filter(purchase_line__order=locked).exists()
    before = transition(locked, State.CLOSED if came else State.CANCELLED)
    open_lines = locked.lines.exclude(state=LineState.RECEIVED)
    materials = set(open_lines.values_list("material_id", flat=True))
    open_lines.update(state=LineState.CANCELLED)
    locked.version += 1
    locked.save(update_fields=["state", "version"])
    audit.record(locked, "state", by=by, values={"state": (before, locked.state)}, why=reason.strip())
    refresh(locked.plant, materials)
    return locked


@transaction.atomic
def cancel_lines(*, order: PurchaseOrder, lines: Collection[int], reason: str, by: User | None) -> PurchaseOrder:
    """Take single lines back that nobody needs any more. Raises DomainError without a reason or for a line of which something came."""
    if not reason.strip():
        raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
    locked = lock_order(order.pk)
    chosen = list(locked.lines.filter(pk__in=lines, state__in=STILL_COMING).select_related("material"))
    if not chosen:
        raise DomainError(_("Choose lines that have not come yet."), "no_lines")
    if PurchaseOrderLine.objects.filter(pk__in=[line.pk for line in chosen], stock_moves__isnull=False).exists():
        raise DomainError(_("Something has come of this line: close the purchase order short instead."), "came")
    for line in chosen:
        audit.record(line, "state", by=by, values={"state": (line.state, LineState.CANCELLED)}, why=reason.strip())
    PurchaseOrderLine.objects.filter(pk__in=[line.pk for line in chosen]).update(state=LineState.CANCELLED)
    settle_orders([locked.pk])
    refresh(locked.plant, {line.material_id for line in chosen})
    locked.refresh_from_db()
    return locked


def check_wishes(wishes: Sequence[Wish]) -> None:
    """Quantities are above zero in whole steps of their unit, sizes fit the material, nothing stands twice. Raises DomainError."""
    decimals = decimals_by_unit()
    seen: set[tuple[int, str]] = set()
    for wish in wishes:
        what = f"{wish.material.code} {wish.size}".strip()
        step = step_of(wish.material.unit, decimals)
        if not 0 < wish.quantity <= LARGEST:
            raise DomainError(_("%(what)s: the quantity must be more than 0.") % {"what": what}, "quantity")
        if wish.quantity % step:
            raise DomainError(
                _("%(what)s is ordered in whole steps of %(step)s %(unit)s.") % {"what": what, "step": step, "unit": wish.material.unit},
                "step",
            )
        if wish.material.by_size and not wish.size:
            raise DomainError(_("%(what)s is kept by size: the size is missing.") % {"what": what}, "size")
        if wish.size and not wish.material.by_size:
            raise DomainError(_("%(what)s is not kept by size.") % {"what": what}, "size")
        if (wish.material.pk, wish.size) in seen:
            raise DomainError(_("%(what)s stands in the purchase order twice.") % {"what": what}, "twice")
        seen.add((wish.material.pk, wish.size))


def _new_line(order: PurchaseOrder, wish: Wish) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        plant=order.plant,
        order=order,
        material=wish.material,
        size=wish.size,
        quantity=wish.quantity,
        price=wish.price,
        needed_on=wish.needed_on,
        note=wish.note.strip(),
        state=LineState.DRAFT,
    )
