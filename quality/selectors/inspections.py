"""What was inspected: what passed counts as finished, what failed makes the tail. Reversed inspections count for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Sum

from orders.models import Order, OrderLine
from orders.sizes import SizeRun, in_order
from quality.models import DefectCode, Inspection, InspectionDefect, InspectionSize

Kind = Inspection.Kind


@dataclass(frozen=True)
class Tail:
    """The pairs of an order line that still have to pass the final inspection, by size."""

    line: OrderLine
    passed: SizeRun
    missing: SizeRun

    @property
    def pairs(self) -> int:
        return sum(self.missing.values())

    @property
    def passed_pairs(self) -> int:
        return sum(self.passed.values())


def standing() -> QuerySet[Inspection]:
    """Inspections that count."""
    return Inspection.objects.filter(reversed_at=None)


def passed_pairs(line_ids: Collection[int]) -> dict[int, SizeRun]:
    """Pairs that passed the final inspection, by order line and size: these are finished. One query."""
    counts = InspectionSize.objects.filter(inspection__order_line__in=line_ids, inspection__kind=Kind.FINAL, inspection__reversed_at=None)
    found: dict[int, SizeRun] = defaultdict(dict)
    for line, size, pairs in counts.order_by().values_list("inspection__order_line_id", "size").annotate(total=Sum("passed")):
        found[line][size] = int(pairs)
    return {line: in_order(run) for line, run in found.items()}


def failed_pairs(line_ids: Collection[int], *, stage: str = "") -> dict[int, SizeRun]:
    """Pairs that in-line inspections turned back, by order line and size, of one stage or of all. One query."""
    counts = InspectionSize.objects.filter(inspection__order_line__in=line_ids, inspection__kind=Kind.IN_LINE, inspection__reversed_at=None)
    if stage:
        counts = counts.filter(inspection__stage=stage)
    found: dict[int, SizeRun] = defaultdict(dict)
    for line, size, pairs in counts.order_by().values_list("inspection__order_line_id", "size").annotate(total=Sum("failed")):
        found[line][size] = int(pairs)
    return {line: in_order(run) for line, run in found.items()}


def tails(lines: Collection[OrderLine]) -> dict[int, Tail]:
    """What each line still lacks, by size: ordered pairs less those that passed. One query."""
    passed = passed_pairs([line.pk for line in lines])
    return {line.pk: _tail(line, passed.get(line.pk, {})) for line in lines}


def _tail(line: OrderLine, passed: SizeRun) -> Tail:
    missing = {size: max(pairs - passed.get(size, 0), 0) for size, pairs in line.sizes.items()}
    return Tail(line, passed, in_order(missing))


def inspections(*, kind: str = "", words: str = "") -> QuerySet[Inspection]:
    """Inspections, newest first; words must occur in the order, style, customer, receipt or supplier."""
    found = Inspection.objects.select_related(
        "order_line__order__customer", "order_line__style", "order_line__colour", "material", "supplier", "by"
    )
    if kind in Kind.values:
        found = found.filter(kind=kind)
    for word in words.split():
        found = found.filter(
            Q(order_line__order__number__icontains=word)
            | Q(order_line__order__customer__name__icontains=word)
            | Q(order_line__style__code__icontains=word)
            | Q(reference__icontains=word)
            | Q(supplier__name__icontains=word)
            | Q(material__code__icontains=word)
        )
    return found.order_by("-day", "-id")


def inspection_page() -> QuerySet[Inspection]:
    """Inspections with all that their page shows."""
    defects = InspectionDefect.objects.select_related("code", "photo").defer("photo__content")
    found = Inspection.objects.select_related(
        "order_line__order__customer",
        "order_line__style",
        "order_line__colour",
        "material",
        "supplier",
        "by",
        "reversed_by",
        "receipt",
        "blocking",
    )
    return found.prefetch_related("sizes", Prefetch("defects", queryset=defects))


def open_lines_like(words: str, limit: int = 20) -> list[OrderLine]:
    """Lines of open orders to inspect: words must occur in the number, customer, PO, style or colour; those due first first."""
    lines = OrderLine.objects.filter(order__state=Order.State.OPEN).select_related("order__customer", "style", "colour")
    for word in words.split():
        lines = lines.filter(
            Q(order__number__icontains=word)
            | Q(order__po__icontains=word)
            | Q(order__customer__name__icontains=word)
            | Q(style__code__icontains=word)
            | Q(colour__name__icontains=word)
        )
    return list(lines.order_by("due_on", "order__number", "position")[:limit])


def defect_codes(*, with_unused: bool = False) -> list[DefectCode]:
    return list(DefectCode.objects.all() if with_unused else DefectCode.objects.filter(is_active=True))
