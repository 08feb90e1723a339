"""The factory's own ideas of a plan: whom to put first, what a team is kept for, which orders follow one another; with who and why."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Customer, OrderLine, Style
from planning_site.core.models import Plant
from scheduling.models.capacity import Team


class PlanRule(models.Model):
    """One idea that every new month plan follows while it holds.

    first: orders of the customer go before others. only: the team makes nothing but these (a customer's, a style, a family).
    never: the team makes none of these. sequence: the team makes the named order lines one after the other, from the first day on.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("customer first")
        ONLY = "only", _("team kept for")
        NEVER = "never", _("team closed to")
        SEQUENCE = "sequence", _("fixed sequence")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="plan_rules")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="plan_rules")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    style = models.ForeignKey(Style, models.PROTECT, null=True, blank=True, related_name="+")
    family = models.CharField(_("family"), max_length=40, blank=True)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="first", team__isnull=True) | (~Q(kind="first") & Q(team__isnull=False)), name="plan_rule_has_its_team"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")), name="plan_rule_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.team or self.customer or ''} {self.first_day}"

    def holds_on(self, day: dt.date) -> bool:
        """Whether a plan that begins on a day still has to follow it."""
        return self.ended_at is None and (self.last_day is None or self.last_day >= day)


class PlanRuleLine(models.Model):
    """An order line of a fixed sequence, with its place in it."""

    rule = models.ForeignKey(PlanRule, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(pgettext_lazy("sequence", "place"))
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["rule", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "position"], name="plan_rule_one_line_a_place"),
            models.UniqueConstraint(fields=["rule", "order_line"], name="plan_rule_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.position}"
