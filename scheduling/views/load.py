"""Load against capacity: a chart by stage or by the teams of one, and the table with the same numbers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from planning_site.core import access
from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from scheduling.charts import LoadRow, load_chart, load_sentence
from scheduling.models import Plan
from scheduling.selectors.floor import floor_of
from scheduling.selectors.load import Load, LoadTable, load_table
from scheduling.selectors.plans import shelf_for
from scheduling.views import params
from scheduling.views.frame import frame


@require_safe
def load(request: LoggedInRequest) -> HttpResponse:
    """The load of the month plan in force, or of another version by period and version."""
    period, version = params.date(request.GET, "period"), params.whole(request.GET, "version")
    shelf = shelf_for(user=request.user, horizon=Plan.Horizon.MONTH, period=period, version=version)
    if shelf is None:
        if period or version:
            raise Http404
        return render(request, "scheduling/load.html", {"plan": None})
    plan = shelf.plan
    floor = floor_of(plan.plant)
    table = load_table(plan, floor, calendar_of(plan.plant))
    stage = floor.stage_by_code(request.GET.get("stage", ""))
    rows = chart_rows(plan, table, stage.pk if stage else None)
    context = frame(request, shelf, "scheduling:load") | {
        "floor": floor,
        "may_see_capacity": access.may(request.user, "scheduling:capacity"),
        "table": table,
        "stage": stage,
        "shown": [block for block in table.stages if stage is None or block.stage == stage],
        "shared": [row for block in table.stages for row in block.teams if row.team.is_lent or row.team.workshop.plant_id != plan.plant_id],
        "chart": load_chart(rows),
        "sentence": load_sentence(rows),
        "unrated": [team for team in floor.teams if not team.is_rated],
    }
    return render(request, "scheduling/load.html", context)


def chart_rows(plan: Plan, table: LoadTable, stage_id: int | None) -> list[LoadRow]:
    """A row per stage, or per team of the chosen stage. Each bar leads to the jobs behind it."""
    if stage_id is None:
        return [LoadRow(str(block.stage), block.weeks, _link(plan, "stage", block.stage.code)) for block in table.stages]
    chosen = next((block for block in table.stages if block.stage.pk == stage_id), None)
    return [LoadRow(team.team.name, team.weeks, _link(plan, "team", team.team.pk)) for team in chosen.teams] if chosen else []


def _link(plan: Plan, name: str, value: str | int) -> Callable[[Load], str]:
    address = reverse("scheduling:plan", args=[plan.pk])
    return lambda load: f"{address}?{urlencode({name: value, 'week': load.week.monday.isoformat()})}"
