"""Rows of purchasing for tests, each with one line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from orders.models import StyleColour
from planning_site.core.models import Plant
from procurement.models import Material, PurchaseOrder, PurchaseOrderLine, StockMove, Supplier, Usage, UsageVersion, Warehouse

STATES = {
    "draft": PurchaseOrder.State.DRAFT,
    "waiting": PurchaseOrder.State.SENT,
    "confirmed": PurchaseOrder.State.CONFIRMED,
    "received": PurchaseOrder.State.RECEIVED,
    "cancelled": PurchaseOrder.State.CANCELLED,
}


def purchase_line(
    plant: Plant,
    material: Material,
    number: str,
    *,
    quantity: Decimal | int | str = 100,
    promised_on: dt.date | None = None,
    state: str = "confirmed",
    supplier: Supplier | None = None,
    **values: Any,
) -> PurchaseOrderLine:
    """A line of the purchase order with this number and supplier, which is made where there is none."""
    order, _is_new = PurchaseOrder.objects.get_or_create(
        plant=plant, number=number, supplier=supplier, defaults={"state": STATES[state], "ordered_on": promised_on}
    )
    return PurchaseOrderLine.objects.create(
        plant=plant,
        order=order,
        material=material,
        quantity=Decimal(quantity),
        promised_on=promised_on,
        first_promised_on=promised_on,
        state=state,
        **values,
    )


def bill(colour: StyleColour, *rows: tuple[str, Material, str, int], valid_from: dt.date = dt.date(2026, 1, 1)) -> UsageVersion:
    """A version of usage: part, material, usage per pair, loss %."""
    version = UsageVersion.objects.create(style_colour=colour, valid_from=valid_from)
    for part, material, per_pair, loss in rows:
        Usage.objects.create(version=version, part=part, material=material, per_pair=Decimal(per_pair), loss_percent=loss)
    return version


def stock(plant: Plant, material: Material, quantity: str, *, size: str = "", lot: str = "", warehouse: str = Warehouse.MAIN) -> StockMove:
    """Material that was counted into a warehouse."""
    return StockMove.objects.create(
        plant=plant,
        warehouse=warehouse,
        material=material,
        size=size,
        lot=lot,
        quantity=Decimal(quantity),
        kind=StockMove.Kind.COUNT,
        day=dt.date(2026, 1, 1),
    )
