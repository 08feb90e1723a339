"""From a book to records: recognises each sheet's kind, walks its rows and reads their cells. Knows no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from . import forms, tables
from .book import Book, Sheet, column_letters
from .cells import is_blank
from .headers import Header, HeaderCell, best_header, likeliest_header
from .labels import labelled
from .registry import FieldType, Knowledge, SheetKind
from .tables import Passed, Table
from .typed import Place, Record
from .values import Reader, table_style

NUMERIC = (FieldType.PAIRS, FieldType.INTEGER, FieldType.DECIMAL)


@dataclass
class SheetReading:
    """One sheet read as one kind. `primary` is False for a second kind that takes other columns of the same sheet."""

    sheet: str
    kind: SheetKind
    records: list[Record]
    primary: bool = True
    header_row: int = 0
    cells: tuple[HeaderCell, ...] = ()
    signature: str = ""
    passed: Counter[Passed] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class UnknownSheet:
    """A sheet with a table of no known kind, and what its header seems to be."""

    sheet: str
    header_row: int
    cells: tuple[HeaderCell, ...]
    signature: str


@dataclass
class BookReading:
    """All sheets of a file: read, unknown, and hidden ones that are left alone and named."""

    book: Book
    sheets: list[SheetReading] = field(default_factory=list)
    unknown: list[UnknownSheet] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str | None:
        """The kind of workbook: that of its first primary sheet in the order of writing."""
        primary = [item.kind for item in self.sheets if item.primary]
        return min(primary, key=lambda kind: kind.priority).book if primary else None


def read_book(book: Book, kinds: Sequence[SheetKind], knowledge: Knowledge) -> BookReading:
    """Read every visible sheet of a book."""
    reading = BookReading(book)
    for sheet in book.sheets:
        if sheet.hidden:
            reading.hidden.append(sheet.name)
            continue
        found = recognise(sheet, kinds, knowledge)
        if found:
            reading.sheets.extend(found)
        else:
            unknown = _unknown(sheet, knowledge)
            if unknown is not None:
                reading.unknown.append(unknown)
    return reading


def recognise(sheet: Sheet, kinds: Sequence[SheetKind], knowledge: Knowledge) -> list[SheetReading]:
    """Read a sheet as its best kind and as the kinds that go with it; empty when it is of no known kind."""
    scored: list[tuple[int, int, Header | forms.Form]] = []
    for order, kind in enumerate(kinds):
        if kind.companion_of:
            continue
        fit = forms.find(sheet, kind) if kind.form else best_header(sheet, kind, knowledge)
        if fit is not None:
            scored.append((fit.score + 100 * (isinstance(fit, Header) and fit.remapping is not None), -order, fit))
    if not scored:
        return []
    best = max(scored, key=lambda item: item[:2])[2]
    readings = [_read_form(sheet, best, knowledge) if isinstance(best, forms.Form) else _read_table(sheet, best, knowledge)]
    for kind in kinds:
        if kind.companion_of == best.kind.code:
            header = best_header(sheet, kind, knowledge)
            if header is not None:
                readings.append(replace(_read_table(sheet, header, knowledge), primary=False))
    return readings


def _unknown(sheet: Sheet, knowledge: Knowledge) -> UnknownSheet | None:
    """Describe a sheet of no known kind; None when it holds no table at all, or only sums of the other sheets."""
    candidate = likeliest_header(sheet)
    if candidate is None or len(candidate.texts) < 3 or len(sheet.rows) <= candidate.row:
        return None
    signature = candidate.signature()
    if signature in knowledge.sums:
        return None
    cells = tuple(HeaderCell(column, texts[0], texts[0]) for column, texts, _cell in candidate.texts)
    return UnknownSheet(sheet.name, candidate.row, cells, signature)


def _read_table(sheet: Sheet, header: Header, knowledge: Knowledge) -> SheetReading:
    """Read a table's rows into records."""
    table = tables.walk(sheet, header, knowledge)
    reader = _reader(table, knowledge)
    above = _preamble(sheet, header)
    records = [_record(table.sheet, block, row, reader, above) for block, row in table.rows]
    if header.kind.size_run and not header.sizes and header.kind.group_by:
        records = _grouped(records, header.kind.group_by)
    return SheetReading(
        sheet=sheet.name,
        kind=header.kind,
        records=records,
        header_row=header.row,
        cells=header.cells,
        signature=header.signature,
        passed=table.passed,
        notes=reader.notes,
    )


def _reader(table: Table, knowledge: Knowledge) -> Reader:
    """Return a reader in the style the table's own cells show, or a person settled."""
    header, remapping = table.header, table.header.remapping
    by_name = header.kind.by_name
    numeric = [column for name, column in header.columns.items() if by_name[name].type in NUMERIC] + list(header.sizes)
    dates = [column for name, column in header.columns.items() if by_name[name].type is FieldType.DATE]
    rows = [table.sheet.rows[row - 1] for _, row in table.rows]
    style = table_style(
        (row[column - 1] for row in rows for column in numeric if column <= len(row)),
        (row[column - 1] for row in rows for column in dates if column <= len(row)),
        remapping.numbers if remapping else "",
        remapping.days if remapping else "",
    )
    return Reader(style, knowledge.shift, remapping.values if remapping else None)


