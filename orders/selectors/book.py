"""The order book: lines with everything that a row shows."""

from typing import NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from orders.models import Order, OrderLine
from planning_site.core.models import Plant, User

# What an order is still to become: it stands in the order book until it is closed or cancelled.
LIVE = (Order.State.OPEN, Order.State.ON_HOLD)


class Totals(NamedTuple):
    """Over all filtered lines: how many, of how many orders, with how many pairs."""

    lines: int
    orders: int
    pairs: int


def order_book() -> QuerySet[OrderLine]:
    """Every line with its style, colour, order, customer and the salespeople who decide about prices."""
    return OrderLine.objects.select_related("style", "colour", "order__customer__salesperson", "order__salesperson")


def open_lines(plant: Plant) -> QuerySet[OrderLine]:
    """The jobs of a plant: lines of its open orders, by due day, with style, colour, order and customer."""
    lines = OrderLine.objects.select_related("style", "colour", "order__customer")
    return lines.filter(order__plant=plant, order__state=Order.State.OPEN).order_by("due_on", "order__number", "position")


def totals(lines: QuerySet[OrderLine]) -> Totals:
    sums = lines.order_by().aggregate(lines=Count("pk"), orders=Count("order", distinct=True), pairs=Sum("pairs", default=0))
    return Totals(**sums)


def order_page() -> QuerySet[Order]:
    """Orders with all that their page and their form show."""
    lines = OrderLine.objects.select_related("style", "colour").order_by("position")
    return Order.objects.select_related("customer__salesperson", "salesperson", "created_by", "plant").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


def recent_orders(user: User, limit: int = 12) -> list[Order]:
    """The orders that this person entered or looks after, newest first: what one copies."""
    mine = Q(created_by=user) | Q(salesperson__user=user)
    return list(Order.objects.filter(mine).select_related("customer").order_by("-ordered_on", "-pk")[:limit])
