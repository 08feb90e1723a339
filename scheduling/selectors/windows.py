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
        """`12/3–12/8`, with the year where it is not this year's: `2027/1/5–1/8`."""
        return span(self.window.first, self.window.last)

    @property
    def more(self) -> int:
        """Teams beyond the first."""
        return len(self.teams) - 1


def span(first: dt.date, last: dt.date) -> str:
    """Two days as narrow as they can be said without doubt: `12/3–12/8`, `12/28–2027/1/5`; in English `3–8 Dec`, `28 Dec–5 Jan 2027`.

    As for a single day, this year is not named; of two days in the same other year the year is said once.
    """
    if first == last:
        return figures.day(first)
    begins = first.year if first.year != clock.today().year else None
    ends: int | None = None
    if first.year != last.year:
        ends = last.year  # without it the day would be read as one of the first day's year
    elif figures.is_english():
        begins, ends = None, begins
    if figures.is_english() and (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{short_day(last, ends)}"
    return f"{short_day(first, begins)}–{short_day(last, ends)}"


def short_day(day: dt.date, year: int | None = None) -> str:
    """`12/3`, `2027/1/5`, in English `3 Dec`, `5 Jan 2027`; the caller says whether with a year."""
    if figures.is_english():
        return f"{day.day} {figures.EN_MONTHS[day.month - 1]}" + (f" {year}" if year else "")
    return (f"{year}/" if year else "") + f"{day.month}/{day.day}"


def stage_cell(window: Window | None, floor: Floor) -> StageCell | None:
    """A window with its teams by name; None where the job has no work at the stage."""
    return StageCell(window, tuple(floor.team_names(window.teams))) if window else None
