"""What is bought, from whom, and what a pair takes of it."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import StyleColour


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
