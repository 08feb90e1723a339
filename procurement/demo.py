"""The demo's purchasing: how some material is bought, whom to ask, and a sole supplier who puts three sizes off by six days.

The workbooks know nothing of it. Quantities stay theirs: what is needed, in stock and on order is to be found again in them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import Change, User
from planning_site.core.plants import default_plant
from procurement.models import Chase, Material, PurchaseOrder, PurchaseOrderLine, Supplier, SupplierContact
from procurement.selectors.arrivals import STILL_COMING
from procurement.services.promises import log_chase

LATE_SOLE = "S15-NT"
LATE_DAYS = 6
LATE_ANSWER = "底模坏了，修好再做，晚六天"
LATE_SIZES = ("42", "43", "44")  # of these the first jobs would have had enough in time
# Uppers whose dye shows: leather of one dye lot for a job
ONE_LOT = ("M-女短靴-WN", "M-女短靴-BR", "M-男正装-BL", "M-女凉鞋-GY", "M-男正装-WH")
MADE_TO_ORDER = ("特殊",)
# category: minimum order, multiple
BUYING = {"面料": ("300", None), "里料": ("50", None), "底材": (None, "12"), "包材": ("500", "100")}
CONTACTS = {
    "G03": (("周师傅", "跟单", "13600577301"), ("何小姐", "送货", "13600577302")),
    "G04": (("林师傅", "跟单", "13600577401"),),
    "G07": (("方小姐", "送货", "13600577701"),),
}


def load_purchasing() -> list[Chase]:
    """Tell the story once, in the name of the first buyer; returns its chases. Requirements are calculated afterwards, by the caller."""
    buyer = User.objects.filter(groups__name=Department.PURCHASING, is_active=True).order_by("pk").first()
    if buyer is None or Chase.objects.exists():
        return []
    _set_buying_rules()
    _add_contacts()
    return [_chased(line.order, buyer) for line in _late_lines()]


def _set_buying_rules() -> None:
    for category, (minimum, multiple) in BUYING.items():
        values = {"minimum_order": minimum and Decimal(minimum), "order_multiple": multiple and Decimal(multiple)}
        Material.objects.filter(category=category).update(**values)
    Material.objects.filter(code__in=ONE_LOT).update(one_lot_per_job=True)
    Material.objects.filter(category__in=MADE_TO_ORDER).update(made_to_order=True)


def _add_contacts() -> None:
    suppliers = {supplier.code: supplier for supplier in Supplier.objects.filter(code__in=CONTACTS)}
    SupplierContact.objects.bulk_create(
        SupplierContact(supplier=suppliers[code], name=name, role=role, phone=phone)
        for code, people in CONTACTS.items()
        if code in suppliers
        for name, role, phone in people
    )


def _late_lines() -> Iterable[PurchaseOrderLine]:
    """The lines of the late sole, each on a purchase order of its own."""
    coming = PurchaseOrderLine.objects.filter(
        plant=default_plant(), material__code=LATE_SOLE, size__in=LATE_SIZES, state__in=STILL_COMING, promised_on__isnull=False
    )
    lines = coming.select_related("order__supplier").order_by("size", "pk")
    return {line.order_id: line for line in lines}.values()


def _chased(order: PurchaseOrder, buyer: User) -> Chase:
    """Asked three days ago, when all was well; asked again yesterday, when it was not."""
    asked = order.supplier.contact if order.supplier else ""
    _on(-3, log_chase(order=order, by=buyer, asked=asked, answer="按时送"))
    day = max(line.promised_on for line in order.lines.all() if line.promised_on)
    began = clock.now()
    chase = log_chase(
        order=order,
        by=buyer,
        asked=asked,
        answer=LATE_ANSWER,
        new_date=day + dt.timedelta(days=LATE_DAYS),
        ask_again_on=clock.today() + dt.timedelta(days=2),
    )
    at = _on(-1, chase)
    Change.objects.filter(at__gte=began).update(at=at)
    return chase


def _on(days: int, chase: Chase) -> dt.datetime:
    """Move a chase to so many days from today."""
    chase.at = clock.at(clock.today() + dt.timedelta(days=days), dt.time(15, 40))
    chase.save(update_fields=["at"])
    return chase.at
