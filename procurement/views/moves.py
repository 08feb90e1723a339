"""What happens to a purchase order after it was sent: promises, chases, cancelling. The consequence is shown before it is done."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from procurement.forms import ChaseForm, ReasonForm
from procurement.models import PurchaseOrder, PurchaseOrderLine
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.impact import what_if_promised
from procurement.selectors.purchase_orders import order_page
from procurement.services import purchase_orders
from procurement.services.promises import log_chase, promise


def _day(text: str) -> dt.date | None:
    """A day as the browser's picker sends it. Raises ValueError for anything else."""
    return dt.date.fromisoformat(text) if text else None


@require_POST
def order_promise(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Write down the supplier's days: `day-<line>` for each line that was typed, `why` for those that move."""
    order = get_object_or_404(PurchaseOrder, pk=pk)
    typed = {key.removeprefix("day-"): value for key, value in request.POST.items() if key.startswith("day-")}
    try:
        days = {int(line): _day(str(value)) for line, value in typed.items() if line.isdecimal()}
        changed = promise(order=order, days=days, by=request.user, why=request.POST.get("why", ""))
    except ValueError:
        messages.error(request, _("Write days like 2026-12-22."))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("%(n)d line has a new day.", "%(n)d lines have a new day.", len(changed))
        messages.success(request, text % {"n": len(changed)} if changed else _("No day was changed."))
    return redirect("procurement:order", pk=pk)


@require_GET
def order_impact(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Whom another day would hit, before it is written down: a part of the page. The day comes in `day`, or as its field is named."""
    order = get_object_or_404(PurchaseOrder.objects.select_related("plant"), pk=pk)
    wanted = [int(line) for line in request.GET.getlist("line") if line.isdecimal()]
    try:
        day = _day(next((str(value) for name, value in request.GET.items() if name.startswith("day")), ""))
    except ValueError:
        return render(request, "procurement/_impact.html", {"moved": [], "day": None, "is_wrong": True})
    lines = PurchaseOrderLine.objects.filter(order=order, state__in=STILL_COMING).select_related("plant")
    chosen = list(lines.filter(pk__in=wanted) if wanted else lines)
    moved = what_if_promised(chosen, day) if day else []
    return render(request, "procurement/_impact.html", {"moved": moved, "day": day})


@require_POST
def chase(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Log who was asked and what was answered (D7, E5.1); a new day moves the promise."""
    order = get_object_or_404(order_page(), pk=pk)
    form = ChaseForm(request.POST, lines=[line.pk for line in order.lines.all()])
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return redirect("procurement:order", pk=pk)
    try:
        log_chase(order=order, by=request.user, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Written into the log."))
    return redirect("procurement:order", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def order_cancel(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Cancel what has not come, of the whole order or (`line`) of single lines, with the reason."""
    order = get_object_or_404(order_page(), pk=pk)
    chosen = [int(line) for line in request.GET.getlist("line") if line.isdecimal()]
    form = ReasonForm(request.POST or None, initial={"version": order.version})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if chosen:
                purchase_orders.cancel_lines(order=order, lines=chosen, reason=reason, by=request.user)
            else:
                purchase_orders.cancel(order=order, reason=reason, by=request.user, version=form.cleaned_data["version"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Done. What is short again stands in the work list."))
            return redirect("procurement:order", pk=pk)
    lines = [line for line in order.lines.all() if not chosen or line.pk in chosen]
    coming = [line for line in lines if line.state in STILL_COMING]
    moved = what_if_promised(coming, None)
    return render(
        request, "procurement/cancel.html", {"order": order, "form": form, "lines": lines, "moved": moved, "is_part": bool(chosen)}
    )
