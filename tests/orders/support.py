"""What the pages of orders are sent, and how their answers are read."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse

from orders.models import Customer, Order, Style


def line_data(style: Style, colour: str, pairs: Sequence[object], *, style_code: str = "", **values: object) -> dict[str, Any]:
    """One line of the form: pairs in the order of the style's sizes."""
    fields = {"style": style_code or style.code, "colour": colour, "due_on": "2026-12-22", "price": "151.10", "note": "", "stated": ""}
    return fields | values | {f"size-{size}": n for size, n in zip(style.sizes, pairs, strict=True)}


def entry_data(customer: Customer | None, *lines: Mapping[str, Any], order: Order | None = None, **header: object) -> dict[str, Any]:
    """The whole form as a browser sends it."""
    data: dict[str, Any] = {
        "customer": customer.name if customer else "",
        "po": "",
        "salesperson": "",
        "ordered_on": "2026-12-08",
        "due_on": "",
    }
    data |= {"packing": "", "note": "", "order": order.pk if order else "", "version": order.version if order else "", "base": ""}
    data |= {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0, "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 1000}
    for n, line in enumerate(lines):
        data |= {f"lines-{n}-{name}": value for name, value in line.items()}
    return data | header


def plain(answer: Any) -> str:
    """The page's HTML with attribute quotes as they are and entities read."""
    assert isinstance(answer, HttpResponse)
    return html.unescape(answer.content.decode())
