"""Making a plan: asking for it, watching it, stopping it."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling.curves import cost_curve
from scheduling.dials import AS_USUAL
from scheduling.forms.runs import SECONDS, RunForm
from scheduling.models import Plan, PlanRun
from scheduling.selectors import runs as run_selectors
from scheduling.selectors.plans import may_see_drafts
from scheduling.selectors.runs import RunView
from scheduling.selectors.weights import steady_steps, weights_word
from scheduling.services import request_plan_run, request_stop, weights_in_force
from scheduling.tasks import run_plan

log = logging.getLogger(__name__)
PAGES = {Plan.Horizon.MONTH: "scheduling:month", Plan.Horizon.WEEK: "scheduling:week", Plan.Horizon.DAY: "scheduling:day"}


@require_POST
def plan_request(request: LoggedInRequest) -> HttpResponse:
    """Ask for a draft and go to the page of its run."""
    form = RunForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    values = form.values()
    try:
        run = request_plan_run(plant=default_plant(), by=request.user, **values)
    except DomainError as error:
        messages.error(request, error.message)
        active = error.params.get("run_id")
        return redirect("scheduling:run", active) if active else redirect(PAGES[Plan.Horizon(values["horizon"])])
    return go_to_run(run)


def go_to_run(run: PlanRun) -> HttpResponse:
    """Hand the run to a worker now and go to its page; without a broker it waits for the beat task that drains the queue, as it says."""
    try:
        run_plan.delay(run.pk)
    except OperationalError as error:
        log.warning("The broker did not take plan run %s: %s", run.pk, error)
    return redirect("scheduling:run", run.pk)


@require_safe
def run_list(request: LoggedInRequest) -> HttpResponse:
    """The planner's desk: month, week and day, and the last runs."""
    views = run_selectors.last_runs()
    row = weights_in_force(default_plant())
    context = {
        "desks": run_selectors.desks(request.user, views),
        "runs": views,
        "elsewhere": run_selectors.elsewhere(),
        "may_plan": access.may(request.user, "scheduling:plan_request", "write"),
        "drafts_open": may_see_drafts(request.user),
        "weights": row,
        "steady": steady_steps(row.dials if row else AS_USUAL),
        "seconds": SECONDS,
        "weights_word": weights_word(row.dials if row else AS_USUAL),
    }
    return render(request, "scheduling/runs.html", context)


@require_safe
def run(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One run. A browser that watches it is sent to the draft as soon as that is there."""
    view = RunView(get_object_or_404(run_selectors.runs(), pk=pk))
    if view.run.state == PlanRun.State.DONE and view.run.plan and may_see_drafts(request.user):
        asked = view.run.what_if_id
        address = reverse("scheduling:what_if", args=[asked]) if asked else reverse("scheduling:plan", args=[view.run.plan.pk])
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)
    template = "scheduling/run_progress.html" if request.htmx else "scheduling/run.html"
    curve = cost_curve(view.run.curve, view.run.seconds)
    context = {"view": view, "run": view.run, "curve": curve, "may_plan": access.may(request.user, "scheduling:run_cancel", "write")}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
def run_cancel(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Stop a run: throw its work away, or use the best plan so far."""
    found = get_object_or_404(PlanRun, pk=pk)
    try:
        request_stop(run_id=found.pk, by=request.user, keep_best=request.POST.get("keep") == "best")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:run", found.pk)
