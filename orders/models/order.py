"""Orders and their lines. A line is one style and colour with its size run; planning sees it as a job."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.catalogue import Style, StyleColour
from orders.models.customers import Customer, Salesperson
from planning_site.core.models import Plant


class Order(models.Model):
    """A contract of a customer, with a number of its own that is given once and never again."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ON_HOLD = "on_hold", _("on hold")
        CANCELLED = "cancelled", _("cancelled")
        CLOSED = "closed", _("closed")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="orders")
    number = models.CharField(_("contract no."), max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="orders")
    po = models.CharField(_("customer PO"), max_length=60, blank=True)
    salesperson = models.ForeignKey(
        Salesperson, models.PROTECT, null=True, blank=True, verbose_name=_("salesperson"), related_name="orders"
    )
    ordered_on = models.DateField(_("ordered on"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    packing = models.CharField(_("packing"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Two editors do not overwrite each other: a form carries the version that it was filled from.
    version = models.PositiveIntegerField(default=1)

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.OPEN: {State.ON_HOLD, State.CANCELLED, State.CLOSED},
        State.ON_HOLD: {State.OPEN, State.CANCELLED},
        State.CANCELLED: {State.OPEN},
        State.CLOSED: set(),
    }

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "order"), pgettext_lazy("model", "orders")
        ordering = ["-ordered_on", "-number"]
        indexes = [
            # search by part of a contract or PO number: orders.selectors.search
            GinIndex(fields=["number"], opclasses=["gin_trgm_ops"], name="order_number_trgm"),
            GinIndex(fields=["po"], opclasses=["gin_trgm_ops"], name="order_po_trgm"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One style and colour of an order with its size run: `sizes` maps a size to whole pairs, `pairs` is their sum."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("line"))
    style = models.ForeignKey(Style, models.PROTECT, verbose_name=_("style"), related_name="order_lines")
    colour = models.ForeignKey(StyleColour, models.PROTECT, verbose_name=_("colour"), related_name="order_lines")
    sizes = models.JSONField(_("size run"))
    pairs = models.PositiveIntegerField(_("pairs"), validators=[MinValueValidator(1)])
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    due_on = models.DateField(_("due"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position", deferrable=models.Deferrable.DEFERRED),
            models.UniqueConstraint(fields=["order", "style", "colour"], name="order_line_style_colour_once"),
            models.CheckConstraint(condition=Q(pairs__gte=1), name="order_line_has_pairs"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="order_line_price_not_negative"),
        ]
        indexes = [
            # the order book by due day: orders.selectors.order_book, scheduling.adapters
            models.Index(F("due_on"), name="order_line_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.position}"

    def clean(self) -> None:
        """The size run has whole pairs in sizes of the style, sums up to `pairs`, and the colour is one of the style."""
        problems: dict[str, Any] = {}
        if self.colour_id and self.colour.style_id != self.style_id:
            problems["colour"] = _("%(colour)s is not a colour of %(style)s.") % {"colour": self.colour, "style": self.style}
        foreign = [size for size in self.sizes if size not in self.style.sizes]
        if foreign:
            problems["sizes"] = _("%(style)s is not made in size %(sizes)s.") % {"style": self.style, "sizes": ", ".join(foreign)}
        elif any(type(pairs) is not int or pairs < 1 for pairs in self.sizes.values()):
            problems["sizes"] = _("Pairs of a size are whole numbers of at least 1.")
        elif sum(self.sizes.values()) != self.pairs:
            problems["pairs"] = _("The pairs are not the sum of the sizes.")
        if problems:
            raise ValidationError(problems)
