"""Re-mapping a customer's own file: from what a person says about headers to re-mappings by the signature of each header."""

from collections.abc import Iterator, Mapping
from typing import Any

from planning_site.workbooks.headers import HeaderCell
from planning_site.workbooks.reading import BookReading
from planning_site.workbooks.registry import Remapping
from planning_site.workbooks.services import memory
from planning_site.workbooks.words import normalise


def headers_of(reading: BookReading, kind: str) -> Iterator[tuple[str, tuple[HeaderCell, ...]]]:
    """Yield signature and cells of every table header of a file that is of a kind, or of no known kind."""
    for sheet in reading.sheets:
        if sheet.primary and sheet.signature and sheet.kind.code == kind:
            yield sheet.signature, sheet.cells
    for unknown in reading.unknown:
        yield unknown.signature, unknown.cells


def remap(
    reading: BookReading,
    *,
    kind: str,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    numbers: str = "",
    days: str = "",
    values: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return re-mappings by signature for a file's tables: what was understood already, and over it what a person said.

    `columns` maps header words as written to a field, "" or "size:36". Raises DomainError when a table's mapping would not do.
    """
    said = {normalise(word): meaning for word, meaning in columns.items()}
    replaced = {name: {normalise(word): text for word, text in words.items()} for name, words in (values or {}).items()}
    found: dict[str, dict[str, Any]] = {}
    for signature, cells in headers_of(reading, kind):
        taken = set(said.values()) - {""}
        understood = {normalise(cell.text): cell.meaning for cell in cells if cell.meaning and cell.meaning not in taken}
        mine = {normalise(cell.text): said[normalise(cell.text)] for cell in cells if normalise(cell.text) in said}
        remapping = Remapping(kind, {**understood, **mine}, dict(constants), replaced, numbers, days)
        memory.check_remapping(remapping)
        found[signature] = {
            "kind": kind,
            "columns": dict(remapping.columns),
            "constants": dict(remapping.constants),
            "values": replaced,
            "numbers": numbers,
            "days": days,
        }
    return found
