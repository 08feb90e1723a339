"""Purchasing and warehouses: materials, usage, stock as a ledger, and what is on order."""

from .counts import StockCount, StockCountLine
from .kits import JobKit
from .materials import D5_DAYS, Material, MaterialCategory, Supplier, SupplierContact, Unit
from .purchasing import Chase, PurchaseOrder, PurchaseOrderLine
from .requirements import Claim, NeededDay, Requirement, RequirementRun
from .stock import MoveKind, ScrapReason, StockBalance, StockDocument, StockMove, StockRules, Warehouse
from .usage import PartStage, StageOffset, Usage, UsageVersion

__all__ = [
    "D5_DAYS",
    "Chase",
    "Claim",
    "JobKit",
    "Material",
    "MaterialCategory",
    "MoveKind",
    "NeededDay",
    "PartStage",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Requirement",
    "RequirementRun",
    "ScrapReason",
    "StageOffset",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockDocument",
    "StockMove",
    "StockRules",
    "Supplier",
    "SupplierContact",
    "Unit",
    "Usage",
    "UsageVersion",
    "Warehouse",
]
