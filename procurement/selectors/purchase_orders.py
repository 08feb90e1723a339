"""Purchase orders for their list and their page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, F, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from planning_site.core.models import Change, Plant
from procurement.models import Chase, PurchaseOrder, PurchaseOrderLine, Supplier, Warehouse
from procurement.selectors.arrivals import STILL_COMING

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

OPEN = (PurchaseOrder.State.DRAFT, PurchaseOrder.State.SENT, PurchaseOrder.State.CONFIRMED, PurchaseOrder.State.PARTLY)


class Came(TypedDict):
    """What has come of a line, in the unit of its material."""

    came: Decimal


def purchase_orders(plant: Plant) -> QuerySet[PurchaseOrder]:
    """Orders, newest first."""
    return PurchaseOrder.objects.filter(plant=plant).select_related("supplier", "made_by").order_by("-pk")


def figures_of(orders: Iterable[PurchaseOrder]) -> dict[int, dict[str, Any]]:
    """By order the number of its lines, how many still come, how many are unanswered, the next promised day. One query."""
    coming = Q(state__in=STILL_COMING)
    rows = PurchaseOrderLine.objects.filter(order__in=[order.pk for order in orders]).order_by().values("order_id")
    figures = rows.annotate(
        lines=Count("pk"),
        coming=Count("pk", filter=coming),
        unanswered=Count("pk", filter=Q(state=PurchaseOrderLine.State.WAITING)),
        next_promise=Min("promised_on", filter=coming),
    )
    return {row["order_id"]: dict(row) for row in figures}


def lines_to_come(supplier: Supplier) -> QuerySet[WithAnnotations[PurchaseOrderLine, Came]]:
    """What a supplier still owes, without a promised day first, then by day; `came` is what has come of a line."""
    lines = PurchaseOrderLine.objects.filter(order__supplier=supplier, state__in=STILL_COMING).select_related("order", "material")
    came = Coalesce(Sum("stock_moves__quantity"), Decimal(0))
    return lines.annotate(came=came).order_by(F("promised_on").asc(nulls_first=True), "order__number", "material__code", "size", "pk")


def overdue_orders(orders: QuerySet[PurchaseOrder], today: dt.date) -> QuerySet[PurchaseOrder]:
    """Orders of which something should have come."""
    late = PurchaseOrderLine.objects.filter(state__in=STILL_COMING, promised_on__lt=today)
    return orders.filter(pk__in=late.values("order"))


def order_page() -> QuerySet[PurchaseOrder]:
    """An order with its lines, what came of each and what of that is blocked, and the log of chases. Four queries."""
    of_held = Q(stock_moves__warehouse=Warehouse.HELD)
    lines = PurchaseOrderLine.objects.select_related("material").annotate(
        came=Coalesce(Sum("stock_moves__quantity"), Decimal(0)), held=Coalesce(Sum("stock_moves__quantity", filter=of_held), Decimal(0))
    )
    chases = Chase.objects.select_related("by").prefetch_related("lines__material")
    return PurchaseOrder.objects.select_related("supplier", "made_by", "plant").prefetch_related(
        Prefetch("lines", lines.order_by("material__code", "size", "pk")), Prefetch("chases", chases)
    )


def order_history(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> QuerySet[Change]:
    """What happened to the order and to its lines, newest first. One query."""
    wanted = Q(object_type="procurement.purchaseorder", object_id=order.pk)
    wanted |= Q(object_type="procurement.purchaseorderline", object_id__in=[line.pk for line in lines])
    return Change.objects.filter(wanted).select_related("by")
