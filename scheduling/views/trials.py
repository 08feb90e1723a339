"""What a trial measured, taken over as the style's rates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from quality.selectors.trials import trial_page
from scheduling.selectors.trial_minutes import trial_minutes
from scheduling.services.trial_minutes import TakenOver, take_trial_minutes


@require_http_methods(["GET", "HEAD", "POST"])
def trial_rates(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The measured minutes beside those that plans count with; posting takes them over."""
    trial = get_object_or_404(trial_page(), pk=pk)
    if request.method == "POST":
        try:
            done = take_trial_minutes(trial=trial, by=request.user)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _said(done))
            return redirect("quality:trial", pk)
    return render(request, "scheduling/trial_rates.html", {"found": trial_minutes(trial), "trial": trial, "style": trial.style})


def _said(done: TakenOver) -> str:
    if not done.changed:
        return _("The rates were these already.")
    pairs = [f"{stage} {before if before is not None else '–'} → {after}" for stage, (before, after) in done.changed.items()]
    return _("Taken over: %(changes)s. The next plan counts with it.") % {"changes": pgettext("list", ", ").join(pairs)}
