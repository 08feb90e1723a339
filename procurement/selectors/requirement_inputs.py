"""Reads what requirements are calculated from: open jobs, bills of materials, stock, purchase orders, days. A fixed number of queries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from orders.models import Customer
from orders.selectors import open_lines
from planning_site.core.calendar import calendar_of
from planning_site.core.models import Plant
from procurement.demand import BillRow, Coming, Issued, Job, MaterialRule, MaterialSize, Snapshot
from procurement.models import Material, NeededDay, PurchaseOrderLine, StageOffset, StockBalance, StockMove, Usage, Warehouse
from procurement.netting import Supply
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.stock import TO_JOBS
from procurement.selectors.usage import StageRules, Version, in_force, versions

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# Customers of grade A claim before B before C before those without a grade, among orders due on the same day.
PRIORITY = {grade: place for place, grade in enumerate((*Customer.Grade.values, ""))}
# Where material lies that no job was given yet.
FREE_WAREHOUSES = (Warehouse.MAIN, Warehouse.TRANSIT)


class _Still(TypedDict):
    still: Decimal


@dataclass(frozen=True)
class Line:
    """An open order line as it is needed here."""

    pk: int
    colour: int
    name: str
    due_on: dt.date
    ordered_on: dt.date
    sizes: dict[str, int]


def read(plant: Plant, materials: Collection[int] | None = None) -> Snapshot:
    """The snapshot of a plant; with `materials` only of these, for the jobs that use them."""
    known = versions()
    lines = _lines(plant)
    rules = StageRules()
    rows = Usage.objects.filter(version__in=_versions_used(lines, known)).select_related("material")
    if materials is not None:
        rows = rows.filter(material__in=materials)
    bills: dict[int, list[BillRow]] = defaultdict(list)
    for row in rows.order_by("version", "id"):
        bills[row.version_id].append(_bill_row(row, rules))
    jobs = [_job(line, known) for line in lines]
    if materials is not None:
        jobs = [job if job.version in bills else job._replace(version=None) for job in jobs]
    return Snapshot(
        jobs=jobs,
        bills=dict(bills),
        materials=_materials({row.material for of_version in bills.values() for row in of_version}, rules),
        supplies=_supplies(plant, materials),
        issued=_issued(plant, materials),
        starts={
            (row[0], row[1]): row[2] for row in NeededDay.objects.filter(plant=plant).values_list("order_line_id", "stage", "starts_on")
        },
        offsets=dict(StageOffset.objects.values_list("stage", "days_before_due")),
        calendar=calendar_of(plant),
    )


def fingerprint(snapshot: Snapshot) -> str:
    """A hash of all that was read: equal snapshots give equal requirements."""
    digest = hashlib.sha256()
    for part in (snapshot.jobs, snapshot.bills, snapshot.materials, snapshot.supplies, snapshot.issued, snapshot.starts, snapshot.offsets):
        entries = sorted(part.items(), key=lambda item: item[0]) if isinstance(part, dict) else part
        digest.update(repr([_stable(entry) for entry in entries]).encode())
    digest.update(repr((sorted(snapshot.calendar.closed), sorted(snapshot.calendar.working))).encode())
    return digest.hexdigest()


def _stable(entry: object) -> object:
    """The same text for equal entries: sets have no order of their own."""
    if isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[1], Issued):
        return entry[0], entry[1].quantity, sorted(entry[1].lots)
    return entry


def _lines(plant: Plant) -> list[Line]:
    """The open order lines in the order of claim: due day, then the customer's grade, then contract number and line."""
    rows = open_lines(plant).values_list(
        "pk", "colour_id", "due_on", "order__ordered_on", "sizes", "order__number", "position", "order__customer__grade"
    )
    ordered = sorted(rows, key=lambda row: (row[2], PRIORITY[row[7]], row[5], row[6]))
    return [Line(row[0], row[1], f"{row[5]}/{row[6]}", row[2], row[3], row[4]) for row in ordered]


def _versions_used(lines: Sequence[Line], known: dict[int, list[Version]]) -> set[int]:
    found = (in_force(known.get(line.colour, ()), line.ordered_on) for line in lines)
    return {version.pk for version in found if version}


def _job(line: Line, known: dict[int, list[Version]]) -> Job:
    version = in_force(known.get(line.colour, ()), line.ordered_on)
    return Job(line.pk, line.colour, line.name, line.due_on, version.pk if version else None, line.sizes)


def _bill_row(row: Usage, rules: StageRules) -> BillRow:
    flat = row.per_pair if row.grading == Usage.Grading.FLAT else None
    by_size = {} if flat is not None else {size: row.in_size(size) for size in row.by_size}
    return BillRow(row.material_id, row.part, rules.stage_of(row), flat, by_size, row.per_pair, row.with_loss)


def _materials(used: set[int], rules: StageRules) -> dict[int, MaterialRule]:
    rows = Material.objects.filter(pk__in=used).values_list("pk", "by_size", "one_lot_per_job", "category", "lead_time_days")
    return {
        pk: MaterialRule(by_size, one_lot, rules.arrive_before(category), lead_days) for pk, by_size, one_lot, category, lead_days in rows
    }


def _supplies(plant: Plant, materials: Collection[int] | None) -> dict[MaterialSize, list[Coming]]:
    """Free stock by dye lot, then what purchase orders still bring, the earliest promise first and those without one last."""
    found: dict[MaterialSize, list[Coming]] = defaultdict(list)
    stock = StockBalance.objects.filter(plant=plant, warehouse__in=FREE_WAREHOUSES, material__isnull=False, quantity__gt=0)
    lines = open_quantities(plant)
    if materials is not None:
        stock, lines = stock.filter(material__in=materials), lines.filter(material__in=materials)
    by_lot = stock.order_by("material", "size", "lot").values_list("material_id", "size", "lot").annotate(free=Sum("quantity"))
    for material, size, lot, free in by_lot:
        found[material, size].append(Coming(Supply(free, lot), None))
    for line in lines:
        if line.still > 0:
            found[line.material_id, line.size].append(Coming(Supply(line.still, "", line.pk), line.promised_on))
    return dict(found)


def open_quantities(plant: Plant) -> QuerySet[WithAnnotations[PurchaseOrderLine, _Still]]:
    """Purchase order lines that still come, with `still`: what was ordered less what was received, never below 0 where more came."""
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING).only("material", "size", "quantity", "promised_on")
    came = Coalesce(Sum("stock_moves__quantity"), Decimal(0))
    return lines.annotate(still=F("quantity") - came).order_by(F("promised_on").asc(nulls_last=True), "order__number", "pk")


def _issued(plant: Plant, materials: Collection[int] | None) -> dict[tuple[int, int, str], Issued]:
    """What jobs were given and did not bring back, with its dye lots."""
    moves = StockMove.objects.filter(plant=plant, kind__in=TO_JOBS, job__isnull=False, material__isnull=False)
    if materials is not None:
        moves = moves.filter(material__in=materials)
    sums: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
    lots: dict[tuple[int, int, str], set[str]] = defaultdict(set)
    rows = moves.order_by().values_list("job_id", "material_id", "size", "lot").annotate(out=Sum("quantity"))
    for job, material, size, lot, out in rows:
        sums[job, material, size] -= out
        if lot and out < 0:
            lots[job, material, size].add(lot)
    return {key: Issued(quantity, frozenset(lots.get(key, ()))) for key, quantity in sums.items() if quantity > 0}
