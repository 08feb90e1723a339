"""Puts an import's outcome into plain figures: for the command's JSON and for the job's page."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from planning_site.core import access
from planning_site.workbooks.book import column_letters
from planning_site.workbooks.headers import SIZE_PREFIX
from planning_site.workbooks.results import RowResult, RowState
from planning_site.workbooks.services.running import FileOutcome, SheetOutcome, contract_named
from planning_site.workbooks.typed import Place, Record, Wrong, text_of

KEPT_WRONG = 2_000
KEPT_CHANGED = 200


def row_states(outcome: FileOutcome) -> Counter[RowState]:
    """Count rows by what they do. A row that feeds two kinds counts once: as wrong, else as its first kind says, else changed."""
    states: dict[tuple[str, int], RowState] = {}
    for sheet in outcome.sheets:
        if sheet.reading.primary:
            states.update({(result.record.sheet, result.record.row): result.state for result in sheet.results})
    for sheet in outcome.sheets:
        if sheet.reading.primary:
            continue
        for result in sheet.results:
            at = (result.record.sheet, result.record.row)
            if result.state is RowState.WRONG or (states.get(at) is RowState.UNCHANGED and result.state is not RowState.UNCHANGED):
                states[at] = RowState.WRONG if result.state is RowState.WRONG else RowState.CHANGED
            elif at not in states and result.state is not RowState.UNCHANGED:
                states[at] = result.state
    return Counter(states.values())


def order_figures(outcome: FileOutcome) -> tuple[int, dict[str, int]]:
    """Return distinct contracts and pairs by size, smallest size first, of the good rows."""
    contracts: set[str] = set()
    pairs: Counter[str] = Counter()
    for result in outcome.results:
        if result.contract and result.state is not RowState.WRONG:
            contracts.add(result.contract)
            pairs.update(result.sizes)
    return len(contracts), {size: pairs[size] for size in sorted(pairs, key=float)}


def as_json(outcome: FileOutcome) -> dict[str, Any]:
    """Return the figures of one file as the command prints them."""
    orders, by_size = order_figures(outcome)
    states = row_states(outcome)
    kind = outcome.reading.kind if outcome.reading is not None and not outcome.refused else None
    return {
        "file": outcome.name,
        "kind": kind,
        "orders": orders,
        "pairs": sum(by_size.values()),
        "pairs_by_size": by_size,
        "new": states[RowState.NEW],
        "changed": states[RowState.CHANGED],
        "unchanged": states[RowState.UNCHANGED],
        "wrong": [wrong_json(item) for item in outcome.wrong],
    }


def wrong_json(item: Wrong) -> dict[str, Any]:
    """Return a wrong cell as the command prints it; what is not known is null."""
    return {
        "sheet": item.sheet or None,
        "row": item.row,
        "column": item.column or None,
        "value": item.value,
        "reason": item.reason,
        "contract": item.contract or None,
    }


def page_result(outcome: FileOutcome) -> dict[str, Any]:
    """Return what the job's page shows: figures, sheets with their columns, and the first wrong and changed rows."""
    sheets = [_sheet(sheet) for sheet in outcome.sheets]
    figures = as_json(outcome)
    figures["wrong"] = len(outcome.wrong)
    return {
        **figures,
        "wrong_rows": row_states(outcome)[RowState.WRONG],
        "sheets": sheets,
        "unknown": [
            {
                "sheet": item.sheet,
                "header_row": item.header_row,
                "signature": item.signature,
                "cells": [asdict(cell) for cell in item.cells],
            }
            for item in (outcome.reading.unknown if outcome.reading else [])
        ],
        "hidden": outcome.reading.hidden if outcome.reading else [],
        "withheld": [
            {"sheet": item.sheet, "kind": item.kind.code, "departments": sorted(access.IMPORTS.get(item.kind.code, ()))}
            for item in outcome.withheld
        ],
        "refused": outcome.refused,
        "wrong_cells": [asdict(item) for item in outcome.wrong[:KEPT_CHANGED]],
    }


def _sheet(sheet: SheetOutcome) -> dict[str, Any]:
    """Return one sheet: what was understood, and its wrong and changed rows."""
    reading = sheet.reading
    states = Counter(result.state.value for result in sheet.results)
    return {
        "sheet": reading.sheet,
        "kind": reading.kind.code,
        "primary": reading.primary,
        "header_row": reading.header_row,
        "signature": reading.signature,
        "cells": [asdict(cell) | {"letters": column_letters(cell.column)} for cell in reading.cells],
        "passed": {sort.value: count for sort, count in reading.passed.items() if count},
        "notes": dict(reading.notes),
        "states": dict(states),
        "rows": len(sheet.results),
        "wrong": [_row(result) for result in sheet.results if result.state is RowState.WRONG][:KEPT_WRONG],
        "changed": [_row(result) for result in sheet.results if result.state is RowState.CHANGED][:KEPT_CHANGED],
    }


def _row(result: RowResult) -> dict[str, Any]:
    """Return one row's cells by field, what is wrong with it and what it changes."""
    record = result.record
    return {
        "row": record.row,
        "contract": result.contract,
        "cells": {name: _cell(record, name, place) for name, place in record.places().items()},
        "wrong": [asdict(item) for item in contract_named(result)],
        "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in result.changes.items()},
    }


def _cell(record: Record, name: str, place: Place) -> dict[str, Any]:
    """Return one cell's place and text; where a merged cell above lends its value, that."""
    row, column, cell = place
    lent = record.values.get(name) if cell is None else None
    return {"row": row, "column": column, "text": str(lent) if lent is not None else text_of(cell)}


def _plain(value: Any) -> Any:
    """Return a value that JSON keeps."""
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)


def field_of(meaning: str) -> str:
    """Return the size of a "size:36" meaning, "" for a field."""
    return meaning.removeprefix(SIZE_PREFIX) if meaning.startswith(SIZE_PREFIX) else ""
