"""Rows of purchasing for tests, each with one line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from planning_site.core.models import Plant
from procurement.models import Material, PurchaseOrder, PurchaseOrderLine, Supplier

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
