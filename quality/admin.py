"""Signatures in the admin: to be looked at. A new result is a new signature on the styles page."""

from django.contrib import admin
from django.http import HttpRequest

from quality.models import StyleRelease


@admin.register(StyleRelease)
class StyleReleaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("style", "result", "signed_by", "signed_at", "note")
    list_filter = ("result",)
    search_fields = ("style__code", "note")
    list_select_related = ("style", "signed_by")
    date_hierarchy = "signed_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: StyleRelease | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StyleRelease | None = None) -> bool:
        return False
