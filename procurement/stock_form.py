"""Reads what a storekeeper filled in: quantities by line, the form's own key, the day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from planning_site.core import clock
from planning_site.core.errors import DomainError
from planning_site.workbooks.cells import half_width
from procurement.selectors.stock_desk import SlipLine

MOST = Decimal(99_999_999_999)


def keep(lines: Iterable[SlipLine], data: QueryDict) -> None:
    """Bring what was typed back into the lines, so that a refused slip comes back as it was."""
    for line in lines:
        line.value = data.get(f"q-{line.key}", "")
        line.lot, line.place = data.get(f"lot-{line.key}", ""), data.get(f"place-{line.key}", "")


def filled(lines: Iterable[SlipLine]) -> list[tuple[SlipLine, Decimal]]:
    """The lines with a quantity; an empty one and 0 are left out. Raises DomainError (`quantity`) for what is no number."""
    found = []
    for line in lines:
        quantity = number(line.value, f"{line.title} {line.size}".strip())
        if quantity:
            found.append((line, quantity))
    return found


def number(text: str, where: str) -> Decimal | None:
    """`1,200.5`, `１２０`, `120双`: a quantity, or None where nothing stands. Raises DomainError (`quantity`)."""
    plain = half_width(text).replace(",", "").replace(" ", "").rstrip("双码米克个副")
    if not plain:
        return None
    try:
        quantity = Decimal(plain)
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or abs(quantity) > MOST:
        raise DomainError(_("%(where)s: “%(text)s” is no quantity.") % {"where": where, "text": text[:20]}, "quantity")
    return quantity


def form_key(data: QueryDict) -> uuid.UUID:
    """The key that the form was made with. Raises DomainError (`key`)."""
    try:
        return uuid.UUID(data.get("key", ""))
    except ValueError as error:
        raise DomainError(_("This form is incomplete. Open it again."), "key") from error


def form_day(data: QueryDict) -> dt.date:
    """The day of the slip; today where none is given. Raises DomainError (`day`)."""
    text = half_width(data.get("day", ""))
    if not text:
        return clock.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise DomainError(_("“%(text)s” is no day.") % {"text": text[:20]}, "day") from error
