"""What the pages of purchasing have in common."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.workbooks.writing import XLSX
from procurement.forms import MaterialFilter
from procurement.models import RequirementRun

PAGE_SIZE = 100
RUNS_LOOKED_AT = 10
SEES_PRICES = frozenset({Department.PURCHASING, Department.GM})


def page_of(rows: QuerySet[Any, Any], number: str | None, count: int | None = None) -> Any:
    """A page of rows, cut in the database; with `count` where somebody has counted them already."""
    paginator: Any = Paginator(rows, PAGE_SIZE)
    if count is not None:
        paginator.count = count  # a cached property: it is not asked again
    return paginator.get_page(number)


def narrowed(rows: QuerySet[Any, Any], form: MaterialFilter) -> QuerySet[Any, Any]:
    """Rows about a material, narrowed by what the form asks for."""
    if not form.is_valid():
        return rows
    data = form.cleaned_data
    if words := data.get("q", "").strip():
        rows = rows.filter(Q(material__code__icontains=words) | Q(material__name__icontains=words))
    if supplier := data.get("supplier"):
        rows = rows.filter(material__supplier=supplier)
    if category := data.get("category"):
        rows = rows.filter(material__category=category)
    if style := data.get("style", "").strip():
        rows = rows.filter(order_line__style__code__istartswith=style)
    if customer := data.get("customer", "").strip():
        rows = rows.filter(order_line__order__customer__name__icontains=customer)
    return rows


def sees_prices(user: User) -> bool:
    """Prices of suppliers are for purchasing and the general manager."""
    return user.is_superuser or not SEES_PRICES.isdisjoint(user.departments)


def calculated(plant: Plant) -> dict[str, Any]:
    """How fresh the requirements are: the last calculation, and whether another one is on its way."""
    runs = list(RequirementRun.objects.filter(plant=plant)[:RUNS_LOOKED_AT])
    done = next((run for run in runs if run.state == RequirementRun.State.DONE), None)
    waiting = any(run.state in (RequirementRun.State.QUEUED, RequirementRun.State.RUNNING) for run in runs)
    return {"run": done, "is_waiting": waiting}


def excel(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})


def gap_sentences(run: RequirementRun | None) -> list[str]:
    """What nobody said and nothing was counted for, by name: blank is not zero."""
    return [_gap(gap) for gap in run.gaps] if run else []


def _gap(gap: dict[str, Any]) -> str:
    if gap["kind"] == "usage":
        text = _("%(style)s %(colour)s has no usage: %(jobs)s jobs, %(pairs)s pairs are not in the plan.")
    else:
        text = _("%(style)s %(colour)s, %(part)s: no usage for size %(sizes)s; the base size was taken.")
    return text % (gap | {"sizes": ", ".join(gap["sizes"]), "pairs": f"{gap['pairs']:,}"})
