"""The factory's own ideas put on a framed problem: priorities, windows of teams, sequences laid down as frozen work. Pure."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scheduling.adapters.problem import Framed
from scheduling.engine import Entry, Job, Line, Problem, Window

FIRST = 4.0  # times as much does a late pair-day of a customer count who goes first


@dataclass(frozen=True)
class GoFirst:
    """These order lines go before others."""

    order_lines: frozenset[int]


@dataclass(frozen=True)
class TeamWindow:
    """A team makes only these, or none of these, between two days (None: without an end)."""

    team: int
    is_only: bool
    first_day: dt.date
    last_day: dt.date | None
    order_lines: frozenset[int] = frozenset()
    styles: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()


@dataclass(frozen=True)
class InSequence:
    """A team makes these order lines one after the other, the first one from a day on."""

    team: int
    first_day: dt.date
    order_lines: tuple[int, ...]


Rule = GoFirst | TeamWindow | InSequence


def follow(framed: Framed, rules: Sequence[Rule]) -> Framed:
    """The problem under the rules. What names nothing of the problem changes nothing."""
    problem = framed.problem
    for rule in rules:
        match rule:
            case GoFirst():
                problem = replace(problem, jobs=tuple(_sooner(job, rule) for job in problem.jobs))
            case TeamWindow():
                problem = _windowed(problem, rule, framed.days)
            case InSequence():
                problem = replace(problem, frozen=(*problem.frozen, *_laid_down(problem, rule, framed.days)))
    return replace(framed, problem=problem)


def _sooner(job: Job, rule: GoFirst) -> Job:
    return replace(job, priority=job.priority * FIRST) if int(job.id) in rule.order_lines else job


def _windowed(problem: Problem, rule: TeamWindow, days: Sequence[dt.date]) -> Problem:
    first = bisect_left(days, rule.first_day)
    last = None if rule.last_day is None else bisect_right(days, rule.last_day) - 1
    team = str(rule.team)
    if all(line.id != team for line in problem.lines) or first >= len(days) or (last is not None and last < first):
        return problem
    jobs = frozenset(str(pk) for pk in rule.order_lines)
    window = Window(team, first, last, jobs & {job.id for job in problem.jobs}, rule.styles, rule.families)
    if rule.is_only:
        return replace(problem, reserved=(*problem.reserved, window))
    return replace(problem, bans=(*problem.bans, window))


def _laid_down(problem: Problem, rule: InSequence, days: Sequence[dt.date]) -> Iterator[Entry]:
    """The pairs of the sequence day by day, as far as the team's regular minutes and the plan's days go."""
    line = next((line for line in problem.lines if line.id == str(rule.team)), None)
    if line is None:
        return
    jobs = {job.id: job for job in problem.jobs}
    used = _frozen_minutes(problem, line, jobs)
    day, style = bisect_left(days, rule.first_day), ""
    for pk in rule.order_lines:
        job = jobs.get(str(pk))
        if job is None or line.stage not in job.minutes:
            continue
        left, each = job.pairs - job.made.get(line.stage, 0), job.minutes[line.stage]
        day = max(day, _earliest(problem, job, line.stage))
        while left > 0 and day < len(days):
            free = line.minutes[day] - used[day] - (line.changeover if style not in ("", job.style) else 0.0)
            pairs = min(left, int(max(0.0, free) // each))
            if pairs >= min(left, problem.smallest_lot, max(1, int(line.minutes[day] // each))) > 0:
                yield Entry(job.id, line.stage, line.id, day, pairs)
                used[day] += pairs * each + (line.changeover if style not in ("", job.style) else 0.0)
                left, style = left - pairs, job.style
            if left > 0:
                day += 1


def _frozen_minutes(problem: Problem, line: Line, jobs: dict[str, Job]) -> dict[int, float]:
    used: dict[int, float] = defaultdict(float)
    for entry in problem.frozen:
        if entry.line == line.id:
            used[entry.day] += entry.pairs * jobs[entry.job].minutes.get(line.stage, 0.0)
    return used


def _earliest(problem: Problem, job: Job, stage: str) -> int:
    """The first day on which pairs can be there: start days along the route, and the lag from each stage to the next."""
    by_name = {one.id: one for one in problem.stages}
    before = (_earliest(problem, job, feeder) + by_name[stage].lags.get(feeder, problem.lag) for feeder in by_name[stage].after)
    return max(0, job.release, job.ready.get(stage, 0), *before)
