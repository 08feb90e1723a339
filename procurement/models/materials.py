"""What is bought, from whom, in what unit, and how it is bought."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

D5_DAYS = 2  # working days before its stage that a material has to be there
QUANTITY_PLACES = 3  # the ledger keeps every quantity to a thousandth of its unit


class Supplier(models.Model):
    """Whom material is bought from. `contact`, `phone` and `email` are those of the first person to ask."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    category = models.CharField(_("supplies"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "supplier"), pgettext_lazy("model", "suppliers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SupplierContact(models.Model):
    """A further person at a supplier whom planning's tracker may ask (D7)."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(pgettext_lazy("contact", "for"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    note = models.CharField(_("note"), max_length=100, blank=True)

    class Meta:
        ordering = ["supplier", "id"]
        constraints = [models.UniqueConstraint(fields=["supplier", "name"], name="supplier_contact_once")]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """How many decimals a quantity in this unit has: soles are counted, leather is measured."""

    name = models.CharField(_("unit"), max_length=20, unique=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=QUANTITY_PLACES)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "unit"), pgettext_lazy("model", "units")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(decimals__lte=QUANTITY_PLACES), name="unit_decimals_of_the_ledger")]

    def __str__(self) -> str:
        return self.name


class MaterialCategory(models.Model):
    """What holds for all material of a kind: where it is needed, how early, and whether it may be reserved at once.

    `arrive_before` is in working days before the stage begins (D5: 2, soles, boxes and cartons D6: 2-3). `is_early` is D3: upper,
    lining, special and made-to-order material may be reserved on receipt of the notice.
    """

    name = models.CharField(_("category"), max_length=40, unique=True)
    stage = models.CharField(_("needed at"), max_length=20)
    arrive_before = models.PositiveSmallIntegerField(_("there before, working days"), default=D5_DAYS)
    is_early = models.BooleanField(_("may be reserved at once"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "material category"), pgettext_lazy("model", "material categories")
        ordering = ["position", "name"]

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
    minimum_order = models.DecimalField(
        _("minimum order"), max_digits=14, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(Decimal("0.001"))]
    )
    order_multiple = models.DecimalField(
        _("ordered in multiples of"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    one_lot_per_job = models.BooleanField(_("one dye lot per job"), default=False)
    made_to_order = models.BooleanField(_("made to order"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "material"), pgettext_lazy("model", "materials")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(minimum_order__isnull=True) | Q(minimum_order__gt=0), name="material_minimum_order"),
            models.CheckConstraint(condition=Q(order_multiple__isnull=True) | Q(order_multiple__gt=0), name="material_order_multiple"),
        ]

    def __str__(self) -> str:
        return self.code
