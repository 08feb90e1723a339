"""When and by whom each stage of a job is done in a plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Min, Sum

from planning_site.core import clock
from planning_site.core.templatetags import figures
from scheduling.models import Plan, PlanEntry
from scheduling.selectors.floor import Floor


@dataclass(frozen=True)
class Window:
    """First and last day of a job at a stage, the teams that share it, and the pairs that are planned there."""

    first: dt.date
    last: dt.date
    teams: tuple[int, ...]
    pairs: int


Windows = dict[int, dict[int, Window]]  # order line → stage → window


def stage_windows(plan: Plan, order_lines: Collection[int]) -> Windows:
    """The windows of some jobs, one query."""
    rows = (
        PlanEntry.objects.filter(plan=plan, order_line__in=order_lines)
        .order_by()
        .values("order_line_id", "stage_id")
        .annotate(first=Min("day"), last=Max("day"), team_ids=ArrayAgg("team_id", distinct=True), total=Sum("pairs"))
    )
    out: Windows = defaultdict(dict)
    for row in rows:
        out[row["order_line_id"]][row["stage_id"]] = Window(row["first"], row["last"], tuple(row["team_ids"]), row["total"])
    return dict(out)


@dataclass(frozen=True)
class StageCell:
    """A job at a stage, with the names of its teams."""

    window: Window
    teams: tuple[str, ...]

    @property
    def days(self) -> str:
        """`12/3–12/8`, `12/28–1/5`; the year stands in `year`."""
        return short_span(self.window.first, self.window.last)

    @property
    def year(self) -> int | None:
        """The year of the first day if it is not this year's. A span into the next year shows that by itself."""
        return self.window.first.year if self.window.first.year != clock.today().year else None

    @property
    def more(self) -> int:
        """Teams beyond the first."""
        return len(self.teams) - 1


def short_span(first: dt.date, last: dt.date) -> str:
    """Two days without their year, as narrow as it can be said: `12/3–12/8`, in English `3–8 Dec`."""
    if figures.is_english():
        ends = f"{last.day} {figures.EN_MONTHS[last.month - 1]}"
        if first == last:
            return ends
        begins = (
            str(first.day) if (first.year, first.month) == (last.year, last.month) else f"{first.day} {figures.EN_MONTHS[first.month - 1]}"
        )
        return f"{begins}–{ends}"
    ends = f"{last.month}/{last.day}"
    return ends if first == last else f"{first.month}/{first.day}–{ends}"


def stage_cell(window: Window | None, floor: Floor) -> StageCell | None:
    """A window with its teams by name; None where the job has no work at the stage."""
    return StageCell(window, tuple(floor.team_names(window.teams))) if window else None
