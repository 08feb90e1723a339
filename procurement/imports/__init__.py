"""The sheets purchasing and the warehouses understand: suppliers, materials, usage, stock counts, purchase orders on the way."""

from procurement.imports import master, purchases, stock, usage

__all__ = ["master", "purchases", "stock", "usage"]
