"""Accounts, plants, the calendar and the history, for the administrator."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from planning_site.core.admin_base import EditAdmin, ReadOnlyAdmin
from planning_site.core.departments import Department
from planning_site.core.models import CalendarPeriod, Change, Plant, User

# Departments are groups, and what they may do stands in core.access: there is nothing to edit about them.
admin.site.unregister(Group)


class DepartmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Groups under the names of their departments."""

    def label_from_instance(self, obj: Group) -> str:
        return str(Department(obj.name).label)


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """A person with a name, an address for mail and departments."""

    list_display = ["username", "display_name", "email", "departments_shown", "is_active"]
    list_filter = ["groups", "is_active", "is_superuser"]
    search_fields = ["username", "display_name", "email"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["display_name", "email", "groups", "plant", "language", "theme"]}),
        (_("Account"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "display_name", "email", "groups", "usable_password", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        departments = Group.objects.filter(name__in=Department.values).order_by("pk")
        return DepartmentsField(departments, widget=forms.CheckboxSelectMultiple, required=False, label=_("departments"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("departments"))
    def departments_shown(self, person: User) -> str:
        names = {group.name for group in person.groups.all()}
        return " · ".join(str(department.label) for department in Department if department in names)


@admin.register(Plant)
class PlantAdmin(EditAdmin):
    list_display = ["code", "name"]


@admin.register(CalendarPeriod)
class CalendarPeriodAdmin(EditAdmin):
    list_display = ["first_day", "last_day", "kind", "note", "plant"]
    list_filter = ["kind", "plant"]


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The history is read here and written by services only."""

    list_display = ["at", "by", "object_type", "object_id", "action", "why"]
    list_filter = ["object_type", "action"]
    list_select_related = ["by"]
    show_full_result_count = False
