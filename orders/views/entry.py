"""Order entry: a new order, a change of one, and the check while somebody types."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orders.forms import OrderEntry
from orders.forms.conflict import Clash, clashes
from orders.models import Order
from orders.selectors import order_page, own_customers, recent_orders
from orders.services import EDITABLE, OrderConflictError
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.requests import LoggedInRequest

DRAFT_DONE = "order_draft_done"


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: LoggedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, OrderEntry(request.POST, user=request.user))
    number = request.GET.get("copy", "").strip()
    if not number:
        return _show(request, OrderEntry.blank(request.user))
    source = order_page().filter(number__iexact=number).first()
    if source is None:
        messages.warning(request, _("There is no order %(number)s to copy.") % {"number": number})
        return _show(request, OrderEntry.blank(request.user))
    return _show(request, OrderEntry.copy_of(source, request.user), copied=source)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(order_page(), pk=pk)
    if request.method == "POST":
        return _save(request, OrderEntry(request.POST, user=request.user, order=order))
    if order.state not in EDITABLE:
        state = Order.State(order.state).label
        messages.warning(request, _("%(order)s is %(state)s: reopen it before you change it.") % {"order": order.number, "state": state})
        return redirect("orders:detail", pk=pk)
    return _show(request, OrderEntry.of(order, request.user))


@require_POST
def check(request: LoggedInRequest) -> HttpResponse:
    """What is wrong or odd about the order as it stands on the screen, and how its days were understood."""
    pk = request.POST.get("order", "")
    order = get_object_or_404(order_page(), pk=pk) if pk.isdigit() else None
    entry = OrderEntry(request.POST, user=request.user, order=order)
    issues = entry.issues
    return JsonResponse(
        {
            "issues": render_to_string("orders/_issues.html", {"entry": entry}, request),
            "wrong": {field: issue.text for issue in issues if issue.level == "fix" for field in (issue.fill or (issue.field,))},
            "odd": [issue.field for issue in issues if issue.level == "confirm" and not issue.is_settled],
            "understood": entry.understood(),
            "toFix": entry.to_fix,
            "toConfirm": entry.to_confirm,
        }
    )


def _save(request: LoggedInRequest, entry: OrderEntry) -> HttpResponse:
    """Save and go to the order; else the page again, filled, with what stands against it."""
    if not entry.is_valid():
        return _show(request, entry, status=422)
    try:
        order = entry.save()
    except OrderConflictError as conflict:
        current = order_page().get(pk=conflict.order.pk)
        again, merged = OrderEntry.after_conflict(entry, current)
        return _show(request, again, conflict=clashes(again, merged), status=409)
    except DomainError as error:
        entry.header.add_error(None, error.message)
        return _show(request, entry, status=422)
    request.session[DRAFT_DONE] = draft_key(request.user, entry.order)
    saved = _("%(number)s is saved.") if entry.order else _("%(number)s is with planning.")
    messages.success(request, saved % {"number": order.number})
    return redirect("orders:detail", pk=order.pk)


def draft_key(user: User, order: Order | None) -> str:
    """Under which the browser keeps what was typed, until it is saved."""
    return f"order-draft:{user.pk}:{order.pk if order else 'new'}"


def _show(
    request: LoggedInRequest, entry: OrderEntry, *, copied: Order | None = None, conflict: Clash | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "entry": entry,
        "copied": copied,
        "conflict": conflict,
        "draft_key": draft_key(request.user, entry.order),
        "recent": recent_orders(request.user),
        "customers": own_customers(request.user),
    }
    return render(request, "orders/entry.html", context, status=status)
