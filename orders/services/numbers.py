"""Contract numbers: `HT`, the day of the order and a running number of that day, without gaps or doubles."""

import datetime as dt

from orders.models import Order
from planning_site.core.numbering import next_number

PREFIX = "HT"


def series_of(ordered_on: dt.date) -> str:
    """`HT261208` for 8 December 2026."""
    return f"{PREFIX}{ordered_on:%y%m%d}"


def next_order_number(ordered_on: dt.date) -> str:
    """The next free number of the day, `HT261208-001` first; numbers that came in with a workbook are passed over.

    The series stays locked until the caller's transaction ends, so a rollback gives the number back.
    """
    series = series_of(ordered_on)
    while True:
        number = f"{series}-{next_number(series):03}"
        if not Order.objects.filter(number=number).exists():
            return number
