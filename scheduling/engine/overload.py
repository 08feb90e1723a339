"""Overload: weeks in which a stage has more work that must be done then than its own teams have regular minutes.

Work must be done in the week of its latest day: the job's due day less the lags behind the stage. Who may make what is kept: what
cannot be met is found by a flow from kinds of work to teams, and the kinds that are short together are named by its cut. What the
plan makes elsewhere than in that week and those minutes is a remedy: earlier, in overtime, outside, or late.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from .access import Access
from .facts import lags_behind, left_to_make
from .flow import LEAST, Numbers, shortage
from .frozen import frozen_pairs
from .kernels import state as k
from .load import Load
from .measures import Excess, Minutes, Remedy, RemedyKind
from .problem import Job, Line, Problem
from .rooms import is_outside
from .session import Session

ORDER: tuple[RemedyKind, ...] = ("inside", "overtime", "outsourcing", "postpone")
WEEK = 6  # days

Bucket = tuple[str, int]  # stage and week
Kind = tuple[tuple[int, ...], tuple[bytes, ...]]  # lines that may make it, and on which days


def overload(problem: Problem, *, week: int = WEEK, remedies: Iterable[Remedy] = ()) -> tuple[Excess, ...]:
    """Every week and stage with too much work, once these remedies are taken; by week, then along the route.

    week: days that make one. Jobs due behind the horizon, and stages without a rate or an own team, are no work here.
    """
    demand = Demand(problem, week)
    for remedy in remedies:
        demand.move(remedy)
    found = (demand.excess(bucket) for bucket in demand.buckets())
    return tuple(e for e in found if e is not None)


def remedies(session: Session, *, week: int = WEEK) -> tuple[Remedy, ...]:
    """How the session's plan gets by in spite of the overload: as few moves of work as leave no week with too much, cheap kinds first.

    With all of them `overload` finds nothing; each may be taken or left. The session must have no open changes.
    """
    demand = Demand(session.problem, week)
    moves: dict[Bucket, list[Remedy]] = defaultdict(list)
    for remedy in Moves(session, demand):
        moves[remedy.stage, remedy.from_week].append(remedy)
    for listed in moves.values():
        listed.sort(key=lambda r: (-ORDER.index(r.kind), -r.cost / max(r.minutes, LEAST), r.job))
    chosen: list[Remedy] = []
    waiting = set(demand.buckets())
    while waiting:
        bucket = max(waiting, key=lambda b: (b[1], b[0]))  # most work goes to earlier weeks
        waiting.discard(bucket)
        taken = _relieve(demand, bucket, moves[bucket])
        chosen += taken
        waiting |= {(r.stage, r.to_week) for r in taken if r.kind in ("inside", "postpone")}
    return tuple(sorted(chosen, key=lambda r: (r.from_week, demand.stages.index(r.stage), ORDER.index(r.kind), r.cost, r.job, r.to_week)))


def _relieve(demand: "Demand", bucket: Bucket, moves: list[Remedy]) -> list[Remedy]:
    """Take moves from the end of the list until nothing is too much; none is taken that is not part of the shortage."""
    taken: list[Remedy] = []
    while (excess := demand.excess(bucket)) is not None:
        there, missing = set(excess.jobs), excess.excess
        some = [i for i in range(len(moves) - 1, -1, -1) if moves[i].job in there]
        if not some:
            break
        for i in some:
            part = _part(moves[i], missing)
            rest = _rest(moves.pop(i), part)
            if rest.pairs:
                moves.insert(i, rest)
            demand.move(part)
            taken.append(part)
            missing -= part.minutes
            if missing <= LEAST:
                break
    return taken


def _part(remedy: Remedy, minutes: float) -> Remedy:
    """So many pairs of a remedy as make up the minutes, all of them if they do not suffice."""
    return _some(remedy, min(remedy.pairs, max(1, int(np.ceil(minutes * remedy.pairs / remedy.minutes - LEAST)))))


def _rest(remedy: Remedy, part: Remedy) -> Remedy:
    return _some(remedy, remedy.pairs - part.pairs)


def _some(remedy: Remedy, pairs: int) -> Remedy:
    share = pairs / remedy.pairs
    opened = tuple(replace(m, minutes=m.minutes * share) for m in remedy.opened)
    return replace(remedy, pairs=pairs, minutes=remedy.minutes * share, cost=remedy.cost * share, opened=opened)


@dataclass(frozen=True, slots=True)
class Work:
    """Minutes of a job at a stage, and what kind they are: who may make them."""

    job: Job
    kind: Kind


class Demand:
    """Work by stage and week, and the minutes of the teams."""

    def __init__(self, problem: Problem, week: int) -> None:
        if week < 1:
            raise ValueError(f"a week must have at least a day, not {week}")
        self.problem, self.week, self.load = problem, week, Load(problem, ())
        self.weeks = -(-problem.days // week)
        self.stages, self.tail = self.load.stages, lags_behind(problem)
        self._access = Access(problem)
        self._work: dict[tuple[str, str], Work] = {}
        self.minutes: dict[Bucket, dict[str, float]] = defaultdict(dict)  # by job
        self._jobs = {job.id: job for job in problem.jobs}
        self._room = self._free_minutes()
        self._reach: dict[tuple[Kind, int], Numbers] = {}
        self._enter()

    def latest(self, job: Job, stage: str) -> int:
        """The last day on which pairs may be made at a stage to be in time; day 0 if that has passed."""
        return max(0, job.due - self.tail[stage])

    def _free_minutes(self) -> Numbers:
        """Regular minutes of own teams by line and day, less those of frozen entries; 0 for outside teams."""
        lines = self.problem.lines
        room = np.array([line.minutes for line in lines], float).reshape(-1, self.problem.days)
        room[[i for i, line in enumerate(lines) if is_outside(line)]] = 0.0
        rows = {line.id: i for i, line in enumerate(lines)}
        for e in self.problem.frozen:
            room[rows[e.line], e.day] -= e.pairs * self._jobs[e.job].minutes[e.stage]
        found: Numbers = np.maximum(room, 0.0)
        return found

    def _enter(self) -> None:
        frozen: dict[tuple[str, str], int] = defaultdict(int)
        for e in self.problem.frozen:
            frozen[e.job, e.stage] += e.pairs
        for job in self.problem.jobs:
            left = left_to_make(self.problem, job)
            for stage in self.stages:
                pairs, day = left[stage] - frozen[job.id, stage], self.latest(job, stage)
                kind = self._kind(job, stage)
                if pairs > 0 and day < self.problem.days and stage in job.minutes and kind[0]:
                    self._work[job.id, stage] = Work(job, kind)
                    self.minutes[stage, day // self.week][job.id] = pairs * job.minutes[stage]

    def _kind(self, job: Job, stage: str) -> Kind:
        rows = tuple(int(i) for i in self.load.able(stage, job) if not is_outside(self.problem.lines[i]))
        names = [self.problem.lines[i].id for i in rows]
        if not any(map(self._access.has_windows, names)):
            return rows, ()
        return rows, tuple(self._access.open_days(name, job).tobytes() for name in names)

    def buckets(self) -> Iterator[Bucket]:
        """Weeks with work, the first one first, along the route."""
        for week in range(self.weeks):
            yield from ((stage, week) for stage in self.stages if self.minutes.get((stage, week)))

    def move(self, remedy: Remedy) -> None:
        """Take a remedy's work out of its week, and put it into the one it goes to if it needs regular minutes there."""
        there = self.minutes[remedy.stage, remedy.from_week]
        there[remedy.job] = max(0.0, there.get(remedy.job, 0.0) - remedy.minutes)
        if remedy.kind in ("inside", "postpone") and remedy.to_week < self.weeks:
            goal = self.minutes[remedy.stage, remedy.to_week]
            goal[remedy.job] = goal.get(remedy.job, 0.0) + max(0.0, remedy.minutes - sum(m.minutes for m in remedy.opened))

    def excess(self, bucket: Bucket) -> Excess | None:
        """What is too much, if anything is."""
        stage, week = bucket
        kinds: dict[Kind, float] = defaultdict(float)
        for name, minutes in self.minutes[bucket].items():
            if minutes > LEAST:
                kinds[self._work[name, stage].kind] += minutes
        if not kinds:
            return None
        days = slice(week * self.week, (week + 1) * self.week)
        reach = np.array([self._reached(kind, week) for kind in kinds])
        missing, short = shortage(list(kinds.values()), self._room[:, days].sum(axis=1), reach)
        if not short:
            return None
        meant = {kind for i, kind in enumerate(kinds) if i in short}
        mine = {n: m for n, m in self.minutes[bucket].items() if m > LEAST and self._work[n, stage].kind in meant}
        needed = sum(mine.values())
        families = tuple(sorted({self._work[name, stage].job.family for name in mine}))
        return Excess(week, stage, families, needed, needed - missing, tuple(sorted(mine, key=lambda n: (-mine[n], n))))

    def _reached(self, kind: Kind, week: int) -> Numbers:
        """Minutes in a week of each line that a kind of work may take."""
        if (kind, week) not in self._reach:
            days = slice(week * self.week, (week + 1) * self.week)
            rows, windows = kind
            found = np.zeros(len(self._room))
            for i, row in enumerate(rows):
                room = self._room[row, days]
                found[row] = room[np.frombuffer(windows[i], bool)[days]].sum() if windows else room.sum()
            self._reach[kind, week] = found
        return self._reach[kind, week]

    def needs(self, job: str, stage: str) -> bool:
        return (job, stage) in self._work


