"""Imports a stock count: the ledger takes the difference to what it says, per warehouse, material and size.

What the ledger knows nothing of yet is opening stock and is posted at once. A difference to what it says waits for a second person's
approval, as a count sheet does; only the command line, behind which nobody stands, posts differences itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.core.models import Plant
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import shown
from procurement.imports.master import MATERIAL_WORDS, UNIT_WORDS, check_unit, find_material, materials
from procurement.models import Material, StockMove, Warehouse
from procurement.services import stock, stock_counts
from procurement.services.stock import Given
from procurement.services.stock_counts import Difference

SIZE_WORDS = ("码", "尺码", "码号", "码数", "size")
QUANTITY_WORDS = ("数量", "库存", "库存数量", "盘点数", "盘点数量", "实盘数", "quantity", "qty", "stock", "on hand")
QUANTITY_MAX = 99_999_999_999

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Counted:
    """A quantity that differs from the ledger's; `book` is None where the ledger knows nothing of the place."""

    day: dt.date
    warehouse: str
    material: Material
    size: str
    quantity: Decimal
    book: Decimal | None


def check_size(record: Record, material: Material) -> None:
    """A material kept by size needs one; one that is not has none."""
    size = record.values.get("size")
    if material.by_size and not size and not record.blames("size"):
        record.blame("size", _("%(material)s is kept by size: the size is missing.") % {"material": material.code})
    if size and not material.by_size:
        record.blame("size", _("%(material)s is not kept by size.") % {"material": material.code})


def balances(plant: Plant, day: dt.date) -> dict[Place, Decimal]:
    """Return what the ledger says at the end of a day."""
    rows = StockMove.objects.filter(plant=plant, day__lte=day, material__isnull=False).order_by().values("warehouse", "material", "size")
    return {(row["warehouse"], row["material"], row["size"]): row["sum"] for row in rows.annotate(sum=Sum("quantity"))}


class StockImporter:
    """Counted quantities; a count of what the ledger says already changes nothing."""

    def plan(self, records: Sequence[Record], context: Context) -> list[RowResult]:
        """Return one result per counted place."""
        known = materials()
        days = {record.values.get("counted_on", context.today) for record in records}
        ledger = {day: balances(context.plant, day) for day in days}
        first: dict[Place, Record] = {}
        return [self._plan_row(record, known, ledger, first, context) for record in records]

    def _plan_row(
        self,
        record: Record,
        known: dict[str, Material],
        ledger: dict[dt.date, dict[Place, Decimal]],
        first: dict[Place, Record],
        context: Context,
    ) -> RowResult:
        """Compare one counted quantity with the ledger."""
        values: dict[str, Any] = record.values
        material = find_material(record, known)
        check_unit(record, material)
        if material is not None:
            check_size(record, material)
        if record.wrong or material is None:
            return RowResult(record, RowState.WRONG)
        place = (str(values["warehouse"]), material.pk, str(values.get("size", "")))
        earlier = first.setdefault(place, record)
        if earlier is not record:
            record.blame("material", _("Stands in the file already: %(place)s.") % {"place": f"{earlier.sheet}!{earlier.row}"})
            return RowResult(record, RowState.WRONG)
        day = values.get("counted_on", context.today)
        old, new = ledger[day].get(place), values["quantity"]
        if new == (old or 0):
            return RowResult(record, RowState.UNCHANGED)
        counted = Counted(day, place[0], material, place[2], new, old)
        state = RowState.NEW if old is None else RowState.CHANGED
        return RowResult(record, state, changes={} if old is None else {"quantity": (shown(old), shown(new))}, data=counted)

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Post opening stock; post differences or hand them in for approval. The documents are their own history."""
        opening: dict[dt.date, list[Counted]] = defaultdict(list)
        differing: dict[tuple[dt.date, str], list[Counted]] = defaultdict(list)
        for counted in (result.data for result in results):
            if counted.book is None:
                opening[counted.day].append(counted)
            else:
                differing[counted.day, counted.warehouse].append(counted)
        for day, rows in sorted(opening.items()):
            lines = [(row.warehouse, Given(row.quantity, row.material, row.size)) for row in rows]
            stock.take_opening_stock(plant=context.plant, lines=lines, by=context.by, day=day, note=context.file)
        for (day, warehouse), rows in sorted(differing.items()):
            differences = [Difference(row.material, row.size, row.quantity - (row.book or 0)) for row in rows]
            stock_counts.take_differences(
                plant=context.plant, warehouse=warehouse, differences=differences, by=context.by, day=day, note=context.file
            )


register(
    SheetKind(
        code="procurement.stock",
        book="stock",
        label=gettext_lazy("Stock count"),
        priority=120,
        importer=StockImporter(),
        fields=(
            Field(
                "counted_on",
                gettext_lazy("counted on"),
                ("盘点日", "盘点日期", "日期", "counted on", "count date"),
                FieldType.DATE,
                preamble=True,
            ),
            Field(
                "warehouse",
                gettext_lazy("warehouse"),
                ("仓库", "仓别", "库别", "warehouse"),
                FieldType.CHOICE,
                required=True,
                needed=True,
                choices={
                    "总仓": Warehouse.MAIN.value,
                    "主仓": Warehouse.MAIN.value,
                    "原料仓": Warehouse.MAIN.value,
                    "main": Warehouse.MAIN.value,
                    "中转仓": Warehouse.TRANSIT.value,
                    "transit": Warehouse.TRANSIT.value,
                    "成品仓": Warehouse.FINISHED.value,
                    "finished": Warehouse.FINISHED.value,
                    "finishedgoods": Warehouse.FINISHED.value,
                },
            ),
            Field("material", gettext_lazy("material"), MATERIAL_WORDS, required=True, key=True, needed=True, max_length=60),
            Field("name", gettext_lazy("name"), ("名称", "物料名称", "品名", "name"), derived=True),
            Field("size", gettext_lazy("size"), SIZE_WORDS, FieldType.SIZE),
            Field(
                "quantity",
                gettext_lazy("quantity"),
                QUANTITY_WORDS,
                FieldType.DECIMAL,
                required=True,
                needed=True,
                places=3,
                minimum=0,
                maximum=QUANTITY_MAX,
            ),
            Field("unit", gettext_lazy("unit"), UNIT_WORDS, max_length=20),
        ),
    )
)
