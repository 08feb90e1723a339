"""How a plan was made, and making it better or once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from scheduling.curves import cost_curve
from scheduling.forms.runs import SECONDS, bounds_of
from scheduling.models import Plan
from scheduling.selectors.made import made_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.titles import plan_title
from scheduling.services import improve_plan, make_again
from scheduling.views.runs import go_to_run

ALLOWED = {"rounds", *map(str, SECONDS)}


@require_safe
def plan_made(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The record of a plan's making: dials, seed, input, engine, the curve of its search."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    request.nav_page = f"scheduling:{plan.horizon}"
    made = made_of(plan)
    context = {
        "plan": plan,
        "title": plan_title(plan),
        "made": made,
        "curve": cost_curve(made.curve, made.run.seconds if made.run else 0),
        "may_plan": access.may(request.user, "scheduling:plan_request", "write"),
        "seconds": SECONDS,
        "is_month": plan.horizon == Plan.Horizon.MONTH,
    }
    return render(request, "scheduling/made.html", context)


@require_POST
def plan_improve(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Search on from a month plan for the seconds that were chosen."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    search = request.POST.get("search", "")
    if search not in ALLOWED:
        return HttpResponse(status=400)
    try:
        run = improve_plan(plan=plan, by=request.user, **bounds_of(search))
    except DomainError as error:
        return _refused(request, plan, error)
    return go_to_run(run)


@require_POST
def plan_again(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Make a month plan once more from its own input."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    try:
        run = make_again(plan=plan, by=request.user)
    except DomainError as error:
        return _refused(request, plan, error)
    return go_to_run(run)


def _refused(request: LoggedInRequest, plan: Plan, error: DomainError) -> HttpResponse:
    messages.error(request, error.message)
    active = error.params.get("run_id")
    return redirect("scheduling:run", active) if active else redirect("scheduling:plan_made", plan.pk)
