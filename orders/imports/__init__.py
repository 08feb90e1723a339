"""The sheets sales understands: customers, styles, colours, order books and manufacturing notices."""

from orders.imports import catalogue, customers, notice, order_book

__all__ = ["catalogue", "customers", "notice", "order_book"]
