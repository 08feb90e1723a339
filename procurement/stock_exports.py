"""Stock as Excel: balances by size, dye lot and place, and a size sheet like the storekeeper's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.sizes import size_key
from planning_site.core import clock
from planning_site.core.models import Plant
from planning_site.workbooks.writing import Column, SheetContent, workbook
from procurement.models import Material, StockBalance, Warehouse
from procurement.selectors import stock_lists
from procurement.selectors.stock_lists import StockFilter

AMOUNT = "#,##0.###"


def balances_workbook(plant: Plant, materials: QuerySet[Material], wanted: StockFilter) -> bytes:
    """Sheet 1 every balance, sheet 2 the materials kept by size with a column for each size."""
    rows = StockBalance.objects.filter(plant=plant, material__in=materials, quantity__gt=0).select_related("material")
    if wanted.warehouse:
        rows = rows.filter(warehouse=wanted.warehouse)
    meta = [_("Day: %(day)s") % {"day": clock.today().isoformat()}]
    balances = SheetContent(_("Stock"), _columns(), _rows(rows.order_by("warehouse", "material__code", "id")), meta=meta)
    by_size = stock_lists.stock_rows(plant, list(materials.filter(by_size=True)), wanted.warehouse)
    sizes = stock_lists.sizes_of(by_size)
    sheet = SheetContent(_("Stock by size"), _size_columns(sizes), _size_rows(by_size, sizes), meta=meta, total_label=_("Total"))
    return workbook([balances, sheet])


def _columns() -> list[Column]:
    return [
        Column(_("Warehouse"), 12),
        Column(_("Place"), 10),
        Column(_("Material"), 18),
        Column(pgettext("material", "Name"), 16),
        Column(_("Category"), 10),
        Column(_("Size"), 7),
        Column(_("Dye lot"), 12),
        Column(_("Quantity"), 12, "decimal", number_format=AMOUNT),
        Column(_("Unit"), 9),
    ]


def _rows(balances: Iterable[StockBalance]) -> Iterator[list[Any]]:
    for row in sorted(balances, key=lambda row: (row.warehouse, row.material.code if row.material else "", size_key(row.size or "0"))):
        if row.material is not None:
            name, of = Warehouse(row.warehouse).label, row.material
            yield [name, row.place, of.code, of.name, of.category, row.size, row.lot, row.quantity, of.unit]


def _size_columns(sizes: Iterable[str]) -> list[Column]:
    return [
        Column(_("Warehouse"), 12),
        Column(_("Material"), 18),
        Column(pgettext("material", "Name"), 16),
        Column(_("Unit"), 8),
        *(Column(f"{size}#", 8, "decimal", total=True, number_format=AMOUNT) for size in sizes),
        Column(_("Total"), 12, "decimal", total=True, number_format=AMOUNT),
    ]


def _size_rows(rows: Iterable[stock_lists.StockRow], sizes: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        if row.total:
            name = Warehouse(row.warehouse).label
            yield [name, row.material.code, row.material.name, row.material.unit, *(row.sizes.get(size) for size in sizes), row.total]
