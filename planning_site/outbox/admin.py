"""Mail in the admin: to be looked at. What a person may do about it stands on its own page."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from planning_site.core.admin_base import ReadOnlyAdmin
from planning_site.outbox.models import Attachment, OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "state", "subject", "to_address", "department", "rule_code", "sent_at")
    list_filter = ("state", "department", "rule_code")
    search_fields = ("subject", "to_address", "key")
    date_hierarchy = "created_at"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("filename", "size", "created_at")
    search_fields = ("filename",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        return super().get_queryset(request).defer("content")
