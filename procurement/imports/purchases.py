"""Imports what is on order at suppliers."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, given
from procurement.imports.master import MATERIAL_WORDS, SUPPLIER_WORDS, find_material, find_supplier, materials, suppliers
from procurement.imports.stock import QUANTITY_MAX, SIZE_WORDS, check_size
from procurement.models import Material, PurchaseOrder, PurchaseOrderLine, Supplier
from procurement.services.order_states import settle_orders

State = PurchaseOrderLine.State


class OrderKey(NamedTuple):
    """A purchase order: two suppliers may have been given the same number."""

    number: str
    supplier: int | None


class LineKey(NamedTuple):
    order: OrderKey
    material: int
    size: str


@dataclass
class _Lookups:
    materials: dict[str, Material]
    suppliers: dict[str, Supplier]
    orders: dict[str, list[int | None]]  # the suppliers that have an order of a number


class PurchaseImporter(TableImporter[PurchaseOrderLine]):
    """Purchase order lines by number, supplier, material and size."""

    model = PurchaseOrderLine
    key_field = "number"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        numbers = {record.values["number"] for record in records if record.values.get("number")}
        orders: dict[str, list[int | None]] = defaultdict(list)
        stored = PurchaseOrder.objects.filter(plant=context.plant, number__in=numbers)
        for number, supplier in stored.values_list("number", "supplier_id"):
            orders[number].append(supplier)
        return _Lookups(materials(), suppliers(), orders)

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        material = find_material(record, lookups.materials)
        supplier = find_supplier(record, lookups.suppliers)
        number = record.values.get("number")
        if material is None or not number:
            return None
        check_size(record, material)
        known = lookups.orders.get(number, [])
        # a row without a supplier is about the one order that has this number
        of_supplier = supplier.pk if supplier else (known[0] if len(known) == 1 else None)
        return LineKey(OrderKey(number, of_supplier), material.pk, record.values.get("size", ""))

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, PurchaseOrderLine]:
        numbers = {key.order.number for key in keys}
        wanted = PurchaseOrderLine.objects.filter(plant=context.plant, order__number__in=numbers).select_related("order__supplier")
        return {LineKey(OrderKey(line.order.number, line.order.supplier_id), line.material_id, line.size): line for line in wanted}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        if record.values.get("quantity") == 0:
            record.blame("quantity", _("The quantity must be more than 0."))
        return given(record, "quantity", "promised_on", "state")

    def blank(self, key: LineKey, lookups: _Lookups, context: Context) -> PurchaseOrderLine:
        # the order may be as new as its line: `write` finds or makes it
        order = PurchaseOrder(plant=context.plant, number=key.order.number, supplier_id=key.order.supplier, state=PurchaseOrder.State.SENT)
        return PurchaseOrderLine(plant=context.plant, order=order, material_id=key.material, size=key.size, state=State.WAITING)

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Write the orders before their lines; the first promise is kept beside later ones."""
        lines: list[PurchaseOrderLine] = [result.data.obj for result in results if result.data is not None]
        new = [result.data.obj for result in results if result.state is RowState.NEW]
        self._give_orders(new, context)
        for result in results:
            line = result.data.obj if result.data is not None else None
            if line is not None and line.promised_on and line.first_promised_on is None:
                line.first_promised_on = line.promised_on
                result.data.fields.append("first_promised_on")
        super().write(results, context)
        settle_orders({line.order_id for line in lines})

    def _give_orders(self, lines: Sequence[PurchaseOrderLine], context: Context) -> None:
        """Point every new line at its order: the stored one, or one that is inserted now."""
        stored = PurchaseOrder.objects.filter(plant=context.plant, number__in={line.order.number for line in lines})
        known = {OrderKey(order.number, order.supplier_id): order for order in stored}
        fresh = {OrderKey(line.order.number, line.order.supplier_id): line.order for line in lines}
        for order in PurchaseOrder.objects.bulk_create([order for key, order in fresh.items() if key not in known], batch_size=2_000):
            known[OrderKey(order.number, order.supplier_id)] = order
        for line in lines:
            line.order = known[OrderKey(line.order.number, line.order.supplier_id)]


register(
    SheetKind(
        code="procurement.purchases",
        book="stock",
        label=gettext_lazy("Purchase orders on the way"),
        priority=130,
        importer=PurchaseImporter(),
        fields=(
            Field(
                "number",
                gettext_lazy("purchase order"),
                ("采购单号", "采购订单号", "采购单", "purchase order", "po no"),
                required=True,
                key=True,
                needed=True,
                max_length=40,
            ),
            Field("material", gettext_lazy("material"), MATERIAL_WORDS, required=True, key=True, needed=True, max_length=60),
            Field("size", gettext_lazy("size"), SIZE_WORDS, FieldType.SIZE),
            Field(
                "quantity",
                gettext_lazy("quantity"),
                ("数量", "采购数量", "未到数量", "quantity", "qty"),
                FieldType.DECIMAL,
                required=True,
                needed=True,
                places=3,
                minimum=0,
                maximum=QUANTITY_MAX,
            ),
            Field("supplier", gettext_lazy("supplier"), SUPPLIER_WORDS, max_length=100),
            Field(
                "promised_on",
                gettext_lazy("promised for"),
                ("承诺到日", "承诺到期", "预计到料", "到料日期", "交期", "promised for", "eta"),
                FieldType.DATE,
            ),
            Field(
                "state",
                gettext_lazy("state"),
                ("状态", "state", "status"),
                FieldType.CHOICE,
                choices={
                    "已确认": State.CONFIRMED.value,
                    "confirmed": State.CONFIRMED.value,
                    "待回复": State.WAITING.value,
                    "未确认": State.WAITING.value,
                    "waiting": State.WAITING.value,
                    "已到": State.RECEIVED.value,
                    "已收": State.RECEIVED.value,
                    "received": State.RECEIVED.value,
                    "取消": State.CANCELLED.value,
                    "已取消": State.CANCELLED.value,
                    "cancelled": State.CANCELLED.value,
                },
            ),
        ),
    )
)
