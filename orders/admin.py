"""Master data of sales for the superuser. Orders are read here and changed on their own pages, which keep history and numbers."""

from django.contrib import admin

from orders.models import Customer, Order, OrderLine, Salesperson, Style, StyleColour
from planning_site.core.admin_base import EditAdmin, EditInline, ReadOnlyAdmin


@admin.register(Salesperson)
class SalespersonAdmin(EditAdmin):
    list_display = ["name", "user"]
    search_fields = ["name"]
    list_select_related = ["user"]


@admin.register(Customer)
class CustomerAdmin(EditAdmin):
    list_display = ["code", "name", "grade", "salesperson"]
    list_filter = ["grade", "salesperson"]
    search_fields = ["code", "name"]
    list_select_related = ["salesperson"]


class StyleColours(EditInline):
    model = StyleColour
    extra = 1


@admin.register(Style)
class StyleAdmin(EditAdmin):
    list_display = ["code", "family", "category", "last_no", "sole_no", "is_new", "size_from", "size_to", "size_step"]
    list_filter = ["is_new", "category"]
    search_fields = ["code", "family"]
    inlines = [StyleColours]


class Lines(EditInline):
    model = OrderLine
    extra = 0
    can_delete = False
    fields = ["position", "style", "colour", "sizes", "pairs", "price", "due_on", "note"]
    readonly_fields = ["position", "style", "colour", "sizes", "pairs", "price", "due_on", "note"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "po", "ordered_on", "state"]
    list_filter = ["state"]
    search_fields = ["number", "po"]
    list_select_related = ["customer"]
    inlines = [Lines]
