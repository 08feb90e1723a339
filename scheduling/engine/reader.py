"""Takes values out of parsed JSON and notes every wrong one instead of stopping at the first."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from .plan import Fault

T = TypeVar("T")
MISSING = object()
NEEDED = {"stages": "stage", "lines": "line", "jobs": "job"}  # lists that must be there, and what one of their objects is called
CALLED = NEEDED | {"tools": "tool"}


class Reader:
    """Collects faults; every method gives a value of the right type, wrong ones are replaced by a neutral one."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def note(self, subject: str, field: str, wanted: str, value: Any) -> None:
        what = "is missing" if value is MISSING else f"must be {wanted}, not {_short(value)}"
        self.faults.append(Fault(subject, field, what))

    def known(self, row: Mapping[str, Any], names: frozenset[str], subject: str) -> None:
        """Every field that is not one of the names is a mistake: nothing is passed over in silence."""
        for name in row:
            if name not in names:
                self.faults.append(Fault(subject, name, "is not a known field"))

    def text(self, row: Mapping[str, Any], field: str, subject: str) -> str:
        value = row.get(field, MISSING)
        if isinstance(value, str) and value:
            return value
        self.note(subject, field, "a text", value)
        return ""

    def whole(self, row: Mapping[str, Any], field: str, subject: str, default: int = 0) -> int:
        value = row.get(field, MISSING)
        if _is_number(value) and float(value).is_integer():
            return int(value)
        self.note(subject, field, "a whole number", value)
        return default

    def number(self, row: Mapping[str, Any], field: str, subject: str, default: float = 0.0) -> float:
        value = row.get(field, MISSING)
        if _is_number(value):
            return float(value)
        self.note(subject, field, "a number", value)
        return default

    def numbers(self, row: Mapping[str, Any], field: str, subject: str) -> tuple[float, ...]:
        value = row.get(field, MISSING)
        if not isinstance(value, list):
            self.note(subject, field, "a list of numbers", value)
            return ()
        for i, x in enumerate(value):
            if not _is_number(x):
                self.note(subject, field, f"numbers (day {i})", x)
                return ()
        return tuple(map(float, value))

    def texts(self, row: Mapping[str, Any], field: str, subject: str) -> tuple[str, ...]:
        value = row.get(field, MISSING)
        if isinstance(value, list) and all(isinstance(x, str) for x in value):
            return tuple(value)
        self.note(subject, field, "a list of texts", value)
        return ()

    def some(self, row: Mapping[str, Any], field: str, subject: str) -> frozenset[str]:
        """A list of texts that may be absent."""
        return frozenset(self.texts(row, field, subject)) if field in row else frozenset()

    def inner(self, row: Mapping[str, Any], field: str, subject: str) -> Mapping[str, Any]:
        value = row.get(field, MISSING)
        if isinstance(value, dict):
            return value
        self.note(subject, field, "an object", value)
        return {}

    def table(self, row: Mapping[str, Any], field: str, subject: str, read: Callable[[Mapping[str, Any], str, str], T]) -> dict[str, T]:
        """An object of values by name, each read by `read(object, name, subject)`; absent means none."""
        value = row.get(field, {})
        if not isinstance(value, dict):
            self.note(subject, field, "an object", value)
            return {}
        return {name: read(value, name, f"{subject}: {field}") for name in value}

    def rows(
        self,
        data: Mapping[str, Any],
        field: str,
        read: Callable[[Mapping[str, Any], str], T],
        subject: str = "problem",
        *,
        needed: bool = False,
    ) -> tuple[T, ...]:
        """Every object of a list, read by `read(row, subject)`; subjects are called by id where they have one."""
        value = data.get(field, MISSING if needed or field in NEEDED else [])
        if not isinstance(value, list):
            self.note(subject, field, "a list", value)
            return ()
        return tuple(self._each(value, CALLED.get(field, field), read))

    def _each(self, value: list[Any], kind: str, read: Callable[[Mapping[str, Any], str], T]) -> Iterator[T]:
        for i, row in enumerate(value):
            if isinstance(row, dict):
                yield read(row, f"{kind} {row['id']}" if isinstance(row.get("id"), str) else f"{kind} number {i + 1}")
            else:
                self.note(f"{kind} number {i + 1}", "", "an object", row)


def _is_number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 10**15
    return isinstance(value, float) and math.isfinite(value)


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 40 else shown[:37] + "..."
