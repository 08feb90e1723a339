"""What-ifs: asked of a plan, filled with assumptions, calculated, compared, adopted or thrown away."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planning_site.core import access
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from scheduling.forms.whatif import AssumptionForm
from scheduling.models import WhatIf
from scheduling.selectors.compare import compare
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import visible_plans
from scheduling.selectors.whatif import assumption_rows, focus_of, last_what_ifs, run_of, visible_what_ifs
from scheduling.services import whatif as services
from scheduling.views import params
from scheduling.views.runs import go_to_run


@require_http_methods(["GET", "HEAD", "POST"])
def what_ifs(request: LoggedInRequest) -> HttpResponse:
    """The questions that were asked; on POST, ask one of a plan."""
    if request.method == "POST":
        plan = get_object_or_404(visible_plans(request.user), pk=params.whole(request.POST, "plan") or 0)
        try:
            opened = services.open_what_if(base=plan, title=request.POST.get("title", ""), by=request.user)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("scheduling:plan", plan.pk)
        return redirect("scheduling:what_if", opened.pk)
    context = {"what_ifs": last_what_ifs(request.user), "may_plan": access.may(request.user, "scheduling:what_if", "write")}
    return render(request, "scheduling/what_ifs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One question with its answer; on POST, what the button says."""
    found = get_object_or_404(visible_what_ifs(request.user), pk=pk)
    form = AssumptionForm(request.POST if request.POST.get("action") == "add" else None, plant=found.plant)
    if request.method == "POST":
        try:
            response = ACTIONS.get(request.POST.get("action", ""), _nothing)(request, found, form)
        except DomainError as error:
            if form.is_bound:
                form.add_error(None, error.message)
            else:
                messages.error(request, error.message)
            response = None
        if response is not None:
            return response
        found.refresh_from_db()
    floor = floor_of(found.plant)
    rows = assumption_rows(found, floor)
    answer = compare(found.base, found.result, floor, calendar_of(found.plant)) if found.result else None
    context = {
        "what_if": found,
        "rows": rows,
        "focus": focus_of(found, rows, (*answer.earlier, *answer.later) if answer else ()),
        "form": form,
        "floor": floor,
        "answer": answer,
        "run": run_of(found),
        "is_open": found.state == WhatIf.State.OPEN,
        "may_plan": access.may(request.user, "scheduling:what_if", "write"),
    }
    return render(request, "scheduling/what_if.html", context)


def _add(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    services.add_assumption(what_if=found, by=request.user, **form.values())
    return redirect("scheduling:what_if", found.pk)


def _remove(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    services.remove_assumption(what_if=found, assumption_id=params.whole(request.POST, "row") or 0)
    return redirect("scheduling:what_if", found.pk)


def _calculate(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    return go_to_run(services.calculate(what_if=found, by=request.user))


def _adopt(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    draft = services.adopt(what_if=found, by=request.user, why=request.POST.get("why", "").strip()[:300])
    messages.success(request, _("%(plan)s is a draft now. Look at the differences, then publish it.") % {"plan": draft})
    return redirect("scheduling:plan", draft.pk)


def _drop(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    services.drop(what_if=found, by=request.user)
    messages.success(request, _("“%(title)s” was thrown away.") % {"title": found.title})
    return redirect("scheduling:what_ifs")


def _nothing(request: LoggedInRequest, found: WhatIf, form: AssumptionForm) -> HttpResponse | None:
    return HttpResponse(status=400)


ACTIONS: dict[str, Callable[[LoggedInRequest, WhatIf, AssumptionForm], HttpResponse | None]] = {
    "add": _add,
    "remove": _remove,
    "calculate": _calculate,
    "adopt": _adopt,
    "drop": _drop,
}
