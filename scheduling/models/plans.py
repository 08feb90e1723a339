"""Plans of a month, a week or a day: numbered versions, `draft → published → superseded`; what is published never changes.

A trial is a draft with other assumptions: it becomes a draft once somebody adopts it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core.models import Plant
from scheduling.models.capacity import Stage, Team


class Plan(models.Model):
    """A version of a plan. `period` is the first day of the month or week it is for, or the day itself."""

    class Horizon(models.TextChoices):
        MONTH = "month", _("month plan")
        WEEK = "week", _("week plan")
        DAY = "day", _("day plan")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        TRIAL = "trial", _("what-if")  # a draft with other assumptions: to be looked at, published only after it was adopted
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    TRANSITIONS = {
        State.DRAFT: {State.PUBLISHED, State.SUPERSEDED},
        State.TRIAL: {State.DRAFT, State.SUPERSEDED},
        State.PUBLISHED: {State.SUPERSEDED},
        State.SUPERSEDED: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="plans")
    horizon = models.CharField(_("horizon"), max_length=5, choices=Horizon)
    period = models.DateField(_("period"))
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    # first and last day that has, or could have, entries
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    # the coarser plan that this one refines: a week plan its month plan, a day plan its week plan
    refines = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refined_by")
    # the plan that stood published when this draft was made; publishing asks that it still does
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    # how it was made: seed, seconds, hash of the input, cost and its parts (see scheduling.adapters)
    metrics = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "plan"), pgettext_lazy("model", "plans")
        ordering = ["-period", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["plant", "horizon", "period", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["plant", "horizon", "period"], condition=Q(state="published"), name="plan_one_published_per_period"
            ),
            models.CheckConstraint(condition=~Q(state="published") | Q(published_at__isnull=False), name="plan_published_has_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"

    @property
    def number(self) -> str:
        """The document number: `YJH-2026-12` (month), `ZJH-2026-51` (ISO week), `RJH-2026-12-08` (day)."""
        if self.horizon == Plan.Horizon.MONTH:
            return f"YJH-{self.period:%Y-%m}"
        if self.horizon == Plan.Horizon.WEEK:
            year, week, _weekday = self.period.isocalendar()
            return f"ZJH-{year}-{week:02d}"
        return f"RJH-{self.period:%Y-%m-%d}"


class PlanEntry(models.Model):
    """Pairs of a job that a team makes at a stage on a day, in the order of work; by size in a day plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="entries")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="plan_entries")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="plan_entries")
    day = models.DateField(_("day"))
    position = models.PositiveSmallIntegerField(_("order of work"))
    pairs = models.PositiveIntegerField(_("pairs"))
    minutes = models.FloatField(_("minutes"))  # person-minutes of the pairs, and of the changeover that this entry brings
    sizes = models.JSONField(_("size run"), null=True, blank=True)

    class Meta:
        ordering = ["day", "team", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "team", "day", "position"], name="plan_entry_position"),
            models.CheckConstraint(condition=Q(pairs__gte=1), name="plan_entry_has_pairs"),
        ]
        indexes = [
            # where a job stands in a plan: scheduling.selectors.stage_windows
            models.Index(fields=["plan", "order_line", "stage"], name="plan_entry_job"),
            # a week or a day of a plan: scheduling.selectors.week_grid
            models.Index(fields=["plan", "day"], name="plan_entry_day"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.day} {self.pairs}"


class PlanJob(models.Model):
    """What a plan says about one job: when it ends, how late, and the first reason."""

    class Outcome(models.TextChoices):
        ON_TIME = "on_time", _("on time")
        LATE = "late", _("late")
        LEFT_OUT = "left_out", _("not planned")

    class Reason(models.TextChoices):
        CAPACITY = "capacity", _("capacity")
        OVERTIME = "overtime", _("overtime not used")
        SEQUENCE = "sequence", _("order of work")
        RELEASE = "release", _("release")
        WORK_CONTENT = "work_content", _("its own work content")
        NO_ROUTE = "no_route", _("no route")
        NO_RATE = "no_rate", _("no minutes per pair")
        NO_TEAM = "no_team", _("no team that can make it")
        HORIZON = "horizon", _("the horizon ends first")
        NOT_OPEN = "not_open", _("the order is not open any more")
        DOCUMENTS = "documents", _("documents missing")
        STYLE = "style", _("style not released")
        MATERIAL = "material", _("material")
        TOOLING = "tooling", _("tooling missing")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="jobs")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="plan_jobs")
    # as they stood when the plan was made: a published plan never changes with the order
    pairs = models.PositiveIntegerField(_("pairs"))
    due_on = models.DateField(_("due"))
    finish_on = models.DateField(_("expected finish"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    late_days = models.PositiveSmallIntegerField(_("days late"), default=0)  # calendar days from due to finish
    late_pairs = models.PositiveIntegerField(_("pairs late"), default=0)
    reason = models.CharField(_("first reason"), max_length=14, choices=Reason, blank=True)
    reason_stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    # {"teams": [ids], "first_day": "2026-12-01", "last_day": "2026-12-05", "days": 3, "order_lines": [ids], "further": [...],
    # "holds": [scheduling.gates.Hold as JSON]}
    reason_detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "job of a plan"), pgettext_lazy("model", "jobs of plans")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order_line"], name="plan_job_once"),
            models.CheckConstraint(condition=Q(outcome="left_out") | Q(finish_on__isnull=False), name="plan_job_planned_has_a_finish"),
        ]
        # late jobs first on the month plan page
        indexes = [models.Index(fields=["plan", "outcome", "-late_days"], name="plan_job_late_first")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order_line_id} {self.outcome}"
