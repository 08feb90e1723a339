"""What-ifs: a plan beside another one, made under assumptions that nobody has agreed to yet."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from planning_site.core.models import Plant
from scheduling.models.capacity import Stage, Team
from scheduling.models.plans import Plan


class WhatIf(models.Model):
    """A question about a plan, with its assumptions and the trial that answers it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ADOPTED = "adopted", _("adopted")
        DROPPED = "dropped", _("thrown away")

    TRANSITIONS = {
        State.OPEN: {State.ADOPTED, State.DROPPED},
        State.ADOPTED: set(),
        State.DROPPED: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    title = models.CharField(_("question"), max_length=120)
    base = models.ForeignKey(Plan, models.PROTECT, related_name="what_ifs")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    # the trial that was calculated last, and whether the assumptions have changed since
    result = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="+")
    is_stale = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Assumption(models.Model):
    """One thing that would be otherwise.

    overtime: `hours` more a day than a team may work now (of a team, or of every team of a stage), from the first day to the last.
    ready: everything the line needs (at a stage, or at all) is there by the first day. postpone: the line is due on the first day.
    measure: a measure that the engine proposed for the line, as it proposed it (`detail`).
    """

    class Kind(models.TextChoices):
        OVERTIME = "overtime", _("overtime")
        READY = "ready", _("material or approval by a day")
        POSTPONE = "postpone", _("later due day")
        MEASURE = "measure", _("proposed measure")

    what_if = models.ForeignKey(WhatIf, models.CASCADE, related_name="assumptions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="+")
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("to"), null=True, blank=True)
    hours = models.DecimalField(
        _("hours a day"), max_digits=4, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(12)]
    )
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="overtime") | Q(hours__gt=0, first_day__isnull=False, last_day__gte=models.F("first_day")),
                name="assumption_overtime_has_hours_and_days",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["ready", "postpone"]) | Q(order_line__isnull=False, first_day__isnull=False),
                name="assumption_of_a_line_has_a_line_and_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day or ''}"
