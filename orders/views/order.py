"""The page of one order, and changes of its state."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from orders import prices
from orders.forms import ReasonForm
from orders.models import Order
from orders.selectors import order_page
from orders.services import OrderConflictError, change_state
from orders.views.entry import DRAFT_DONE
from orders.views.history import history
from orders.views.moves import move_to, moves_of
from orders.views.summary import summary
from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest


@require_GET
def detail(request: LoggedInRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(order_page(), pk=pk)
    with_price = prices.may_see(request.user, order)
    context = {
        "order": order,
        "summary": summary(order, today=clock.today(), with_price=with_price),
        "history": history(order, with_price=with_price),
        "may_edit": access.may(request.user, "orders:edit", "write"),
        "moves": moves_of(order),
        "draft_done": request.session.pop(DRAFT_DONE, ""),
    }
    return render(request, "orders/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: LoggedInRequest, pk: int, target: str) -> HttpResponse:
    """Hold, cancel, reopen or close, with the reason; what follows is said before."""
    order = get_object_or_404(order_page(), pk=pk)
    if target not in Order.State.values:
        raise Http404
    wanted = Order.State(target)
    form = ReasonForm(request.POST or None, initial={"version": order.version})
    if request.method == "POST" and form.is_valid():
        try:
            change_state(
                order=order, state=wanted, reason=form.cleaned_data["reason"], by=request.user, version=form.cleaned_data["version"]
            )
        except OrderConflictError as conflict:
            form = ReasonForm(initial={"version": conflict.order.version, "reason": form.cleaned_data["reason"]})
            order = order_page().get(pk=pk)
            messages.warning(request, _("%(message)s Look at it again before you go on.") % {"message": conflict.message})
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("%(order)s is %(state)s.") % {"order": order.number, "state": wanted.label})
            return redirect("orders:detail", pk=pk)
    context = {
        "order": order,
        "form": form,
        "move": move_to(order, wanted),
        "is_possible": wanted in Order.TRANSITIONS[order.state],
        "summary": summary(order, today=clock.today(), with_price=False),
    }
    return render(request, "orders/state.html", context)
