"""Whom a late material or a late pre-production item hits (D5, C3): found again every minute, kept as long as it stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning_site.core.models import Plant


class PlanHit(models.Model):
    """Something that will not be there when a plan in force begins with it. Calculated by scheduling.services.hits, edited by nobody.

    `hold` is a `scheduling.gates.Hold` as JSON. `jobs`: [{"line", "stage", "starts_on", "plans": [plan ids]}], the first to begin first.
    """

    plant = models.ForeignKey(Plant, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    hold = models.JSONField()
    jobs = models.JSONField(default=list)
    first_start = models.DateField(_("first start"))
    # the day that was promised when it was found first; `moved_at` is when the day or the jobs changed last
    was_expected_on = models.DateField(null=True, blank=True)
    found_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["first_start", "id"]
        constraints = [models.UniqueConstraint(fields=["plant", "key"], name="plan_hit_once")]

    def __str__(self) -> str:
        return self.key
