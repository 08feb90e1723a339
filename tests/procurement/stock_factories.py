"""Materials, purchase order lines and jobs for tests of the warehouses and of kits."""

import datetime as dt
import itertools
from collections.abc import Mapping
from decimal import Decimal

from orders.models import OrderLine
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from procurement.models import Material, PurchaseOrderLine, StockDocument, Warehouse
from procurement.services import stock
from procurement.services.stock import Given
from tests import factories
from tests.procurement.factories import purchase_line

_serial = itertools.count(1)
SIZES = {"38": 60, "39": 120, "40": 60}


def material(code: str = "", *, unit: str = "码", by_size: bool = False, name: str = "里料") -> Material:
    return Material.objects.create(code=code or f"M{next(_serial):04}", name=name, unit=unit, by_size=by_size)


def sole(code: str = "") -> Material:
    return material(code, unit="双", by_size=True, name="大底")


def job(sizes: Mapping[str, int] | None = None, **given: object) -> OrderLine:
    """An open order's line of 240 pairs, 38 to 40, unless others are given."""
    made = factories.order(factories.line(factories.style(sizes=("36", "46")), sizes=sizes or SIZES), **given)  # type: ignore[arg-type]
    return factories.first_line(made)


def fill(
    of: Material, quantity: str | int, *, size: str = "", lot: str = "", place: str = "", plant: Plant | None = None, by: User | None = None
) -> StockDocument:
    """Opening stock in the main warehouse."""
    given = Given(Decimal(quantity), of, size, lot, place)
    return stock.take_opening_stock(plant=plant or default_plant(), lines=[(Warehouse.MAIN, given)], by=by)


def ordered(
    of: Material, quantity: str | int, *, promised_on: dt.date | None = dt.date(2026, 12, 10), plant: Plant | None = None, **values: object
) -> PurchaseOrderLine:
    """A confirmed line of a purchase order of its own."""
    return purchase_line(plant or default_plant(), of, f"CG{next(_serial):06}", quantity=quantity, promised_on=promised_on, **values)  # type: ignore[arg-type]
