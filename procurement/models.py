"""Purchasing and warehouses: materials, usage, stock as a ledger, and what is on order."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import StyleColour
from planning_site.core.models import Plant


class Supplier(models.Model):
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    category = models.CharField(_("supplies"), max_length=40, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """What is bought. A blank lead time is not known, it is not zero."""

    code = models.CharField(_("material"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    category = models.CharField(_("category"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time, calendar days"), null=True, blank=True)
    by_size = models.BooleanField(_("by size"), default=False)
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, verbose_name=_("default supplier"), related_name="materials"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Usage(models.Model):
    """Bill of materials: what one pair of a style and colour takes of a material, before loss."""

    style_colour = models.ForeignKey(StyleColour, models.CASCADE, related_name="usages")
    part = models.CharField(_("part"), max_length=40)
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="usages")
    per_pair = models.DecimalField(_("usage per pair"), max_digits=12, decimal_places=4, validators=[MinValueValidator(0)])
    loss_percent = models.DecimalField(_("loss %"), max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["style_colour", "id"]
        constraints = [
            models.UniqueConstraint(fields=["style_colour", "part", "material"], name="usage_part_material_once"),
            models.CheckConstraint(condition=Q(per_pair__gt=0), name="usage_is_positive"),
            models.CheckConstraint(condition=Q(loss_percent__gte=0), name="usage_loss_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.style_colour_id} {self.part} {self.material_id}"


class Warehouse(models.TextChoices):
    MAIN = "main", _("main warehouse")
    TRANSIT = "transit", _("transit warehouse")
    FINISHED = "finished", _("finished goods")


class StockMove(models.Model):
    """One line of the stock ledger. Never edited or deleted: a mistake is reversed by another move. Balances are sums."""

    class Kind(models.TextChoices):
        COUNT = "count", _("count difference")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    warehouse = models.CharField(_("warehouse"), max_length=10, choices=Warehouse)
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="moves")
    size = models.CharField(_("size"), max_length=6, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.DateField(_("day"))
    reference = models.CharField(_("document"), max_length=100, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_moves_something")]
        # balance by material and size: procurement.selectors.balances
        indexes = [models.Index(fields=["plant", "warehouse", "material", "size"], name="stock_move_place")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.size} {self.quantity:+}"


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
