"""The rows and groups of an inbox."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Key = Literal["now", "overdue", "today", "soon", "planned", "release"]
KEYS: tuple[Key, ...] = ("now", "overdue", "today", "soon", "planned", "release")
COUNTED: tuple[Key, ...] = ("now", "overdue", "today")  # what the red number on the rail adds up

Shape = Literal["late", "risk", "wait", "ok", "draft"]


@dataclass(frozen=True)
class Row:
    """One thing. `when` says how urgent it is, `what` is its name, `whom` what it touches, `why` its cause.

    Rows of a group stand by `rank`, then by `day`.
    """

    group: Key
    shape: Shape
    when: str
    day: dt.date
    kind: str
    what: str
    below: str = ""
    whom: str = ""
    why: str = ""
    url: str = ""
    action: str = ""
    rank: int = 0


@dataclass(frozen=True)
class Group:
    """Rows of one urgency; `hidden` are those behind "show more"."""

    key: Key
    title: str
    rows: tuple[Row, ...]
    total: int

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Inbox:
    """Groups that have rows, most urgent first, and how many rows each urgency has."""

    groups: tuple[Group, ...]
    counts: dict[Key, int]
