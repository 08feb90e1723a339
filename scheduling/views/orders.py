"""The part of an order's page that shows where its lines stand in the plans."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from orders.models import Order
from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from scheduling.selectors.floor import floor_of
from scheduling.selectors.order import month_shelf, order_standing


@require_safe
def order_plan(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A fragment without the frame of a page."""
    order = get_object_or_404(Order, pk=pk)
    shelf = month_shelf(request.user)
    if shelf is None:
        return render(request, "scheduling/order_plan.html", {"standing": None})
    floor = floor_of(shelf.plan.plant)
    standing = order_standing(order=order, user=request.user, shelf=shelf, floor=floor, calendar=calendar_of(shelf.plan.plant))
    return render(request, "scheduling/order_plan.html", {"standing": standing, "floor": floor})
