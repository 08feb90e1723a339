"""Master data of purchasing in the admin. The stock ledger is only to be looked at: a mistake is reversed by another move."""

from django.contrib import admin

from planning_site.core.admin_base import EditAdmin, ReadOnlyAdmin
from procurement.models import Material, PurchaseOrderLine, StockMove, Supplier, Usage


@admin.register(Supplier)
class SupplierAdmin(EditAdmin):
    list_display = ("code", "name", "category", "contact", "phone", "email")
    search_fields = ("code", "name", "contact")
    list_filter = ("category",)


@admin.register(Material)
class MaterialAdmin(EditAdmin):
    list_display = ("code", "name", "category", "unit", "lead_time_days", "by_size", "supplier")
    search_fields = ("code", "name")
    list_filter = ("category", "by_size")
    list_select_related = ("supplier",)
    autocomplete_fields = ("supplier",)


@admin.register(Usage)
class UsageAdmin(EditAdmin):
    list_display = ("style_colour", "part", "material", "per_pair", "loss_percent")
    search_fields = ("style_colour__style__code", "material__code")
    list_select_related = ("style_colour", "material")
    raw_id_fields = ("style_colour",)
    autocomplete_fields = ("material",)


@admin.register(PurchaseOrderLine)
class PurchaseOrderLineAdmin(EditAdmin):
    list_display = ("number", "material", "size", "quantity", "supplier", "promised_on", "state")
    search_fields = ("number", "material__code", "supplier__name")
    list_filter = ("state", "plant")
    list_select_related = ("material", "supplier")
    autocomplete_fields = ("material", "supplier")
    date_hierarchy = "promised_on"


@admin.register(StockMove)
class StockMoveAdmin(ReadOnlyAdmin):
    list_display = ("day", "warehouse", "material", "size", "quantity", "kind", "reference", "by")
    search_fields = ("material__code", "reference")
    list_filter = ("warehouse", "kind", "plant")
    list_select_related = ("material", "by")
    date_hierarchy = "day"
