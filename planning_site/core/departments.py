"""The departments of the procedure. A person belongs to one or more; each is a Django group of the same code."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.TextChoices):
    SALES = "sales", _("Sales")
    PLANNING = "planning", _("Planning")
    TECHNICAL = "technical", _("Technical")
    QC = "qc", _("QC")
    PURCHASING = "purchasing", _("Purchasing")
    PRODUCTION = "production", _("Production office")
    WORKSHOP = "workshop", _("Workshop")
    WAREHOUSE = "warehouse", _("Warehouse")
    GM = "gm", _("General manager's office")
