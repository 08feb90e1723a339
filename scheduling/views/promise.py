"""Ask a date: by when could we have this? For sales and planning."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.core.templatetags import figures
from scheduling import standing
from scheduling.answers.promise import Answer, answer
from scheduling.forms.promise import PromiseForm
from scheduling.models import DateReservation
from scheduling.selectors.floor import floor_of
from scheduling.services.reservations import release_date, reserve_date, standing_reservations
from scheduling.views import params


@require_safe
def promise(request: LoggedInRequest) -> HttpResponse:
    """The question, and its answer as soon as it can be understood; htmx asks for the answer alone, when typing pauses."""
    plant, asked = default_plant(), bool(request.GET.get("style") or request.GET.get("pairs"))
    plan = standing.month_plan_in_force(plant)
    form = PromiseForm(request.GET if asked else None, today=clock.today())
    reservations = list(standing_reservations(plant, clock.now()))
    context: dict[str, Any] = {
        "form": form,
        "plan": plan,
        "reservations": reservations,
        "may_reserve": access.may(request.user, "scheduling:promise_reserve", "write"),
    }
    if asked and plan and form.is_valid():
        try:
            found = answer(form.question(), plan, floor_of(plant), reservations)
            context |= {"answer": found, "sentence": sentence_of(found)}
        except DomainError as error:
            context["refusal"] = error.message
    response = render(request, "scheduling/parts/promise_answer.html" if request.htmx else "scheduling/promise.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
def promise_reserve(request: LoggedInRequest) -> HttpResponse:
    """Reserve the day that one way gives."""
    form = PromiseForm(request.POST, today=clock.today())
    plan, promised = standing.month_plan_in_force(default_plant()), params.date(request.POST, "promised")
    if plan is None or promised is None or not form.is_valid():
        return HttpResponse(status=400)
    back = {name: request.POST.get(name, "") for name in ("style", "pairs", "wanted", "starts")}
    try:
        way, whom = request.POST.get("way", ""), request.POST.get("for_whom", "")
        row = reserve_date(plan=plan, question=form.question(), way=way, for_whom=whom, promised_on=promised, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('scheduling:promise')}?{urlencode(back)}")
    words = {"day": figures.longday(row.promised_on), "whom": row.for_whom, "until": figures.moment(row.expires_at)}
    messages.success(request, _("%(day)s is reserved for %(whom)s until %(until)s.") % words)
    return redirect("scheduling:promise")


@require_POST
def promise_release(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Let a reserved date go."""
    found = get_object_or_404(DateReservation, pk=pk)
    try:
        release_date(reservation_id=found.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:promise")


def sentence_of(found: Answer) -> str:
    """The answer as a sentence to send to a customer: no team, no cause, no other order."""
    question, day = found.question, found.plain.finish_on
    words = {"style": question.style.code, "pairs": figures.pairs(question.pairs), "day": figures.longday(day)}
    if day is None:
        return _("%(style)s, %(pairs)s pairs: we have no free capacity at present.") % words
    return _("%(style)s, %(pairs)s pairs: ready for shipment on %(day)s.") % words
