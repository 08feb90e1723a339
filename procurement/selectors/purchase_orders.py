"""Purchase orders for their list and their page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from planning_site.core.models import Change, Plant
from procurement.models import Chase, PurchaseOrder, PurchaseOrderLine
from procurement.selectors.arrivals import STILL_COMING

OPEN = (PurchaseOrder.State.DRAFT, PurchaseOrder.State.SENT, PurchaseOrder.State.CONFIRMED, PurchaseOrder.State.PARTLY)


def purchase_orders(plant: Plant) -> QuerySet[PurchaseOrder]:
    """Orders with the number of their lines, what is still open and the first day that was promised, newest first."""
    coming = Q(lines__state__in=STILL_COMING)
    return (
        PurchaseOrder.objects.filter(plant=plant)
        .select_related("supplier", "made_by")
        .annotate(
            line_count=Count("lines"),
            open_count=Count("lines", filter=coming),
            next_promise=Min("lines__promised_on", filter=coming),
            unanswered=Count("lines", filter=Q(lines__state=PurchaseOrderLine.State.WAITING)),
        )
        .order_by("-pk")
    )


def overdue_orders(orders: QuerySet[PurchaseOrder], today: dt.date) -> QuerySet[PurchaseOrder]:
    """Orders of which something should have come."""
    late = PurchaseOrderLine.objects.filter(state__in=STILL_COMING, promised_on__lt=today)
    return orders.filter(pk__in=late.values("order"))


def order_page() -> QuerySet[PurchaseOrder]:
    """An order with its lines, what came of each, and the log of chases. Four queries."""
    lines = PurchaseOrderLine.objects.select_related("material").annotate(came=Coalesce(Sum("stock_moves__quantity"), Decimal(0)))
    chases = Chase.objects.select_related("by").prefetch_related("lines__material")
    return PurchaseOrder.objects.select_related("supplier", "made_by", "plant").prefetch_related(
        Prefetch("lines", lines.order_by("material__code", "size", "pk")), Prefetch("chases", chases)
    )


def order_history(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> QuerySet[Change]:
    """What happened to the order and to its lines, newest first. One query."""
    wanted = Q(object_type="procurement.purchaseorder", object_id=order.pk)
    wanted |= Q(object_type="procurement.purchaseorderline", object_id__in=[line.pk for line in lines])
    return Change.objects.filter(wanted).select_related("by")
