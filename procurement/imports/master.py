"""Imports suppliers and materials."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, folded, given
from procurement.models import Material, Supplier

MATERIAL_WORDS = ("物料编号", "物料编码", "物料号", "料号", "材料编号", "物料", "material", "material no", "material code")
SUPPLIER_WORDS = ("供应商", "供应商编号", "默认供应商", "供应商代码", "厂商", "supplier", "supplier code", "vendor")
UNIT_WORDS = ("单位", "计量单位", "unit", "uom")
ORDERING = ("minimum_order", "order_multiple", "one_lot_per_job", "made_to_order")
ORDER_MAX = 99_999_999_999
YES_NO = {
    "是": True,
    "y": True,
    "yes": True,
    "有": True,
    "1": True,
    "√": True,
    "否": False,
    "n": False,
    "no": False,
    "无": False,
    "0": False,
}


def suppliers() -> dict[str, Supplier]:
    """Return suppliers by folded code and name; a code wins."""
    found: dict[str, Supplier] = {}
    for supplier in Supplier.objects.all():
        found.setdefault(folded(supplier.name), supplier)
    found.update({folded(supplier.code): supplier for supplier in Supplier.objects.all()})
    return found


def materials() -> dict[str, Material]:
    """Return materials by folded code."""
    return {folded(material.code): material for material in Material.objects.select_related("supplier")}


def find_supplier(record: Record, known: Mapping[str, Supplier]) -> Supplier | None:
    """Return the row's supplier, None when it names none; blame one nobody knows."""
    name = record.values.get("supplier")
    supplier = known.get(folded(name)) if name else None
    if name and supplier is None:
        record.blame("supplier", _("There is no supplier %(name)s.") % {"name": name})
    return supplier


def find_material(record: Record, known: Mapping[str, Material]) -> Material | None:
    """Return the row's material; blame one nobody knows."""
    code = record.values.get("material")
    material = known.get(folded(code)) if code else None
    if code and material is None:
        record.blame("material", _("There is no material %(code)s.") % {"code": code})
    return material


def check_unit(record: Record, material: Material | None) -> None:
    """A quantity in another unit than the material's is wrong: nothing is converted by guessing."""
    unit = record.values.get("unit")
    if material is not None and unit and folded(unit) != folded(material.unit):
        record.blame("unit", _("%(material)s is counted in %(unit)s.") % {"material": material.code, "unit": material.unit})


class SupplierImporter(TableImporter[Supplier]):
    """Suppliers by their code."""

    model = Supplier
    key_field = "code"

    def lookups(self, records: Sequence[Record], context: Context) -> None:
        return None

    def key(self, record: Record, lookups: None) -> Hashable | None:
        return record.values.get("code")

    def existing(self, keys: Iterable[Any], lookups: None, context: Context) -> Mapping[Any, Supplier]:
        return {supplier.code: supplier for supplier in Supplier.objects.filter(code__in=list(keys))}

    def values(self, record: Record, lookups: None, context: Context) -> dict[str, Any]:
        values = given(record, "name", "contact", "phone", "email", "category")
        if "email" in values:
            try:
                validate_email(values["email"])
            except ValidationError:
                record.blame("email", _("This is not a mail address."))
        return values

    def blank(self, key: Any, lookups: None, context: Context) -> Supplier:
        return Supplier(code=key)


