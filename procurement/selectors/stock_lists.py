"""Lists of the warehouses: what lies where, the card of a material, documents, finished and half-finished pairs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from orders.sizes import size_key
from planning_site.core.models import Plant
from procurement.models import Material, StockBalance, StockDocument, StockMove

ZERO = Decimal(0)
LIKE_ENOUGH = 0.2
CANDIDATES = 20


@dataclass(frozen=True)
class StockFilter:
    """What a person looks for."""

    q: str = ""
    warehouse: str = ""
    category: str = ""
    by_size: bool = False
    is_empty: bool = False  # also what is not there

    @property
    def is_active(self) -> bool:
        return bool(self.q or self.warehouse or self.category or self.is_empty)


@dataclass
class StockRow:
    """A material in one warehouse: in all, by size, and where it lies."""

    material: Material
    warehouse: str
    total: Decimal = ZERO
    sizes: dict[str, Decimal] = field(default_factory=dict)
    lots: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def search_materials(rows: QuerySet[Material], q: str) -> QuerySet[Material]:
    """Materials whose code or name has every word; where nothing has it, those whose code looks most like it."""
    found = rows
    for word in q.split()[:3]:
        found = found.filter(Q(code__has_text=word) | Q(name__has_text=word))
    if not q or found.exists():
        return found.order_by("code")
    alike = rows.annotate(likeness=TrigramSimilarity("code", q)).filter(likeness__gte=LIKE_ENOUGH).order_by("-likeness", "code")
    return rows.filter(pk__in=list(alike.values_list("pk", flat=True)[:CANDIDATES])).order_by("code")


def materials_in_stock(plant: Plant, wanted: StockFilter) -> QuerySet[Material]:
    """The materials of a filter, by code; without `is_empty` only those of which something is there."""
    there = StockBalance.objects.filter(plant=plant, material=OuterRef("pk"), quantity__gt=0)
    if wanted.warehouse:
        there = there.filter(warehouse=wanted.warehouse)
    rows = Material.objects.all() if wanted.is_empty else Material.objects.filter(Exists(there))
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.by_size:
        rows = rows.filter(by_size=True)
    return search_materials(rows, wanted.q)


def stock_rows(plant: Plant, materials: Sequence[Material], warehouse: str = "") -> list[StockRow]:
    """One row for each material and warehouse that has some; a material of which nothing is there has one empty row. One query."""
    balances = StockBalance.objects.filter(plant=plant, material__in=materials, quantity__gt=0)
    if warehouse:
        balances = balances.filter(warehouse=warehouse)
    found: dict[int, dict[str, StockRow]] = defaultdict(dict)
    by_pk = {material.pk: material for material in materials}
    for balance in balances.order_by("warehouse"):
        material = by_pk[balance.material_id or 0]
        row = found[material.pk].setdefault(balance.warehouse, StockRow(material, balance.warehouse))
        row.total += balance.quantity
        row.sizes[balance.size] = row.sizes.get(balance.size, ZERO) + balance.quantity
        row.lots.update(filter(None, [balance.lot]))
        row.places.update(filter(None, [balance.place]))
    rows = []
    for material in materials:
        of_material = list(found[material.pk].values()) or [StockRow(material, warehouse)]
        for row in of_material:
            row.sizes = {size: row.sizes[size] for size in sorted(row.sizes, key=lambda size: size_key(size or "0"))}
        rows += of_material
    return rows


def sizes_of(rows: Sequence[StockRow]) -> list[str]:
    """Every size of these rows, smallest first."""
    return sorted({size for row in rows for size in row.sizes if size}, key=size_key)


def categories() -> list[str]:
    """One query."""
    return list(Material.objects.exclude(category="").order_by("category").values_list("category", flat=True).distinct())


@dataclass(frozen=True)
class CardRow:
    """A move with the balance after it."""

    move: StockMove
    balance: Decimal


def moves_of(material: Material, plant: Plant, *, size: str = "", warehouse: str = "") -> QuerySet[StockMove]:
    """The moves of a material, newest first."""
    moves = StockMove.objects.filter(plant=plant, material=material)
    if size:
        moves = moves.filter(size=size)
    if warehouse:
        moves = moves.filter(warehouse=warehouse)
    return moves.select_related("document", "job__order", "job__style", "job__colour", "purchase_line__order", "by").order_by("-id")


def with_balance(moves: QuerySet[StockMove], page: Sequence[StockMove]) -> list[CardRow]:
    """A page of `moves_of` with the running balance of the same moves: all that was posted up to each of them. One query."""
    if not page:
        return []
    balance = moves.order_by().filter(id__lte=page[0].pk).aggregate(sum=Sum("quantity"))["sum"] or ZERO
    rows = []
    for move in page:
        rows.append(CardRow(move, balance))
        balance -= move.quantity
    return rows


def documents(plant: Plant, *, q: str = "", kind: str = "", day: dt.date | None = None) -> QuerySet[StockDocument]:
    """Documents, newest first, by number, job, material or person."""
    rows = StockDocument.objects.filter(plant=plant).select_related(
        "job__order", "job__style", "job__colour", "by", "reverses", "reversed_by"
    )
    if kind:
        rows = rows.filter(kind=kind)
    if day:
        rows = rows.filter(day=day)
    for word in q.split()[:3]:
        of_material = StockMove.objects.filter(document=OuterRef("pk"), material__code__has_text=word)
        rows = rows.filter(
            Q(number__has_text=word) | Q(job__order__number__has_text=word) | Q(job__style__code__has_text=word) | Exists(of_material)
        )
    return rows.order_by("-id")


@dataclass
class PairsRow:
    """Pairs of an order line in a warehouse, after one stage (blank: finished), by size."""

    balance: StockBalance
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


def pairs_rows(plant: Plant, lines: Collection[int]) -> list[PairsRow]:
    """What is there of these order lines, by warehouse and stage. One query."""
    found: dict[tuple[int, str, str], PairsRow] = {}
    balances = StockBalance.objects.filter(plant=plant, pairs_of__in=lines, quantity__gt=0)
    for balance in balances.select_related("pairs_of__order__customer", "pairs_of__style", "pairs_of__colour").order_by(
        "pairs_of__due_on", "pairs_of", "warehouse", "stage"
    ):
        row = found.setdefault((balance.pairs_of_id or 0, balance.warehouse, balance.stage), PairsRow(balance))
        row.sizes[balance.size] = row.sizes.get(balance.size, 0) + int(balance.quantity)
    for row in found.values():
        row.sizes = {size: row.sizes[size] for size in sorted(row.sizes, key=size_key)}
    return list(found.values())


def lines_with_pairs(plant: Plant, q: str = "") -> QuerySet[StockBalance, int | None]:
    """Order lines of which pairs are there, those due first before the others."""
    rows = StockBalance.objects.filter(plant=plant, pairs_of__isnull=False, quantity__gt=0)
    for word in q.split()[:3]:
        rows = rows.filter(
            Q(pairs_of__order__number__has_text=word)
            | Q(pairs_of__style__code__has_text=word)
            | Q(pairs_of__order__customer__name__has_text=word)
        )
    return rows.order_by("pairs_of__due_on", "pairs_of").values_list("pairs_of", flat=True).distinct()
