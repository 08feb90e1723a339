"""Signatures in the admin: to be looked at. A new result is a new signature on the styles page."""

from django.contrib import admin

from planning_site.core.admin_base import ReadOnlyAdmin
from quality.models import StyleRelease


@admin.register(StyleRelease)
class StyleReleaseAdmin(ReadOnlyAdmin):
    list_display = ("style", "result", "signed_by", "signed_at", "note")
    list_filter = ("result",)
    search_fields = ("style__code", "note")
    list_select_related = ("style", "signed_by")
    date_hierarchy = "signed_at"
