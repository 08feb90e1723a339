"""The size-skip trial of a new style (C4): sizes and pairs, a day per department, minutes measured, problems found."""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Style, StyleColour
from quality.models.files import StoredFile
from quality.models.steps import Step

HUNDREDTH = Decimal("0.01")


class Trial(models.Model):
    """One trial of a style. `sizes` maps a size to whole pairs. A redo is a new trial with the next number."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("trial", "planned")
        RUNNING = "running", pgettext_lazy("trial", "being made")
        WITH_QC = "with_qc", pgettext_lazy("trial", "with QC")
        PASSED = "passed", pgettext_lazy("trial", "passed")
        FAILED = "failed", pgettext_lazy("trial", "to be redone")

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.PLANNED: {State.RUNNING, State.WITH_QC},
        State.RUNNING: {State.WITH_QC},
        State.WITH_QC: {State.PASSED, State.FAILED},
        State.PASSED: {State.FAILED},
        State.FAILED: {State.PASSED},  # QC corrects its report while no further trial was planned
    }

    style = models.ForeignKey(Style, models.PROTECT, verbose_name=_("style"), related_name="trials")
    number = models.PositiveSmallIntegerField(_("trial no."))
    colour = models.ForeignKey(StyleColour, models.PROTECT, null=True, blank=True, verbose_name=_("colour"), related_name="+")
    sizes = models.JSONField(_("sizes"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    handed_over_at = models.DateTimeField(_("handed to QC"), null=True, blank=True)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # who took the measured minutes over as the style's rates
    minutes_taken_at = models.DateTimeField(null=True, blank=True)
    minutes_taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["style", "-number"]
        constraints = [models.UniqueConstraint(fields=["style", "number"], name="trial_once")]

    def __str__(self) -> str:
        return f"{self.style_id} #{self.number}"

    @property
    def pairs(self) -> int:
        return sum(self.sizes.values())

    @property
    def is_open(self) -> bool:
        """Whether the trial still waits for work or for QC's judgement."""
        return self.state in (Trial.State.PLANNED, Trial.State.RUNNING, Trial.State.WITH_QC)


class TrialStage(models.Model):
    """A department's share of a trial: its day, and what was measured. Minutes are person-minutes."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="stages")
    step = models.ForeignKey(Step, models.PROTECT, verbose_name=_("stage"), related_name="+")
    planned_on = models.DateField(_("planned"))
    done_on = models.DateField(_("done"), null=True, blank=True)
    pairs = models.PositiveSmallIntegerField(_("pairs"), null=True, blank=True, validators=[MinValueValidator(1)])
    people = models.PositiveSmallIntegerField(_("people"), null=True, blank=True, validators=[MinValueValidator(1)])
    # by the clock, from the first pair to the last
    clock_minutes = models.DecimalField(
        _("minutes by the clock"), max_digits=7, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(Decimal("0.1"))]
    )
    # what the process sheet says, person-minutes a pair
    sheet_minutes = models.DecimalField(
        _("minutes of the process sheet"), max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(HUNDREDTH)]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["trial", "step__position"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "step"], name="trial_stage_once"),
            models.CheckConstraint(condition=Q(pairs=None) | Q(pairs__gte=1), name="trial_stage_has_pairs"),
            models.CheckConstraint(condition=Q(people=None) | Q(people__gte=1), name="trial_stage_has_people"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.step_id}"

    @property
    def minutes_per_pair(self) -> Decimal | None:
        """Person-minutes that a pair took, to the hundredth; None while something is not measured."""
        if self.people is None or self.clock_minutes is None or not self.pairs:
            return None
        return (self.people * self.clock_minutes / self.pairs).quantize(HUNDREDTH)

    @property
    def against_sheet(self) -> Decimal | None:
        """How much longer than the process sheet says, as a share of it; None where one of the two is not known."""
        measured = self.minutes_per_pair
        return measured / self.sheet_minutes - 1 if measured is not None and self.sheet_minutes else None


class TrialProblem(models.Model):
    """Something that a trial showed: where on the shoe, of which kind, who puts it right by when."""

    class Kind(models.TextChoices):
        DIES = "dies", _("dies")
        TEMPLATES = "templates", _("templates")
        MATERIAL = "material", pgettext_lazy("problem", "material")
        PROCESS = "process", pgettext_lazy("problem", "process")
        LAST_SOLE = "last_sole", _("last and sole")

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="problems")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    place = models.CharField(_("place on the shoe"), max_length=60)
    text = models.CharField(_("what is wrong"), max_length=300)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("photo"), related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="+")
    due_on = models.DateField(pgettext_lazy("problem", "due"))
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    remedy = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        ordering = ["trial", "closed_at", "due_on", "id"]

    def __str__(self) -> str:
        return f"{self.place} {self.text}"
