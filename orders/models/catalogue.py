"""Styles, their colours and the sizes in which they are made."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.sizes import size_range


class Style(models.Model):
    """A shoe as the factory numbers it. Its size range bounds every size run that is ordered of it."""

    code = models.CharField(_("style"), max_length=40, unique=True)
    family = models.CharField(_("family"), max_length=40)
    category = models.CharField(_("category"), max_length=40, blank=True)
    last_no = models.CharField(_("last no."), max_length=40, blank=True)
    sole_no = models.CharField(_("sole no."), max_length=40, blank=True)
    is_new = models.BooleanField(_("new style"), default=False)
    size_from = models.DecimalField(_("first size"), max_digits=5, decimal_places=1)
    size_to = models.DecimalField(_("last size"), max_digits=5, decimal_places=1)
    size_step = models.DecimalField(
        _("size step"), max_digits=3, decimal_places=1, default=Decimal(1), validators=[MinValueValidator(Decimal("0.5"))]
    )

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "style"), pgettext_lazy("model", "styles")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size_to__gte=F("size_from")),
                name="style_size_range",
                violation_error_message=_("The last size is smaller than the first."),
            ),
            models.CheckConstraint(condition=Q(size_step__gt=0), name="style_size_step"),
        ]
        indexes = [
            # search by part of a style's code: orders.selectors.search
            GinIndex(fields=["code"], opclasses=["gin_trgm_ops"], name="style_code_trgm"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def sizes(self) -> tuple[str, ...]:
        """Every size of the range, smallest first, as written in size runs: `36`, `36.5`."""
        return size_range(self.size_from, self.size_to, self.size_step)


class StyleColour(models.Model):
    style = models.ForeignKey(Style, models.CASCADE, related_name="colours")
    name = models.CharField(_("colour"), max_length=40)
    code = models.CharField(_("colour code"), max_length=20, blank=True)

    class Meta:
        ordering = ["style", "id"]
        constraints = [models.UniqueConstraint(fields=["style", "name"], name="style_colour_once")]

    def __str__(self) -> str:
        return self.name
