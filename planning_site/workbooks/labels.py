"""Finds labelled values: `客户 | 永兴鞋业`, `单号: HT261102-072`, the way forms and the lines above a table carry them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .book import Cell, Sheet
from .cells import half_width, is_blank
from .words import variants

REACH = 8
_INLINE = re.compile(r"([^\s:：]+(?: [^\s:：]+)?)\s*[:：]\s*(.*?)(?=\s{2,}[^:：]+[:：]|\s+[^\s:：]+[:：]|$)")


@dataclass(frozen=True)
class Labelled:
    """A value found beside or behind its label: field, place counted from 1, and the cell."""

    name: str
    row: int
    column: int
    cell: Cell


def labelled(sheet: Sheet, words: Mapping[str, str], rows: range) -> Iterator[Labelled]:
    """Yield the labelled values in the given rows for `words` (normalised label to field), in reading order."""
    for row in rows:
        cells = sheet.rows[row - 1]
        for column, cell in enumerate(cells, 1):
            if not isinstance(cell, str) or is_blank(cell):
                continue
            inline = list(_inline(cell, words))
            if inline:
                yield from (Labelled(name, row, column, value) for name, value in inline)
                continue
            name = _field(cell, words)
            if name:
                beside = _beside(sheet, row, column, words)
                if beside is not None:
                    yield Labelled(name, row, beside[0], beside[1])


def _field(text: str, words: Mapping[str, str]) -> str:
    """Return the field a label names, "" when it is none."""
    return next((words[word] for word in variants(text) if word in words), "")


def _inline(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield field and value of every `label: value` inside one cell."""
    if ":" not in text and "：" not in text:
        return
    for match in _INLINE.finditer(half_width(text)):
        name = _field(match.group(1), words)
        if name and match.group(2).strip():
            yield name, match.group(2).strip()


def _beside(sheet: Sheet, row: int, column: int, words: Mapping[str, str]) -> tuple[int, Cell] | None:
    """Return column and value of the first filled cell to the right, None when that is another label or too far."""
    cells = sheet.rows[row - 1]
    for right in range(column + 1, min(column + REACH, len(cells)) + 1):
        cell = cells[right - 1]
        if is_blank(cell):
            continue
        if isinstance(cell, str) and (_field(cell, words) or list(_inline(cell, words))):
            return None
        return right, cell
    return None