def _preamble(sheet: Sheet, header: Header) -> dict[str, Place]:
    """Return field and place of the labelled values above a table, and the constants of a re-mapping."""
    words = {word: name for word, name in header.kind.words.items() if header.kind.by_name[name].preamble}
    found = {item.name: (item.row, item.column, item.cell) for item in labelled(sheet, words, range(1, header.row))} if words else {}
    if header.remapping:
        found.update({name: (header.row, 0, value) for name, value in header.remapping.constants.items()})
    return {name: place for name, place in found.items() if name not in header.columns}


def _record(sheet: Sheet, header: Header, row: int, reader: Reader, above: dict[str, Place]) -> Record:
    """Read one data row."""
    kind = header.kind
    cells = sheet.rows[row - 1]
    record = Record(sheet=sheet.name, row=row, columns=header.places, line=cells, elsewhere=above, rows=(row,))
    for name, (_row, _column, cell) in above.items():
        reader.field(record, kind.by_name[name], cell)
    for name, cell in tables.cells_of(sheet, header, row):
        if cell is not None:
            reader.field(record, kind.by_name[name], cell)
    for column, size in header.sizes.items():
        cell = cells[column - 1] if column <= len(cells) else None
        if cell is not None:
            reader.pairs(record, size, cell)
    if kind.size_run and not header.sizes:
        _one_size(record)
    _check_needed(record, kind)
    return record


def _one_size(record: Record) -> None:
    """Turn a row's `size` and `pairs` into a size run of one size."""
    size, pairs = record.values.pop("size", None), record.values.pop("pairs", None)
    if size is None and not record.blames("size"):
        record.blame("size", _("The size is missing."))
    if pairs is None and not record.blames("pairs"):
        record.blame("pairs", _("The pairs are missing."))
    if size is not None:
        # In this layout a size has a cell of its own, which is to blame when the size is wrong. The rows share one dict of places: this
        # row gets its own before it is added to.
        record.elsewhere = {**record.elsewhere, f"size:{size}": record.place_of("size")}
        if pairs:
            record.sizes[size] = pairs


def _check_needed(record: Record, kind: SheetKind) -> None:
    """Blame the cells of a data row that may not be blank."""
    for item in kind.fields:
        if item.needed and item.name not in record.values and not record.blames(item.name):
            record.blame(item.name, _("%(field)s is missing.") % {"field": item.label})


def _grouped(records: Iterable[Record], group_by: tuple[str, ...]) -> list[Record]:
    """Join rows of one size each that belong together; a later row that says something else than the first is wrong."""
    groups: dict[tuple[Any, ...], Record] = {}
    joined: list[Record] = []
    for record in records:
        key = tuple(record.values.get(name) for name in group_by)
        first = groups.get(key) if None not in key else None
        if first is None:
            groups[key] = record
            joined.append(record)
        else:
            _join(first, record)
    return joined


def _join(first: Record, record: Record) -> None:
    """Add a later row's size to the record of its group."""
    for name, value in record.values.items():
        if name in first.values and first.values[name] != value and name not in ("total", "serial"):
            record.blame(name, _("Row %(row)s of the same order line says %(value)s.") % {"row": first.row, "value": first.values[name]})
        else:
            first.values.setdefault(name, value)
    for size, pairs in record.sizes.items():
        if size in first.sizes:
            record.blame(
                f"size:{size}", _("Size %(size)s of this order line stands in row %(row)s too.") % {"size": size, "row": first.row}
            )
        else:
            first.sizes[size] = pairs
            first.elsewhere[f"size:{size}"] = record.elsewhere[f"size:{size}"]
    first.wrong.extend(record.wrong)
    first.rows += record.rows


def _read_form(sheet: Sheet, form: forms.Form, knowledge: Knowledge) -> SheetReading:
    """Read a form into its one record."""
    reader = Reader(table_style(form.pairs.values(), (item.cell for item in form.values)), knowledge.shift)
    row = min((item.row for item in form.values), default=1)
    record = Record(sheet=sheet.name, row=row, rows=(row,))
    for item in form.values:
        if item.name not in record.elsewhere:
            record.elsewhere[item.name] = (item.row, item.column, item.cell)
            reader.field(record, form.kind.by_name[item.name], item.cell)
    for (at, column), cell in form.pairs.items():
        size = form.sizes[at, column]
        record.elsewhere[f"size:{size}"] = (at, column, cell)
        reader.pairs(record, size, cell)
    _check_needed(record, form.kind)
    cells = tuple(HeaderCell(item.column, f"{column_letters(item.column)}{item.row}", item.name, item.name) for item in form.values)
    return SheetReading(sheet=sheet.name, kind=form.kind, records=[record], header_row=row, cells=cells, notes=reader.notes)


def correct(book: Book, corrections: Mapping[tuple[str, int, int], str]) -> Book:
    """Return the book with some cells replaced by what a person typed; cells are (sheet, row, column) counted from 1."""
    sheets = []
    for sheet in book.sheets:
        mine = {(row, column): text for (name, row, column), text in corrections.items() if name == sheet.name}
        if not mine:
            sheets.append(sheet)
            continue
        rows = [list(row) for row in sheet.rows]
        for (row, column), text in mine.items():
            if 1 <= row <= len(rows) and column >= 1:
                rows[row - 1].extend([None] * (column - len(rows[row - 1])))
                rows[row - 1][column - 1] = text if not is_blank(text) else None
        sheets.append(Sheet(sheet.name, rows, sheet.hidden, sheet.merged))
    return replace(book, sheets=tuple(sheets))
