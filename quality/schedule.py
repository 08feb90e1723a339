"""Days of pre-production, as pure functions: worked back from the day of release (C1, E2), and what is to be expected now.

A step takes whole working days and ends on a working day. Nothing is read or stored here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from planning_site.core.calendar import WorkingCalendar

Days = dict[str, dt.date]


@dataclass(frozen=True)
class Task:
    """A step: its code, the working days it takes (at least 1), the codes it waits for."""

    code: str
    days: int
    after: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"{self.code} takes no day")


@dataclass(frozen=True)
class Scheduled:
    """The last day of each step. `fits` tells whether all of it lies between the first and the last day that were asked for."""

    days: Days
    fits: bool


@dataclass(frozen=True)
class Progress:
    """Where a step stands. `is_open_ended`: whoever owes it cannot name a day."""

    planned_on: dt.date
    forecast_on: dt.date | None = None
    is_open_ended: bool = False
    done_on: dt.date | None = None


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """The tasks, each after those it waits for; among equals in the order given. Raises ValueError for a circle."""
    known = {task.code: task for task in tasks}
    sorter = TopologicalSorter({code: sorted(task.after & known.keys()) for code, task in known.items()})
    try:
        return [known[code] for code in sorter.static_order()]
    except CycleError as error:
        raise ValueError(f"steps wait for each other: {', '.join(error.args[1])}") from error


def without(tasks: Iterable[Task], dropped: Collection[str]) -> list[Task]:
    """The tasks that are left; what waited for a dropped one waits for whatever that one waited for."""
    ordered = in_order(tasks)
    reach: dict[str, frozenset[str]] = {}
    for task in ordered:
        reach[task.code] = frozenset().union(*(reach[code] if code in dropped else {code} for code in task.after if code in reach))
    return [Task(task.code, task.days, reach[task.code]) for task in ordered if task.code not in dropped]


def backward(tasks: Iterable[Task], calendar: WorkingCalendar, *, last: dt.date) -> Days:
    """The latest last day of each step so that all are done by `last`: each ends the working day before the next one begins."""
    ordered = in_order(tasks)
    end = calendar.previous_working(last, before=False)
    days: Days = {}
    for task in reversed(ordered):
        begins = [first_day(other, days[other.code], calendar) for other in ordered if task.code in other.after]
        days[task.code] = min([end, *(calendar.previous_working(day) for day in begins)])
    return days


def forward(tasks: Iterable[Task], calendar: WorkingCalendar, *, first: dt.date) -> Days:
    """The earliest last day of each step when the first ones begin on `first`."""
    begin = calendar.next_working(first, after=False)
    days: Days = {}
    for task in in_order(tasks):
        start = max([begin, *(calendar.next_working(days[code]) for code in task.after if code in days)])
        days[task.code] = calendar.add(start, task.days - 1)
    return days


def scheduled(tasks: Sequence[Task], calendar: WorkingCalendar, *, first: dt.date, last: dt.date) -> Scheduled:
    """Worked back from `last`; if that would begin before `first`, as early as can be from `first`, and it does not fit."""
    days = backward(tasks, calendar, last=last)
    begin = calendar.next_working(first, after=False)
    if all(first_day(task, days[task.code], calendar) >= begin for task in tasks):
        return Scheduled(days, fits=True)
    return Scheduled(forward(tasks, calendar, first=first), fits=False)


def first_day(task: Task, last_day: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The day on which a step begins that ends on `last_day`."""
    return calendar.add(last_day, 1 - task.days)


def expected(
    tasks: Iterable[Task], progress: Mapping[str, Progress], calendar: WorkingCalendar, *, today: dt.date
) -> dict[str, dt.date | None]:
    """When each step is to be expected: done, or its forecast, or its plan, but not before today nor before what it waits for.

    A step that slips pushes those behind it by what lay between them in the plan, at most by their usual duration. None: nobody can
    name a day, for it or for something it waits for. Tasks without progress are left out.
    """
    out: dict[str, dt.date | None] = {}
    earliest = calendar.next_working(today, after=False)
    for task in in_order(tasks):
        now = progress.get(task.code)
        if now is None:
            continue
        before = [code for code in task.after if code in out]
        if now.done_on is not None:
            out[task.code] = now.done_on
        elif now.is_open_ended or any(out[code] is None for code in before):
            out[task.code] = None
        else:
            days = [max(now.forecast_on or now.planned_on, earliest)]
            for code in before:
                in_turn = progress[code].planned_on <= now.planned_on
                gap = min(task.days, distance(progress[code].planned_on, now.planned_on, calendar)) if in_turn else task.days
                days.append(calendar.add(out[code] or earliest, gap))
            out[task.code] = max(days)
    return out


def distance(first: dt.date, last: dt.date, calendar: WorkingCalendar) -> int:
    """Working days after `first` up to and with `last`; 0 if last is not later."""
    return len(calendar.between(first + dt.timedelta(days=1), last)) if last > first else 0


def slack(expected_on: dt.date, required_on: dt.date, calendar: WorkingCalendar) -> int:
    """Working days to spare; negative: so many working days too late."""
    return distance(expected_on, required_on, calendar) or -distance(required_on, expected_on, calendar)
