"""The bill of materials: what a pair of a style and colour takes, by version."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import StyleColour

from .materials import Material

USAGE_STEP = Decimal("0.0001")  # usage per pair is kept to four decimals of the unit
HUNDRED = Decimal(100)


class UsageVersion(models.Model):
    """One bill of materials of a style and colour.

    An order is made by the version that was valid on the day it was ordered: what was confirmed with the customer stays, however
    often the plan moves. An order older than every version is made by the first one.
    """

    style_colour = models.ForeignKey(StyleColour, models.CASCADE, related_name="usage_versions")
    valid_from = models.DateField(_("valid for orders from"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Two editors do not overwrite each other: the page carries the revision that it was filled from.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "usage version"), pgettext_lazy("model", "usage versions")
        ordering = ["style_colour", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["style_colour", "valid_from"],
                name="usage_version_once_a_day",
                violation_error_message=_("There is a version from this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.style_colour_id} {self.valid_from}"


class Usage(models.Model):
    """What one pair takes of a material in one part, before loss.

    `per_pair` is the usage of the base size. With grading `factor`, `by_size` maps a size to what it is multiplied with; with `size`
    it maps a size to its own usage, where 0 means that this size does not use the material. Without grading all sizes take the same.
    """

    class Grading(models.TextChoices):
        FLAT = "flat", pgettext_lazy("usage", "same in every size")
        FACTOR = "factor", pgettext_lazy("usage", "base size × factor")
        SIZE = "size", pgettext_lazy("usage", "own usage by size")

    version = models.ForeignKey(UsageVersion, models.CASCADE, related_name="rows")
    part = models.CharField(_("part"), max_length=40)
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="usages")
    per_pair = models.DecimalField(_("usage per pair"), max_digits=12, decimal_places=4, validators=[MinValueValidator(0)])
    loss_percent = models.DecimalField(_("loss %"), max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    # blank: as the part, else as the material's category says
    stage = models.CharField(_("needed at"), max_length=20, blank=True)
    grading = models.CharField(_("by size"), max_length=6, choices=Grading, default=Grading.FLAT)
    base_size = models.CharField(_("base size"), max_length=6, blank=True)
    by_size = models.JSONField(_("by size"), default=dict, blank=True)

    class Meta:
        ordering = ["version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "part", "material"], name="usage_part_material_once"),
            models.CheckConstraint(condition=Q(per_pair__gt=0), name="usage_is_positive"),
            models.CheckConstraint(condition=Q(loss_percent__gte=0), name="usage_loss_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.part} {self.material_id}"

    def clean(self) -> None:
        """Sizes have numbers that are not negative; a factor is more than 0."""
        problems = {size: value for size, value in self.by_size.items() if not _is_number(value, self.grading == self.Grading.FACTOR)}
        if problems:
            raise ValidationError({"by_size": _("Size %(size)s needs a number.") % {"size": ", ".join(problems)}})

    @property
    def with_loss(self) -> Decimal:
        """1 + loss %, exactly."""
        return 1 + self.loss_percent / HUNDRED

    def in_size(self, size: str) -> Decimal | None:
        """Usage of a size before loss, to four decimals; None where the grading does not say it: blank is not zero."""
        if self.grading == self.Grading.FLAT:
            return self.per_pair
        value = self.by_size.get(size)
        if value is None:
            return None
        figure = Decimal(str(value))
        return figure if self.grading == self.Grading.SIZE else (self.per_pair * figure).quantize(USAGE_STEP, ROUND_HALF_UP)

    def sizes_missing(self, sizes: Iterable[str]) -> list[str]:
        """The sizes among these whose usage nobody has said."""
        return [size for size in sizes if self.in_size(size) is None]


def _is_number(value: Any, positive: bool) -> bool:
    try:
        figure = Decimal(str(value))
    except ArithmeticError:
        return False
    return figure.is_finite() and (figure > 0 if positive else figure >= 0)


class PartStage(models.Model):
    """At which stage a part is put in, unless its row of usage says otherwise."""

    part = models.CharField(_("part"), max_length=40, unique=True)
    stage = models.CharField(_("needed at"), max_length=20)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "stage of a part"), pgettext_lazy("model", "stages of parts")
        ordering = ["part"]

    def __str__(self) -> str:
        return self.part


class StageOffset(models.Model):
    """How many working days before the due day a stage begins: what counts until a plan says better."""

    stage = models.CharField(_("stage"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    days_before_due = models.PositiveSmallIntegerField(_("begins before the due day, working days"))

    class Meta:
        verbose_name, verbose_name_plural = (
            pgettext_lazy("model", "days before the due day"),
            pgettext_lazy("model", "days before the due day"),
        )
        ordering = ["-days_before_due", "stage"]

    def __str__(self) -> str:
        return self.stage
