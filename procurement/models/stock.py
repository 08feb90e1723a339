"""The three warehouses and the blocked stock: one ledger of moves, the documents that posted them, the balances they sum up to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core.models import Plant

from .materials import Material
from .purchasing import PurchaseOrderLine


class Warehouse(models.TextChoices):
    MAIN = "main", _("main warehouse")
    TRANSIT = "transit", _("transit warehouse")
    FINISHED = "finished", _("finished goods")
    # what QC turned back on arrival: neither free nor in kits, until it goes back, is scrapped or is released
    HELD = "held", _("blocked stock")


class MoveKind(models.TextChoices):
    """Why stock moves. `count` and `opening` set the ledger right, all others have a giver and a taker."""

    OPENING = "opening", _("opening stock")
    RECEIVE = "receive", _("receipt")
    ISSUE = "issue", _("issue to a job")
    RETURNED = "returned", _("return from a job")
    SENT_BACK = "sent_back", _("return to the supplier")
    SCRAP = "scrap", _("scrap")
    COUNT = "count", _("count difference")
    TRANSFER = "transfer", _("transfer")
    PAIRS_IN = "pairs_in", _("pairs in")
    PAIRS_OUT = "pairs_out", _("pairs out")
    BLOCK = "block", _("blocked by QC")
    UNBLOCK = "unblock", _("released by QC")


class ScrapReason(models.TextChoices):
    DAMAGED = "damaged", _("damaged in store")
    DEFECTIVE = "defective", _("defective material")
    SPOILED = "spoiled", _("spoiled in work")
    EXPIRED = "expired", _("too old")
    OTHER = "other", pgettext_lazy("reason", "other")


class StockDocument(models.Model):
    """What one person posted at once: a slip with a number. Its moves stand for good; a wrong one is reversed by another document."""

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    number = models.CharField(_("document"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=MoveKind)
    day = models.DateField(_("day"))
    # given by the form: the same form sent twice is booked once
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, verbose_name=_("job"), related_name="stock_documents")
    counterpart = models.CharField(_("handed to or by"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=ScrapReason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind=MoveKind.ISSUE) | Q(job__isnull=False), name="stock_issue_names_its_job"),
            models.CheckConstraint(
                condition=~Q(kind=MoveKind.SCRAP) | ~Q(reason=""),
                name="stock_scrap_has_a_reason",
                violation_error_message=_("Scrap needs a reason."),
            ),
        ]
        indexes = [
            # the list of documents of a day or kind: procurement.selectors.stock_documents
            models.Index(fields=["plant", "-day", "-id"], name="stock_document_day"),
        ]

    def __str__(self) -> str:
        return self.number


class StockKey(models.Model):
    """Where and what: a material by size and dye lot, or the pairs of an order line by size and the stage that they came from.

    Pairs without a stage are finished shoes. Quantities are in the material's unit, or in pairs.
    """

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    warehouse = models.CharField(_("warehouse"), max_length=10, choices=Warehouse)
    place = models.CharField(_("place"), max_length=20, blank=True)
    size = models.CharField(_("size"), max_length=6, blank=True)
    lot = models.CharField(_("dye lot"), max_length=30, blank=True)
    stage = models.CharField(_("stage"), max_length=20, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)

    class Meta:
        abstract = True


class StockMove(StockKey):
    """One line of the stock ledger. The database lets nobody edit or delete it: a mistake is reversed by another move."""

    # whoever writes a move without these comes from elsewhere in this app: kinds keep their old name as well
    Kind = MoveKind

    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, verbose_name=_("material"), related_name="moves")
    pairs_of = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, verbose_name=_("pairs of"), related_name="pair_moves")
    kind = models.CharField(_("kind"), max_length=12, choices=MoveKind)
    day = models.DateField(_("day"))
    document = models.ForeignKey(StockDocument, models.PROTECT, null=True, blank=True, related_name="moves")
    job = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, verbose_name=_("job"), related_name="stock_moves")
    purchase_line = models.ForeignKey(
        PurchaseOrderLine, models.PROTECT, null=True, blank=True, verbose_name=_("purchase order"), related_name="stock_moves"
    )
    reference = models.CharField(_("document"), max_length=100, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "stock move"), pgettext_lazy("model", "stock moves")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_moves_something"),
            models.CheckConstraint(
                condition=Q(material__isnull=False, pairs_of__isnull=True, stage="") | Q(material__isnull=True, pairs_of__isnull=False),
                name="stock_move_of_material_or_pairs",
            ),
            models.CheckConstraint(condition=~Q(kind=MoveKind.ISSUE) | Q(job__isnull=False), name="stock_move_issue_names_its_job"),
            models.CheckConstraint(
                condition=~Q(warehouse=Warehouse.FINISHED, material__isnull=True) | Q(stage=""), name="stock_move_finished_is_finished"
            ),
        ]
        indexes = [
            # balance by material and size on a day: procurement.selectors.balances
            models.Index(fields=["plant", "warehouse", "material", "size"], name="stock_move_place"),
            # the card of a material, newest first: procurement.selectors.stock_card
            models.Index(fields=["material", "-id"], name="stock_move_card"),
        ]

    def __str__(self) -> str:
        return f"{self.material_id or self.pairs_of_id} {self.size} {self.quantity:+}"


class StockBalance(StockKey):
    """The running sum of the ledger for one key, never below zero. Only the ledger's trigger writes it; it is also the row to lock."""

    material = models.ForeignKey(Material, models.PROTECT, null=True, verbose_name=_("material"), related_name="balances")
    pairs_of = models.ForeignKey(OrderLine, models.PROTECT, null=True, verbose_name=_("pairs of"), related_name="pair_balances")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["material", "pairs_of", "stage", "size", "lot", "plant", "warehouse", "place"],
                name="stock_balance_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_balance_not_negative"),
        ]
        indexes = [
            # what is there in one warehouse: procurement.selectors.stock
            models.Index(fields=["plant", "warehouse", "material"], name="stock_balance_there", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.material_id or self.pairs_of_id} {self.size} {self.quantity}"


class StockRules(models.Model):
    """What the warehouses of a plant allow. One row per plant, made with these defaults when first asked for."""

    plant = models.OneToOneField(Plant, models.CASCADE, related_name="stock_rules")
    over_receipt_percent = models.DecimalField(
        _("taken over the ordered quantity without asking, %"), max_digits=5, decimal_places=2, default=3
    )
    # working days before a stage begins on which its material is chased (E4.1, E5.1, E5.2)
    upstream_days = models.PositiveSmallIntegerField(_("E4.1: with the unit upstream, working days before"), default=2)
    week_days_from = models.PositiveSmallIntegerField(_("E5.1: for the week plan, from working days before"), default=3)
    week_days_to = models.PositiveSmallIntegerField(_("E5.1: for the week plan, to working days before"), default=5)
    collect_days = models.PositiveSmallIntegerField(_("E5.2: collected, working days before"), default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(over_receipt_percent__gte=0), name="stock_rules_over_receipt"),
            models.CheckConstraint(condition=Q(week_days_to__gte=F("week_days_from")), name="stock_rules_week_days"),
        ]

    def __str__(self) -> str:
        return str(self.plant)
