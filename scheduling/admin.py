"""The admin site's view of planning: the floor is kept there, plans and runs are looked at."""

from django.contrib import admin

from planning_site.core.admin_base import EditAdmin, ReadOnlyAdmin
from scheduling.models import Plan, PlanJob, PlanRun, Stage, StyleRate, Team, TeamLoan, Workshop


@admin.register(Stage)
class StageAdmin(EditAdmin):
    list_display = ["code", "name", "name_en", "position", "changeover_minutes"]
    filter_horizontal = ["after"]


@admin.register(Workshop)
class WorkshopAdmin(EditAdmin):
    list_display = ["name", "plant"]
    list_filter = ["plant"]


@admin.register(Team)
class TeamAdmin(EditAdmin):
    list_display = ["name", "workshop", "stage", "people", "hours", "efficiency", "overtime_hours", "families"]
    list_filter = ["stage", "workshop"]
    list_select_related = ["workshop", "stage"]
    search_fields = ["name"]


@admin.register(TeamLoan)
class TeamLoanAdmin(ReadOnlyAdmin):
    list_display = ["team", "plant", "first_day", "last_day", "why", "set_by", "ended_at"]
    list_filter = ["plant"]
    list_select_related = ["team", "plant", "set_by"]


@admin.register(StyleRate)
class StyleRateAdmin(EditAdmin):
    list_display = ["style", "stage", "minutes"]
    list_filter = ["stage"]
    list_select_related = ["style", "stage"]
    search_fields = ["style__code"]
    raw_id_fields = ["style"]


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    list_display = ["number", "version", "state", "first_day", "last_day", "created_by", "created_at", "published_by", "published_at"]
    list_filter = ["horizon", "state", "plant"]
    list_select_related = ["created_by", "published_by"]
    date_hierarchy = "period"


@admin.register(PlanJob)
class PlanJobAdmin(ReadOnlyAdmin):
    list_display = ["plan", "order_line", "pairs", "due_on", "finish_on", "outcome", "late_days", "reason", "reason_stage"]
    list_filter = ["outcome", "reason"]
    list_select_related = ["plan", "order_line__order", "reason_stage"]


@admin.register(PlanRun)
class PlanRunAdmin(ReadOnlyAdmin):
    list_display = ["id", "horizon", "period", "state", "percent", "attempts", "requested_by", "requested_at", "finished_at", "error"]
    list_filter = ["state", "horizon"]
    list_select_related = ["requested_by"]
