"""What is on its way: the lines of purchase orders that have not come yet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q, QuerySet

from planning_site.core.models import Plant
from procurement.models import PurchaseOrderLine

# Cancelled and received lines bring nothing more.
STILL_COMING = (PurchaseOrderLine.State.CONFIRMED, PurchaseOrderLine.State.WAITING)


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
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING).select_related("material", "order__supplier")
    return lines.order_by("promised_on", "order__number", "id")  # PostgreSQL puts NULL last


def arriving(plant: Plant, *, first: dt.date, last: dt.date) -> QuerySet[PurchaseOrderLine]:
    """Lines that were promised for these days."""
    return coming(plant).filter(promised_on__range=(first, last))


def overdue(plant: Plant, *, today: dt.date) -> QuerySet[PurchaseOrderLine]:
    """Lines whose promised day has passed."""
    return coming(plant).filter(promised_on__lt=today)


def unconfirmed(plant: Plant) -> QuerySet[PurchaseOrderLine]:
    """Lines without a day that the supplier stands by: none was given, or the answer is still out."""
    return coming(plant).filter(Q(promised_on=None) | Q(state=PurchaseOrderLine.State.WAITING))
