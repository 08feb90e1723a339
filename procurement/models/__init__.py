"""Purchasing and warehouses: materials, usage, stock as a ledger, and what is on order."""

from .counts import StockCount, StockCountLine
from .materials import Material, Supplier, Usage
from .purchasing import PurchaseOrderLine
from .stock import MoveKind, ScrapReason, StockBalance, StockDocument, StockMove, StockRules, Warehouse

__all__ = [
    "Material",
    "MoveKind",
    "PurchaseOrderLine",
    "ScrapReason",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockDocument",
    "StockMove",
    "StockRules",
    "Supplier",
    "Usage",
    "Warehouse",
]
