"""Walks down a recognised table: blocks under repeated headers, data rows, and the rows that are passed over and counted."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from .book import Cell, Sheet
from .cells import is_blank
from .headers import Header, read_header, single_row, two_rows
from .registry import FieldType, Knowledge
from .words import is_signature, is_subtotal, variants

NEVER_FILLED = (FieldType.PAIRS, FieldType.INTEGER, FieldType.SIZE)


class Passed(StrEnum):
    """Why a row is no data row."""

    TITLE = "title"
    HEADER = "header"
    SUBTOTAL = "subtotal"
    SIGNATURE = "signature"
    NOTE = "note"
    BLANK = "blank"


@dataclass
class Table:
    """A table on a sheet: its headers (one per block) with their data rows, and how many rows of which sort were passed over."""

    sheet: Sheet
    header: Header
    rows: list[tuple[Header, int]] = field(default_factory=list)
    passed: Counter[Passed] = field(default_factory=Counter)


def walk(sheet: Sheet, header: Header, knowledge: Knowledge) -> Table:
    """Sort every row of the sheet, from the one after the header on, into data rows and rows passed over."""
    table = Table(sheet, header)
    table.passed[Passed.HEADER] += 1
    table.passed[Passed.TITLE] = sum(any(not is_blank(cell) for cell in row) for row in sheet.rows[: header.row - 1])
    current, done = header, header.row
    for row in range(header.row + 1, len(sheet.rows) + 1):
        if row <= done:
            continue
        cells = sheet.rows[row - 1]
        again = _header_again(sheet, row, current, knowledge)
        if again is not None:
            current, done = again, again.row
            table.passed[Passed.HEADER] += 1
            continue
        sort = _sort(cells, current)
        if sort is None:
            table.rows.append((current, row))
        elif sort is Passed.BLANK and header.kind.block and table.rows:
            break
        else:
            table.passed[sort] += 1
    return table


def _header_again(sheet: Sheet, row: int, current: Header, knowledge: Knowledge) -> Header | None:
    """Return the header that begins a new block at a row, of one row or two; None for any other row."""
    if not _may_be_header(sheet.rows[row - 1], current):
        return None
    for candidate in (single_row(sheet, row), two_rows(sheet, row)):
        again = read_header(candidate, current.kind, knowledge) if candidate is not None else None
        if again is not None and again.complete:
            return again
    return None


def _may_be_header(cells: list[Cell], header: Header) -> bool:
    """Tell cheaply whether a row could repeat the header: two of the first columns hold header words."""
    hits = 0
    for column in list(header.columns.values())[:4]:
        cell = cells[column - 1] if column <= len(cells) else None
        if isinstance(cell, str) and len(cell) < 40 and any(word in header.kind.words for word in variants(cell)):
            hits += 1
    return hits >= min(2, len(header.columns))


def _sort(cells: list[Cell], header: Header) -> Passed | None:
    """Return why a row is passed over, None for a data row."""
    if all(is_blank(cell) for cell in cells):
        return Passed.BLANK
    keys = _filled_keys(cells, header)
    wanted = sum(1 for item in header.kind.fields if item.key and item.name in header.columns)
    substance = _substance(cells, header)
    if keys < wanted:
        texts = [cell for cell in cells if isinstance(cell, str)]
        if any(is_subtotal(text) for text in texts):
            return Passed.SUBTOTAL
        if any(is_signature(text) for text in texts) and not substance[0]:
            return Passed.SIGNATURE
    if keys or substance[0] or substance[1] > 1:
        return None
    return Passed.NOTE if any(isinstance(cell, str) and cell.strip() for cell in cells) else Passed.BLANK


def _filled_keys(cells: list[Cell], header: Header) -> int:
    """Count key fields that hold something other than the label of a total or signature."""
    count = 0
    for item in header.kind.fields:
        column = header.columns.get(item.name, 0) if item.key else 0
        cell = cells[column - 1] if 0 < column <= len(cells) else None
        if not is_blank(cell) and not (isinstance(cell, str) and (is_subtotal(cell) or is_signature(cell))):
            count += 1
    return count


def _substance(cells: list[Cell], header: Header) -> tuple[int, int]:
    """Count figures and days, and all values, in columns that make a row a data row."""
    figures = values = 0
    for name, column in header.columns.items():
        cell = cells[column - 1] if column <= len(cells) else None
        if is_blank(cell) or header.kind.by_name[name].derived:
            continue
        values += 1
        figures += isinstance(cell, int | float | datetime.date) and cell != 0
    for column in header.sizes:
        cell = cells[column - 1] if column <= len(cells) else None
        if isinstance(cell, str):
            figures += any(letter.isdigit() for letter in cell)
        elif not is_blank(cell) and cell != 0:
            figures += 1
    return figures, values


def cells_of(sheet: Sheet, header: Header, row: int) -> Iterator[tuple[str, Cell]]:
    """Yield field name and cell of a data row, merged values filled down where a value may stand for several rows."""
    cells = sheet.rows[row - 1]
    width = len(cells)
    for name, column in header.columns.items():
        cell = cells[column - 1] if column <= width else None
        if cell is None and (row, column) in sheet.filled:
            item = header.kind.by_name[name]
            if item.type not in NEVER_FILLED and not item.derived:
                cell = sheet.filled[row, column]
        yield name, cell
