"""The sheets purchasing and the warehouses understand: suppliers, materials, usage, stock counts, purchase orders, matching details."""

from procurement.imports import kit_detail, master, purchases, stock, usage

__all__ = ["kit_detail", "master", "purchases", "stock", "usage"]
