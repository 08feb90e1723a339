"""A finished plan seen from its lines: who worked when, what was left, and how fast a job could have gone.

Days and pairs as in the problem; arrays over days have length `problem.days`. Changeovers count as used minutes.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .access import Access, can_make, minimum_lots
from .facts import lag_after, lags_before, lags_behind, left_to_make, made_pairs, start_day
from .graph import far
from .plan import Entry, Reason
from .problem import Job, Problem
from .tooling import Tooling, size_run

Days = npt.NDArray[np.int64]
ROUNDING = 1e-6  # minutes
NAMED_JOBS = 5  # how many of the jobs that stood in the way are named


class Load:
    """Look-ups over a feasible plan; built in O(entries)."""

    def __init__(self, problem: Problem, entries: Sequence[Entry]) -> None:
        self.problem = problem
        self.feeders = {s.id: s.after for s in problem.stages}
        self.depth, self.tail = lags_before(problem), lags_behind(problem)  # days
        steps = far(self.feeders)
        self.stages = sorted(self.feeders, key=lambda s: steps[s])  # feeders first
        self._lags = {(f, s.id): lag_after(problem, s, f) for s in problem.stages for f in s.after}
        self._row = {line.id: i for i, line in enumerate(problem.lines)}
        self._regular = np.array([line.minutes for line in problem.lines], float).reshape(-1, problem.days)
        self._room = self._regular + np.array([line.overtime for line in problem.lines], float).reshape(-1, problem.days)
        self._used = np.zeros_like(self._room)
        self._own: dict[tuple[str, str], dict[tuple[int, int], float]] = defaultdict(dict)
        self._able: dict[tuple[object, ...], npt.NDArray[np.intp]] = {}
        self._pace: dict[tuple[object, ...], Days] = {}
        self._access, self._tooling, self._minimums = Access(problem), Tooling(problem), minimum_lots(problem)
        self._enter(entries)
        self._before = {job.id: made_pairs(problem, job) for job in problem.jobs if job.tools}
        self._tooled: dict[str, list[Entry]] = defaultdict(list)
        for e in entries if self._before else ():
            if e.job in self._before:
                self._tooled[e.job].append(e)
        self._taken = self._tooling.by_day(self._tooling.use([e for mine in self._tooled.values() for e in mine], self._before))
        self._users: dict[int, list[tuple[int, str, int]]] = {}

    def _enter(self, entries: Sequence[Entry]) -> None:
        jobs = {j.id: (i, j) for i, j in enumerate(self.problem.jobs)}
        style: dict[str, str] = {}
        work: list[tuple[int, int, float]] = []  # cell (line × days + day), job, minutes
        for e in sorted(entries, key=lambda e: e.day):  # stable: the order of work within a day stays
            (number, job), cell = jobs[e.job], (self._row[e.line], e.day)
            minutes = e.pairs * job.minutes[e.stage]
            work.append((cell[0] * self.problem.days + e.day, number, minutes))
            own = self._own[e.job, e.stage]
            own[cell] = own.get(cell, 0.0) + minutes
            self._used[cell] += minutes
            if style.get(e.line, job.style) != job.style:
                self._used[cell] += self.problem.lines[cell[0]].changeover
            style[e.line] = job.style
        work.sort()
        self._cells = np.array([w[0] for w in work], np.int64)
        self._workers = np.array([w[1] for w in work], np.int64)
        self._minutes = np.array([w[2] for w in work], float)

    def able(self, stage: str, job: Job) -> npt.NDArray[np.intp]:
        """Rows of the lines that may make a job at a stage, windows aside."""
        tools = (job.tools[stage], *size_run(job)) if job.tools.get(stage) else ()
        key = stage, job.family, job.only_lines.get(stage), bisect_right(self._minimums, job.pairs), tools
        if key not in self._able:
            able = [i for i, line in enumerate(self.problem.lines) if can_make(line, stage, job)]
            self._able[key] = np.array([i for i in able if self._tooling.has(job, stage, self.problem.lines[i].id)], np.intp)
        return self._able[key]

    def _open(self, job: Job, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_] | None:
        """Which of the rows (by day) are open to a job; None if no window says anything."""
        lines = [self.problem.lines[i].id for i in rows]
        if not any(map(self._access.has_windows, lines)):
            return None
        return np.array([self._access.open_days(name, job) for name in lines], bool)

    def names(self, rows: npt.NDArray[np.intp]) -> tuple[str, ...]:
        return tuple(self.problem.lines[i].id for i in rows)

    def pace(self, job: Job, stage: str, kind: str) -> Days:
        """Pairs a day that all able lines, and their tools, could make of the job.

        kind "all": without any other job and with as many tools as it takes; "free": in what other jobs leave, overtime
        included; "calm": in the regular time that they leave.
        """
        pairs = self._line_pace(job, stage, kind)
        if kind == "all" or not job.tools.get(stage):
            return pairs
        lines = self.names(self.able(stage, job))
        return np.minimum(pairs, self._tooling.pace(job, stage, lines, self._taken_by_others(job, stage)))

    def _taken_by_others(self, job: Job, stage: str) -> npt.NDArray[np.int64]:
        """Pairs by pool and day that the tools make of everything but a job at a stage."""
        taken = self._taken.copy()
        mine = [e for e in self._tooled.get(job.id, ()) if e.stage == stage]
        for spot, pairs in self._tooling.use(mine, self._before).items():
            taken[spot] -= pairs
        return taken

    def tools_lacking(self, job: Job, stage: str, ready: Days) -> dict[tuple[str, str], tuple[int, ...]]:
        """The tools and sizes that keep a job at a stage longer than the lines do, with their pools; none if they do not.

        They are those with which the job would be done last.
        """
        if not job.tools.get(stage):
            return {}
        left, tooling = self.left(job, stage), self._tooling
        by_lines = day_done(flow(ready, self._line_pace(job, stage, "free")), left)
        if by_lines >= day_done(flow(ready, self.pace(job, stage, "free")), left):
            return {}
        taken, needs = self._taken_by_others(job, stage), tooling.needs(job, stage, self.names(self.able(stage, job)))
        ends = {}
        for spot, (pairs, pools) in needs.items():
            free = np.maximum(0, np.array([tooling.rooms[p] - taken[p] for p in pools])).sum(axis=0)
            ends[spot] = day_done(np.cumsum(np.where(ready > 0, free, 0)), -(-pairs * left // job.pairs))
        last = max(ends.values())
        return {spot: needs[spot][1] for spot in sorted(ends) if ends[spot] == last}

    def users(self, job: Job, pools: Sequence[int], first: int, last: int, most: int) -> tuple[str, ...]:
        """Other jobs that make most pairs with some tools between two days."""
        if not self._users:
            users: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
            for name, entries in self._tooled.items():
                for (pool, day), pairs in self._tooling.use(entries, self._before).items():
                    users[pool].append((day, name, pairs))
            self._users = users
        made: dict[str, int] = defaultdict(int)
        for day, name, pairs in (row for pool in pools for row in self._users.get(pool, ())):
            if first <= day <= last and name != job.id:
                made[name] += pairs
        return tuple(sorted(made, key=lambda name: (-made[name], name))[:most])

    def _line_pace(self, job: Job, stage: str, kind: str) -> Days:
        """`pace`, tools aside."""
        pair = job.minutes.get(stage, 1.0)  # a stage that is done may have no rate
        rows = self.able(stage, job)
        roof = self._regular if kind == "calm" else self._room
        open_days = self._open(job, rows)
        key = (kind, pair, rows.tobytes(), None if open_days is None else open_days.tobytes())
        if key not in self._pace:
            left = roof[rows] - self._used[rows] if kind != "all" else roof[rows]
            left = left if open_days is None else np.where(open_days, left, 0.0)
            self._pace[key] = self._come_back(rows, np.floor(np.maximum(0.0, left + ROUNDING) / pair).astype(np.int64)).sum(axis=0)
        pairs = self._pace[key]
        if kind == "all":
            return pairs
        pairs = pairs.copy()
        for (row, day), minutes in self._own.get((job.id, stage), {}).items():
            left = roof[row, day] - self._used[row, day] + ROUNDING
            back = day + self._away(row)
            if back < self.problem.days:
                pairs[back] += int(max(0.0, left + minutes) / pair) - int(max(0.0, left) / pair)
        return pairs

    def _away(self, row: int) -> int:
        """Days of transport to a line and back."""
        return self.problem.lines[row].out_days + self.problem.lines[row].back_days

    def _come_back(self, rows: npt.NDArray[np.intp], pairs: Days) -> Days:
        """Pairs by row and day as they are back from teams outside; what they make counts only after the way there too."""
        for x, i in enumerate(rows):
            away = self._away(int(i))
            if away:
                pairs[x] = np.concatenate([np.zeros(min(away, self.problem.days), np.int64), pairs[x][: max(0, self.problem.days - away)]])
        return pairs

    def others(self, job: Job, rows: npt.NDArray[np.intp], first: int, last: int, most: int) -> tuple[str, ...]:
        """Other jobs with most minutes on the lines between two days."""
        starts = np.searchsorted(self._cells, rows * self.problem.days + first)
        ends = np.searchsorted(self._cells, rows * self.problem.days + last, side="right")
        where = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
        workers, inverse = np.unique(self._workers[where], return_inverse=True)
        minutes = np.bincount(inverse, self._minutes[where])
        ranked = [self.problem.jobs[workers[x]].id for x in np.lexsort((workers, -minutes))[: most + 1]]
        return tuple(name for name in ranked if name != job.id)[:most]

    def taken(self, job: Job, stage: str, ready: Days, when: npt.NDArray[np.bool_], days: int) -> Reason:
        """The link of a stage whose lines ("capacity") or tools ("tooling") others had on some days, with those that had most of them."""
        waited = np.flatnonzero(when)
        first, last, rows = int(waited[0]), int(waited[-1]), self.able(stage, job)
        lacking = self.tools_lacking(job, stage, ready)
        if not lacking:
            return Reason("capacity", stage, self.names(rows), first, last, days, self.others(job, rows, first, last, NAMED_JOBS))
        pools = [pool for spot in lacking for pool in lacking[spot]]
        named = self.users(job, pools, first, last, NAMED_JOBS)
        return Reason("tooling", stage, self.names(rows), first, last, days, named, tuple(lacking))

    def ready(self, job: Job, stage: str, made: dict[str, Days]) -> Days:
        """Pairs to plan that may have been made at the stage by the end of each day, given what its feeders made of theirs."""
        days, before = self.problem.days, made_pairs(self.problem, job)
        out = np.full(days, job.pairs - before[stage], np.int64)
        for feeder in self.feeders[stage]:
            lag, there = self._lags[feeder, stage], np.zeros(days, np.int64)
            there[lag:] = made[feeder][: max(0, days - lag)]
            out = np.minimum(out, there + before[feeder] - before[stage])
        out[: start_day(job, stage)] = 0
        return out

    def left(self, job: Job, stage: str) -> int:
        """Pairs of a job to plan at a stage."""
        return left_to_make(self.problem, job)[stage]


def flow(ready: Days, pace: Days) -> Days:
    """Pairs made by the end of each day: made(t) = min(ready(t), made(t - 1) + pace(t))."""
    able = np.cumsum(np.where(ready > 0, pace, 0))
    made: Days = able + np.minimum(0, np.minimum.accumulate(ready - able))
    return made


def day_done(made: Days, pairs: int) -> int:
    """The first day by whose end all pairs are made; the number of days if none."""
    return int(np.searchsorted(made, pairs))
