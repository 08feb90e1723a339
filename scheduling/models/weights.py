"""How a plant weighs its plans: dated rows that are never changed, the newest holds; and what customers count more than others."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_site.core.models import Plant
from scheduling import dials as pure

BOUNDS = [MinValueValidator(pure.LOWEST), MaxValueValidator(pure.HIGHEST)]
NAMES = ("punctual", "steady", "cheap", "short")


def _dial(label: object) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=pure.USUAL, validators=BOUNDS)  # type: ignore[arg-type]


class PlanWeights(models.Model):
    """The four dials as somebody set them on a day, and why. Plans keep the row they were made with."""

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="plan_weights")
    punctual = _dial(_("punctual"))
    steady = _dial(_("steady"))
    cheap = _dial(_("cheap"))
    short = _dial(_("short in the factory"))
    why = models.CharField(_("why"), max_length=300)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": (pure.LOWEST, pure.HIGHEST) for name in NAMES}), name="plan_weights_within_the_dial"
            )
        ]

    def __str__(self) -> str:
        return " ".join(f"{name} {value}" for name, value in asdict(self.dials).items())

    @property
    def dials(self) -> pure.Dials:
        """The row as the pure value."""
        return pure.Dials(self.punctual, self.steady, self.cheap, self.short)
