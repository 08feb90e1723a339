"""Sales: who orders, what can be ordered, and the orders themselves."""

from orders.models.catalogue import Style, StyleColour
from orders.models.customers import Customer, Salesperson
from orders.models.order import Order, OrderLine

__all__ = ["Customer", "Order", "OrderLine", "Salesperson", "Style", "StyleColour"]
