"""What a storekeeper chooses from and fills in: jobs, purchase orders, materials, and the lines of a slip before it is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Order, OrderLine
from orders.sizes import size_key
from planning_site.core.models import Plant
from procurement.models import Material, MoveKind, PurchaseOrder, PurchaseOrderLine, Requirement, StockBalance, StockMove, Warehouse
from procurement.quantities import decimals_by_unit, rounded_up, step_of
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.stock import balances, issued, pairs_posted, received

ZERO = Decimal(0)
SHOWN = 30  # choices of a picker


@dataclass
class SlipLine:
    """A line to fill in: what it is, figures that help, what it is usually filled with, and up to how much there is."""

    key: str
    title: str
    note: str = ""
    size: str = ""
    unit: str = ""
    facts: list[tuple[str, Decimal]] = field(default_factory=list)
    usual: Decimal = ZERO
    with_lot: bool = False
    row: Any = None
    value: str = ""
    lot: str = ""
    place: str = ""


def open_jobs(plant: Plant, q: str = "") -> QuerySet[OrderLine]:
    """Open order lines, what starts first before the rest, by order number, style or customer."""
    rows = OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN)
    for word in q.split()[:3]:
        rows = rows.filter(Q(order__number__has_text=word) | Q(style__code__has_text=word) | Q(order__customer__name__has_text=word))
    named = rows.select_related("order__customer", "style", "colour", "kit")
    return named.order_by(F("kit__starts_on").asc(nulls_last=True), "due_on", "order__number", "position")


def open_orders(plant: Plant, q: str = "") -> QuerySet[PurchaseOrder]:
    """Purchase orders of which something still comes, what was promised first before the rest, by number, supplier or material."""
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING, order__isnull=False)
    for word in q.split()[:3]:
        lines = lines.filter(Q(order__number__has_text=word) | Q(order__supplier__name__has_text=word) | Q(material__code__has_text=word))
    ids = list(dict.fromkeys(lines.order_by("promised_on", "order_id").values_list("order_id", flat=True)[: 20 * SHOWN]))[:SHOWN]
    rows = PurchaseOrder.objects.filter(pk__in=ids).select_related("supplier").prefetch_related("lines__material")
    return rows.order_by("id")


def issue_lines(plant: Plant, job: OrderLine, warehouse: str, extra: Sequence[Material] = ()) -> list[SlipLine]:
    """The material of a job by size: needed, given, there; usually all that is still open, as far as it is there. Five queries."""
    rows = list(Requirement.objects.filter(order_line=job).select_related("material"))
    rows.sort(key=lambda row: (row.starts_on, row.parts, size_key(row.size or "0")))
    given = issued([job.pk])
    wanted = {row.material_id for row in rows} | {material.pk for material in extra}
    there = balances(plant, materials=wanted, warehouse=warehouse)
    steps = decimals_by_unit()
    lines = []
    for row in rows:
        step = step_of(row.material.unit, steps)
        need = rounded_up(row.gross, step)
        has, lies = given.get((job.pk, row.material_id, row.size), ZERO), there.get((row.material_id, row.size), ZERO)
        facts = [(pgettext("material", "needed"), need), (pgettext("material", "issued"), has), (pgettext("material", "in stock"), lies)]
        usual = max(min(need - has, lies), ZERO)
        lines.append(_line(f"{row.material_id}:{row.size}", row.material, row.size, row.parts, facts, usual))
    known = {row.material_id for row in rows}
    return lines + [line for material in extra if material.pk not in known for line in _extra_lines(material, there)]


def _extra_lines(material: Material, there: dict[tuple[int, str], Decimal]) -> list[SlipLine]:
    """Material that the bill does not have, in every size that is there."""
    sizes = sorted((size for pk, size in there if pk == material.pk), key=lambda size: size_key(size or "0"))
    fact = pgettext("material", "in stock")
    return [
        _line(f"{material.pk}:{size}", material, size, _("not in the bill"), [(fact, there[material.pk, size])], ZERO) for size in sizes
    ]


def return_lines(job: OrderLine) -> list[SlipLine]:
    """What a job was given. Two queries."""
    given = issued([job.pk])
    materials = Material.objects.in_bulk([material for _job, material, _size in given])
    fact = pgettext("material", "issued")
    keys = sorted(given, key=lambda key: (materials[key[1]].code, size_key(key[2] or "0")))
    return [_line(f"{pk}:{size}", materials[pk], size, "", [(fact, given[job_pk, pk, size])], ZERO) for job_pk, pk, size in keys]


def held_of(order: PurchaseOrder) -> dict[int, Decimal]:
    """What QC blocked of a purchase order and what is still there, by line. One query."""
    moves = StockMove.objects.filter(purchase_line__order=order, warehouse=Warehouse.HELD)
    sums = moves.order_by().values_list("purchase_line_id").annotate(held=Sum("quantity"))
    return {line: held for line, held in sums if held > 0}


def receipt_lines(order: PurchaseOrder, *, sent_back: bool = False, held: Mapping[int, Decimal] | None = None) -> list[SlipLine]:
    """The lines of a purchase order: ordered and come; usually all that is still to come. What goes back is what is blocked (`held`).

    Two queries.
    """
    rows = list(order.lines.select_related("material").exclude(state__in=["draft", "cancelled"]))
    rows.sort(key=lambda row: (row.material.code, size_key(row.size or "0")))
    came = received([row.pk for row in rows])
    lines = []
    for row in rows:
        has = came.get(row.pk, ZERO)
        facts = [(_("ordered"), row.quantity), (pgettext("purchase", "came"), has)]
        if held:
            facts.append((pgettext("material", "blocked"), held.get(row.pk, ZERO)))
        usual = (held or {}).get(row.pk, ZERO) if sent_back or row.state not in STILL_COMING else max(row.quantity - has, ZERO)
        line = _line(str(row.pk), row.material, row.size, row.material.name, facts, usual)
        line.row, line.with_lot = row, not sent_back
        lines.append(line)
    return lines


def balance_lines(plant: Plant, material: Material, warehouse: str) -> list[SlipLine]:
    """What lies of a material in a warehouse by size, lot and place. One query."""
    rows = list(StockBalance.objects.filter(plant=plant, material=material, warehouse=warehouse, quantity__gt=0))
    rows.sort(key=lambda row: (size_key(row.size or "0"), row.lot, row.place))
    lines = []
    for row in rows:
        note = " · ".join(part for part in (row.lot, row.place) if part)
        line = _line(str(row.pk), material, row.size, note, [(pgettext("material", "in stock"), row.quantity)], ZERO)
        line.row = row
        lines.append(line)
    return lines


def pairs_lines(plant: Plant, job: OrderLine, *, stage: str, out: bool) -> list[SlipLine]:
    """The sizes of a job: ordered, come in, there; usually all that is there (out) or still missing (in). Two queries."""
    warehouse = Warehouse.TRANSIT if stage else Warehouse.FINISHED
    came = pairs_posted([job.pk], kind=MoveKind.PAIRS_IN, warehouse=warehouse)
    rows = StockBalance.objects.filter(plant=plant, pairs_of=job, warehouse=warehouse, stage=stage, quantity__gt=0)
    there: dict[str, Decimal] = {}
    for row in rows:
        there[row.size] = there.get(row.size, ZERO) + row.quantity
    lines = []
    for size in sorted(job.sizes, key=size_key):
        ordered, has, lies = Decimal(job.sizes[size]), Decimal(came.get((job.pk, stage, size), 0)), there.get(size, ZERO)
        facts = [(_("ordered"), ordered), (pgettext("pairs", "come in"), has), (pgettext("material", "in stock"), lies)]
        usual = lies if out else max(ordered - has, ZERO)
        lines.append(SlipLine(size, f"{job.style.code} {job.colour.name}", size=size, unit=_("pairs"), facts=facts, usual=usual))
    return lines


def _line(key: str, material: Material, size: str, note: str, facts: list[tuple[str, Decimal]], usual: Decimal) -> SlipLine:
    return SlipLine(key, material.code, note or material.name, size, material.unit, facts, usual)
