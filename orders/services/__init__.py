"""What sales does with orders. Every function is one transaction and leaves its history."""

from orders.services.dates import change_due_day
from orders.services.editing import EDITABLE, create_order, update_order
from orders.services.lines import MAX_PAIRS_OF_A_SIZE, KeepPrice, LineInput
from orders.services.states import OrderConflictError, change_state

__all__ = [
    "EDITABLE",
    "MAX_PAIRS_OF_A_SIZE",
    "KeepPrice",
    "LineInput",
    "OrderConflictError",
    "change_due_day",
    "change_state",
    "create_order",
    "update_order",
]
