"""A factory of any size to measure the material plan with: styles, bills, orders, stock and purchase orders, the same at every call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.models import Customer, Order, OrderLine, Style, StyleColour
from orders.sizes import SizeRun
from planning_site.core.models import Plant
from procurement.models import (
    Material,
    MoveKind,
    PurchaseOrder,
    PurchaseOrderLine,
    StockMove,
    Supplier,
    Usage,
    UsageVersion,
    Warehouse,
)

BATCH = 5_000
FIRST_SIZE = 36
JOBS_A_STYLE = 10  # the demo's order book has 300 jobs of 36 styles
STYLES_A_MATERIAL = 3  # a sole or a lining goes into several styles
SUPPLIERS = 20
DUE_WITHIN = 150  # days from today over which the orders are due


@dataclass(frozen=True)
class Scale:
    """How many jobs there are, of how many parts and sizes; every part is kept by size, which is the most work."""

    jobs: int
    parts: int
    sizes: int

    @property
    def styles(self) -> int:
        return max(1, -(-self.jobs // JOBS_A_STYLE))

    @property
    def run(self) -> list[str]:
        return [str(FIRST_SIZE + n) for n in range(self.sizes)]


def build(scale: Scale, *, today: dt.date) -> Plant:
    """Write such a factory into a plant of its own. Called in a transaction that is rolled back: nobody wants to keep it."""
    plant = Plant.objects.create(code="MEASURE", name="MEASURE")
    colours = _styles(scale)
    materials = _materials(scale)
    _bills(scale, colours, materials, today)
    _orders(scale, plant, colours, today)
    _supplies(scale, plant, materials, today)
    return plant


def _styles(scale: Scale) -> list[StyleColour]:
    last = FIRST_SIZE + scale.sizes - 1
    styles = Style.objects.bulk_create(
        [
            Style(code=f"MS{n:05}", family="M", size_from=Decimal(FIRST_SIZE), size_to=Decimal(last), size_step=Decimal(1))
            for n in range(scale.styles)
        ],
        batch_size=BATCH,
    )
    return StyleColour.objects.bulk_create([StyleColour(style=style, name="M") for style in styles], batch_size=BATCH)


def _materials(scale: Scale) -> list[list[Material]]:
    """For every part its materials."""
    groups = -(-scale.styles // STYLES_A_MATERIAL)
    rows = [
        Material(code=f"MM{part:02}-{group:05}", name="M", unit="双", lead_time_days=20, by_size=True)
        for part in range(scale.parts)
        for group in range(groups)
    ]
    made = Material.objects.bulk_create(rows, batch_size=BATCH)
    return [made[part * groups : (part + 1) * groups] for part in range(scale.parts)]


def _bills(scale: Scale, colours: Sequence[StyleColour], materials: Sequence[Sequence[Material]], today: dt.date) -> None:
    first_day = today - dt.timedelta(days=365)
    versions = UsageVersion.objects.bulk_create([UsageVersion(style_colour=colour, valid_from=first_day) for colour in colours])
    stages = ("cutting", "stitching", "bottoming", "lasting", "packing")
    factors = {size: str(Decimal(90 + 2 * n) / 100) for n, size in enumerate(scale.run)}
    rows = [
        Usage(
            version=version,
            part=f"M{part}",
            material=of_part[n // STYLES_A_MATERIAL],
            per_pair=Decimal("0.2235") * (part + 1),
            loss_percent=Decimal("3.5"),
            stage=stages[part % len(stages)],
            grading=Usage.Grading.FACTOR if part % 2 else Usage.Grading.FLAT,
            base_size=scale.run[0],
            by_size=factors if part % 2 else {},
        )
        for n, version in enumerate(versions)
        for part, of_part in enumerate(materials)
    ]
    Usage.objects.bulk_create(rows, batch_size=BATCH)


def _orders(scale: Scale, plant: Plant, colours: Sequence[StyleColour], today: dt.date) -> None:
    grades = (*Customer.Grade.values, "")
    customers = Customer.objects.bulk_create([Customer(code=f"MC{n}", name=f"MC{n}", grade=grade) for n, grade in enumerate(grades)])
    orders = Order.objects.bulk_create(
        [Order(plant=plant, number=f"MO{n:05}", customer=customers[n % 4], ordered_on=today) for n in range(scale.jobs)], batch_size=BATCH
    )
    rows = []
    for n, order in enumerate(orders):
        colour, sizes = colours[n % len(colours)], _run(scale, n)
        due_on = today + dt.timedelta(days=15 + n * 7919 % DUE_WITHIN)
        rows.append(
            OrderLine(order=order, position=1, style=colour.style, colour=colour, sizes=sizes, pairs=sum(sizes.values()), due_on=due_on)
        )
    OrderLine.objects.bulk_create(rows, batch_size=BATCH)


def _run(scale: Scale, n: int) -> SizeRun:
    """A size run of about 1,200 pairs, most of them in the middle."""
    middle = scale.sizes / 2
    return {size: 40 + n % 17 + round(20 * (middle - abs(place - middle))) for place, size in enumerate(scale.run)}


def _supplies(scale: Scale, plant: Plant, materials: Sequence[Sequence[Material]], today: dt.date) -> None:
    """Stock for about a third of the need of every material and size, and two purchase order lines for another third."""
    each = Decimal(40 * JOBS_A_STYLE * STYLES_A_MATERIAL)
    flat = [material for of_part in materials for material in of_part]
    moves = [
        StockMove(plant=plant, warehouse=Warehouse.MAIN, material=material, size=size, quantity=each, kind=MoveKind.OPENING, day=today)
        for material in flat
        for size in scale.run
    ]
    StockMove.objects.bulk_create(moves, batch_size=BATCH)
    suppliers = Supplier.objects.bulk_create([Supplier(code=f"MG{n:02}", name=f"MG{n:02}") for n in range(SUPPLIERS)])
    lines = [line for n, material in enumerate(flat) for line in _ordered(scale, plant, material, suppliers[n % SUPPLIERS], n, each, today)]
    PurchaseOrder.objects.bulk_create({id(line.order): line.order for line in lines}.values(), batch_size=BATCH)
    for line in lines:
        line.order_id = line.order.pk
    PurchaseOrderLine.objects.bulk_create(lines, batch_size=BATCH)


def _ordered(
    scale: Scale, plant: Plant, material: Material, supplier: Supplier, n: int, each: Decimal, today: dt.date
) -> Iterator[PurchaseOrderLine]:
    """Two purchase orders of a material, by size, promised for different days."""
    for turn, days in enumerate((10, 40)):
        order = PurchaseOrder(plant=plant, number=f"MP{n:05}-{turn}", supplier=supplier, state=PurchaseOrder.State.CONFIRMED)
        for size in scale.run:
            yield PurchaseOrderLine(
                plant=plant,
                order=order,
                material=material,
                size=size,
                quantity=each / 2,
                promised_on=today + dt.timedelta(days=days + n % 30),
                state=PurchaseOrderLine.State.CONFIRMED,
            )
