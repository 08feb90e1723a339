"""What suppliers brought and QC has to inspect, and what an incoming inspection blocked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from orders.sizes import size_key
from planning_site.core.models import Plant
from procurement.models import Material, MoveKind, StockDocument, StockMove, Supplier, Warehouse
from quality.models import Inspection, InspectionSize

NOTHING = Decimal(0)
DAYS_BACK = 60  # older receipts are found by their number only


@dataclass(frozen=True)
class Arrived:
    """A material that a receipt brought: by size what came and what of it was inspected, in the material's unit."""

    receipt: StockDocument
    material: Material
    supplier: Supplier | None
    orders: tuple[str, ...]
    came: dict[str, Decimal]
    inspected: dict[str, Decimal] = field(default_factory=dict)

    @property
    def open(self) -> dict[str, Decimal]:
        """What nobody has inspected yet."""
        return {size: max(quantity - self.inspected.get(size, NOTHING), NOTHING) for size, quantity in self.came.items()}

    @property
    def total(self) -> Decimal:
        return sum(self.came.values(), NOTHING)

    @property
    def total_open(self) -> Decimal:
        return sum(self.open.values(), NOTHING)


@dataclass(frozen=True)
class Blocked:
    """Of an incoming inspection: what it turned back, what of it was blocked, and how much of that still lies in the blocked stock."""

    turned_back: Decimal
    blocked: Decimal
    held: Decimal

    @property
    def gone(self) -> Decimal:
        """What had been issued before it could be blocked."""
        return self.turned_back - self.blocked


def arrived(receipt: StockDocument, material: Material) -> Arrived:
    """One material of a receipt; nothing came where the receipt did not bring it. Two queries."""
    found = _arrivals([receipt], material=material)
    return found[0] if found else Arrived(receipt, material, None, (), {})


def receipts_to_inspect(plant: Plant, *, today: dt.date, words: str = "", limit: int = 30) -> list[Arrived]:
    """What came and was not inspected in full, newest first; words must occur in receipt, purchase order, supplier or material.

    Three queries. Receipts that were reversed are left out.
    """
    rows = StockDocument.objects.filter(plant=plant, kind=MoveKind.RECEIVE, reverses=None, reversed_by=None)
    if not words:
        rows = rows.filter(day__gte=today - dt.timedelta(days=DAYS_BACK))
    for word in words.split()[:3]:
        of_lines = (
            Q(moves__purchase_line__order__number__icontains=word)
            | Q(moves__purchase_line__order__supplier__name__icontains=word)
            | Q(moves__material__code__icontains=word)
        )
        rows = rows.filter(Q(number__icontains=word) | of_lines)
    newest = list(rows.distinct().order_by("-id")[: 4 * limit])
    return [found for found in _arrivals(newest) if found.total_open > 0][:limit]


def blocked_of(inspection: Inspection) -> Blocked:
    """Two queries at most; all zero where everything passed."""
    turned_back = sum((size.presented - size.passed for size in inspection.sizes.all()), NOTHING)
    if inspection.blocking_id is None:
        return Blocked(turned_back, NOTHING, NOTHING)
    moves = StockMove.objects.filter(document=inspection.blocking_id, warehouse=Warehouse.HELD)
    blocked = moves.aggregate(sum=Sum("quantity"))["sum"] or NOTHING
    keys = list(moves.values_list("material_id", "size", "lot"))
    of_keys = Q(pk=None)
    for material, size, lot in keys:
        of_keys |= Q(material=material, size=size, lot=lot)
    there = StockMove.objects.filter(of_keys, plant=inspection.plant_id, warehouse=Warehouse.HELD).aggregate(sum=Sum("quantity"))["sum"]
    return Blocked(turned_back, blocked, min(there or NOTHING, blocked))


def _arrivals(receipts: Sequence[StockDocument], material: Material | None = None) -> list[Arrived]:
    """By receipt and material, in the order of the receipts."""
    moves = StockMove.objects.filter(document__in=receipts, material__isnull=False)
    if material is not None:
        moves = moves.filter(material=material)
    moves = moves.select_related("material__supplier", "purchase_line__order__supplier").order_by("id")
    by_key: dict[tuple[int, int], list[StockMove]] = defaultdict(list)
    for move in moves:
        by_key[move.document_id or 0, move.material_id or 0].append(move)
    done = _inspected([receipt.pk for receipt in receipts])
    return [
        _arrived(receipt, rows, done.get((receipt.pk, pk), {}))
        for receipt in receipts
        for (document, pk), rows in by_key.items()
        if document == receipt.pk
    ]


def _arrived(receipt: StockDocument, moves: Sequence[StockMove], inspected: dict[str, Decimal]) -> Arrived:
    came: dict[str, Decimal] = defaultdict(Decimal)
    for move in moves:
        came[move.size] += move.quantity
    orders = [move.purchase_line.order for move in moves if move.purchase_line and move.purchase_line.order]
    material = moves[0].material
    assert material is not None
    supplier = next((order.supplier for order in orders if order.supplier), material.supplier)
    by_size = {size: came[size] for size in sorted(came, key=lambda size: size_key(size or "0"))}
    return Arrived(receipt, material, supplier, tuple(dict.fromkeys(order.number for order in orders)), by_size, inspected)


def _inspected(receipts: Iterable[int]) -> dict[tuple[int, int], dict[str, Decimal]]:
    """What standing inspections were presented, by (receipt, material) and size. One query."""
    rows = InspectionSize.objects.filter(inspection__receipt__in=list(receipts), inspection__reversed_at=None)
    sums = rows.order_by().values_list("inspection__receipt_id", "inspection__material_id", "size").annotate(sum=Sum("presented"))
    found: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(dict)
    for receipt, material, size, quantity in sums:
        found[receipt or 0, material or 0][size] = quantity
    return dict(found)
