"""Why a job of a plan is late: its chain of reasons."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from planning_site.core import access
from planning_site.core.requests import LoggedInRequest
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.titles import plan_title
from scheduling.selectors.why import job_why


@require_safe
def plan_job(request: LoggedInRequest, pk: int, line: int) -> HttpResponse:
    """One job of a plan: the answer, the chain behind it, where it stands at every stage."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    request.nav_page = f"scheduling:{plan.horizon}"
    floor = floor_of(plan.plant)
    why = job_why(plan, line, floor)
    if why is None:
        raise Http404
    context = {
        "plan": plan,
        "title": plan_title(plan),
        "why": why,
        "may_plan": access.may(request.user, "scheduling:plan_request", "write"),
    }
    return render(request, "scheduling/why.html", context)
