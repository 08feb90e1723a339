"""A recognised row with its cells read: typed values, or what is wrong with which cell."""

from dataclasses import dataclass, field
from typing import Any

from .book import Cell, column_letters
from .cells import UnreadableError, read_text


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


@dataclass(slots=True)
class Record:
    """One record of a table or form. Blank cells are absent from `values`; `sizes` maps a size to its pairs.

    `where` maps a field (or "size:36") to the (row, column) of its cell, `raw` the same to what the cell holds.
    """

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    where: dict[str, tuple[int, int]] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    raw: dict[str, Cell] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    rows: tuple[int, ...] = ()

    def cell_of(self, name: str) -> tuple[int, int]:
        """Return row and column of a field's cell, column 0 when the sheet has no such column."""
        return self.where.get(name) or (self.row, self.columns.get(name, 0))

    def blame(self, name: str, reason: str, value: Cell = None) -> None:
        """Name a field's cell as wrong; `name` may be "size:36"."""
        row, column = self.cell_of(name)
        shown = value if value is not None else self.raw.get(name)
        self.wrong.append(
            Wrong(
                sheet=self.sheet,
                row=row,
                column=column_letters(column),
                value=text_of(shown),
                reason=reason,
                contract=str(self.values.get("contract") or ""),
                field=name,
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
