"""Master data of sales for the superuser. Orders are read here and changed on their own pages, which keep history and numbers."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from orders.models import Customer, Order, OrderLine, Salesperson, Style, StyleColour

if TYPE_CHECKING:
    _StyleColours = admin.TabularInline[StyleColour, Style]
    _Lines = admin.TabularInline[OrderLine, Order]
    _Salespeople = admin.ModelAdmin[Salesperson]
    _Customers = admin.ModelAdmin[Customer]
    _Styles = admin.ModelAdmin[Style]
    _Orders = admin.ModelAdmin[Order]
else:
    _StyleColours = _Lines = admin.TabularInline
    _Salespeople = _Customers = _Styles = _Orders = admin.ModelAdmin


@admin.register(Salesperson)
class SalespersonAdmin(_Salespeople):
    list_display = ["name", "user"]
    search_fields = ["name"]
    list_select_related = ["user"]


@admin.register(Customer)
class CustomerAdmin(_Customers):
    list_display = ["code", "name", "grade", "salesperson"]
    list_filter = ["grade", "salesperson"]
    search_fields = ["code", "name"]
    list_select_related = ["salesperson"]


class StyleColours(_StyleColours):
    model = StyleColour
    extra = 1


@admin.register(Style)
class StyleAdmin(_Styles):
    list_display = ["code", "family", "category", "last_no", "sole_no", "is_new", "size_from", "size_to", "size_step"]
    list_filter = ["is_new", "category"]
    search_fields = ["code", "family"]
    inlines = [StyleColours]


class Lines(_Lines):
    model = OrderLine
    extra = 0
    can_delete = False
    fields = ["position", "style", "colour", "sizes", "pairs", "price", "due_on", "note"]
    readonly_fields = ["position", "style", "colour", "sizes", "pairs", "price", "due_on", "note"]


@admin.register(Order)
class OrderAdmin(_Orders):
    list_display = ["number", "customer", "po", "ordered_on", "state"]
    list_filter = ["state"]
    search_fields = ["number", "po"]
    list_select_related = ["customer"]
    inlines = [Lines]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
