"""Instruction orders (E3): one per order line, in versions. What was issued never changes and is acknowledged version by version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import Plant


class InstructionOrder(models.Model):
    """The instruction order of an order line. What people add to the facts of other departments stands here until it is issued."""

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    number = models.CharField(_("instruction no."), max_length=20, unique=True)
    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="instruction")
    die_no = models.CharField(_("die no."), max_length=60, blank=True)
    packing = models.CharField(_("packing"), max_length=300, blank=True)
    notes = models.TextField(_("notes"), max_length=1000, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Two editors do not overwrite each other: a form carries the revision that it was filled from.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number


class InstructionVersion(models.Model):
    """An issued version. `content` is a `scheduling.instructions.Contents` as JSON; the database lets nobody change it."""

    instruction = models.ForeignKey(InstructionOrder, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    # against the version before: [{"field", "what", "old", "new"}]
    differences = models.JSONField(default=list)
    why = models.CharField(_("why"), max_length=300, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["instruction", "-version"]
        constraints = [models.UniqueConstraint(fields=["instruction", "version"], name="instruction_version_once")]

    def __str__(self) -> str:
        return f"{self.instruction} v{self.version}"


class InstructionReceiver(models.Model):
    """A person to whom a version was issued, on behalf of which department, and when that person acknowledged it."""

    version = models.ForeignKey(InstructionVersion, models.PROTECT, related_name="receivers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.CharField(max_length=20, choices=Department)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)

    class Meta:
        ordering = ["version", "department", "user__username"]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="instruction_receiver_once")]
        indexes = [
            # what a person still has to acknowledge: scheduling.selectors.instructions.waiting_for
            models.Index(fields=["user"], condition=models.Q(acknowledged_at=None), name="instruction_unacknowledged"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.user_id}"
