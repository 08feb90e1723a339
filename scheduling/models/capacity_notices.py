"""What planning has told sales about capacity: too much work (B3a), or idle time to sell (B4). One row per plan and matter: the proof."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.plans import Plan


class CapacityNotice(models.Model):
    """B3a, B4: sales was told of a plan's overload with what was done about it, or of its idle windows with a request to chase orders."""

    class Kind(models.TextChoices):
        OVERLOAD = "overload", _("overload")
        IDLE = "idle", _("idle time")

    CLAUSES = {Kind.OVERLOAD: "B3a", Kind.IDLE: "B4"}

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="capacity_notices")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    lines = models.JSONField(default=list)  # the sentences that were sent, in the language of the sender
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["plan", "kind"], name="capacity_notice_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"
