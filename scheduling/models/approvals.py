"""What the planning supervisor has decided: jobs that run in spite of a closed gate, and swaps in a day plan (E4.2, form 15)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from scheduling.models.capacity import Stage, Team
from scheduling.models.plans import Plan


class PlanException(models.Model):
    """A job of a week plan that was published although a gate was shut on its start: which, who answers for it, and why."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="exceptions")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    gate = models.CharField(_("gate"), max_length=10)
    starts_on = models.DateField(_("starts"))
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    # scheduling.gates.Hold as JSON: what was missing when it was decided
    holds = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=300)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved"))

    class Meta:
        ordering = ["plan", "starts_on", "id"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order_line_id} {self.gate}"


class PlanSwap(models.Model):
    """One job set in the place of another in a day plan (form 15): before, after, and why. Never edited."""

    class Kind(models.TextChoices):
        MATERIAL = "material", pgettext_lazy("swap", "material short")
        SIZES = "sizes", pgettext_lazy("swap", "broken sizes")
        QUALITY = "quality", pgettext_lazy("swap", "quality")
        RUSH = "rush", pgettext_lazy("swap", "rush order")
        DATE = "date", pgettext_lazy("swap", "date changed")
        MACHINE = "machine", pgettext_lazy("swap", "machine")
        OTHER = "other", pgettext_lazy("swap", "other")

    number = models.CharField(_("swap no."), max_length=20, unique=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="swaps")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MATERIAL)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    before_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    after_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    before = models.JSONField(_("before"))  # {"pairs", "sizes", "minutes", "position"}
    after = models.JSONField(_("after"))
    lacks = models.CharField(_("what is missing"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved"))

    class Meta:
        ordering = ["plan", "id"]

    def __str__(self) -> str:
        return self.number
