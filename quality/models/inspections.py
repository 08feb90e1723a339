"""Inspections incoming, in line and final: pairs and defects by size. Posted once; a mistake is reversed, not edited.

Counts have the decimals of a material's unit; of an order they are whole pairs.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from planning_site.core.models import Plant
from procurement.models import Material, StockDocument, Supplier
from quality.models.files import StoredFile


class DefectCode(models.Model):
    """A defect as the factory names it. Severity decides against which number of the sample it counts."""

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("critical")
        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.MAJOR)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Inspection(models.Model):
    """One inspection. Final and in-line ones are of an order line, incoming ones of what a purchase receipt brought."""

    class Kind(models.TextChoices):
        INCOMING = "incoming", pgettext_lazy("inspection", "incoming")
        IN_LINE = "in_line", pgettext_lazy("inspection", "in line")
        FINAL = "final", pgettext_lazy("inspection", "final")

    class Method(models.TextChoices):
        FULL = "full", _("every pair")
        SAMPLE = "sample", _("sample")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    method = models.CharField(_("method"), max_length=10, choices=Method, default=Method.FULL)
    day = models.DateField(_("day"))
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, verbose_name=_("order line"), related_name="inspections"
    )
    # the stage of an in-line inspection, by its code
    stage = models.SlugField(_("stage"), max_length=20, blank=True)
    # the warehouse's receipt that an incoming inspection is of; its number stands in `reference`
    receipt = models.ForeignKey(StockDocument, models.PROTECT, null=True, blank=True, verbose_name=_("receipt"), related_name="inspections")
    reference = models.CharField(_("number of the receipt"), max_length=60, blank=True)
    # what it put into the blocked stock, as far as that was still there
    blocking = models.OneToOneField(StockDocument, models.PROTECT, null=True, blank=True, related_name="blocked_by")
    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, verbose_name=_("material"), related_name="inspections")
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, verbose_name=_("supplier"), related_name="inspections")
    presented = models.DecimalField(_("presented"), max_digits=14, decimal_places=3)
    checked = models.DecimalField(_("checked"), max_digits=14, decimal_places=3)
    failed = models.DecimalField(pgettext_lazy("inspected", "failed"), max_digits=14, decimal_places=3)
    is_accepted = models.BooleanField(_("accepted"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("inspector"), related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reversal_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="incoming", order_line=None) | (~Q(kind="incoming") & Q(order_line__isnull=False)),
                name="inspection_of_line_or_receipt",
            ),
            models.CheckConstraint(
                condition=Q(checked__lte=F("presented"), failed__lte=F("checked"), failed__gte=0), name="inspection_counts_are_nested"
            ),
            models.CheckConstraint(condition=Q(kind="incoming") | Q(receipt=None, blocking=None), name="inspection_of_receipt_is_incoming"),
        ]
        indexes = [
            # what passed, by order line: quality.selectors.inspections.passed_pairs
            models.Index(fields=["order_line", "kind"], condition=Q(reversed_at=None), name="inspection_of_line"),
            # the list, newest first
            models.Index(fields=["-day", "-id"], name="inspection_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.order_line_id or self.reference}"


class InspectionSize(models.Model):
    """Counts of one size; the size is empty for a material without sizes. Units are pairs, for a material its own unit."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="sizes")
    size = models.CharField(_("size"), max_length=6, blank=True)
    presented = models.DecimalField(_("presented"), max_digits=14, decimal_places=3)
    checked = models.DecimalField(_("checked"), max_digits=14, decimal_places=3)
    failed = models.DecimalField(pgettext_lazy("inspected", "failed"), max_digits=14, decimal_places=3)
    # what counts as finished (final), or may be used (incoming)
    passed = models.DecimalField(_("passed"), max_digits=14, decimal_places=3)

    class Meta:
        ordering = ["inspection", "id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "size"], name="inspection_size_once"),
            models.CheckConstraint(
                condition=Q(checked__lte=F("presented"), failed__lte=F("checked"), passed__lte=F("presented") - F("failed")),
                name="inspection_size_counts_are_nested",
            ),
            models.CheckConstraint(condition=Q(failed__gte=0, passed__gte=0), name="inspection_size_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.size}"


class InspectionDefect(models.Model):
    """How often a defect was found in a size, and where on the shoe."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="defects")
    code = models.ForeignKey(DefectCode, models.PROTECT, verbose_name=_("defect"), related_name="+")
    size = models.CharField(_("size"), max_length=6, blank=True)
    count = models.PositiveIntegerField(_("count"))
    place = models.CharField(pgettext_lazy("shoe", "place"), max_length=60, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("photo"), related_name="+")

    class Meta:
        ordering = ["inspection", "id"]
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="inspection_defect_was_found")]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.code_id} {self.size}"
