"""What a job's kit is made of: per material and size what is needed, there, at the job, on its way and missing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from orders.sizes import size_key
from procurement.models import Chase, Claim, JobKit, PurchaseOrderLine, Requirement
from procurement.quantities import decimals_by_unit, rounded, step_of

ZERO = Decimal(0)


@dataclass
class Figures:
    """One size of a material (or all of it, where it has no sizes), rounded to its unit."""

    need: Decimal = ZERO
    issued: Decimal = ZERO
    stock: Decimal = ZERO
    coming: Decimal = ZERO
    short: Decimal = ZERO

    @property
    def there(self) -> Decimal:
        return self.issued + self.stock

    @property
    def lacks(self) -> Decimal:
        return max(self.need - self.there, ZERO)


@dataclass
class Delivery:
    """What a purchase order is to bring of it on one day, by size; `line` is the first of its lines, `lines` are all."""

    line: PurchaseOrderLine
    sizes: dict[str, Decimal] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    chase: Chase | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.sizes.values(), ZERO)


@dataclass
class MaterialRows:
    """A material of a job with its figures by size and the deliveries that it waits for."""

    requirement: Requirement
    sizes: dict[str, Figures] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    step: Decimal = Decimal("0.001")

    @property
    def total(self) -> Figures:
        whole = Figures()
        for figures in self.sizes.values():
            whole.need += figures.need
            whole.issued += figures.issued
            whole.stock += figures.stock
            whole.coming += figures.coming
            whole.short += figures.short
        return whole

    @property
    def by_size(self) -> bool:
        return self.requirement.material.by_size


def materials_of(line: int) -> list[MaterialRows]:
    """The materials of one job, those of the first stage first. Four queries."""
    rows = Requirement.objects.filter(order_line=line).select_related("material__supplier").order_by("starts_on", "parts", "id")
    decimals = decimals_by_unit()
    found: dict[int, MaterialRows] = {}
    of_requirement: dict[int, tuple[MaterialRows, str]] = {}
    for row in sorted(rows, key=lambda row: (row.starts_on, row.parts, size_key(row.size or "0"))):
        group = found.setdefault(row.material_id, MaterialRows(row, step=step_of(row.material.unit, decimals)))
        group.sizes[row.size] = _figures(row, group.step)
        of_requirement[row.pk] = group, row.size
    _add_deliveries(of_requirement)
    return list(found.values())


def _figures(row: Requirement, step: Decimal) -> Figures:
    def figure(quantity: Decimal) -> Decimal:
        return rounded(quantity, step)

    return Figures(figure(row.gross), figure(row.issued), figure(row.from_stock), figure(row.from_orders), figure(row.short))


def _add_deliveries(of_requirement: dict[int, tuple[MaterialRows, str]]) -> None:
    claims = Claim.objects.filter(requirement__in=of_requirement, purchase_line__isnull=False)
    by_line: dict[tuple[int, int], Delivery] = {}
    for claim in claims.select_related("purchase_line__order__supplier").order_by("purchase_line__promised_on", "id"):
        if claim.purchase_line is None:
            continue
        group, size = of_requirement[claim.requirement_id]
        # one row for all sizes that come with one purchase order on one day
        key = id(group), hash((claim.purchase_line.order_id, claim.purchase_line.promised_on))
        if key not in by_line:
            by_line[key] = Delivery(claim.purchase_line)
            group.deliveries.append(by_line[key])
        if claim.purchase_line.pk not in by_line[key].lines:
            by_line[key].lines.append(claim.purchase_line.pk)
        sizes = by_line[key].sizes
        sizes[size] = sizes.get(size, ZERO) + rounded(claim.quantity, group.step)
    last = last_chases({delivery.line.order_id for delivery in by_line.values() if delivery.line.order_id})
    for delivery in by_line.values():
        delivery.chase = last.get(delivery.line.order_id or 0)


def last_chases(orders: Collection[int]) -> dict[int, Chase]:
    """The last time that anybody asked, by purchase order. One query."""
    rows = Chase.objects.filter(order__in=orders).select_related("by").order_by("order_id", "-at", "-id").distinct("order_id")
    return {row.order_id: row for row in rows}


@dataclass(frozen=True)
class DetailRow:
    """A row of the matching detail list (配套明细表)."""

    kit: JobKit
    requirement: Requirement
    figures: Figures
    arrives_on: dt.date | None
    kit_pairs: int | None


def detail_rows(kits: Iterable[JobKit]) -> Iterator[DetailRow]:
    """The list of all materials and sizes of these jobs, in the order of the jobs. Three queries for a thousand jobs."""
    kits = list(kits)
    decimals = decimals_by_unit()
    of_line: dict[int, list[Requirement]] = defaultdict(list)
    rows = Requirement.objects.filter(order_line__in=[kit.order_line_id for kit in kits]).select_related("material__supplier")
    for row in rows.order_by("starts_on", "parts", "id"):
        of_line[row.order_line_id].append(row)
    for kit in kits:
        for row in sorted(of_line[kit.order_line_id], key=lambda row: (row.starts_on, row.parts, size_key(row.size or "0"))):
            pairs = kit.sizes[row.size][1] if row.size in kit.sizes else kit.pairs_now if not row.size else None
            yield DetailRow(kit, row, _figures(row, step_of(row.material.unit, decimals)), row.covered_on, pairs)
