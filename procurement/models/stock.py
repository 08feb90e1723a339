"""The three warehouses: one ledger of moves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_site.core.models import Plant

from .materials import Material


class Warehouse(models.TextChoices):
    MAIN = "main", _("main warehouse")
    TRANSIT = "transit", _("transit warehouse")
    FINISHED = "finished", _("finished goods")


class StockMove(models.Model):
    """One line of the stock ledger. Never edited or deleted: a mistake is reversed by another move. Balances are sums."""

    class Kind(models.TextChoices):
        COUNT = "count", _("count difference")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    warehouse = models.CharField(_("warehouse"), max_length=10, choices=Warehouse)
    material = models.ForeignKey(Material, models.PROTECT, verbose_name=_("material"), related_name="moves")
    size = models.CharField(_("size"), max_length=6, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.DateField(_("day"))
    reference = models.CharField(_("document"), max_length=100, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_moves_something")]
        # balance by material and size: procurement.selectors.balances
        indexes = [models.Index(fields=["plant", "warehouse", "material", "size"], name="stock_move_place")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.size} {self.quantity:+}"