class Moves:
    """What a plan makes elsewhere than in the week in which it must be done and in regular minutes of the own teams."""

    def __init__(self, session: Session, demand: Demand) -> None:
        self.session, self.demand, self.problem = session, demand, session.problem
        self.lines = {line.id: line for line in self.problem.lines}
        self.jobs = {job.id: job for job in self.problem.jobs}

    def __iter__(self) -> Iterator[Remedy]:
        found: dict[tuple[RemedyKind, str, str, int], Remedy] = {}
        for remedy in self._parts():
            key = remedy.kind, remedy.job, remedy.stage, remedy.to_week
            found[key] = _joined(found[key], remedy) if key in found else remedy
        yield from found.values()
        yield from self._left_out()

    def _parts(self) -> Iterator[Remedy]:
        held = frozen_pairs(self.problem)
        extra = self._overtime()
        for e in self.session.entries():
            frozen = min(e.pairs, held[e.job, e.stage, e.line, e.day])
            held[e.job, e.stage, e.line, e.day] -= frozen
            job, line = self.jobs[e.job], self.lines[e.line]
            if e.pairs == frozen or not self.demand.needs(e.job, e.stage):
                continue
            pair = job.minutes[e.stage]
            late = min(e.pairs - frozen, int(np.ceil(extra[e.line, e.day] / pair - LEAST)))  # pairs in overtime
            extra[e.line, e.day] = max(0.0, extra[e.line, e.day] - late * pair)
            if e.pairs - frozen > late:
                yield from self._part(job, e.stage, line, e.day, e.pairs - frozen - late, False)
            if late:
                yield from self._part(job, e.stage, line, e.day, late, True)

    def _overtime(self) -> dict[tuple[str, int], float]:
        """Minutes above the regular ones by line and day."""
        cells, days = self.session.state["cells"], self.problem.days
        found: dict[tuple[str, int], float] = defaultdict(float)
        for c in np.flatnonzero(cells["used"] > cells["regular"]).tolist():
            found[self.problem.lines[c // days].id, c % days] = float(cells["used"][c] - cells["regular"][c]) / k.SCALE
        return found

    def _part(self, job: Job, stage: str, line: Line, day: int, pairs: int, overtime: bool) -> Iterator[Remedy]:
        latest = self.demand.latest(job, stage)
        home, there = latest // self.demand.week, day // self.demand.week
        costs, minutes = self.problem.costs, pairs * job.minutes[stage]
        opened = (Minutes(line.id, day, minutes),) if overtime else ()
        move = Remedy("inside", job.id, stage, home, there, pairs, minutes, costs.wip * pairs * max(0, latest - day), (line.id,))
        if is_outside(line):
            yield replace(move, kind="outsourcing", cost=pairs * line.pair_cost)
        elif there > home:
            late = self._late_days(job)
            yield replace(move, kind="postpone", cost=costs.late * job.importance * pairs * (day - latest), late_days=late, opened=opened)
        elif overtime:
            yield replace(move, kind="overtime", cost=costs.overtime * minutes, opened=opened)
        elif there < home:
            yield move

    def _late_days(self, job: Job) -> int:
        finish = self.session.finish(job.id)
        return max(0, (self.problem.days if finish is None else finish) - job.due)

    def _left_out(self) -> Iterator[Remedy]:
        """A job that the plan leaves out is work that goes behind the horizon."""
        for (stage, week), minutes in list(self.demand.minutes.items()):
            for name in minutes:
                if self.session.finish(name) is None:
                    job = self.jobs[name]
                    pairs, late = round(minutes[name] / job.minutes[stage]), self._late_days(job)
                    cost = self.problem.costs.late * job.importance * pairs * late
                    yield Remedy("postpone", name, stage, week, self.demand.weeks, pairs, minutes[name], cost, (), late)


def _joined(one: Remedy, other: Remedy) -> Remedy:
    return replace(
        one,
        pairs=one.pairs + other.pairs,
        minutes=one.minutes + other.minutes,
        cost=one.cost + other.cost,
        lines=tuple(dict.fromkeys(one.lines + other.lines)),
        opened=one.opened + other.opened,
    )
