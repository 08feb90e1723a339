"""What is in the warehouses. The balances are running sums of the ledger that the database itself keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from planning_site.core.models import Plant
from procurement.models import MoveKind, StockBalance, StockMove

# What goes to a job and what comes back from it; scrap of issued material is a return and then scrap.
TO_JOBS = (MoveKind.ISSUE, MoveKind.RETURNED)


def balances(
    plant: Plant, *, materials: Collection[int] | None = None, warehouse: str = "", on: dt.date | None = None
) -> dict[tuple[int, str], Decimal]:
    """What is there by (material, size), in the material's unit; the size is empty for a material without sizes. One query.

    Dye lots and places are summed up; `on` takes the moves up to and with that day. What sums up to nothing is left out.
    """
    if on is None:
        rows = StockBalance.objects.filter(plant=plant, material__isnull=False, quantity__gt=0)
    else:
        rows = StockMove.objects.filter(plant=plant, material__isnull=False, day__lte=on)  # type: ignore[assignment]
    if materials is not None:
        rows = rows.filter(material__in=materials)
    if warehouse:
        rows = rows.filter(warehouse=warehouse)
    sums = rows.order_by().values_list("material_id", "size").annotate(balance=Sum("quantity"))
    return {(material, size): balance for material, size, balance in sums if balance}


def issued(jobs: Collection[int], *, materials: Collection[int] | None = None) -> dict[tuple[int, int, str], Decimal]:
    """What went to jobs and did not come back, by (order line, material, size). One query; what sums up to nothing is left out."""
    moves = StockMove.objects.filter(job__in=jobs, kind__in=TO_JOBS, material__isnull=False)
    if materials is not None:
        moves = moves.filter(material__in=materials)
    sums = moves.order_by().values_list("job_id", "material_id", "size").annotate(out=Sum("quantity"))
    return {(job, material, size): -out for job, material, size, out in sums if out}


def received(purchase_lines: Collection[int]) -> dict[int, Decimal]:
    """What came against purchase order lines, less what went back to the supplier and what was reversed. One query."""
    moves = StockMove.objects.filter(purchase_line__in=purchase_lines)
    return dict(moves.order_by().values_list("purchase_line_id").annotate(came=Sum("quantity")))


def pairs_posted(jobs: Collection[int], *, kind: str, warehouse: str) -> dict[tuple[int, str, str], int]:
    """Pairs that went in or out by (order line, stage, size), reversals taken off. Pairs out are counted positive. One query."""
    moves = StockMove.objects.filter(pairs_of__in=jobs, kind=kind, warehouse=warehouse)
    sums = moves.order_by().values_list("pairs_of_id", "stage", "size").annotate(sum=Sum("quantity"))
    return {(job, stage, size): abs(int(total)) for job, stage, size, total in sums if total}
