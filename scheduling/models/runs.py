"""Plan runs: one claimed piece of background work that makes one draft."""

from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.models import Plant
from scheduling.dials import AS_USUAL, HIGHEST, LOWEST, Dials
from scheduling.models.plans import Plan
from scheduling.models.weights import PlanWeights


class PlanRun(models.Model):
    """A wish for a plan, and how far it has come. Claimed by a worker, its progress and failure are shown on its page."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Step(models.TextChoices):
        READING = "reading", _("reading orders and capacity")
        SEARCHING = "searching", _("looking for a better plan")
        WRITING = "writing", _("writing the draft")

    TRANSITIONS = {
        State.QUEUED: {State.RUNNING, State.CANCELLED, State.FAILED},
        State.RUNNING: {State.DONE, State.FAILED, State.CANCELLED, State.QUEUED},
        State.DONE: set(),
        State.FAILED: set(),
        State.CANCELLED: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    horizon = models.CharField(_("horizon"), max_length=5, choices=Plan.Horizon)
    period = models.DateField(_("period"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    step = models.CharField(_("step"), max_length=20, choices=Step, blank=True)
    best = models.JSONField(default=dict, blank=True)  # cost, late jobs, on-time share and seconds of the best plan so far
    # [[seconds, cost, late jobs], …]: how the cost fell, over all attempts; thinned, so that it stays small
    curve = models.JSONField(default=list, blank=True)
    # the entries of the best plan so far (`scheduling.adapters.works`): what another worker goes on from if this one dies
    saved = models.BinaryField(null=True, blank=True, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True)
    stop_wanted = models.BooleanField(_("cancel wanted"), default=False)
    # with stop_wanted: make the draft from the best plan so far instead of throwing it away
    keep_best = models.BooleanField(_("use the best so far"), default=False)
    # how often it was claimed; also the fence: a worker that was taken for dead finds another number here and writes nothing
    attempts = models.PositiveSmallIntegerField(default=0)
    seconds = models.PositiveSmallIntegerField(_("seconds to search"), default=4)
    # instead of seconds: the same input, seed and rounds give the same plan
    rounds = models.PositiveIntegerField(_("rounds to search"), null=True, blank=True)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    # from 1 "best plan" to 5 "keep the plan", for this run alone; null: as the weights say
    steady = models.PositiveSmallIntegerField(_("how near to the plan in force"), null=True, blank=True)
    # how the plan is weighed; null: as usual
    weights = models.ForeignKey(PlanWeights, models.PROTECT, null=True, blank=True, related_name="+")
    # the plan whose entries the search goes on from
    start_from = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="+")
    # the question that the run answers with a trial
    what_if = models.ForeignKey("scheduling.WhatIf", models.SET_NULL, null=True, blank=True, related_name="runs")
    # the plan that is made again: from its kept input instead of today's facts
    again_of = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="+")
    # "auto:1:month:2026-12-01" (plant, horizon, period) for a run that beat asked for: asked for once, however often beat asks
    auto_key = models.CharField(max_length=40, null=True, blank=True, unique=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="runs")

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "plan run"), pgettext_lazy("model", "plan runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plant", "horizon"], condition=Q(state__in=["queued", "running"]), name="plan_run_one_active_per_horizon"
            ),
            models.CheckConstraint(
                condition=Q(steady__isnull=True) | Q(steady__range=(LOWEST, HIGHEST)), name="plan_run_steady_on_its_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.horizon} {self.period} {self.state}"

    @property
    def dials(self) -> Dials:
        """How this run is weighed."""
        dials = self.weights.dials if self.weights else AS_USUAL
        return replace(dials, steady=self.steady) if self.steady else dials
