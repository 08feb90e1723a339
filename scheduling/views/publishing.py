"""Publishing and discarding a draft, and a plan as Excel."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from planning_site.core.roles import Role, has_role
from planning_site.workbooks.writing import XLSX
from scheduling.exports import plan_workbook
from scheduling.models import Plan
from scheduling.selectors.consequences import consequences_of
from scheduling.selectors.floor import floor_of
from scheduling.selectors.gates import shut_views
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.summary import summary_of
from scheduling.selectors.titles import plan_title, span_text
from scheduling.services import discard_draft, publish_plan
from scheduling.services.gatekeeping import Decision
from scheduling.views.month import month_filter

WHY_LENGTH = 300


@require_http_methods(["GET", "HEAD", "POST"])
def plan_publish(request: LoggedInRequest, pk: int) -> HttpResponse:
    """What follows from publishing; on POST, publish or discard."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    request.nav_page = f"scheduling:{plan.horizon}"
    conflict = ""
    if request.method == "POST":
        try:
            return _decide(request, plan)
        except DomainError as error:
            conflict = error.message
            plan.refresh_from_db()
    elif plan.state != Plan.State.DRAFT:
        return redirect("scheduling:plan", plan.pk)
    floor = floor_of(plan.plant)
    decides = plan.state == Plan.State.DRAFT and plan.horizon == Plan.Horizon.WEEK
    context = {
        "plan": plan,
        "title": plan_title(plan),
        "span_text": span_text(plan),
        "follows": consequences_of(plan, summary_of(plan, calendar_of(plan.plant), floor.stage)),
        "conflict": conflict,
        "is_draft": plan.state == Plan.State.DRAFT,
        "shut": shut_views(plan) if decides else [],
        "may_decide": decides and has_role(request.user, Role.PLANNING_SUPERVISOR),
    }
    return render(request, "scheduling/publish.html", context, status=409 if conflict else 200)


def _decide(request: LoggedInRequest, plan: Plan) -> HttpResponse:
    why = request.POST.get("why", "").strip()[:WHY_LENGTH]
    if request.POST.get("action") == "discard":
        discard_draft(plan_id=plan.pk, by=request.user, why=why)
        messages.success(request, _("%(plan)s was put aside.") % {"plan": plan})
    else:
        publish_plan(plan_id=plan.pk, by=request.user, why=why, decision=_decision(request))
        messages.success(request, _("%(plan)s is published.") % {"plan": plan})
    return redirect("scheduling:plan", plan.pk)


def _decision(request: LoggedInRequest) -> Decision:
    """Of the jobs with shut gates that the page showed: kept where a reason was given, left out where none was."""
    shown = [int(value) for value in request.POST.getlist("shut") if value.isdecimal()]
    reasons = {line: request.POST.get(f"reason-{line}", "").strip()[:WHY_LENGTH] for line in shown}
    kept = {line: reason for line, reason in reasons.items() if reason}
    return Decision(leave_out=frozenset(shown) - kept.keys(), reasons=kept)


@require_safe
def plan_export(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The plan's form as Excel; a month plan with the filter of its page."""
    plan = get_object_or_404(visible_plans(request.user), pk=pk)
    filename, content = plan_workbook(plan, month_filter(request.GET) if request.GET else None)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{filename}"'})
