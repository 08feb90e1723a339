"""The buyer's work list: what to order now or by when, what comes late, what nobody needs any more (D1, D3, D5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from planning_site.core.models import Plant
from procurement.models import Claim, Material, MaterialCategory, PurchaseOrderLine, Requirement, StockMove
from procurement.quantities import decimals_by_unit, rounded_up, step_of, to_order
from procurement.selectors.arrivals import STILL_COMING

ZERO = Decimal(0)
QUANTITY = DecimalField(max_digits=22, decimal_places=8)


@dataclass(frozen=True)
class SizeToOrder:
    """What is short in one size and what to order for it, less what stands in drafts."""

    size: str
    short: Decimal
    order: Decimal


@dataclass(frozen=True)
class ToOrder:
    """A material that is short. `days` until it has to be ordered, negative when that day has passed, None without a lead time."""

    material: Material
    sizes: Sequence[SizeToOrder]
    short: Decimal
    order: Decimal
    drafted: Decimal
    jobs: int
    needed_on: dt.date
    order_by: dt.date | None
    days: int | None
    is_early: bool


def short_materials(plant: Plant) -> QuerySet[Requirement, dict[str, Any]]:
    """Materials that are short, as rows to filter and page: those without a lead time first, then whoever has to be ordered first."""
    names = ("material_id",)
    sums: dict[str, Any] = {
        "jobs": Count("order_line", distinct=True),
        "first_needed": Min("needed_on"),
        "first_order": Min("order_by"),
        "all_short": Sum("short"),
    }
    rows: QuerySet[Requirement, dict[str, Any]] = Requirement.objects.filter(plant=plant, short__gt=0).values(*names).annotate(**sums)
    return rows.order_by(F("first_order").asc(nulls_first=True), F("first_needed").asc(), "material_id")


def early_materials(categories: Iterable[MaterialCategory]) -> Q:
    """D3: upper, lining, special and made-to-order material, to be reserved on receipt of the notice."""
    return Q(material__category__in=[one.name for one in categories if one.is_early]) | Q(material__made_to_order=True)


def counted(rows: QuerySet[Requirement], early: Q) -> tuple[int, int]:
    """How many materials are short, and how many of them may be reserved at once. One query."""
    sums = rows.filter(short__gt=0).aggregate(all=Count("material", distinct=True), early=Count("material", distinct=True, filter=early))
    return sums["all"], sums["early"]


def to_order_rows(
    plant: Plant, page: Sequence[Mapping[str, Any]], categories: Iterable[MaterialCategory], *, today: dt.date
) -> list[ToOrder]:
    """The rows of a page with their sizes. Four queries."""
    ids = [row["material_id"] for row in page]
    materials = Material.objects.select_related("supplier").in_bulk(ids)
    early = {one.name for one in categories if one.is_early}
    sizes = shorts_by_size(plant, ids)
    drafts = drafted(plant, ids)
    decimals = decimals_by_unit()
    rows = []
    for row in page:
        material = materials[row["material_id"]]
        step = step_of(material.unit, decimals)
        orders = order_quantities(sizes[material.pk], drafts.get(material.pk, {}), material, step)
        shorts = {size: rounded_up(short, step) for size, short in sizes[material.pk].items()}
        rows.append(
            ToOrder(
                material=material,
                sizes=[SizeToOrder(size, shorts[size], orders[size]) for size in sorted(shorts, key=_size_key)],
                short=rounded_up(row["all_short"], step),
                order=sum(orders.values(), ZERO),
                drafted=sum(drafts.get(material.pk, {}).values(), ZERO),
                jobs=row["jobs"],
                needed_on=row["first_needed"],
                order_by=row["first_order"],
                days=(row["first_order"] - today).days if row["first_order"] else None,
                is_early=material.made_to_order or material.category in early,
            )
        )
    return rows


def _size_key(size: str) -> Decimal:
    return Decimal(size or 0)


def shorts_by_size(plant: Plant, materials: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """What is short by material and size, exactly."""
    rows = Requirement.objects.filter(plant=plant, short__gt=0, material__in=materials).order_by()
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for material, size, short in rows.values_list("material_id", "size").annotate(all_short=Sum("short")):
        found[material][size] = short
    return found


def drafted(plant: Plant, materials: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """What stands in drafts of purchase orders: a buyer is about to order it."""
    lines = PurchaseOrderLine.objects.filter(plant=plant, state=PurchaseOrderLine.State.DRAFT, material__in=materials).order_by()
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for material, size, quantity in lines.values_list("material_id", "size").annotate(all_drafted=Sum("quantity")):
        found[material][size] = quantity
    return found


def order_quantities(shorts: Mapping[str, Decimal], drafts: Mapping[str, Decimal], material: Material, step: Decimal) -> dict[str, Decimal]:
    """What to order by size: whole multiples of each size, and in sum at least the minimum, shared like the shortage."""
    open_shorts = {size: max(ZERO, short - drafts.get(size, ZERO)) for size, short in shorts.items()}
    total = sum(open_shorts.values(), ZERO)
    minimum = material.minimum_order or ZERO
    stretch = minimum / total if 0 < total < minimum and not drafts else Decimal(1)
    return {size: to_order(short * stretch, step, minimum=None, multiple=material.order_multiple) for size, short in open_shorts.items()}


def late_lines(plant: Plant, *, today: dt.date) -> QuerySet[PurchaseOrderLine]:
    """Lines that come too late for a job that counts on them, have passed their day, or have none while somebody waits for them."""
    claims = Claim.objects.filter(purchase_line=OuterRef("pk")).order_by().values("purchase_line")
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING).annotate(
        first_needed=Subquery(claims.annotate(first=Min("requirement__needed_on")).values("first")),
        claimed_by=Coalesce(Subquery(claims.annotate(jobs=Count("requirement__order_line", distinct=True)).values("jobs")), 0),
    )
    late = Q(promised_on__gt=F("first_needed")) | Q(promised_on__lt=today) | Q(promised_on=None, first_needed__isnull=False)
    chosen = lines.filter(late).select_related("material", "order__supplier")
    return chosen.order_by("first_needed", "order__number", "pk")


def changed_lines(plant: Plant) -> QuerySet[PurchaseOrderLine]:
    """Lines that are no longer what was ordered, in the order of their numbers. Annotated:

    `spare`         more comes than anybody claims: an order was cancelled, or its usage or size run changed
    `first_needed`  the first day on which a job needs it now, beside the day that it was ordered for
    and lines whose promise was moved.
    """
    claims = Claim.objects.filter(purchase_line=OuterRef("pk")).order_by().values("purchase_line")
    came = StockMove.objects.filter(purchase_line=OuterRef("pk")).order_by().values("purchase_line").annotate(sum=Sum("quantity"))
    claimed = claims.annotate(sum=Sum("quantity")).values("sum")
    zero = Value(ZERO, output_field=QUANTITY)
    lines = PurchaseOrderLine.objects.filter(plant=plant, state__in=STILL_COMING).annotate(
        spare=F("quantity")
        - Coalesce(Subquery(came.values("sum"), output_field=QUANTITY), zero)
        - Coalesce(Subquery(claimed, output_field=QUANTITY), zero),
        first_needed=Subquery(claims.annotate(first=Min("requirement__needed_on")).values("first")),
    )
    moved = Q(first_promised_on__isnull=False, promised_on__isnull=False) & ~Q(promised_on=F("first_promised_on"))
    changed = lines.filter(Q(spare__gte=1) | moved | Q(first_needed__lt=F("needed_on")))
    return changed.select_related("material", "order__supplier").order_by("order__number", "pk")
