"""Master data of purchasing in the admin. The stock ledger is only to be looked at: a mistake is reversed by another move."""

from django.contrib import admin

from planning_site.core.admin_base import EditAdmin, EditInline, ReadOnlyAdmin
from procurement.models import (
    Material,
    MaterialCategory,
    PartStage,
    PurchaseOrder,
    PurchaseOrderLine,
    StageOffset,
    StockMove,
    Supplier,
    SupplierContact,
    Unit,
    Usage,
    UsageVersion,
)


class ContactInline(EditInline):
    model = SupplierContact
    extra = 0


@admin.register(Supplier)
class SupplierAdmin(EditAdmin):
    list_display = ("code", "name", "category", "contact", "phone", "email")
    search_fields = ("code", "name", "contact")
    list_filter = ("category",)
    inlines = (ContactInline,)


@admin.register(Unit)
class UnitAdmin(EditAdmin):
    list_display = ("name", "decimals")


@admin.register(MaterialCategory)
class MaterialCategoryAdmin(EditAdmin):
    list_display = ("name", "stage", "arrive_before", "is_early", "position")


@admin.register(PartStage)
class PartStageAdmin(EditAdmin):
    list_display = ("part", "stage")


@admin.register(StageOffset)
class StageOffsetAdmin(EditAdmin):
    list_display = ("stage", "name", "name_en", "days_before_due")


@admin.register(Material)
class MaterialAdmin(EditAdmin):
    list_display = ("code", "name", "category", "unit", "lead_time_days", "by_size", "supplier")
    search_fields = ("code", "name")
    list_filter = ("category", "by_size", "one_lot_per_job", "made_to_order")
    list_select_related = ("supplier",)
    autocomplete_fields = ("supplier",)


class UsageInline(EditInline):
    model = Usage
    extra = 0
    autocomplete_fields = ("material",)


@admin.register(UsageVersion)
class UsageVersionAdmin(EditAdmin):
    list_display = ("style_colour", "valid_from", "note", "made_by")
    search_fields = ("style_colour__style__code",)
    list_select_related = ("style_colour", "made_by")
    raw_id_fields = ("style_colour", "made_by")
    inlines = (UsageInline,)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "supplier", "state", "ordered_on", "made_by")
    search_fields = ("number", "supplier__name")
    list_filter = ("state", "plant")
    list_select_related = ("supplier", "made_by")


@admin.register(PurchaseOrderLine)
class PurchaseOrderLineAdmin(ReadOnlyAdmin):
    list_display = ("order", "material", "size", "quantity", "promised_on", "state")
    search_fields = ("order__number", "material__code", "order__supplier__name")
    list_filter = ("state", "plant")
    list_select_related = ("material", "order")
    date_hierarchy = "promised_on"


@admin.register(StockMove)
class StockMoveAdmin(ReadOnlyAdmin):
    list_display = ("day", "warehouse", "material", "size", "quantity", "kind", "reference", "by")
    search_fields = ("material__code", "reference")
    list_filter = ("warehouse", "kind", "plant")
    list_select_related = ("material", "by")
    date_hierarchy = "day"
