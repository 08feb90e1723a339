"""The month plan page."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import cached_property

from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from scheduling.models import PlanJob
from scheduling.selectors import month as months
from scheduling.selectors.changes import JobChanges, job_changes
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import Shelf
from scheduling.selectors.summary import Summary, summary_of
from scheduling.views import params
from scheduling.views.frame import frame

ROWS_A_PAGE = 100
CAUSES_SHOWN = 5


class CountedPaginator(Paginator[PlanJob]):
    """A paginator that is told how many rows there are, since the page shows their sums anyway."""

    def __init__(self, object_list: object, per_page: int, count: int) -> None:
        super().__init__(object_list, per_page)  # type: ignore[arg-type]
        self.known = count

    @cached_property
    def count(self) -> int:
        """All rows."""
        return self.known


def month_filter(query: QueryDict) -> months.MonthFilter:
    """The filter and order that a query string asks for."""
    sort = query.get("sort", "")
    return months.MonthFilter(
        q=query.get("q", "").strip()[:80],
        state=query.get("state", ""),
        customer=params.whole(query, "customer"),
        stage=query.get("stage", ""),
        team=params.whole(query, "team"),
        week=params.date(query, "week"),
        changed=query.get("changed", ""),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )


def render_month(request: LoggedInRequest, shelf: Shelf) -> HttpResponse:
    """Twelve queries at the most with those of `frame`, whatever the number of jobs."""
    plan, wanted = shelf.plan, month_filter(request.GET)
    floor, calendar = floor_of(plan.plant), calendar_of(plan.plant)
    changes = job_changes(plan, plan.replaces) if plan.replaces else None
    summary = summary_of(plan, calendar, floor.stage)
    jobs = months.month_jobs(plan, wanted, calendar, changes)
    totals = months.totals_of(jobs)
    page = CountedPaginator(jobs, ROWS_A_PAGE, totals.jobs).get_page(request.GET.get("page"))
    context = frame(request, shelf) | {
        "wanted": wanted,
        "summary": summary,
        "causes": summary.causes[:CAUSES_SHOWN],
        "changes": changes,
        "floor": floor,
        "totals": totals,
        "page": page,
        "rows": months.month_rows(plan, list(page.object_list), floor, calendar, changes),
        "customers": months.customers_of(plan),
        "team": floor.team.get(wanted.team) if wanted.team else None,
        "tabs": _tabs(summary, changes),
    }
    return render(request, "scheduling/month.html", context)


def _tabs(summary: Summary, changes: JobChanges | None) -> list[tuple[str, str, int]]:
    """State filters with their shape and how many jobs each holds."""
    return [
        ("late", "late", summary.late),
        ("risk", "risk", summary.risk),
        ("left_out", "wait", summary.left_out),
        ("on_time", "ok", summary.on_time),
    ]
