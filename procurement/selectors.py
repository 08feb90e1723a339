"""What is in the warehouses and what is on its way. Balances are sums of the ledger, never a column of their own."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from planning_site.core.models import Plant
from procurement.models import PurchaseOrderLine, StockMove

# Cancelled and received lines bring nothing more.
STILL_COMING = (PurchaseOrderLine.State.CONFIRMED, PurchaseOrderLine.State.WAITING)


def balances(
    plant: Plant, *, materials: Collection[int] | None = None, warehouse: str = "", on: dt.date | None = None
) -> dict[tuple[int, str], Decimal]:
    """What is there by (material, size), in the material's unit; the size is empty for a material without sizes. One query.

    `on` takes the moves up to and with that day. What sums up to nothing is left out.
    """
    moves = StockMove.objects.filter(plant=plant)
    if materials is not None:
        moves = moves.filter(material__in=materials)
    if warehouse:
        moves = moves.filter(warehouse=warehouse)
    if on is not None:
        moves = moves.filter(day__lte=on)
    sums = moves.order_by().values_list("material_id", "size").annotate(balance=Sum("quantity"))
    return {(material, size): balance for material, size, balance in sums if balance}


def on_order(plant: Plant, *, materials: Collection[int] | None = None) -> dict[int, list[PurchaseOrderLine]]:
    """The lines that are still to come by material, those with the earliest promise first, unpromised ones last. One query."""
    lines = coming(plant)
    if materials is not None:
        lines = lines.filter(material__in=materials)
    by_material: dict[int, list[PurchaseOrderLine]] = defaultdict(list)
    for line in lines:
        by_material[line.material_id].append(line)
    return dict(by_material)


def coming(plant: Plant) -> QuerySet[PurchaseOrderLine]:
    """The purchase order lines whose material has not come yet, by promised day, unpromised ones last."""
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING).select_related("material", "supplier")
    return lines.order_by("promised_on", "number", "id")  # PostgreSQL puts NULL last


def arriving(plant: Plant, *, first: dt.date, last: dt.date) -> QuerySet[PurchaseOrderLine]:
    """Lines that were promised for these days."""
    return coming(plant).filter(promised_on__range=(first, last))


def overdue(plant: Plant, *, today: dt.date) -> QuerySet[PurchaseOrderLine]:
    """Lines whose promised day has passed."""
    return coming(plant).filter(promised_on__lt=today)


def unconfirmed(plant: Plant) -> QuerySet[PurchaseOrderLine]:
    """Lines without a day that the supplier stands by: none was given, or the answer is still out."""
    return coming(plant).filter(Q(promised_on=None) | Q(state=PurchaseOrderLine.State.WAITING))
