"""What the open jobs need of every material and size, which supply each of them claims, and what is short.

These rows are calculated: procurement.services.requirements replaces them, nobody edits them. They are many and short-lived, so their
keys are not checked one by one: what is left of a deleted order goes with the next calculation, and joins do not see it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core.models import Plant

from .materials import Material
from .purchasing import PurchaseOrderLine

# pairs × usage (4 decimals) × loss (4 decimals): what a job needs is kept exactly and rounded only where it is shown or ordered
EXACT_PLACES = 8


class RequirementRun(models.Model):
    """One calculation of a plant's requirements: asked for, claimed by a worker, done or failed."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("run", "waiting")
        RUNNING = "running", pgettext_lazy("run", "running")
        DONE = "done", pgettext_lazy("run", "done")
        FAILED = "failed", pgettext_lazy("run", "failed")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # of everything that was read: the same inputs are not calculated twice
    fingerprint = models.CharField(max_length=64, blank=True)
    jobs = models.PositiveIntegerField(default=0)
    requirements = models.PositiveIntegerField(default=0)
    # order lines without usage, sizes without usage: [{"kind", "style", "colour", "part", "sizes", "jobs", "pairs"}]
    gaps = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["plant"], name="requirement_run_queued_once", condition=Q(state="queued")),
            models.UniqueConstraint(fields=["plant"], name="requirement_run_running_once", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.plant_id} {self.state} {self.requested_at:%Y-%m-%d %H:%M}"


class NeededDay(models.Model):
    """The day a plan begins a stage of a job. Planning hands it down (D2); without it the due day and the usual offsets count."""

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="needed_days")
    stage = models.CharField(max_length=20)
    starts_on = models.DateField()
    source = models.CharField(max_length=60)

    class Meta:
        ordering = ["order_line", "stage"]
        constraints = [models.UniqueConstraint(fields=["order_line", "stage"], name="needed_day_once")]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.stage} {self.starts_on}"


class Requirement(models.Model):
    """What one job needs of one material and size. `gross` = `issued` + `from_stock` + `from_orders` + `short`, exactly.

    `covered_on` is the last promised day among the purchase order lines it claims, `undated` what it claims of lines without one.
    """

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="requirements", db_constraint=False, db_index=False)
    material = models.ForeignKey(Material, models.CASCADE, related_name="requirements", db_constraint=False, db_index=False)
    size = models.CharField(max_length=6, blank=True)
    stage = models.CharField(max_length=20)
    parts = models.CharField(max_length=120)
    starts_on = models.DateField()
    needed_on = models.DateField()
    is_planned = models.BooleanField(default=False)
    turn = models.PositiveIntegerField()  # place of the job in the order of claim, 1 first
    gross = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES)
    issued = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES, default=0)
    from_stock = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES, default=0)
    from_orders = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES, default=0)
    undated = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES, default=0)
    short = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES, default=0)
    covered_on = models.DateField(null=True, blank=True)
    # when what is short has to be ordered at the latest; blank when nothing is short or the lead time is not known
    order_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["needed_on", "turn", "id"]
        constraints = [models.UniqueConstraint(fields=["order_line", "material", "size"], name="requirement_once")]
        indexes = [
            # the material plan of a month or week: procurement.selectors.material_plan
            models.Index(fields=["plant", "needed_on"], name="requirement_needed"),
            # the claims on one material in their order: procurement.selectors.claims_on
            models.Index(fields=["plant", "material", "size", "turn"], name="requirement_turn"),
            # the buyer's work list: procurement.selectors.shortages
            models.Index(fields=["plant", "order_by"], name="requirement_short", condition=Q(short__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.material_id} {self.size}"


class Claim(models.Model):
    """A quantity of one supply promised to one requirement: of stock (and its dye lot), or of a purchase order line."""

    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="claims", db_constraint=False)
    purchase_line = models.ForeignKey(PurchaseOrderLine, models.CASCADE, null=True, blank=True, related_name="claims", db_constraint=False)
    lot = models.CharField(max_length=30, blank=True)
    quantity = models.DecimalField(max_digits=22, decimal_places=EXACT_PLACES)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_claims_something")]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.purchase_line_id or self.lot} {self.quantity}"
