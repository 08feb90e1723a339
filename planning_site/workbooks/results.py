"""What an import found: per row new, changed, unchanged or wrong, with old and new values."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from planning_site.core.models import Plant, User

from .typed import Record


class RowState(StrEnum):
    """What a row does to the database."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(slots=True)
class RowResult:
    """The outcome of one record; `changes` maps a field to (old, new); `data` is the importer's own.

    `contract` and `sizes` are the figures of an order's row, empty for other kinds.
    """

    record: Record
    state: RowState
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    data: Any = None
    contract: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """Who imports into which plant and when; `file` names the source in the history."""

    by: User | None
    plant: Plant
    today: datetime.date
    file: str = ""
