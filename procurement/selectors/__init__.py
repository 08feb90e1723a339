"""What others read of purchasing and the warehouses."""

from procurement.selectors.arrivals import STILL_COMING, arriving, coming, on_order, overdue, unconfirmed
from procurement.selectors.stock import balances

__all__ = ["STILL_COMING", "arriving", "balances", "coming", "on_order", "overdue", "unconfirmed"]
