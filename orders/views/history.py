"""The history of an order in words: who, when, what from what to what, why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.services.history import CHANGED, ENTERED, LINE_ADDED, LINE_REMOVED
from orders.services.states import STATE_CHANGED
from orders.sizes import in_order
from planning_site.core.audit import history_of
from planning_site.core.models import Change
from planning_site.core.templatetags.figures import day as shown_day

PRICE_FIELDS = frozenset({"price", "amount"})
FIELDS: Mapping[str, str | Promise] = {
    "customer": gettext_lazy("customer"),
    "po": gettext_lazy("customer PO"),
    "number": gettext_lazy("contract no."),
    "salesperson": gettext_lazy("salesperson"),
    "ordered_on": gettext_lazy("ordered on"),
    "packing": gettext_lazy("packing"),
    "note": gettext_lazy("note"),
    "state": gettext_lazy("state"),
    "style": gettext_lazy("style"),
    "colour": gettext_lazy("colour"),
    "sizes": gettext_lazy("size run"),
    "pairs": gettext_lazy("pairs"),
    "price": gettext_lazy("price"),
    "due_on": gettext_lazy("due"),
}
ACTIONS: Mapping[str, str | Promise] = {
    ENTERED: gettext_lazy("entered the order"),
    CHANGED: gettext_lazy("changed"),
    LINE_ADDED: gettext_lazy("line"),
    LINE_REMOVED: gettext_lazy("took the line out"),
    STATE_CHANGED: gettext_lazy("changed the state"),
}


@dataclass(frozen=True)
class Edit:
    """One field: `before` is empty for what is new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """What one person did to the order or to one of its lines at one time."""

    at: dt.datetime
    who: str
    action: str
    line: str
    edits: list[Edit]
    why: str
    is_first: bool


def history(order: Order, *, with_price: bool) -> list[Event]:
    """All events, newest first. Who may not see prices does not read them here either."""
    lines = {line.pk: f"{line.style} {line.colour}" for line in order.lines.all()}
    changes = history_of(order, *order.lines.all())
    return [event for change in changes if (event := _event(change, lines, with_price))]


def _event(change: Change, lines: Mapping[int, str], with_price: bool) -> Event | None:
    is_line = change.object_type.endswith("orderline")
    ranked = sorted(change.values.items(), key=lambda item: list(FIELDS).index(item[0]) if item[0] in FIELDS else len(FIELDS))
    values = {name: pair for name, pair in ranked if with_price or name not in PRICE_FIELDS}
    if change.values and not values and not change.why:
        return None
    removed = change.action == LINE_REMOVED
    edits = _run_edits(values) if change.action == CHANGED else []
    edits += [
        Edit(str(FIELDS.get(name, name)), _shown(name, before), _shown(name, after))
        for name, (before, after) in values.items()
        if not (name in ("style", "colour") and (is_line or removed)) and not (name == "sizes" and change.action == CHANGED)
    ]
    return Event(
        at=change.at,
        who=str(change.by) if change.by else _("import"),
        action=str(ACTIONS.get(change.action, change.action)),
        line=lines.get(change.object_id, "") if is_line else _removed_line(values) if removed else "",
        edits=edits,
        why=change.why,
        is_first=change.action == ENTERED,
    )


def _removed_line(values: Mapping[str, Any]) -> str:
    return " ".join(str(values[name][0]) for name in ("style", "colour") if name in values)


def _run_edits(values: Mapping[str, Any]) -> list[Edit]:
    """A changed size run reads size by size."""
    if "sizes" not in values:
        return []
    before, after = (in_order(run or {}) for run in values["sizes"])
    names = in_order({**dict.fromkeys(before, 1), **dict.fromkeys(after, 1)})
    return [
        Edit(_("size %(size)s") % {"size": size}, str(before.get(size, 0)), str(after.get(size, 0)))
        for size in names
        if before.get(size) != after.get(size)
    ]


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "state" and value in Order.State.values:
        return str(Order.State(value).label)
    if isinstance(value, dict):
        return "  ".join(f"{size}×{pairs}" for size, pairs in in_order(value).items())
    if name in ("due_on", "ordered_on"):
        return shown_day(dt.date.fromisoformat(str(value)))
    return f"{value:,}" if isinstance(value, int) else str(value)
