"""Streams the XML of a workbook before any parser sees it: real extent of a sheet, forbidden declarations, error cells.

Python-calamine aborts its process on a sheet with one far-away cell and turns error cells into blanks; both are caught here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .limits import Limits
from .refusal import RefusalError

FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
CELL = re.compile(rb"<(?:\w+:)?c(?:\s([^>]*?))?(/)?>")
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br\s*=\s*[\"']([0-9]{1,8})[\"']")
ERROR_TYPE = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
ERROR_VALUE = re.compile(rb"<(?:\w+:)?c\s([^>]*?\bt\s*=\s*[\"']e[\"'][^>]*)>.{0,4000}?<(?:\w+:)?v>([^<]{1,20})<", re.DOTALL)
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*[^>/])>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*[^>/]>[^<]*</(?:\w+:)?f>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass
class SheetFacts:
    """Extent of the cells that hold something, counted from 1, and cells whose value is an error or was never calculated."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)


def guarded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass XML chunks on, refusing document type and entity declarations and encodings a byte search would not see through."""
    tail = b""
    first = True
    for chunk in chunks:
        if first and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:4]):
            raise RefusalError("encoding")
        first = False
        window = tail + chunk
        if any(word in window for word in FORBIDDEN):
            raise RefusalError("entities")
        tail = window[-16:]
        yield chunk


def scan_sheet(chunks: Iterable[bytes], limits: Limits) -> SheetFacts:
    """Return what a sheet really holds, refusing it as soon as it passes the limits."""
    facts = SheetFacts()
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        cut = buffer.rfind(b"row>") + 4
        if cut < 4:
            if len(buffer) > limits.row_bytes:
                raise RefusalError("bomb", limit=limits.inflated_bytes // (1024 * 1024))
            continue
        _scan(buffer[:cut], facts, limits)
        buffer = buffer[cut:]
    _scan(buffer, facts, limits)
    if facts.rows * facts.columns > limits.area:
        raise RefusalError("too_many_cells", limit=limits.cells)
    return facts


def _scan(part: bytes, facts: SheetFacts, limits: Limits) -> None:
    """Count the cells of some whole rows."""
    unplaced = False
    last_column, widest = b"", facts.columns
    for match in CELL.finditer(part):
        attributes, closed = match.groups()
        if closed:
            continue
        facts.cells += 1
        reference = REFERENCE.search(attributes or b"")
        if reference is None:
            unplaced = True
            continue
        letters, number = reference.groups()
        if letters != last_column:
            last_column = letters
            widest = max(widest, column_number(letters))
        facts.rows = max(facts.rows, int(number))
    facts.columns = widest
    if unplaced:
        facts.rows = max([facts.rows, *(int(number) for number in ROW.findall(part))])
    _check(facts, limits)
    if ERROR_TYPE.search(part):
        for attributes, value in ERROR_VALUE.findall(part):
            _note(attributes, lambda at, value=value: facts.errors.update({at: value.decode("ascii", "replace")}))
    for attributes in UNCALCULATED.findall(part):
        _note(attributes, facts.uncalculated.add)


def _note(attributes: bytes, keep: object) -> None:
    """Call `keep` with the position named in a cell's attributes."""
    reference = REFERENCE.search(attributes)
    if reference is not None and callable(keep):
        keep((int(reference.group(2)), column_number(reference.group(1))))


def _check(facts: SheetFacts, limits: Limits) -> None:
    """Refuse a sheet beyond the limits."""
    if facts.rows > limits.rows:
        raise RefusalError("too_many_rows", limit=limits.rows, found=facts.rows)
    if facts.columns > limits.columns:
        raise RefusalError("too_many_columns", limit=limits.columns, found=facts.columns)
    if facts.cells > limits.cells:
        raise RefusalError("too_many_cells", limit=limits.cells)


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