class MaterialImporter(TableImporter[Material]):
    """Materials by their code."""

    model = Material
    key_field = "code"

    def lookups(self, records: Sequence[Record], context: Context) -> dict[str, Supplier]:
        return suppliers()

    def key(self, record: Record, lookups: dict[str, Supplier]) -> Hashable | None:
        code = record.values.get("code")
        return folded(code) if code else None

    def existing(self, keys: Iterable[Any], lookups: dict[str, Supplier], context: Context) -> Mapping[Any, Material]:
        return materials()

    def values(self, record: Record, lookups: dict[str, Supplier], context: Context) -> dict[str, Any]:
        values = given(record, "name", "category", "unit", "lead_time_days", "by_size", *ORDERING)
        for name in ("minimum_order", "order_multiple"):
            if values.get(name) == 0:
                record.blame(name, _("Leave this blank where there is none."))
        supplier = find_supplier(record, lookups)
        if supplier is not None:
            values["supplier"] = supplier
        return {"code": record.values["code"], **values} if "code" in record.values else values

    def blank(self, key: Any, lookups: dict[str, Supplier], context: Context) -> Material:
        return Material()


register(
    SheetKind(
        code="procurement.suppliers",
        book="master_data",
        label=gettext_lazy("Suppliers"),
        priority=40,
        importer=SupplierImporter(),
        fields=(
            Field(
                "code",
                gettext_lazy("code"),
                ("供应商编号", "供应商代码", "supplier code"),
                required=True,
                key=True,
                needed=True,
                max_length=20,
            ),
            Field(
                "name",
                gettext_lazy("name"),
                ("名称", "供应商名称", "供应商", "name", "supplier"),
                required=True,
                needed=True,
                max_length=100,
            ),
            Field("contact", gettext_lazy("contact"), ("联系人", "contact"), max_length=60),
            Field("phone", gettext_lazy("phone"), ("电话", "手机", "联系电话", "phone", "tel"), max_length=40),
            Field("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "email", "e-mail", "mail"), max_length=254),
            Field("category", gettext_lazy("supplies"), ("供应类别", "类别", "category", "supplies"), max_length=40),
        ),
    )
)
register(
    SheetKind(
        code="procurement.materials",
        book="master_data",
        label=gettext_lazy("Materials"),
        priority=50,
        importer=MaterialImporter(),
        fields=(
            Field("code", gettext_lazy("material"), MATERIAL_WORDS, required=True, key=True, needed=True, max_length=60),
            Field(
                "name",
                gettext_lazy("name"),
                ("名称", "物料名称", "材料名称", "品名", "name", "description"),
                required=True,
                needed=True,
                max_length=100,
            ),
            Field("category", gettext_lazy("category"), ("类别", "物料类别", "分类", "category"), max_length=40),
            Field("unit", gettext_lazy("unit"), UNIT_WORDS, required=True, needed=True, max_length=20),
            Field(
                "lead_time_days",
                gettext_lazy("lead time, calendar days"),
                ("采购周期(天)", "采购周期", "交货周期", "周期(天)", "lead time", "lead time days"),
                FieldType.INTEGER,
                required=True,
                units=("天", "日", "days", "day", "d"),
                minimum=0,
                maximum=3650,
            ),
            Field("by_size", gettext_lazy("by size"), ("分码", "是否分码", "by size"), FieldType.CHOICE, choices=YES_NO),
            Field("supplier", gettext_lazy("default supplier"), SUPPLIER_WORDS, max_length=100),
            Field(
                "minimum_order",
                gettext_lazy("minimum order"),
                ("最小订量", "起订量", "最低订量", "moq", "minimum order"),
                FieldType.DECIMAL,
                places=3,
                minimum=0,
                maximum=ORDER_MAX,
            ),
            Field(
                "order_multiple",
                gettext_lazy("ordered in multiples of"),
                ("订货倍数", "采购倍数", "包装量", "order multiple"),
                FieldType.DECIMAL,
                places=3,
                minimum=0,
                maximum=ORDER_MAX,
            ),
            Field(
                "one_lot_per_job",
                gettext_lazy("one dye lot per job"),
                ("一单同缸", "同缸", "one dye lot per job", "one lot"),
                FieldType.CHOICE,
                choices=YES_NO,
            ),
            Field("made_to_order", gettext_lazy("made to order"), ("定做", "订做", "made to order"), FieldType.CHOICE, choices=YES_NO),
        ),
    )
)
