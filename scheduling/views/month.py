"""The month plan page."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from scheduling.models import PlanJob
from scheduling.selectors import month as months
from scheduling.selectors.changes import JobChanges, Kind, job_changes
from scheduling.selectors.floor import Floor, floor_of
from scheduling.selectors.load import LoadTable, StageLoad, load_table
from scheduling.selectors.plans import Shelf
from scheduling.selectors.reasons import reason_word
from scheduling.selectors.summary import Cause, Summary, summary_of
from scheduling.views import params
from scheduling.views.frame import frame

ROWS_A_PAGE = 100
ROWS_ON_PAPER = 3000  # all rows of a plan, for printing
CAUSES_SHOWN = 6
WEEKS_SHOWN = 7  # of the load; the rest stands on its own page
KEPT = ("period", "version", "state", "week", "changed", "reason", "at", "sort")  # what the filter form does not ask for, but must not lose


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
        reason=query.get("reason", ""),
        reason_stage=query.get("at", ""),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )


def render_month(request: LoggedInRequest, shelf: Shelf) -> HttpResponse:
    """Thirteen queries at the most with those of `frame`, whatever the number of jobs."""
    plan, wanted = shelf.plan, month_filter(request.GET)
    floor, calendar = floor_of(plan.plant), calendar_of(plan.plant)
    changes = job_changes(plan, plan.replaces) if plan.replaces else None
    summary = summary_of(plan, calendar, floor.stage)
    jobs = months.month_jobs(plan, wanted, calendar, changes)
    totals = months.totals_of(jobs)
    pages = Paginator(jobs, ROWS_ON_PAPER if request.GET.get("rows") == "all" else ROWS_A_PAGE)
    pages.count = totals.jobs  # known already: the page shows the sums of all rows anyway
    page = pages.get_page(request.GET.get("page"))
    context = frame(request, shelf) | {
        "wanted": wanted,
        "summary": summary,
        "causes": _causes(summary),
        "cause": reason_word(wanted.reason, floor.stage_by_code(wanted.reason_stage)) if wanted.reason in PlanJob.Reason.values else "",
        "loads": first_weeks(load_table(plan, floor, calendar)),
        "changes": changes,
        "floor": floor,
        "totals": totals,
        "page": page,
        "rows": months.month_rows(plan, list(page.object_list), floor, calendar, changes),
        "customers": summary.customers,
        "team": floor.team.get(wanted.team) if wanted.team else None,
        "tabs": _tabs(summary),
        "differences": _differences(changes),
        "heads": _heads(wanted, floor),
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
    }
    return render(request, "scheduling/month.html", context)


def first_weeks(table: LoadTable) -> LoadTable:
    """The load of the stages in the first weeks, as the head of the page shows it."""
    stages = tuple(StageLoad(block.stage, block.weeks[:WEEKS_SHOWN], ()) for block in table.stages)
    return LoadTable(table.weeks[:WEEKS_SHOWN], stages)


@dataclass(frozen=True)
class Tab:
    """A state to filter by, with its shape and how many jobs it holds."""

    key: str
    shape: str
    label: str
    jobs: int


def _tabs(summary: Summary) -> list[Tab]:
    return [
        Tab("late", "late", _("late"), summary.late),
        Tab("risk", "risk", _("at risk"), summary.risk),
        Tab("left_out", "wait", _("not planned"), summary.left_out),
        Tab("on_time", "ok", _("on time"), summary.on_time),
    ]


@dataclass(frozen=True)
class ShownCause:
    """A first reason in words, with the width of its bar in percent."""

    label: str
    cause: Cause

    @property
    def width(self) -> int:
        """Percent of the longest bar."""
        return round(self.cause.share * 100)


def _causes(summary: Summary) -> list[ShownCause]:
    return [ShownCause(reason_word(cause.reason, cause.stage), cause) for cause in summary.causes[:CAUSES_SHOWN]]


def _differences(changes: JobChanges | None) -> list[tuple[Kind, int]]:
    return list(changes.counts.items()) if changes else []


@dataclass(frozen=True)
class Head:
    """A column. `sort` is what a click on it asks for: ascending, then descending, then the usual order again (None)."""

    label: str
    sort: str | None = None
    can_sort: bool = False
    sorted: str = ""
    number: bool = False


def _heads(wanted: months.MonthFilter, floor: Floor) -> list[Head]:
    def sortable(key: str, label: str, *, number: bool = False) -> Head:
        if wanted.sort != key:
            return Head(label, key, True, number=number)
        if wanted.descending:
            return Head(label, None, True, "descending", number)
        return Head(label, f"-{key}", True, "ascending", number)

    return [
        sortable("contract", _("Contract · customer")),
        sortable("style", _("Style · colour")),
        sortable("pairs", _("Pairs"), number=True),
        sortable("due", _("Due")),
        *[Head(str(stage)) for stage in floor.stages],
        sortable("finish", _("Finish")),
        Head(_("First reason")),
    ]
