"""The dials by which plans are weighed, with who set them when and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling.dials import AS_USUAL
from scheduling.forms.weights import WeightsForm
from scheduling.selectors.weights import dial_rows, exchange_sentences, presets, weights_history, weights_word
from scheduling.services import set_weights, weights_in_force


@require_http_methods(["GET", "HEAD", "POST"])
def weights(request: LoggedInRequest) -> HttpResponse:
    """What counts how much; planning changes it, with a reason. `?preset=` fills the form with a preset."""
    plant = default_plant()
    row = weights_in_force(plant)
    dials = row.dials if row else AS_USUAL
    offered = presets(dials)
    wanted = next((preset.dials for preset in offered if preset.key == request.GET.get("preset")), dials)
    form = WeightsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            try:
                set_weights(plant=plant, dials=form.dials(), by=request.user, why=form.cleaned_data["why"])
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("The next plan goes by it. Plans that stand keep what they were made with."))
                return redirect("scheduling:weights")
        wanted = form.shown(dials)
    context = {
        "row": row,
        "word": weights_word(dials),
        "dials": dial_rows(wanted),
        "changed": wanted != dials,
        "exchange": exchange_sentences(wanted),
        "presets": presets(wanted),
        "form": form,
        "history": weights_history(plant),
        "may_change": access.may(request.user, "scheduling:weights", "write"),
    }
    return render(request, "scheduling/weights.html", context)
