"""Why a job of a plan is late: its chain of reasons."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from scheduling.answers.levers import levers_of, read_signed
from scheduling.answers.wording import texts_of
from scheduling.models import Plan, PlanJob
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.titles import plan_title
from scheduling.selectors.week import job_name
from scheduling.selectors.why import job_why
from scheduling.services import whatif
from scheduling.views.runs import go_to_run


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
        "asks_measures": plan.horizon == Plan.Horizon.MONTH and why.job.outcome != PlanJob.Outcome.ON_TIME,
        "may_plan": access.may(request.user, "scheduling:plan_request", "write"),
    }
    return render(request, "scheduling/why.html", context)


@require_safe
def plan_job_levers(request: LoggedInRequest, pk: int, line: int) -> HttpResponse:
    """What would help, as a part of the page: it is calculated when the rest is already read."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk, horizon=Plan.Horizon.MONTH)
    job = get_object_or_404(plan.jobs.select_related("plan__plant"), order_line=line)
    context = {"plan": plan, "job": job, "may_plan": access.may(request.user, "scheduling:plan_job_try", "write")}
    try:
        context["levers"] = levers_of(job, floor_of(plan.plant))
    except DomainError as error:
        context["refusal"] = error.message
    return render(request, "scheduling/parts/levers.html", context)


@require_POST
def plan_job_try(request: LoggedInRequest, pk: int, line: int) -> HttpResponse:
    """One click: a what-if of the plan in which the measures are taken."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk, horizon=Plan.Horizon.MONTH)
    job = get_object_or_404(plan.jobs.select_related("order_line__style", "order_line__colour"), order_line=line)
    measures = read_signed(request.POST.get("measures", ""), plan, line)
    if not measures:
        return HttpResponse(status=400)
    said = texts_of(measures, floor_of(plan.plant))[0][0]
    title = f"{job_name(job.order_line)}: {said}"[:120]
    try:
        run = whatif.try_measures(base=plan, order_line=line, measures=measures, title=title, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        active = error.params.get("run_id")
        return redirect("scheduling:run", active) if active else redirect("scheduling:plan_job", pk, line)
    return go_to_run(run)
