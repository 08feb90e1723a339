"""Counting the stock: a sheet that one person counts and another one approves before the ledger takes the differences."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.models import Plant

from .materials import Material
from .stock import StockDocument, Warehouse


class StockCount(models.Model):
    """A count sheet of one warehouse. Counter and approver are two people, and the database holds them to it."""

    class State(models.TextChoices):
        COUNTING = "counting", _("being counted")
        SUBMITTED = "submitted", _("waiting for approval")
        POSTED = "posted", pgettext_lazy("count", "approved")
        REFUSED = "refused", pgettext_lazy("count", "to be counted again")
        DROPPED = "dropped", pgettext_lazy("count", "dropped")

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.COUNTING: {State.SUBMITTED, State.DROPPED},
        State.SUBMITTED: {State.POSTED, State.REFUSED},
        State.REFUSED: {State.SUBMITTED, State.DROPPED},
        State.POSTED: set(),
        State.DROPPED: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    number = models.CharField(_("count sheet"), max_length=20, unique=True)
    warehouse = models.CharField(_("warehouse"), max_length=10, choices=Warehouse)
    scope = models.CharField(_("what is counted"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.COUNTING)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+")
    counted_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("counted by"), related_name="+"
    )
    decided_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("approved by"), related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    document = models.OneToOneField(StockDocument, models.PROTECT, null=True, blank=True, related_name="count")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("counted_by")),
                name="stock_count_four_eyes",
                violation_error_message=_("Whoever counted does not approve the difference."),
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(decided_by__isnull=False, counted_by__isnull=False), name="stock_count_posted_is_approved"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StockCountLine(models.Model):
    """One place to count. `book` is what the ledger said at the moment when `counted` was written down."""

    count = models.ForeignKey(StockCount, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    size = models.CharField(_("size"), max_length=6, blank=True)
    lot = models.CharField(_("dye lot"), max_length=30, blank=True)
    place = models.CharField(_("place"), max_length=20, blank=True)
    book = models.DecimalField(_("on the books"), max_digits=14, decimal_places=3, null=True, blank=True)
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["count", "position"]
        constraints = [
            models.UniqueConstraint(fields=["count", "material", "size", "lot", "place"], name="stock_count_line_once"),
            models.CheckConstraint(condition=Q(counted__isnull=True) | Q(counted__gte=0), name="stock_count_not_negative"),
            models.CheckConstraint(condition=Q(counted__isnull=True) | Q(book__isnull=False), name="stock_count_has_its_book"),
        ]

    def __str__(self) -> str:
        return f"{self.count_id}/{self.position}"
