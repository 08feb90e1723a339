"""Teams lent to other plants: from when, until when, by whom and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.models import Plant
from scheduling.models.capacity import Team


class TeamLoan(models.Model):
    """A team of one plant may be planned by another too, in the minutes that nobody's plan in force has taken yet.

    `last_day` null: until it is ended. A row is never changed but by its end.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="loans", verbose_name=_("team"))
    plant = models.ForeignKey(Plant, models.PROTECT, related_name="borrowed", verbose_name=_("lent to"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "team loan"), pgettext_lazy("model", "team loans")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "plant"], condition=Q(ended_at=None), name="team_loan_once"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="team_loan_ends_after_start",
                violation_error_message=_("A loan cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} → {self.plant}"
