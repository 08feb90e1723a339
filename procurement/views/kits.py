"""The kit matrix, a job's sizes, the chase views, and their Excel sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planning_site.core import access, clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks.writing import XLSX
from procurement import kits_exports
from procurement.models import JobKit
from procurement.selectors import kits_chase, kits_detail, kits_matrix
from procurement.selectors.kits_matrix import KitFilter
from procurement.views.shared import calculated, page_of

ROWS_A_PAGE = 50  # twelve cells a row: more would be a page of more than 100 KB
WINDOWS = {"2": 2, "5": 5, "12": 12, "all": None}
USUAL_WINDOW = "12"  # two weeks of working days


def english() -> bool:
    return (get_language() or "").startswith("en")


def kit_filter(query: QueryDict) -> KitFilter:
    return KitFilter(
        q=query.get("q", "").strip()[:60],
        state=query.get("state", ""),
        part=query.get("part", "")[:40],
        within=WINDOWS.get(query.get("within", USUAL_WINDOW), WINDOWS[USUAL_WINDOW]),
    )


@require_GET
def matrix(request: LoggedInRequest) -> HttpResponse:
    """Jobs × parts, by the day they start. Some twelve queries, whatever the number of jobs."""
    plant, wanted = default_plant(), kit_filter(request.GET)
    calendar, today = calendar_of(plant), clock.today()
    window = kits_matrix.in_window(plant, wanted, calendar, today)
    page = Paginator(kits_matrix.matching(window, wanted), ROWS_A_PAGE).get_page(request.GET.get("page"))
    stages = kits_matrix.stage_names(english=english())
    fresh = calculated(plant)
    context = fresh | {
        "page": page,
        "kits": page.object_list,
        "parts": kits_matrix.parts_of(page.object_list, list(stages)),
        "stages": stages,
        "summary": kits_matrix.summary_of(window),
        "states": [(state, kits_matrix.SHAPES[state], words) for state, words in kits_matrix.STATES.items()],
        "wanted": wanted,
        "within": request.GET.get("within", USUAL_WINDOW),
        "windows": [("2", _("2 days")), ("5", _("5 days")), ("12", _("2 weeks")), ("all", _("all"))],
        "without_bill": sum(gap["jobs"] for gap in fresh["run"].gaps if gap["kind"] == "usage") if fresh["run"] else 0,
    }
    return render(request, "procurement/kits.html", context)


@require_GET
def row(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A job's materials by size: a fragment under its row, or a page of its own without scripts."""
    kit = get_object_or_404(
        JobKit.objects.select_related("order_line__order__customer", "order_line__style", "order_line__colour"), order_line=pk
    )
    materials = kits_detail.materials_of(pk)
    lacking = [group for group in materials if group.total.lacks]
    context = {
        "kit": kit,
        "whole": [group for group in lacking if not group.by_size],
        "sized": [group for group in lacking if group.by_size],
        "there": [group for group in materials if not group.total.lacks],
        "stages": kits_matrix.stage_names(english=english()),
        "may_issue": access.may(request.user, "procurement:stock_issue", "write"),
        "may_see_orders": access.may(request.user, "procurement:order"),
        "columns": int(request.GET.get("columns", "0") or 0) if request.GET.get("columns", "0").isdigit() else 0,
    }
    return render(request, "procurement/_kits_row.html" if request.htmx else "procurement/kits_job.html", context)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """All filtered jobs, with the matching detail list (配套明细表) on the second sheet."""
    plant, wanted = default_plant(), kit_filter(request.GET)
    rows = kits_matrix.matching(kits_matrix.in_window(plant, wanted, calendar_of(plant), clock.today()), wanted)
    stages = kits_matrix.stage_names(english=english())
    return as_file(kits_exports.kit_workbook(list(rows), stages), f"kits-{clock.today().isoformat()}.xlsx")


@require_GET
def chase(request: LoggedInRequest) -> HttpResponse:
    """One of the chase views: what has to be there by when, who brings it, and when he was asked last."""
    plant = default_plant()
    calendar = calendar_of(plant)
    chased = _chased(request, plant, calendar)
    view = chased.view
    page = page_of(chased.rows, request.GET.get("page"), chased.count)
    context = {
        "views": chased.views,
        "view": view,
        "page": page,
        "rows": kits_chase.chase_rows(view, list(page.object_list)),
        "stages": kits_matrix.stage_names(english=english()),
        "window": view.window(calendar, clock.today()),
        "q": request.GET.get("q", ""),
        "may_issue": access.may(request.user, "procurement:stock_issue", "write"),
        "may_chase": access.may(request.user, "procurement:kits_material_chase", "write"),
        "may_see_orders": access.may(request.user, "procurement:order"),
    }
    return render(request, "procurement/kits_chase.html", context)


@require_GET
def chase_export(request: LoggedInRequest) -> HttpResponse:
    plant = default_plant()
    chased = _chased(request, plant, calendar_of(plant))
    stages = kits_matrix.stage_names(english=english())
    content = kits_exports.chase_workbook(chased.view, kits_chase.chase_rows(chased.view, list(chased.rows)), stages)
    return as_file(content, f"chase-{chased.view.code}-{clock.today().isoformat()}.xlsx")


@dataclass(frozen=True)
class Chased:
    """The views of a plant with how much each has to say, and the chosen one with its filtered rows; `count` where nothing narrows them."""

    views: list[tuple[kits_chase.View, int]]
    view: kits_chase.View
    rows: Any
    count: int | None


def _chased(request: LoggedInRequest, plant: Plant, calendar: WorkingCalendar) -> Chased:
    """The view that is asked for; else the first of the reader's own department that has something to say, else the first that has."""
    today, q = clock.today(), request.GET.get("q", "").strip()[:60]
    views = kits_chase.views_of(plant)
    counts = kits_chase.counts_of(views, plant, calendar, today)
    asked = [view for view in views if view.code == request.GET.get("clause")]
    full = [view for view in views if counts[view.code]]
    own = [view for view in full if view.owner in request.user.departments]
    view = (asked or own or full or views)[0]
    rows = kits_chase.matching(kits_chase.missing_in(view, plant, calendar, today), q)
    return Chased([(one, counts[one.code]) for one in views], view, rows, None if q else counts[view.code])


def as_file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
