"""Purchase orders: the list, the page of one, its draft, its paper and its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.core.transitions import may_become
from procurement.draft_form import DraftForm
from procurement.exports import order_rows, purchase_order, sizes_of
from procurement.forms import ChaseForm, OrderFilter
from procurement.models import PurchaseOrder, PurchaseOrderLine
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.impact import Hit, lines_hit_by_order
from procurement.selectors.purchase_orders import OPEN, figures_of, order_history, order_page, overdue_orders, purchase_orders
from procurement.services.purchase_orders import add_to_draft, change_draft, send
from procurement.views.shared import excel, page_of, sees_prices

SHAPES = {
    "draft": "draft",
    "sent": "wait",
    "confirmed": "ok",
    "partly": "risk",
    "received": "done",
    "closed": "frozen",
    "cancelled": "frozen",
}
HISTORY_SHOWN = 30


@require_GET
def order_list(request: LoggedInRequest) -> HttpResponse:
    form = OrderFilter(request.GET)
    orders = purchase_orders(default_plant())
    data = form.cleaned_data if form.is_valid() else {}
    if words := data.get("q", "").strip():
        lines = PurchaseOrderLine.objects.filter(Q(material__code__icontains=words) | Q(material__name__icontains=words))
        orders = orders.filter(Q(number__icontains=words) | Q(pk__in=lines.values("order")))
    if data.get("supplier"):
        orders = orders.filter(supplier=data["supplier"])
    state = data.get("state", "")
    if state == "overdue":
        orders = overdue_orders(orders, clock.today())
    elif state != "all":
        orders = orders.filter(state__in=[state] if state else OPEN)
    page = page_of(orders, request.GET.get("page"))
    shown = list(page)
    figures = figures_of(shown)
    context = {
        "form": form,
        "page": page,
        "rows": [(order, SHAPES[order.state], figures.get(order.pk, {})) for order in shown],
        "today": clock.today(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_order": access.may(request.user, "procurement:order_new", "write"),
    }
    return render(request, "procurement/orders.html", context)


@require_GET
def order(request: LoggedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(order_page(), pk=pk)
    lines = list(found.lines.all())
    hits = lines_hit_by_order(found)
    coming = [line for line in lines if line.state in STILL_COMING]
    with_price = sees_prices(request.user)
    rows = order_rows(lines)
    context = {
        "order": found,
        "shape": SHAPES[found.state],
        "lines": [(line, hits.get(line.pk, [])) for line in lines],
        "coming": coming,
        "late": _late(hits),
        "chases": found.chases.all(),
        "history": order_history(found, lines)[:HISTORY_SHOWN],
        "chase_form": ChaseForm(lines=[line.pk for line in coming], initial={"asked": found.supplier.contact if found.supplier else ""}),
        "sizes": sizes_of(lines),
        "rows": rows,
        "with_price": with_price,
        "total": _total(rows) if with_price else None,
        "today": clock.today(),
        "may_edit": access.may(request.user, "procurement:order_edit", "write"),
        "may_chase": access.may(request.user, "procurement:chase", "write"),
        "may_cancel": may_become(found, PurchaseOrder.State.CANCELLED) or may_become(found, PurchaseOrder.State.CLOSED),
    }
    return render(request, "procurement/order.html", context)


def _late(hits: dict[int, list[Hit]]) -> list[Hit]:
    """The jobs that get this order's material too late, the latest first, each job once."""
    late = [hit for found in hits.values() for hit in found if hit.is_late]
    late.sort(key=lambda hit: (hit.days_late is not None, -(hit.days_late or 0)))
    return list({hit.order_line.pk: hit for hit in reversed(late)}.values())[::-1]


def _total(rows: Sequence[Any]) -> Any:
    """What the order costs; None as long as one price is not agreed."""
    amounts = [row.amount for row in rows]
    return None if None in amounts or not amounts else sum(amounts)


@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: LoggedInRequest) -> HttpResponse:
    """An empty draft: for what no job needs, or what the work list does not know."""
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_to_draft(plant=default_plant(), supplier=form.supplier, wishes=form.wishes, by=request.user)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("procurement:order", pk=made.pk)
    return render(request, "procurement/draft.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def order_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(order_page(), pk=pk)
    form = DraftForm(request.POST or None, order=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_draft(
                order=found,
                version=form.cleaned_data["version"] or 0,
                supplier=form.supplier,
                note=form.cleaned_data["note"],
                wishes=form.wishes,
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("procurement:order", pk=pk)
    return render(request, "procurement/draft.html", {"form": form, "order": found})


@require_POST
def order_send(request: LoggedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PurchaseOrder, pk=pk)
    version = request.POST.get("version", "")
    try:
        sent = send(order=found, version=int(version) if version.isdecimal() else 0, by=request.user, today=clock.today())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(number)s is on order. Print it or export it for the supplier.") % {"number": sent.number})
    return redirect("procurement:order", pk=pk)


@require_GET
def order_export(request: LoggedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(order_page(), pk=pk)
    content = purchase_order(found, list(found.lines.all()), with_price=sees_prices(request.user))
    return excel(content, found.number or f"draft-{found.pk}")
