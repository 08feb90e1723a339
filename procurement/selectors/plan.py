"""The material plan by month and week (D1, D2): by material, by style and colour, or job by job."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from planning_site.core.models import Plant
from procurement.models import Requirement

BY_MATERIAL, BY_STYLE, BY_JOB = "material", "style", "job"


@dataclass(frozen=True)
class Span:
    """The days that a plan is about."""

    first: dt.date
    last: dt.date

    @property
    def before(self) -> dt.date:
        return self.first - dt.timedelta(days=1)

    @property
    def after(self) -> dt.date:
        return self.last + dt.timedelta(days=1)


def month_of(day: dt.date) -> Span:
    first = day.replace(day=1)
    return Span(first, first.replace(day=calendar.monthrange(day.year, day.month)[1]))


def week_of(day: dt.date) -> Span:
    """The ISO week of a day, Monday to Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return Span(monday, monday + dt.timedelta(days=6))


def requirements(plant: Plant, span: Span | None = None) -> QuerySet[Requirement]:
    """What is needed within a span, or at all, with all that a row of form 13 shows."""
    rows = Requirement.objects.filter(plant=plant)
    if span is not None:
        rows = rows.filter(needed_on__range=(span.first, span.last))
    return rows.select_related("order_line__order__customer", "order_line__style", "order_line__colour", "material__supplier")


FIGURES: dict[str, Any] = {
    "all_gross": Sum("gross"),
    "all_stock": Sum(F("from_stock") + F("issued")),
    "all_orders": Sum("from_orders"),
    "all_short": Sum("short"),
    "first_needed": Min("needed_on"),
    "last_covered": Max("covered_on"),
    "jobs": Count("order_line", distinct=True),
    "late": Count("pk", filter=Q(covered_on__gt=F("needed_on")) | Q(undated__gt=0)),
}


def by_material(rows: QuerySet[Requirement]) -> QuerySet[Requirement, dict[str, Any]]:
    """One row per material: what is needed, there, on order and short, over all sizes."""
    names = ("material_id", "material__code", "material__name", "material__unit", "material__category", "material__supplier__name")
    found: QuerySet[Requirement, dict[str, Any]] = rows.order_by().values(*names).annotate(**FIGURES)
    return found.order_by(F("first_needed").asc(), "material__code")


def by_style(rows: QuerySet[Requirement]) -> QuerySet[Requirement, dict[str, Any]]:
    """One row per style, colour and material (D2)."""
    names = (
        "order_line__style__code", "order_line__colour__name", "order_line__colour_id", "material_id", "material__code", "material__name",
        "material__unit", "material__category", "material__supplier__name",
    )  # fmt: skip
    order = (F("first_needed").asc(), "order_line__style__code", "order_line__colour_id", "material__code")
    found: QuerySet[Requirement, dict[str, Any]] = rows.order_by().values(*names).annotate(**FIGURES)
    return found.order_by(*order)


def sizes_of(rows: QuerySet[Requirement], materials: set[int]) -> dict[int, list[dict[str, Any]]]:
    """The same figures by size of materials that are kept by size. One query."""
    found: dict[int, list[dict[str, Any]]] = {}
    figures = {name: FIGURES[name] for name in ("all_gross", "all_stock", "all_orders", "all_short")}
    wanted = rows.filter(material__in=materials).exclude(size="").order_by()
    names = ("material_id", "size")
    by_size: QuerySet[Requirement, dict[str, Any]] = wanted.values(*names).annotate(**figures)
    for row in sorted(by_size, key=lambda row: (row["material_id"], float(row["size"]))):
        found.setdefault(row["material_id"], []).append(row)
    return found
