"""Header words and re-mapped columns in the admin: to be looked at, changed and taken back. Uploaded files are only looked at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from planning_site.core.admin_base import EditAdmin, ReadOnlyAdmin
from planning_site.workbooks.models import ColumnMapping, HeaderAlias, ImportJob


@admin.register(HeaderAlias)
class HeaderAliasAdmin(EditAdmin):
    list_display = ("words", "kind", "field", "by", "at")
    list_filter = ("kind",)
    search_fields = ("words",)


@admin.register(ColumnMapping)
class ColumnMappingAdmin(EditAdmin):
    list_display = ("customer", "kind", "by", "at")
    list_filter = ("kind",)
    search_fields = ("customer",)


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ("filename", "state", "kind", "requested_by", "requested_at")
    list_filter = ("state", "kind")
    search_fields = ("filename", "sha256")
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportJob]:
        return super().get_queryset(request).defer("content", "result")
