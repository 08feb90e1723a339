"""One material: what there is of it, and who gets it in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from planning_site.core.models import Plant
from procurement.models import Claim, Material, PurchaseOrderLine, Requirement, StockBalance
from procurement.selectors.requirement_inputs import FREE_WAREHOUSES, open_quantities


@dataclass(frozen=True)
class Source:
    """A supply of a material and size: stock of a dye lot, or a purchase order line."""

    size: str
    lot: str
    line: PurchaseOrderLine | None
    quantity: Decimal
    claimed: Decimal

    @property
    def free(self) -> Decimal:
        return self.quantity - self.claimed


def claims_on(plant: Plant, material: Material, size: str = "") -> QuerySet[Requirement]:
    """The needs of a material in the order of claim: whoever stands first is served first."""
    rows = Requirement.objects.filter(plant=plant, material=material)
    if size:
        rows = rows.filter(size=size)
    lines = rows.select_related("order_line__order__customer", "order_line__style", "order_line__colour")
    return lines.order_by("turn", "size")


def claims_of(requirements: Collection[int]) -> dict[int, list[Claim]]:
    """The claims by requirement. One query."""
    found: dict[int, list[Claim]] = defaultdict(list)
    for claim in Claim.objects.filter(requirement__in=requirements).select_related("purchase_line__order").order_by("pk"):
        found[claim.requirement_id].append(claim)
    return found


def sources(plant: Plant, material: Material, size: str = "") -> list[Source]:
    """Stock by dye lot, then purchase order lines by promise, each with what of it is claimed. Three queries."""
    stock = StockBalance.objects.filter(plant=plant, warehouse__in=FREE_WAREHOUSES, material=material, quantity__gt=0)
    lines = (
        open_quantities(plant)
        .filter(material=material)
        .select_related("order__supplier")
        .only("size", "quantity", "promised_on", "order__number", "order__supplier__name", "state", "material_id", "plant_id")
    )
    claims = Claim.objects.filter(requirement__plant=plant, requirement__material=material)
    if size:
        stock, lines, claims = stock.filter(size=size), lines.filter(size=size), claims.filter(requirement__size=size)
    sums = claims.order_by().values_list("requirement__size", "lot", "purchase_line").annotate(all_claimed=Sum("quantity"))
    claimed = {(row[0], row[1], row[2]): row[3] for row in sums}
    zero = Decimal(0)
    by_lot = stock.order_by("size", "lot").values_list("size", "lot").annotate(all_there=Sum("quantity"))
    found = [Source(at, lot, None, there, claimed.get((at, lot, None), zero)) for at, lot, there in by_lot]
    found += [Source(line.size, "", line, line.still, claimed.get((line.size, "", line.pk), zero)) for line in lines]
    return sorted(found, key=lambda source: (float(source.size or 0), source.line is not None))
