"""What has to be there by when, and is not: the chase views of E4.1, E5.1, E5.2, D5 and D6."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Min, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from orders.sizes import size_key
from planning_site.core.calendar import WorkingCalendar
from planning_site.core.departments import Department
from planning_site.core.models import Plant
from procurement.models import D5_DAYS, Chase, Claim, Material, MaterialCategory, PurchaseOrderLine, Requirement, StockRules
from procurement.quantities import decimals_by_unit, rounded, step_of
from procurement.selectors.kits_detail import last_chases

ZERO = Decimal(0)
D6_DAYS = 3  # a kind of material that has to be there this long before its stage is delivered by D6: soles, boxes, cartons


@dataclass(frozen=True)
class View:
    """One clause of the procedure: stages that begin in these working days, and what of their material is looked at.

    `collect` looks for what the job was not given yet, the others for what is not in the warehouse. `days` may depend on the plant.
    """

    code: str
    label: str | Promise
    owner: Department
    upstream: str | Promise
    first: int
    last: int
    collect: bool = False
    categories: frozenset[str] | None = None

    def window(self, calendar: WorkingCalendar, today: dt.date) -> tuple[dt.date | None, dt.date]:
        """First and last day on which the stages begin. What should have begun belongs to the nearest view, which has no first day."""
        first = calendar.add(today, self.first) if self.first > 1 else None
        return first, calendar.add(today, self.last)


def views_of(plant: Plant) -> list[View]:
    """The chase views of a plant with its days. Two queries."""
    rules = StockRules.objects.filter(plant=plant).first() or StockRules(plant=plant)
    before = dict(MaterialCategory.objects.values_list("name", "arrive_before"))
    delivered = frozenset(name for name, days in before.items() if days >= D6_DAYS)
    longest = max(before.values(), default=D6_DAYS)
    store, suppliers = _("main warehouse"), _("suppliers")
    return [
        View("E5.2", _("Collect for tomorrow"), Department.WORKSHOP, store, 0, rules.collect_days, collect=True),
        View("E4.1", _("Ask upstream"), Department.WORKSHOP, store, 0, rules.upstream_days, collect=True),
        View("D5", _("Not in the warehouse"), Department.PURCHASING, suppliers, 0, min(before.values(), default=D5_DAYS)),
        View("D6", _("Soles, boxes, cartons"), Department.PURCHASING, suppliers, 0, longest, categories=delivered),
        View("E5.1", _("For the week plan"), Department.PLANNING, suppliers, rules.week_days_from, rules.week_days_to),
    ]


@dataclass
class ChaseRow:
    """A material that a job needs for a stage: by when, how much of each size is missing, and who is to bring it."""

    job: OrderLine
    material: Material
    stage: str
    parts: str
    starts_on: dt.date
    needed_on: dt.date
    need: Decimal
    missing: Decimal
    in_stock: Decimal
    sizes: dict[str, Decimal] = field(default_factory=dict)
    lines: list[PurchaseOrderLine] = field(default_factory=list)
    chase: Chase | None = None

    @property
    def to_collect(self) -> Decimal:
        """What is in the warehouse and only has to be fetched."""
        return min(self.missing, self.in_stock)

    @property
    def not_there(self) -> Decimal:
        return self.missing - self.to_collect

    @property
    def arrives_on(self) -> dt.date | None:
        """The last promised day among its deliveries; None if one has none, or if there is none."""
        days = [line.promised_on for line in self.lines]
        return max(day for day in days if day) if days and all(days) else None

    @property
    def shape(self) -> str:
        """late where no promise holds, risk where it comes in the last days, ok where it lies ready."""
        if not self.not_there:
            return "ok"
        return "late" if self.arrives_on is None or self.arrives_on > self.needed_on else "risk"


def _wanted(view: View, calendar: WorkingCalendar, today: dt.date) -> Q:
    """What a view looks at: stages of its days, materials of its kinds, of which something is missing."""
    first, last = view.window(calendar, today)
    found = Q(starts_on__lte=last) & (Q(gross__gt=F("issued")) if view.collect else Q(gross__gt=F("issued") + F("from_stock")))
    if first is not None:
        found &= Q(starts_on__gte=first)
    if view.categories is not None:
        found &= Q(material__category__in=view.categories)
    return found


def missing_in(view: View, plant: Plant, calendar: WorkingCalendar, today: dt.date) -> QuerySet[Any, Any]:
    """One dict for each job and material of which something is missing, what starts first before the rest. Sums are exact."""
    rows = Requirement.objects.filter(_wanted(view, calendar, today), plant=plant)
    sums = rows.values("order_line", "material").annotate(
        starts=Min("starts_on"), needed=Min("needed_on"), turn_=Min("turn"), need=Sum("gross"), given=Sum("issued"), stock=Sum("from_stock")
    )
    return sums.order_by("starts", "turn_", "material")


def counts_of(views: Sequence[View], plant: Plant, calendar: WorkingCalendar, today: dt.date) -> dict[str, int]:
    """How many rows each view has, by its clause. One query."""
    of_one = Func(F("order_line_id"), F("material_id"), template="(%(expressions)s)", output_field=IntegerField())
    counts = {f"n{n}": Count(of_one, distinct=True, filter=_wanted(view, calendar, today)) for n, view in enumerate(views)}
    found = Requirement.objects.filter(plant=plant).aggregate(**counts)
    return {view.code: found[f"n{n}"] for n, view in enumerate(views)}


def matching(rows: QuerySet[Any, Any], q: str) -> QuerySet[Any, Any]:
    """Those of a job, style or material."""
    for word in q.split()[:3]:
        rows = rows.filter(
            Q(material__code__has_text=word)
            | Q(material__name__has_text=word)
            | Q(order_line__order__number__has_text=word)
            | Q(order_line__style__code__has_text=word)
        )
    return rows


def chase_rows(view: View, page: Sequence[dict[str, Any]]) -> list[ChaseRow]:
    """A page of `missing_in` with names, sizes, deliveries and the last time that anybody asked. Four queries."""
    sums = {(row["order_line"], row["material"]): row for row in page}
    rows = Requirement.objects.filter(
        order_line__in={job for job, _material in sums}, material__in={material for _job, material in sums}
    ).select_related("material__supplier", "order_line__order", "order_line__style", "order_line__colour")
    steps = decimals_by_unit()
    found: dict[tuple[int, int], ChaseRow] = {}
    by_pk: dict[int, ChaseRow] = {}
    for row in sorted(rows, key=lambda row: size_key(row.size or "0")):
        key = row.order_line_id, row.material_id
        if key not in sums:
            continue
        if key not in found:
            found[key] = _row(view, row, sums[key], step_of(row.material.unit, steps))
        by_pk[row.pk] = found[key]
        missing = row.gross - row.issued - (ZERO if view.collect else row.from_stock)
        if missing > 0 and row.size:
            found[key].sizes[row.size] = rounded(missing, step_of(row.material.unit, steps))
    _add_deliveries(by_pk)
    return [found[key] for key in sums]


def _row(view: View, row: Requirement, sums: dict[str, Any], step: Decimal) -> ChaseRow:
    missing = sums["need"] - sums["given"] - (ZERO if view.collect else sums["stock"])
    return ChaseRow(
        job=row.order_line,
        material=row.material,
        stage=row.stage,
        parts=row.parts,
        starts_on=sums["starts"],
        needed_on=sums["needed"],
        need=rounded(sums["need"], step),
        missing=rounded(missing, step),
        in_stock=rounded(sums["stock"], step) if view.collect else ZERO,
    )


def _add_deliveries(by_pk: dict[int, ChaseRow]) -> None:
    claims = Claim.objects.filter(requirement__in=by_pk, purchase_line__isnull=False).select_related("purchase_line__order__supplier")
    for claim in claims.order_by("purchase_line__promised_on", "id"):
        row, line = by_pk[claim.requirement_id], claim.purchase_line
        if line is not None and line not in row.lines:
            row.lines.append(line)
    last = last_chases({line.order_id for row in by_pk.values() for line in row.lines if line.order_id})
    for row in by_pk.values():
        asked = [last[line.order_id] for line in row.lines if line.order_id in last]
        row.chase = max(asked, key=lambda chase: chase.at, default=None)
