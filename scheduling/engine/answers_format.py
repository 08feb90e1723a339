"""Answers as plain JSON, and plan files read back: what the commands print and take."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from .bench_format import entry_from_json
from .plan import Entry, Fault
from .reader import Reader

LEFT_AWAY = frozenset({"order"})  # only `keep_promise` needs it


def plain(value: object) -> Any:
    """Dataclasses, mappings and sequences as JSON has them; fields with nothing in them are left away, numbers are rounded."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in LEFT_AWAY}
        return {name: plain(each) for name, each in shown.items() if each not in (None, (), {})}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def read_entries_file(path: Path) -> tuple[Entry, ...] | tuple[Fault, ...]:
    """The entries of a plan file, or everything that is wrong with it. An empty plan is no fault: ask for the type of the first."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        return (Fault("plan", "", f"cannot be read: {error.strerror or error}"),)
    except (ValueError, RecursionError) as error:
        return (Fault("plan", "", f"is not JSON: {error}"),)
    if not isinstance(data, dict):
        return (Fault("plan", "", "must hold one JSON object"),)
    if "entries" not in data:
        return (Fault("plan", "entries", "is missing"),)
    reader = Reader()
    entries = reader.rows(data, "entries", lambda row, subject: entry_from_json(reader, row, subject))
    return tuple(reader.faults) or entries
