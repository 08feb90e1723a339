"""The factory's own ideas of a plan: what stands, what stood, and setting one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling.forms.rules import RuleForm
from scheduling.models import PlanRule
from scheduling.selectors.floor import floor_of
from scheduling.selectors.rules import rule_rows
from scheduling.services.rules import end_rule, set_rule


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: LoggedInRequest) -> HttpResponse:
    """What plans have to follow; on POST, one more idea."""
    request.nav_page = "scheduling:runs"
    plant, today = default_plant(), clock.today()
    form = RuleForm(request.POST if request.method == "POST" else None, plant=plant, initial={"first_day": today})
    if request.method == "POST" and form.is_valid():
        try:
            set_rule(plant=plant, by=request.user, **form.values())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The next plan follows it. Plans that stand keep what they were made with."))
            return redirect("scheduling:rules")
    standing, ended = rule_rows(plant, today)
    context = {
        "form": form,
        "standing": standing,
        "ended": ended,
        "floor": floor_of(plant),
        "may_set": access.may(request.user, "scheduling:rules", "write"),
    }
    return render(request, "scheduling/rules.html", context)


@require_POST
def rule_end(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Let one go."""
    found = get_object_or_404(PlanRule, pk=pk)
    try:
        end_rule(rule_id=found.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:rules")
