"""The release gate as planning asks for it (C5): which styles may run on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from orders.models import Style
from quality.selectors.outlook import Cell, Outlook, releases_of


@dataclass(frozen=True)
class NotReady:
    """A style that is to start on a day on which its release is neither there nor expected before."""

    style: Style
    start: dt.date
    outlook: Outlook

    @property
    def expected_on(self) -> dt.date | None:
        """The day of the release as it looks now; None: nobody can name one."""
        return self.outlook.expected_on

    @property
    def holds(self) -> Cell | None:
        """The step that everything waits for now, with its owner; None without a plan."""
        return self.outlook.first_open


def not_ready(starts: Mapping[int, dt.date], *, today: dt.date | None = None) -> list[NotReady]:
    """Of styles (by id) with their first day of work, those that are not released and not expected to be before it, by start day."""
    styles = Style.objects.filter(pk__in=starts)
    found = releases_of(styles, today=today)
    held = [NotReady(outlook.style, starts[pk], outlook) for pk, outlook in found.items() if not _is_ready(outlook, starts[pk])]
    return sorted(held, key=lambda row: (row.start, row.style.code))


def _is_ready(outlook: Outlook, start: dt.date) -> bool:
    return outlook.is_released or (outlook.expected_on is not None and outlook.expected_on < start)
