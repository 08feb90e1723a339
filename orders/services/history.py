"""What a change of an order leaves behind: who, when, and for every field the value before and after, as people read it."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from orders.models import Order, OrderLine
from planning_site.core import audit
from planning_site.core.models import User

HEADER = ("customer", "po", "salesperson", "ordered_on", "packing", "note")
LINE = ("style", "colour", "sizes", "pairs", "price", "due_on", "note")
ENTERED, CHANGED, LINE_ADDED, LINE_REMOVED = "entered", "changed", "line_added", "line_removed"

Values = dict[str, Any]


def header_values(order: Order) -> Values:
    return {name: _shown(getattr(order, name)) for name in HEADER}


def line_values(line: OrderLine) -> Values:
    return {name: _shown(getattr(line, name)) for name in LINE}


def all_line_values(order: Order) -> dict[int, Values]:
    """Values of every line by its id, as the database has them."""
    return {line.pk: line_values(line) for line in order.lines.select_related("style", "colour")}


def record_entered(order: Order, *, by: User | None) -> None:
    """The first row of an order's history, with the whole order."""
    entries = [audit.Entry(order, ENTERED, _difference({}, header_values(order)))]
    entries += [audit.Entry(line, LINE_ADDED, _difference({}, line_values(line))) for line in _lines(order)]
    audit.record_many(entries, by=by)


def record_changed(order: Order, header: Values, lines: dict[int, Values], *, by: User | None) -> bool:
    """Compare with the values from before and record what differs. Tells whether anything did."""
    entries = [audit.Entry(order, CHANGED, _difference(header, header_values(order)))]
    after = {line.pk: line for line in _lines(order)}
    for pk, values in lines.items():
        if pk not in after:
            # A line that is gone has no history of its own any more: the order keeps it.
            entries.append(audit.Entry(order, LINE_REMOVED, _difference(values, {})))
    for pk, line in after.items():
        action = CHANGED if pk in lines else LINE_ADDED
        entries.append(audit.Entry(line, action, _difference(lines.get(pk, {}), line_values(line))))
    wanted = [entry for entry in entries if entry.values]
    audit.record_many(wanted, by=by)
    return bool(wanted)


def _lines(order: Order) -> Iterable[OrderLine]:
    return order.lines.select_related("style", "colour")


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, int | str | dict):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def _difference(before: Values, after: Values) -> dict[str, tuple[Any, Any]]:
    names = [*before, *(name for name in after if name not in before)]
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    # What was empty and stays empty is no news, whether it was None or "".
    return {name: pair for name, pair in pairs.items() if (pair[0] or None) != (pair[1] or None)}
