"""B3b: asking sales to postpone, and answering."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling import standing
from scheduling.models import PostponeRequest
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.postpone import askable_jobs, counts_of, requests_of
from scheduling.services.postpone import answer_request, ask_to_postpone, close_request
from scheduling.views import params

ROWS_A_PAGE = 100
ASKED_AT_ONCE = 60


@require_safe
def postpone(request: LoggedInRequest) -> HttpResponse:
    """All requests; for planners also the late jobs of the plan in force, or of `?plan=`, that can be asked for."""
    plant = default_plant()
    may_ask = access.may(request.user, "scheduling:postpone_ask", "write")
    wanted = params.whole(request.GET, "plan")
    plan = get_object_or_404(visible_plans(request.user), pk=wanted) if wanted else standing.month_plan_in_force(plant)
    askable = askable_jobs(plan, floor_of(plant)) if may_ask and plan else []
    context = {
        "plan": plan,
        "askable": askable[:ASKED_AT_ONCE],
        "askable_count": len(askable),
        "page": Paginator(requests_of(plant, request.GET.get("state", "")), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "counts": [(PostponeRequest.State(state), count) for state, count in counts_of(plant).items()],
        "state": request.GET.get("state", ""),
        "may_ask": may_ask,
        "may_answer": access.may(request.user, "scheduling:postpone_answer", "write"),
        "now": clock.now(),
    }
    return render(request, "scheduling/postpone.html", context)


@require_POST
def postpone_ask(request: LoggedInRequest) -> HttpResponse:
    """Ask for the lines that are ticked."""
    plan = get_object_or_404(visible_plans(request.user), pk=params.whole(request.POST, "plan") or 0)
    lines = [int(text) for text in request.POST.getlist("line") if text.isascii() and text.isdigit() and len(text) < 10]
    try:
        asked = ask_to_postpone(plan=plan, order_lines=lines, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("Sales is asked about %(n)d line.", "Sales is asked about %(n)d lines.", len(asked))
        messages.success(request, said % {"n": len(asked)})
    return redirect("scheduling:postpone")


@require_POST
def postpone_answer(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Sales' answer."""
    get_object_or_404(PostponeRequest, pk=pk)
    post = request.POST
    try:
        answer_request(
            request_id=pk, verdict=post.get("verdict", ""), by=request.user, day=params.date(post, "day"), note=post.get("note", "")[:300]
        )
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:postpone")


@require_POST
def postpone_close(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Planning takes a countered day, or withdraws."""
    get_object_or_404(PostponeRequest, pk=pk)
    try:
        close_request(request_id=pk, verdict=request.POST.get("verdict", ""), by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:postpone")
