"""Pages of gates: what they did to a plan, swaps in a day plan, and whom a late material or approval hits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.core.roles import Role, has_role
from scheduling.models import Plan, PlanSwap
from scheduling.selectors.gates import gated
from scheduling.selectors.hits import hit_views, hits_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.titles import plan_title
from scheduling.services.swaps import Swap, swap_in_day_plan
from scheduling.views import params

HITS_SHOWN = 60


@require_safe
def plan_gates(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Jobs left out, sizes cut, exceptions and swaps of a plan; in a draft with what can still be decided."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    request.nav_page = f"scheduling:{plan.horizon}"
    context = {
        "plan": plan,
        "title": plan_title(plan),
        "gated": gated(plan),
        "is_draft": plan.state == Plan.State.DRAFT,
        "may_decide": has_role(request.user, Role.PLANNING_SUPERVISOR),
        "kinds": PlanSwap.Kind,
    }
    return render(request, "scheduling/gates.html", context)


@require_POST
def plan_swap(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Set another job in the place of one that may not run."""
    get_object_or_404(visible_plans(request.user), pk=pk)
    post = request.POST
    numbers = [params.whole(post, name) for name in ("before", "after", "stage", "team", "pairs")]
    kind = post.get("kind", "")
    if any(number is None for number in numbers) or kind not in PlanSwap.Kind.values:
        messages.error(request, _("Choose the job that comes in, and how many pairs."))
        return redirect("scheduling:plan_gates", pk)
    before, after, stage, team, pairs = (int(number or 0) for number in numbers)
    wish = Swap(pk, before, after, stage, team, pairs, kind, post.get("reason", ""))
    try:
        made = swap_in_day_plan(swap=wish, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(swap)s: %(pairs)d pairs come in.") % {"swap": made, "pairs": made.after["pairs"]})
    return redirect("scheduling:plan_gates", pk)


@require_safe
def hits(request: LoggedInRequest) -> HttpResponse:
    """Late material and late pre-production items with the jobs, plan entries and customers that they hit (D5, C3)."""
    request.nav_page = "scheduling:month"
    found = hits_of(default_plant())
    context = {"views": hit_views(found[:HITS_SHOWN]), "total": len(found), "hidden": max(0, len(found) - HITS_SHOWN)}
    context["sees_purchases"] = access.may(request.user, "procurement:order")
    return render(request, "scheduling/hits.html", context)
