"""What every open job could run: calculated with the requirements, replaced by them, edited by nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core.models import Plant


class JobKit(models.Model):
    """The kit of one job, now and on every day to come (E4.2, E4.4).

    `at_start` looks at each material on the day its stage begins: what the plan wants from it. The JSON columns:
    sizes    {size: [pairs wanted, pairs now, pairs at the start]}, smallest size first
    instead  {size: pairs} that may run instead now: the larger of a matching set and of whole sizes; empty when the kit is full or none
    days     {stage: [[day, [pairs by size]]]} the kit from that day on, where it grows; the first day is "", which is now. The stage ""
             looks at all material of the job, any other only at what that stage takes
    ready    {stage: {size: day}} the first day with everything that the stage takes; "" is now, null never
    cells    {part: {"state", "missing", "unit", "day", "material"}} one cell of the matrix, states as in procurement.kit_rows.CellState
    missing  [{"material", "code", "name", "unit", "parts", "stage", "needed_on", "state", "sizes": {size: missing}, "lines", "day"}] what
             holds the job up, with the purchase order lines that are to bring it
    """

    class State(models.TextChoices):
        FULL = "full", pgettext_lazy("kit", "full")
        PROPORTIONAL = "proportional", pgettext_lazy("kit", "matching")
        BROKEN = "broken", pgettext_lazy("kit", "broken sizes")
        NONE = "none", pgettext_lazy("kit", "cannot run")

    plant = models.ForeignKey(Plant, models.CASCADE, related_name="+")
    order_line = models.OneToOneField(OrderLine, models.CASCADE, related_name="kit")
    stage = models.CharField(_("stage"), max_length=20)  # the next one that still waits for material
    starts_on = models.DateField(_("starts"))
    needed_on = models.DateField(_("needed on"))
    wanted = models.PositiveIntegerField(_("pairs"))
    pairs_now = models.PositiveIntegerField()
    pairs_at_start = models.PositiveIntegerField()
    state_now = models.CharField(max_length=12, choices=State)
    state_at_start = models.CharField(max_length=12, choices=State)
    # full in time, but something comes in the last days before its stage or is not confirmed
    is_tight = models.BooleanField(default=False)
    ready_on = models.DateField(_("full kit on"), null=True, blank=True)
    is_ready_now = models.BooleanField(default=False)
    sizes = models.JSONField(default=dict)
    instead = models.JSONField(default=dict)
    days = models.JSONField(default=dict)
    ready = models.JSONField(default=dict)
    cells = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    calculated_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_on", "order_line"]
        indexes = [
            # the matrix, jobs by the day they start: procurement.selectors.kits
            models.Index(fields=["plant", "starts_on"], name="job_kit_start"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.state_at_start}"
