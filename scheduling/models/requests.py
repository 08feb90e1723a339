"""Requests to postpone a due day (B3b): from planning to sales, one row per order line, answered or escalated."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core.models import Plant
from scheduling.models.plans import Plan


class PostponeRequest(models.Model):
    """B3b: the line cannot be made by its due day; the reason, and the earliest day that is possible.

    Sales accepts the day, counters with another one, or refuses. Planning takes a counter or asks again. What is not answered by
    `answer_by` is escalated to the general manager. The row is the proof; an accepted day becomes the due day of the line.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waits for sales")
        ACCEPTED = "accepted", pgettext_lazy("postponement", "accepted")
        COUNTERED = "countered", _("countered")
        REFUSED = "refused", pgettext_lazy("postponement", "refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS = {
        State.OPEN: {State.ACCEPTED, State.COUNTERED, State.REFUSED, State.WITHDRAWN},
        State.COUNTERED: {State.ACCEPTED, State.REFUSED, State.WITHDRAWN},
        State.ACCEPTED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="postpone_requests")
    # the plan that found it
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    due_on = models.DateField(_("due when asked"))
    earliest_on = models.DateField(_("earliest possible"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer_by = models.DateTimeField(_("answer by"))
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # the day that was agreed, or that sales counters with
    answer_on = models.DateField(_("answered day"), null=True, blank=True)
    answer_note = models.CharField(_("note"), max_length=300, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order_line"],
                condition=Q(state__in=["open", "countered"]),
                name="postpone_request_one_open_per_line",
                violation_error_message=_("A request for this line waits for its answer already."),
            ),
            models.CheckConstraint(condition=Q(earliest_on__gt=F("due_on")), name="postpone_request_is_for_later"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "countered"]) | Q(answer_on__isnull=False), name="postpone_request_answer_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line} {self.due_on} → {self.earliest_on}"
