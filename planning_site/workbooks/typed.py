"""A recognised row with its cells read: typed values, or what is wrong with which cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .book import Cell, column_letters
from .cells import UnreadableError, read_text

Place: TypeAlias = tuple[int, int, Cell]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong cell: sheet, row as Excel numbers it, column letters ("" when no single cell is to blame), value and reason."""

    sheet: str
    row: int | None
    column: str
    value: str
    reason: str
    contract: str = ""
    field: str = ""
    # what may have been meant, to be offered, never taken by itself
    suggestions: tuple[str, ...] = ()


@dataclass(slots=True)
class Record:
    """One record of a table or form. Blank cells are absent from `values`; `sizes` maps a size to its pairs.

    Cells are found through `columns` (field or "size:36" to column, shared by all rows of a table) in `line`, the row as
    read, or through `elsewhere` (to row, column and cell) when they stand in another row: thousands of rows stay small.
    """

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    line: Sequence[Cell] = ()
    elsewhere: dict[str, Place] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    rows: tuple[int, ...] = ()

    def place_of(self, name: str) -> Place:
        """Return row, column and cell of a field, column 0 when the sheet has no such column."""
        if name in self.elsewhere:
            return self.elsewhere[name]
        column = self.columns.get(name, 0)
        return self.row, column, self.line[column - 1] if 0 < column <= len(self.line) else None

    def places(self) -> dict[str, Place]:
        """Return the places of all fields and sizes that have one."""
        names = dict.fromkeys([*self.columns, *self.elsewhere])
        return {name: place for name in names if (place := self.place_of(name))[1]}

    def blame(self, name: str, reason: str, value: Cell = None, suggestions: Sequence[str] = ()) -> None:
        """Name a field's cell as wrong; `name` may be "size:36"."""
        row, column, cell = self.place_of(name)
        self.wrong.append(
            Wrong(
                sheet=self.sheet,
                row=row,
                column=column_letters(column),
                value=text_of(cell if value is None else value),
                reason=reason,
                contract=str(self.values.get("contract") or ""),
                field=name,
                suggestions=tuple(suggestions),
            )
        )

    def blames(self, prefix: str) -> bool:
        """Tell whether a cell of this field (or of a field beginning so) was already named."""
        return any(item.field.startswith(prefix) for item in self.wrong)


def text_of(value: Cell) -> str:
    """Return a cell as people see it, for naming it as wrong."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return read_text(value) or ""
    except UnreadableError:
        return str(value)
