"""Assumptions of a what-if put on a framed problem: other minutes, other ready days, other due days. Pure."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduling.adapters.problem import Framed, day_index
from scheduling.engine import Job, Line


@dataclass(frozen=True)
class MoreMinutes:
    """Person-minutes a day by team that may be worked beyond what is allowed now, from the first day to the last."""

    minutes: Mapping[int, float]
    first_day: dt.date
    last_day: dt.date


@dataclass(frozen=True)
class ReadyBy:
    """What an order line needs is there by a day: at one stage, or (None) at all of them."""

    order_line: int
    stage: str | None
    day: dt.date


@dataclass(frozen=True)
class DueOn:
    """An order line is due on another day."""

    order_line: int
    day: dt.date


Assumed = MoreMinutes | ReadyBy | DueOn


def assume(framed: Framed, assumed: Sequence[Assumed]) -> Framed:
    """The problem as it would be; later assumptions win over earlier ones. What names nothing of the problem changes nothing."""
    lines, jobs, due = framed.problem.lines, framed.problem.jobs, {line.id: line.due_on for line in framed.snapshot.lines}
    for one in assumed:
        match one:
            case MoreMinutes():
                lines = tuple(_longer(line, one, framed.days) for line in lines)
            case ReadyBy():
                jobs = tuple(_ready(job, one, framed.days) if int(job.id) == one.order_line else job for job in jobs)
            case DueOn():
                jobs = tuple(_due(job, one, framed) if int(job.id) == one.order_line else job for job in jobs)
                due[one.order_line] = one.day
    facts = tuple(replace(line, due_on=due[line.id]) for line in framed.snapshot.lines)
    return replace(framed, snapshot=replace(framed.snapshot, lines=facts), problem=replace(framed.problem, lines=lines, jobs=jobs))


def _longer(line: Line, more: MoreMinutes, days: Iterable[dt.date]) -> Line:
    added = more.minutes.get(int(line.id))
    if not added:
        return line
    overtime = (had + added if more.first_day <= day <= more.last_day else had for had, day in zip(line.overtime, days, strict=True))
    return replace(line, overtime=tuple(overtime))


def _ready(job: Job, by: ReadyBy, days: Sequence[dt.date]) -> Job:
    index = bisect_left(days, by.day)
    if by.stage is not None:
        return replace(job, ready={**job.ready, by.stage: index})
    return replace(job, release=index, ready={})


def _due(job: Job, on: DueOn, framed: Framed) -> Job:
    return replace(job, due=day_index(on.day, framed.days, framed.snapshot.calendar))
