"""Rows and headers of the order book as its template shows them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders import prices
from orders.models import Order, OrderLine
from orders.selectors.book import LIVE
from orders.sizes import in_order
from planning_site.core.models import User

# The chip's shape says the state before its colour does.
STATE_SHAPES = {Order.State.OPEN: "wait", Order.State.ON_HOLD: "risk", Order.State.CANCELLED: "frozen", Order.State.CLOSED: "done"}


@dataclass(frozen=True)
class Row:
    """One line of the book."""

    line: OrderLine
    run: Mapping[str, int]
    folded: str
    days_overdue: int
    price: Decimal | None
    hides_price: bool
    shape: str


@dataclass(frozen=True)
class Heading:
    """A column's header with the query string of its next sort: ascending, descending, the book's own order."""

    label: str
    css: str
    query: str | None = None
    direction: str = ""


def folded(run: Mapping[str, int]) -> str:
    """`38–45`, the first and last size that is ordered."""
    sizes = list(run)
    return sizes[0] if len(sizes) == 1 else f"{sizes[0]}–{sizes[-1]}"


def book_row(line: OrderLine, user: User, today: dt.date) -> Row:
    run = in_order(line.sizes)
    sees = prices.may_see(user, line.order)
    overdue = (today - line.due_on).days if line.order.state in LIVE else 0
    return Row(
        line=line,
        run=run,
        folded=folded(run),
        days_overdue=max(overdue, 0),
        price=line.price if sees else None,
        hides_price=not sees,
        shape=STATE_SHAPES[Order.State(line.order.state)],
    )


def columns(query: QueryDict, sort: str, *, with_price: bool) -> list[Heading]:
    named = [
        ("number", _("Contract"), "c-no"),
        ("po", "PO", "c-po"),
        ("customer", _("Customer"), "c-cu"),
        ("salesperson", _("Salesperson"), "c-sp"),
        ("style", _("Style · colour"), "c-st"),
        ("", _("Size run"), "c-run"),
        ("pairs", _("Pairs"), "c-pa num"),
        ("ordered", _("Ordered"), "c-or"),
        ("due", pgettext("order", "Due"), "c-du"),
        ("state", _("State"), "c-ss"),
    ]
    headings = [
        Heading(label, css, _next_sort(query, sort, name), _direction(sort, name)) if name else Heading(label, css)
        for name, label, css in named
    ]
    return [*headings, Heading(_("Price"), "c-pr num")] if with_price else headings


def _direction(sort: str, name: str) -> str:
    return {name: "ascending", f"-{name}": "descending"}.get(sort, "")


def _next_sort(query: QueryDict, sort: str, name: str) -> str:
    left = query.copy()
    left.pop("page", None)
    left.pop("sort", None)
    if sort != f"-{name}":
        left["sort"] = f"-{name}" if sort == name else name
    return left.urlencode()
