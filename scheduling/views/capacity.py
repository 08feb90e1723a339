"""Too much and too little of a month plan (B3a, B4), and telling sales of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from scheduling.answers.capacity import capacity_view
from scheduling.models import CapacityNotice, Plan
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.titles import plan_title
from scheduling.services.capacity_notices import tell_sales_of_capacity

Kind = CapacityNotice.Kind


@require_safe
def capacity(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Weeks with too much work and how the plan gets by; windows without work and what would fit."""
    request.nav_page = "scheduling:load"
    plan = get_object_or_404(visible_plans(request.user), pk=pk, horizon=Plan.Horizon.MONTH)
    told = {notice.kind: notice for notice in plan.capacity_notices.select_related("told_by")}
    context = {
        "plan": plan,
        "title": plan_title(plan),
        "told_overload": told.get(Kind.OVERLOAD),
        "told_idle": told.get(Kind.IDLE),
        "may_tell": access.may(request.user, "scheduling:capacity_tell", "write")
        and plan.state in (Plan.State.DRAFT, Plan.State.PUBLISHED),
    }
    try:
        context["view"] = capacity_view(plan, floor_of(plan.plant))
    except DomainError as error:
        context["refusal"] = error.message
    return render(request, "scheduling/capacity.html", context)


@require_POST
def capacity_tell(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Write to sales."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk, horizon=Plan.Horizon.MONTH)
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        return HttpResponse(status=400)
    try:
        tell_sales_of_capacity(plan=plan, kind=kind, view=capacity_view(plan, floor_of(plan.plant)), by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Sales is told. The mail is under Mail."))
    return redirect("scheduling:capacity", pk)
