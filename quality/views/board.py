"""The board of new styles, one's own items, the usual durations, and the board as form 14."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from planning_site.core import access, audit, clock
from planning_site.core.requests import LoggedInRequest
from quality import services
from quality.exports import trial_form
from quality.forms.plans import StandardsForm
from quality.selectors.board import Board, board, my_items
from quality.selectors.steps import read_steps
from quality.views.shared import PER_PAGE, attempt, workbook_response


@require_GET
def styles(request: LoggedInRequest) -> HttpResponse:
    """The new styles that open orders ask for, filtered by the query string: view, q, page."""
    view, words, found = _asked(request)
    page = Paginator(found.of_view(view), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "board": found,
        "page": page,
        "view": view,
        "q": words,
        "may_plan": access.may(request.user, "quality:plan_make", "write"),
        # who owes an item says there that it does not come
        "may_report": any(cell.is_open and cell.owner == request.user for row in found.rows for cell in row.outlook.cells),
        "today": clock.today(),
    }
    return render(request, "quality/styles.html", context)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """All filtered rows as form 14."""
    view, _words, found = _asked(request)
    name = _("pre-production %(day)s") % {"day": clock.today().isoformat()}
    return workbook_response(trial_form(found.of_view(view), found.steps), name)


def _asked(request: LoggedInRequest) -> tuple[str, str, Board]:
    words = request.GET.get("q", "").strip()
    return request.GET.get("view", ""), words, board(request.user, words=words)


@require_GET
def mine(request: LoggedInRequest) -> HttpResponse:
    """What the reader owes, soonest first."""
    page = Paginator(my_items(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "quality/mine.html", {"page": page, "today": clock.today()})


@require_http_methods(["GET", "POST"])
def standards(request: LoggedInRequest) -> HttpResponse:
    """Usual durations and owners, with their history."""
    steps = list(read_steps().rows)
    form = StandardsForm(request.POST if request.method == "POST" else None, steps=steps)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_standards(wanted=form.wanted(), why=form.cleaned_data["why"], by=request.user),
            {"no_reason": "why"},
        )
        if changed is not None:
            messages.success(request, _("Usual durations kept. Plans that stand keep their days."))
            return redirect("quality:standards")
    context = {
        "form": form,
        "history": audit.history_of(*steps)[:20],
        "names": {step.pk: step for step in steps},
        "may_edit": access.may(request.user, "quality:standards", "write"),
    }
    return render(request, "quality/standards.html", context)
