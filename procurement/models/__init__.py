"""Purchasing and warehouses: materials, usage, stock as a ledger, and what is on order."""

from .materials import Material, Supplier, Usage
from .purchasing import PurchaseOrderLine
from .stock import StockMove, Warehouse

__all__ = ["Material", "PurchaseOrderLine", "StockMove", "Supplier", "Usage", "Warehouse"]
