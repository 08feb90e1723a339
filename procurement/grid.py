"""Tables that people type or paste into: rows of a posted form, their cells as they were typed, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from planning_site.workbooks.cells import half_width

MOST_ROWS = 500
NAME = re.compile(r"rows-(\d{1,4})-(.+)")
SEPARATORS = str.maketrans("", "", ", \u00a0'，")


@dataclass
class Row:
    """One row: the cells as they were typed, and an error by cell; the error of the whole row stands at an empty name."""

    index: int
    cells: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def blame(self, name: str, message: str) -> None:
        """Say what is wrong with a cell; the first reason stays."""
        self.errors.setdefault(name, message)

    def number(self, name: str) -> Decimal | None:
        """The number in a cell, None where it is blank or (with an error) is none. Full-width digits and separators are understood."""
        text = half_width(self.text(name)).translate(SEPARATORS)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            self.blame(name, _("“%(text)s” is not a number.") % {"text": self.text(name)})
            return None
        if not value.is_finite() or value < 0 or abs(value) >= Decimal(10) ** 11:
            self.blame(name, _("“%(text)s” is not a quantity.") % {"text": self.text(name)})
            return None
        return value

    def day(self, name: str) -> dt.date | None:
        """The day in a cell, as `2026-12-22`; None where it is blank or (with an error) is none."""
        text = half_width(self.text(name)).replace("/", "-").replace(".", "-")
        if not text:
            return None
        try:
            return dt.date(*map(int, text.split("-")))
        except (ValueError, TypeError):
            self.blame(name, _("“%(text)s” is not a day: write it like 2026-12-22.") % {"text": self.text(name)})
            return None


def rows_of(data: Mapping[str, str], counted: Sequence[str]) -> list[Row]:
    """The rows of a posted table in their order. One whose `counted` cells are all blank is no row."""
    found: dict[int, dict[str, str]] = {}
    for key, value in data.items():
        match = NAME.fullmatch(key)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = str(value).strip()
    rows = [Row(index, cells) for index, cells in sorted(found.items()) if any(cells.get(name) for name in counted)]
    return rows[:MOST_ROWS]
