"""Reads the cells of one row as the types of their fields and names what cannot be read."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import cells as read
from .book import Cell
from .cells import Style, UnreadableError
from .registry import Field, FieldType
from .typed import Record
from .words import normalise

NOISE = Decimal("0.000001")


class Reader:
    """Reads values in one table's style; `notes` counts what was understood although it was not plain."""

    def __init__(self, style: Style, shift: datetime.timedelta, replaced: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.style = style
        self.shift = shift
        self.replaced = replaced or {}
        self.notes: Counter[str] = Counter()

    def field(self, record: Record, item: Field, cell: Cell) -> None:
        """Put a field's value into the record, or blame its cell."""
        if isinstance(cell, str) and item.name in self.replaced:
            cell = self.replaced[item.name].get(normalise(cell), cell)
        try:
            value = self._value(item, cell)
        except UnreadableError as error:
            if item.derived and error.code == "uncalculated":
                return
            record.blame(item.name, error.message, cell)
            return
        if value is not None:
            record.values[item.name] = value

    def pairs(self, record: Record, size: str, cell: Cell) -> None:
        """Add the pairs of one size to the record, or blame the cell."""
        name = f"size:{size}"
        try:
            pairs = read.read_pairs(cell, style=self.style.numbers)
        except UnreadableError as error:
            record.blame(name, error.message, cell, _without_sign(cell) if error.code == "negative" else ())
            return
        if isinstance(cell, str):
            self._note_number(cell)
        if not pairs:
            return
        if size in record.sizes:
            record.blame(name, _("Size %(size)s stands in two cells of this row.") % {"size": size}, cell)
            return
        record.sizes[size] = pairs

    def _value(self, item: Field, cell: Cell) -> Any:
        """Return a cell's value by the field's type, None when blank; raise UnreadableError."""
        if item.type is FieldType.TEXT:
            return _bounded_text(item, read.read_text(cell))
        if item.type is FieldType.DATE:
            day = read.read_date(cell, order=self.style.days)
            if day is not None and isinstance(cell, str):
                self.notes["date_text"] += 1
            return None if day is None else day + self.shift
        if item.type is FieldType.SIZE:
            return read.read_size(cell)
        if item.type is FieldType.CHOICE:
            return _choice(item, read.read_text(cell))
        number = self._number(item, cell)
        if number is not None and isinstance(cell, str):
            self._note_number(cell)
        return number

    def _number(self, item: Field, cell: Cell) -> int | Decimal | None:
        """Return a number within the field's bounds."""
        if item.type is FieldType.PAIRS:
            return read.read_pairs(cell, style=self.style.numbers)
        if item.type is FieldType.INTEGER:
            whole = read.read_integer(cell, style=self.style.numbers, units=item.units)
            _check_bounds(item, whole)
            return whole
        number = read.read_decimal(cell, style=self.style.numbers, units=item.units)
        _check_bounds(item, number)
        return number if number is None or item.places is None else _rounded(number, item.places)

    def _note_number(self, text: str) -> None:
        """Count how a figure written as text was understood."""
        if any("０" <= letter <= "９" for letter in text):
            self.notes["full_width"] += 1
        elif text.strip().replace(".", "", 1).isdigit():
            self.notes["text_number"] += 1
        elif any(letter.isdigit() for letter in text):
            self.notes["unit"] += 1


def _without_sign(cell: Cell) -> tuple[str, ...]:
    """Return negative pairs as they may have been meant."""
    digits = "".join(letter for letter in read.half_width(read.read_text(cell) or "") if letter.isdigit())
    return (digits,) if digits else ()


def _bounded_text(item: Field, text: str | None) -> str | None:
    """Refuse text that does not fit into its field, rather than cutting it."""
    if text is not None and item.max_length and len(text) > item.max_length:
        raise UnreadableError(_("Longer than %(limit)s characters.") % {"limit": item.max_length}, "too_long")
    return text


def _choice(item: Field, text: str | None) -> Any:
    """Return what a word stands for."""
    if text is None:
        return None
    word = normalise(text)
    if word not in item.choices:
        raise UnreadableError(_("Unknown word. Known are: %(words)s.") % {"words": " / ".join(list(item.choices)[:12])}, "choice")
    return item.choices[word]


def _check_bounds(item: Field, number: int | Decimal | None) -> None:
    """Refuse a number outside the field's bounds."""
    if number is not None and item.minimum is not None and number < item.minimum:
        raise UnreadableError(_("Must be at least %(minimum)s.") % {"minimum": item.minimum}, "minimum")
    if number is not None and item.maximum is not None and number > item.maximum:
        raise UnreadableError(_("Must be at most %(maximum)s.") % {"maximum": item.maximum}, "maximum")


def _rounded(number: Decimal, places: int) -> Decimal:
    """Drop what binary arithmetic left behind the last place; refuse a value that really has more places."""
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if abs(rounded - number) > NOISE:
        raise UnreadableError(_("At most %(places)s decimals.") % {"places": places}, "places")
    return rounded


def table_style(numbers: Iterable[Cell], days: Iterable[Cell], numbers_said: str = "", days_said: str = "") -> Style:
    """Return how a table writes figures and days: what a person said, else what all cells that show it agree on."""
    shown: set[Any] = {read.shown_style(cell) for cell in numbers if type(cell) is str} - {""}
    orders: set[Any] = {read.shown_order(cell) for cell in days if type(cell) is str} - {""}
    style: Any = numbers_said or (shown.pop() if len(shown) == 1 else "")
    order: Any = days_said or (orders.pop() if len(orders) == 1 else "")
    if not order and style == "comma" and not orders:
        order = "day_first"  # where a comma is the decimal sign the day is written before the month
    return Style(numbers=style, days=order)
