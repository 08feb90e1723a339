"""The form layout: labelled values anywhere on the sheet and a block of sizes with pairs below them."""

from collections.abc import Iterator
from dataclasses import dataclass

from .book import Cell, Sheet
from .cells import is_blank
from .headers import as_size
from .labels import Labelled, labelled
from .registry import SheetKind
from .words import normalise

SIZE_WORDS = frozenset(
    map(normalise, ("配码", "尺码", "码数", "码号", "码段", "码", "鞋码", "size", "sizes", "size run", "taille", "talla", "tamanho"))
)
PAIRS_WORDS = frozenset(map(normalise, ("双数", "数量", "订单双数", "数量(双)", "订单数", "pairs", "quantity", "qty", "pares")))
SEARCHED_ROWS = 400
ROWS_TO_PAIRS = 3


@dataclass(frozen=True)
class Form:
    """A form found on a sheet: its labelled values, and per cell (row, column) of pairs its size."""

    kind: SheetKind
    values: tuple[Labelled, ...]
    sizes: dict[tuple[int, int], str]
    pairs: dict[tuple[int, int], Cell]

    @property
    def score(self) -> int:
        """How well the kind fits, comparable with a table's header."""
        return len({item.name for item in self.values}) + min(len(set(self.sizes.values())), 3)


def find(sheet: Sheet, kind: SheetKind) -> Form | None:
    """Return the form on a sheet, None when required labels or the size block are not there."""
    rows = range(1, min(SEARCHED_ROWS, len(sheet.rows)) + 1)
    values = list(labelled(sheet, kind.words, rows))
    names = {item.name for item in values}
    if any(item.required and item.name not in names for item in kind.fields):
        return None
    sizes: dict[tuple[int, int], str] = {}
    pairs: dict[tuple[int, int], Cell] = {}
    for head, body in _size_blocks(sheet, rows):
        for column in range(1, len(sheet.rows[head - 1]) + 1):
            _take_column(sheet, kind, head, body, column, sizes, pairs, values)
    if kind.size_run and not sizes:
        return None
    return Form(kind, tuple(values), sizes, pairs)


def _size_blocks(sheet: Sheet, rows: range) -> Iterator[tuple[int, int]]:
    """Yield the rows of sizes and of their pairs: a row labelled as sizes, and below it one labelled as pairs."""
    for row in rows:
        if not _starts_with(sheet, row, SIZE_WORDS) or not any(as_size(cell) for cell in sheet.rows[row - 1]):
            continue
        for below in range(row + 1, min(row + ROWS_TO_PAIRS, len(sheet.rows)) + 1):
            if _starts_with(sheet, below, PAIRS_WORDS):
                yield row, below
                break


def _starts_with(sheet: Sheet, row: int, words: frozenset[str]) -> bool:
    """Tell whether the first filled cell of a row is one of the words."""
    first = next((cell for cell in sheet.rows[row - 1] if not is_blank(cell)), None)
    return isinstance(first, str) and normalise(first) in words


def _take_column(
    sheet: Sheet,
    kind: SheetKind,
    head: int,
    body: int,
    column: int,
    sizes: dict[tuple[int, int], str],
    pairs: dict[tuple[int, int], Cell],
    values: list[Labelled],
) -> None:
    """Take one column of a size block: a size with its pairs, or the total."""
    cell = sheet.cell(head, column)
    size = as_size(cell)
    below = sheet.cell(body, column)
    if size:
        sizes[body, column] = size
        pairs[body, column] = below
    elif isinstance(cell, str) and kind.words.get(normalise(cell)) == "total" and below is not None:
        values.append(Labelled("total", body, column, below))
