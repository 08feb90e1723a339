"""Imports what is on order at suppliers."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, given
from procurement.imports.master import MATERIAL_WORDS, SUPPLIER_WORDS, find_material, find_supplier, materials, suppliers
from procurement.imports.stock import QUANTITY_MAX, SIZE_WORDS, check_size
from procurement.models import Material, PurchaseOrderLine, Supplier

State = PurchaseOrderLine.State


@dataclass
class _Lookups:
    materials: dict[str, Material]
    suppliers: dict[str, Supplier]


class PurchaseImporter(TableImporter[PurchaseOrderLine]):
    """Purchase order lines by number, material and size."""

    model = PurchaseOrderLine
    key_field = "number"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        return _Lookups(materials(), suppliers())

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        material = find_material(record, lookups.materials)
        if material is None or not record.values.get("number"):
            return None
        check_size(record, material)
        return record.values["number"], material.pk, record.values.get("size", "")

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, PurchaseOrderLine]:
        wanted = PurchaseOrderLine.objects.filter(number__in={key[0] for key in keys}).select_related("supplier")
        return {(line.number, line.material_id, line.size): line for line in wanted}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        values = given(record, "quantity", "promised_on", "state")
        supplier = find_supplier(record, lookups.suppliers)
        if supplier is not None:
            values["supplier"] = supplier
        if values.get("quantity") == 0:
            record.blame("quantity", _("The quantity must be more than 0."))
        return values

    def blank(self, key: Any, lookups: _Lookups, context: Context) -> PurchaseOrderLine:
        return PurchaseOrderLine(plant=context.plant, number=key[0], material_id=key[1], size=key[2], state=State.WAITING)


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
