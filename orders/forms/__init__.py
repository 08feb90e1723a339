"""Order entry and the small forms around it."""

from orders.forms.entry import OrderEntry
from orders.forms.reason import ReasonForm

__all__ = ["OrderEntry", "ReasonForm"]
