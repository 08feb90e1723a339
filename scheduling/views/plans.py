"""Month, week and day plan: the version in force, a version by number, or any version by its id."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from planning_site.core import access
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling.models import Plan
from scheduling.selectors.plans import Shelf, active_run, shelf_by_id, shelf_for
from scheduling.views import params
from scheduling.views.day import render_day
from scheduling.views.month import render_month
from scheduling.views.week import render_week

RENDER: dict[str, Callable[[LoggedInRequest, Shelf], HttpResponse]] = {
    Plan.Horizon.MONTH: render_month,
    Plan.Horizon.WEEK: render_week,
    Plan.Horizon.DAY: render_day,
}


@require_safe
def month(request: LoggedInRequest) -> HttpResponse:
    """The month plan in force."""
    return _current(request, Plan.Horizon.MONTH)


@require_safe
def week(request: LoggedInRequest) -> HttpResponse:
    """The week plan in force."""
    return _current(request, Plan.Horizon.WEEK)


@require_safe
def day(request: LoggedInRequest) -> HttpResponse:
    """The day plan in force."""
    return _current(request, Plan.Horizon.DAY)


@require_safe
def plan(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Any version that the reader may open; 404 for a draft that is not for them."""
    try:
        shelf = shelf_by_id(user=request.user, pk=pk)
    except Plan.DoesNotExist as error:
        raise Http404 from error
    return RENDER[shelf.plan.horizon](request, shelf)


def _current(request: LoggedInRequest, horizon: Plan.Horizon) -> HttpResponse:
    period, version = params.date(request.GET, "period"), params.whole(request.GET, "version")
    shelf = shelf_for(user=request.user, horizon=horizon, period=period, version=version)
    if shelf is None and (period or version):
        raise Http404
    return RENDER[horizon](request, shelf) if shelf else _nothing_yet(request, horizon)


def _nothing_yet(request: LoggedInRequest, horizon: Plan.Horizon) -> HttpResponse:
    may_plan = access.may(request.user, "scheduling:plan_request", "write")
    context = {
        "horizon": horizon,
        "kind": horizon.label,
        "may_plan": may_plan,
        "run": active_run(horizon, default_plant()) if may_plan else None,
    }
    return render(request, "scheduling/nothing_yet.html", context)
