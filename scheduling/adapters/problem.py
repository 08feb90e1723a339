"""Snapshot → `engine.Problem`. Engine days are positions in a list of working days; the list comes back with the problem."""

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace

from planning_site.core.calendar import WorkingCalendar
from scheduling.adapters.gates import EVERY_STAGE
from scheduling.adapters.snapshot import LineFacts, Snapshot, TeamFacts
from scheduling.adapters.tooling import engine_tool, tool_days
from scheduling.dials import AS_USUAL, Dials, costs_of
from scheduling.engine import Entry, Job, Line, Problem, Stage

LAG = 1  # working days: what a stage finishes today, the next one takes up tomorrow
MIN_DAYS, MAX_DAYS = 20, 400  # bounds of the horizon, in working days
SLACK_DAYS = 15  # room behind the last due day and the last work, for jobs that come late
LOAD_MARGIN = 1.25  # teams are never loaded without a gap
# Shoes are packed twelve pairs to a carton. Nobody sets a team to three pairs on a day: two cartons are the least worth a ticket.
SMALLEST_LOT = 24


@dataclass(frozen=True)
class Framed:
    """A problem and the dates of its days; `near` are the entries of the plan in force, which a new plan stays near to."""

    snapshot: Snapshot
    days: tuple[dt.date, ...]
    problem: Problem
    near: tuple[Entry, ...] = ()


def wanted_days(snapshot: Snapshot, first_day: dt.date) -> int:
    """How many working days the plan should reach: past the last due day, the last day of waiting and the work of the fullest stage."""
    if not snapshot.lines:
        return MIN_DAYS
    last_due = max(max([line.due_on, *line.waiting.until.values()]) for line in snapshot.lines)
    to_due = len(snapshot.calendar.between(first_day, min(last_due, first_day + dt.timedelta(days=2 * MAX_DAYS))))
    return max(MIN_DAYS, min(MAX_DAYS, SLACK_DAYS + max(to_due, math.ceil(LOAD_MARGIN * _load_days(snapshot)))))


def frame_problem(snapshot: Snapshot, first_day: dt.date, count: int, dials: Dials = AS_USUAL) -> Framed:
    """The problem of planning all lines of the snapshot over `count` working days from `first_day` on, weighed by the dials."""
    days = tuple(snapshot.calendar.days(first_day, count))
    problem = Problem(
        days=count,
        lag=LAG,
        stages=tuple(Stage(stage.code, stage.after) for stage in snapshot.stages),
        lines=tuple(_line(team, days) for team in snapshot.teams),
        jobs=tuple(_less_passed(_job(line, days, snapshot.calendar), line, snapshot) for line in snapshot.lines),
        costs=costs_of(dials),
        smallest_lot=SMALLEST_LOT,
        tools=tuple(map(engine_tool, snapshot.tools)),
    )
    return Framed(snapshot, days, problem)


def _less_passed(job: Job, line: LineFacts, snapshot: Snapshot) -> Job:
    """Pairs that passed the final inspection went through every stage; the others, the tail among them, are still to be made."""
    return replace(job, made={stage.code: line.passed for stage in snapshot.stages}) if line.passed else job


def day_index(day: dt.date, days: tuple[dt.date, ...], calendar: WorkingCalendar) -> int:
    """The last working day on or before `day`, counted from the first day of the plan: −1 is the working day before it.

    A day behind the horizon counts as its last one.
    """
    if day >= days[0]:
        return bisect_right(days, day) - 1
    return -1 - len(calendar.between(day + dt.timedelta(days=1), days[0] - dt.timedelta(days=1)))


def _line(team: TeamFacts, days: tuple[dt.date, ...]) -> Line:
    minutes, overtime = zip(*(team.minutes_on(day) for day in days), strict=True)
    return Line(str(team.id), team.stage, minutes, overtime, team.families, team.changeover)


def _job(line: LineFacts, days: tuple[dt.date, ...], calendar: WorkingCalendar) -> Job:
    """What it waits for is there on the working day after its last day of waiting; a blocked job never is (D5: never counted as there)."""
    ready = {stage: bisect_right(days, until) for stage, until in line.waiting.until.items()}
    release = max(bisect_left(days, line.ordered_on), ready.pop(EVERY_STAGE, 0))
    if line.waiting.is_blocked:
        release = len(days)
    due = day_index(line.due_on, days, calendar)
    ready = {stage: day for stage, day in ready.items() if day > release}
    return Job(
        str(line.id), line.style, line.family, line.pairs, release, due, line.weight, line.rates, ready, sizes=line.sizes, tools=line.tools
    )


def _load_days(snapshot: Snapshot) -> float:
    """Regular days of work at the fullest stage, taking each family by the teams that can make it, or of the fullest tool."""
    work: dict[tuple[str, str], float] = defaultdict(float)
    for line in snapshot.lines:
        for stage, minutes in line.rates.items():
            work[stage, line.family] += (line.pairs - line.passed) * minutes
    longest = tool_days(snapshot.tools, [(line.sizes, line.tools) for line in snapshot.lines if line.tools])
    for stage in {stage for stage, _family in work}:
        families = {family for at, family in work if at == stage}
        for chosen in [*({family} for family in families), families]:
            room = sum(t.minutes for t in snapshot.teams if t.stage == stage and (t.families is None or t.families & chosen))
            if room:
                longest = max(longest, sum(work[stage, family] for family in chosen) / room)
    return longest
