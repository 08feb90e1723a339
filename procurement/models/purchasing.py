"""What is on order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_site.core.models import Plant

from .materials import Material, Supplier


class PurchaseOrderLine(models.Model):
    """Material on its way: a quantity of a purchase order with the day the supplier promised, if he did."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        WAITING = "waiting", _("waiting for an answer")
        RECEIVED = "received", _("received")
        CANCELLED = "cancelled", _("cancelled")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    number = models.CharField(_("purchase order"), max_length=40)
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="on_order")
    size = models.CharField(_("size"), max_length=6, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, verbose_name=_("supplier"), related_name="on_order")
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State)

    class Meta:
        ordering = ["promised_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["number", "material", "size"], name="purchase_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_orders_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.material_id} {self.size}"
