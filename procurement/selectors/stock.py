"""What is in the warehouses. Balances are sums of the ledger, never a column of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from planning_site.core.models import Plant
from procurement.models import StockMove


def balances(
    plant: Plant, *, materials: Collection[int] | None = None, warehouse: str = "", on: dt.date | None = None
) -> dict[tuple[int, str], Decimal]:
    """What is there by (material, size), in the material's unit; the size is empty for a material without sizes. One query.

    `on` takes the moves up to and with that day. What sums up to nothing is left out.
    """
    moves = StockMove.objects.filter(plant=plant, material__isnull=False)
    if materials is not None:
        moves = moves.filter(material__in=materials)
    if warehouse:
        moves = moves.filter(warehouse=warehouse)
    if on is not None:
        moves = moves.filter(day__lte=on)
    sums = moves.order_by().values_list("material_id", "size").annotate(balance=Sum("quantity"))
    return {(material, size): balance for material, size, balance in sums if balance}
