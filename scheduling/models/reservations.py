"""Dates that sales has reserved: a promise that the plan keeps room for until it is an order, or the time is up."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Style
from planning_site.core.models import Plant


class DateReservation(models.Model):
    """Pairs of a style that somebody has been promised for a day. While it stands, later questions find its minutes taken."""

    class Way(models.TextChoices):
        AS_IS = "as_is", _("as the plan stands")
        OVERTIME = "overtime", _("with overtime")
        OUTSOURCING = "outsourcing", _("with outside teams")
        MOVING = "moving", _("other jobs make room")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    style = models.ForeignKey(Style, models.PROTECT, related_name="reservations")
    pairs = models.PositiveIntegerField(_("pairs"), validators=[MinValueValidator(1)])
    for_whom = models.CharField(pgettext_lazy("reservation", "for"), max_length=80)
    way = models.CharField(_("way"), max_length=11, choices=Way, default=Way.AS_IS)
    starts_on = models.DateField(_("materials there by"))
    wanted_on = models.DateField(_("wanted"), null=True, blank=True)
    promised_on = models.DateField(_("promised"))
    reserved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reserved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(pairs__gte=1), name="date_reservation_has_pairs"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("reserved_at")), name="date_reservation_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.style} {self.pairs} {self.promised_on}"

    def stands(self, now: dt.datetime) -> bool:
        """Whether room is kept for it at an instant."""
        return self.released_at is None and self.expires_at > now
