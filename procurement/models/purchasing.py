"""What is on order: purchase orders by supplier, their lines by material and size, and who was chased when."""

from collections.abc import Mapping, Set
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.models import Plant

from .materials import Material, Supplier


class PurchaseOrder(models.Model):
    """An order to one supplier. It gets its number when it is sent, so that a draft thrown away leaves no gap."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("purchase order", "draft")
        SENT = "sent", pgettext_lazy("purchase order", "sent, waiting for an answer")
        CONFIRMED = "confirmed", pgettext_lazy("purchase order", "confirmed")
        PARTLY = "partly", pgettext_lazy("purchase order", "partly received")
        RECEIVED = "received", pgettext_lazy("purchase order", "received")
        CLOSED = "closed", pgettext_lazy("purchase order", "closed short")
        CANCELLED = "cancelled", pgettext_lazy("purchase order", "cancelled")

    # Goods sent back reopen a received order: the supplier owes them again.
    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.DRAFT: {State.SENT, State.CANCELLED},
        State.SENT: {State.CONFIRMED, State.PARTLY, State.RECEIVED, State.CANCELLED},
        State.CONFIRMED: {State.SENT, State.PARTLY, State.RECEIVED, State.CANCELLED},
        State.PARTLY: {State.SENT, State.CONFIRMED, State.RECEIVED, State.CLOSED},
        State.RECEIVED: {State.PARTLY, State.CONFIRMED, State.SENT},
        State.CLOSED: {State.PARTLY},
        State.CANCELLED: set(),
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    number = models.CharField(_("purchase order"), max_length=40, blank=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, verbose_name=_("supplier"), related_name="orders")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    note = models.CharField(_("note to the supplier"), max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Two editors do not overwrite each other: a form carries the version that it was filled from.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "purchase order"), pgettext_lazy("model", "purchase orders")
        ordering = ["-id"]
        constraints = [
            # Suppliers' numbers that a workbook brings may meet; our own are given once.
            models.UniqueConstraint(
                fields=["plant", "number", "supplier"], name="purchase_order_once", condition=~Q(number=""), nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(state__in=["draft", "cancelled"]) | ~Q(number=""), name="purchase_order_sent_has_a_number"),
        ]
        indexes = [
            # the list of purchase orders by state: procurement.selectors.purchase_orders
            models.Index(fields=["plant", "state", "-id"], name="purchase_order_state"),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"


class PurchaseOrderLine(models.Model):
    """A quantity of a material, and of one size where it is kept by size, with the day the supplier promised, if he did."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("purchase line", "draft")
        CONFIRMED = "confirmed", _("confirmed")
        WAITING = "waiting", _("waiting for an answer")
        RECEIVED = "received", _("received")
        CANCELLED = "cancelled", _("cancelled")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    order = models.ForeignKey(PurchaseOrder, models.CASCADE, verbose_name=_("purchase order"), related_name="lines")
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="on_order")
    size = models.CharField(_("size"), max_length=6, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4, null=True, blank=True)
    needed_on = models.DateField(_("needed on"), null=True, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    first_promised_on = models.DateField(_("first promise"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "purchase order line"), pgettext_lazy("model", "purchase order lines")
        ordering = ["promised_on", "order__number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "material", "size"], name="purchase_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_orders_something"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="purchase_line_price_not_negative"),
        ]
        indexes = [
            # what still comes of a material, earliest promise first: procurement.selectors.on_order, procurement.services.requirements
            models.Index(
                fields=["plant", "material", "promised_on"], name="purchase_line_coming", condition=Q(state__in=["waiting", "confirmed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.material_id} {self.size}"

    @property
    def number(self) -> str:
        """The number of its purchase order."""
        return str(self.order)

    @property
    def supplier(self) -> Supplier | None:
        """The supplier of its purchase order."""
        return self.order.supplier

    @property
    def supplier_id(self) -> int | None:
        return self.order.supplier_id


class Chase(models.Model):
    """A supplier was asked (D7, E5.1): who asked whom, when and how, what was answered, and the day that was promised instead."""

    class Channel(models.TextChoices):
        PHONE = "phone", pgettext_lazy("channel", "phone")
        CHAT = "chat", pgettext_lazy("channel", "chat")
        MAIL = "mail", pgettext_lazy("channel", "mail")
        VISIT = "visit", pgettext_lazy("channel", "visit")

    order = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="chases")
    lines = models.ManyToManyField(PurchaseOrderLine, related_name="chases", blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), related_name="+")
    channel = models.CharField(_("how"), max_length=5, choices=Channel, default=Channel.PHONE)
    asked = models.CharField(_("whom"), max_length=60, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    new_date = models.DateField(_("new date"), null=True, blank=True)
    ask_again_on = models.DateField(_("ask again on"), null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
