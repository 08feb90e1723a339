"""A finished plan seen from its lines: who worked when, what was left, and how fast a job could have gone.

Days and pairs as in the problem; arrays over days have length `problem.days`. Changeovers count as used minutes.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .access import Access, can_make
from .facts import lag_after, lags_before, lags_behind, left_to_make, made_pairs, start_day
from .graph import far
from .plan import Entry, ReasonKind
from .problem import Job, Problem
from .tooling import Spot, Tooling, size_run

Days = npt.NDArray[np.int64]
ROUNDING = 1e-6  # minutes


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
        self._access, self._tooling = Access(problem), Tooling(problem)
        self._enter(entries)
        self._before = {job.id: made_pairs(problem, job) for job in problem.jobs if job.tools}
        self._tooled = [e for e in entries if e.job in self._before] if self._before else []
        self._taken = self._tooling.use(self._tooled, self._before)

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
        key = stage, job.family, job.only_lines.get(stage), tools
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

        kind "all": without any other job; "free": in what other jobs leave, overtime included; "calm": in the
        regular time that they leave.
        """
        pairs = self._line_pace(job, stage, kind)
        if not job.tools.get(stage):
            return pairs
        taken: Mapping[Spot, int] = {}
        if kind != "all":
            own = self._tooling.use([e for e in self._tooled if (e.job, e.stage) == (job.id, stage)], self._before)
            taken = Counter(self._taken)
            taken.subtract(own)
        return np.minimum(pairs, self._tooling.pace(job, stage, self.names(self.able(stage, job)), taken))

    def what_lacks(self, job: Job, stage: str, ready: Days) -> ReasonKind:
        """ "tooling" if the job would be done sooner at a stage in what others leave of its lines alone, "capacity" if not."""
        if not job.tools.get(stage):
            return "capacity"
        left = self.left(job, stage)
        lines = day_done(flow(ready, self._line_pace(job, stage, "free")), left)
        return "tooling" if lines < day_done(flow(ready, self.pace(job, stage, "free")), left) else "capacity"

    def _line_pace(self, job: Job, stage: str, kind: str) -> Days:
        """`pace`, tools aside."""
        pair = job.minutes.get(stage, 1.0)  # a stage that is done may have no rate
        rows = self.able(stage, job)
        roof = self._regular if kind == "calm" else self._room
        open_days = self._open(job, rows)
        key = (kind, stage, pair, job.family, job.only_lines.get(stage), None if open_days is None else open_days.tobytes())
        if key not in self._pace:
            left = roof[rows] - self._used[rows] if kind != "all" else roof[rows]
            left = left if open_days is None else np.where(open_days, left, 0.0)
            self._pace[key] = np.floor(np.maximum(0.0, left + ROUNDING) / pair).astype(np.int64).sum(axis=0)
        pairs = self._pace[key]
        if kind == "all":
            return pairs
        pairs = pairs.copy()
        for (row, day), minutes in self._own.get((job.id, stage), {}).items():
            left = roof[row, day] - self._used[row, day] + ROUNDING
            pairs[day] += int(max(0.0, left + minutes) / pair) - int(max(0.0, left) / pair)
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
