"""Finds the header of a table by its words: which row, which kind, which column is what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from .book import Cell, Sheet
from .cells import UnreadableError, is_blank, read_size
from .registry import Knowledge, Remapping, SheetKind
from .words import normalise, signature_of, variants

SEARCHED_ROWS = 40
FEWEST_CELLS = 2
SIZE_PREFIX = "size:"
SIZE_SCORE = 3


@dataclass(frozen=True)
class HeaderCell:
    """One column's head: its text, the comparable word, and its meaning: a field, "size:36" or "" (not used)."""

    column: int
    text: str
    word: str
    meaning: str = ""


@dataclass(frozen=True)
class Header:
    """The header of one table: `row` is its last row; columns are counted from 1."""

    kind: SheetKind
    row: int
    cells: tuple[HeaderCell, ...]
    signature: str
    remapping: Remapping | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    sizes: dict[int, str] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, int]:
        """Columns by field and, as "size:36", by size; the first where a size has two."""
        sizes = {f"{SIZE_PREFIX}{size}": column for column, size in reversed(self.sizes.items())}
        return {**self.columns, **sizes}

    @property
    def score(self) -> int:
        """How well the kind fits: fields found, and some for size columns."""
        return len(self.columns) + min(len(self.sizes), SIZE_SCORE)

    @property
    def complete(self) -> bool:
        """Tell whether every required column is there, or given as a constant of a re-mapping."""
        given = self.remapping.constants if self.remapping else {}
        if any(item.required and item.name not in self.columns and item.name not in given for item in self.kind.fields):
            return False
        if not self.kind.size_run:
            return True
        return bool(self.sizes) or ("size" in self.columns and "pairs" in self.columns)


@dataclass(frozen=True)
class Candidate:
    """The texts of one row, or of two rows read as one header: per column the words to try and the cell itself."""

    row: int
    texts: tuple[tuple[int, tuple[str, ...], Cell], ...]

    def signature(self) -> str:
        """Return the fingerprint of the words, without size columns, so that men's and women's sheets are one."""
        words = (normalise(texts[0]) for _, texts, cell in self.texts if as_size(cell) is None)
        return signature_of(words)


def as_size(cell: Cell) -> str | None:
    """Return the size a head cell names, None when it names none."""
    try:
        return read_size(cell)
    except UnreadableError:
        return None


def candidates(sheet: Sheet) -> Iterator[Candidate]:
    """Yield every row near the top that could be a header: first each alone, then each together with the row below it."""
    rows = range(1, min(SEARCHED_ROWS, len(sheet.rows)) + 1)
    for found in (*map(partial(single_row, sheet), rows), *map(partial(two_rows, sheet), rows)):
        if found is not None and len(found.texts) >= FEWEST_CELLS:
            yield found


def single_row(sheet: Sheet, row: int) -> Candidate:
    """Return one row as a candidate."""
    cells = sheet.rows[row - 1]
    texts = tuple((column, (str(cell),), cell) for column, cell in enumerate(cells, 1) if not is_blank(cell))
    return Candidate(row, texts)


def two_rows(sheet: Sheet, row: int) -> Candidate | None:
    """Return two rows as one header where the lower one is no data: blank or merged below the words, sizes or words elsewhere."""
    upper, lower = row, row + 1
    if lower > len(sheet.rows):
        return None
    texts: list[tuple[int, tuple[str, ...], Cell]] = []
    below = 0
    for column in range(1, max(len(sheet.rows[upper - 1]), len(sheet.rows[lower - 1])) + 1):
        above, under = sheet.cell(upper, column), sheet.cell(lower, column)
        if is_blank(above) and is_blank(under):
            continue
        if is_blank(under):
            texts.append((column, (str(above),), above))
            continue
        if not isinstance(under, str) and as_size(under) is None:
            return None
        below += 1
        group = _group_above(sheet, upper, column)
        # Never the upper word alone: a data row below a plain header would pass for a second header row.
        words = (str(under),) if is_blank(group) else (str(under), f"{group}{under}")
        texts.append((column, words, under))
    return Candidate(lower, tuple(texts)) if below else None


def _group_above(sheet: Sheet, row: int, column: int) -> Cell:
    """Return the head above a column: its own, or that of the merged range reaching over it."""
    own = sheet.cell(row, column)
    if not is_blank(own):
        return own
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and left <= column <= right:
            return sheet.cell(top, left)
    return None


def read_header(candidate: Candidate, kind: SheetKind, knowledge: Knowledge) -> Header:
    """Say what each column of a candidate means for a kind; the result may be incomplete."""
    signature = candidate.signature()
    remapping = knowledge.remappings.get(signature)
    if remapping is not None and remapping.kind != kind.code:
        remapping = None
    added = knowledge.aliases.get(kind.code, {})
    columns: dict[str, int] = {}
    sizes: dict[int, str] = {}
    cells = []
    for column, texts, cell in candidate.texts:
        meaning = _meaning(texts, cell, kind, added, remapping)
        if meaning.startswith(SIZE_PREFIX):
            sizes[column] = meaning.removeprefix(SIZE_PREFIX)
        elif meaning in columns:
            meaning = ""
        elif meaning:
            columns[meaning] = column
        cells.append(HeaderCell(column, texts[0], normalise(texts[0]), meaning))
    _settle_pairs(kind, columns, sizes)
    named = {column: name for name, column in columns.items()}
    settled = tuple(
        HeaderCell(item.column, item.text, item.word, item.meaning if item.column in sizes else named.get(item.column, ""))
        for item in cells
    )
    return Header(kind, candidate.row, settled, signature, remapping, columns, sizes)


def _meaning(texts: Sequence[str], cell: Cell, kind: SheetKind, added: Mapping[str, str], remapping: Remapping | None) -> str:
    """Return the field or size of one head, "" for none: a person's word first, then added and built-in aliases, then sizes."""
    if remapping is not None:
        for text in texts:
            if normalise(text) in remapping.columns:
                return remapping.columns[normalise(text)]
    for text in texts:
        for word in variants(text):
            name = added.get(word) or kind.words.get(word)
            if name:
                return name
    size = as_size(cell) if kind.size_run else None
    return f"{SIZE_PREFIX}{size}" if size else ""


def _settle_pairs(kind: SheetKind, columns: dict[str, int], sizes: dict[int, str]) -> None:
    """A column `pairs` beside size columns is their total; a column `total` beside one size a row is its pairs."""
    if not kind.size_run:
        return
    if sizes and "size" not in columns and "pairs" in columns:
        column = columns.pop("pairs")
        columns.setdefault("total", column)
    elif not sizes and "size" in columns and "pairs" not in columns and "total" in columns:
        columns["pairs"] = columns.pop("total")


def best_header(sheet: Sheet, kind: SheetKind, knowledge: Knowledge) -> Header | None:
    """Return the best complete header of a kind on a sheet, the topmost among equals, a single row before two."""
    best: Header | None = None
    for candidate in candidates(sheet):
        header = read_header(candidate, kind, knowledge)
        if header.complete and (best is None or header.score > best.score):
            best = header
    return best


def likeliest_header(sheet: Sheet) -> Candidate | None:
    """Return the row that looks most like a header, for a sheet of no known kind: the one with the most different words."""
    found = [
        item for item in candidates(sheet) if len({texts[0] for _, texts, cell in item.texts if isinstance(cell, str)}) >= FEWEST_CELLS
    ]
    return max(found, key=lambda item: (sum(isinstance(cell, str) for _, _, cell in item.texts), -item.row), default=None)
