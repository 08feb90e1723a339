"""What the admin classes of all apps stand on."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:
    EditAdmin = admin.ModelAdmin[Any]
    EditInline = admin.TabularInline[Any, Any]
else:  # the classes take parameters for type checkers only
    EditAdmin, EditInline = admin.ModelAdmin, admin.TabularInline


class ReadOnlyAdmin(EditAdmin):
    """Rows that services write: looked at here, never added, edited or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
