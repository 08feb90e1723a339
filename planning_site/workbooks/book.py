"""A workbook in memory: sheets of plain cells, as they come out of the guarded reading process."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias


@dataclass(frozen=True)
class CellError:
    """A cell that holds no value: an Excel error such as #REF!, or a formula that was never calculated (word is empty)."""

    word: str

    def __str__(self) -> str:
        return self.word or "="


Cell: TypeAlias = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | CellError | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows[0]` is Excel's row 1; `filled` are the values merged cells lend to the cells below their first."""

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell at row and column counted from 1, None outside the sheet."""
        if 1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1]):
            return self.rows[row - 1][column - 1]
        return None

    @cached_property
    def filled(self) -> dict[tuple[int, int], Cell]:
        """Values of merged ranges by the (row, column) they reach down to, first column of the range only."""
        values: dict[tuple[int, int], Cell] = {}
        for top, left, bottom, _right in self.merged:
            value = self.cell(top, left)
            if value is not None and bottom > top:
                values.update({(row, left): value for row in range(top + 1, min(bottom, len(self.rows)) + 1)})
        return values


@dataclass(frozen=True)
class Book:
    """A file as read: its name, format ("xlsx" or "csv") and sheets."""

    name: str
    format: str
    sheets: tuple[Sheet, ...] = field(default_factory=tuple)
    encoding: str = ""
    separator: str = ""


def column_letters(number: int) -> str:
    """Return Excel's letters of a column counted from 1."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
