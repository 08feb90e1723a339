"""What would help a late job: every measure is tried by planning the job again with it, in a trial that is undone.

A trial takes the job out, opens what the measure opens, and puts the job in again eagerly beside all others. What is stated
(minutes by line and day, a ready day) is then opened alone and planned again: that second result is the one that counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .kernels import state as k
from .kernels.eject import late_count, victims
from .kernels.probe import last_day
from .measures import Measure, MeasureKind, Minutes
from .plan import Reason
from .problem import Job, Line, Problem
from .rooms import allowed_by, cut_rooms, is_outside, stated_room
from .session import Session

POSTPONED = 3  # jobs tried to make room at a stage
NEAR_DAYS = 6  # before the due day, on which a few minutes are looked for first
SEVERAL = 3  # jobs that make room together at the most


@dataclass(frozen=True, slots=True)
class Opening:
    """What a trial opens besides: rooms of cells, in 1/SCALE minutes, another start for the job, jobs that come after it.

    overtime, outside: whether more of what is allowed may be used than is used already.
    """

    cells: k.Records
    room: k.Records
    job: Job | None = None
    after: tuple[str, ...] = ()
    late_only: bool = False
    overtime: bool = True
    outside: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """How a job stands after a trial.

    outside: outside teams with more work than before. overtime: allowed overtime that is worked besides. beyond: minutes beyond it.
    """

    finish: int
    cost: float
    outside: tuple[str, ...]
    overtime: tuple[Minutes, ...]
    beyond: tuple[Minutes, ...]
    late_jobs: dict[str, int]


NOTHING = np.zeros(0, np.int64)
AS_IT_IS = Opening(NOTHING, NOTHING)


class Bench:
    """Trials for one job of a session; everything is undone after each."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name, self.job = session, name, session.job(name)
        self.number = session.number[name]
        state = session.state
        self.before = session.cost - (0.0 if self._planned() else float(state["jobs"]["missing"][self.number]))
        self.used = state["cells"]["used"].copy()
        self.room, self.regular = state["cells"]["room"].copy(), state["cells"]["regular"]
        self.stated = stated_room(session.problem) if session.problem.frozen else self.room
        self.has_outside = any(map(is_outside, session.problem.lines))

    def _planned(self) -> bool:
        return bool(self.session.state["jobs"]["planned"][self.number])

    def attempt(self, opening: Opening) -> Trial | None:
        """Plan the job again with what is opened; None if it does not fit even then."""
        session = self.session
        ends = {name: session.finish(name) for name in opening.after}
        with session.trial():
            take_out(session, self.name, opening.late_only)
            for name in opening.after:
                session.remove(name)
            if not (opening.overtime and opening.outside):
                cut = self.cut(opening)
                session.set_room(np.arange(len(cut)), cut)
            if len(opening.cells):
                session.set_room(opening.cells, opening.room)
            if opening.job is not None:
                session.set_job(self.name, opening.job)
            if not session.insert_eagerly(self.name) or not all(session.insert(name) for name in opening.after) or not session.ease():
                return None
            return self._read(ends)

    def cut(self, opening: Opening) -> k.Records:
        """Room of every cell if not all that is allowed may be used; by what is worked before the job is taken out."""
        cells = self.session.state["cells"].copy()
        cells["used"] = self.used
        return cut_rooms(self.session.problem, cells, overtime=opening.overtime, outside=opening.outside)

    def _read(self, ends: dict[str, int | None]) -> Trial:
        session = self.session
        later = {}
        for name, end in ends.items():
            finish, due = session.finish(name), session.job(name).due
            if finish is not None and end is not None and finish > max(end, due):
                later[name] = finish - max(end, due)
        now = session.state["cells"]["used"]
        cells = np.flatnonzero(now > self.used)
        finish = session.finish(self.name)
        return Trial(
            finish if finish is not None else session.problem.days,
            session.cost - self.before,
            tuple(line.id for line in self._lines(cells) if is_outside(line)),
            overtime_minutes(session.problem, now, self.used, self.regular, self.room),
            minutes_of(session.problem, np.where(now > np.maximum(self.used, self.room), now - self.stated, 0.0)),
            later,
        )

    def _lines(self, cells: k.Records) -> list[Line]:
        """The lines of some cells."""
        problem = self.session.problem
        return [problem.lines[i] for i in np.unique(cells // problem.days).tolist()]

    def measure(self, kind: MeasureKind, trial: Trial, **more: Any) -> Measure:
        late = max(0, trial.finish - self.job.due)
        return Measure(kind, trial.finish, late, round(trial.cost, 4), late_jobs=trial.late_jobs, **more)

    def opening(self, measures: Iterable[Measure]) -> Opening:
        """All that some measures open, and nothing else."""
        lines, rows = {line.id: i for i, line in enumerate(self.session.problem.lines)}, list(measures)
        more: dict[int, float] = {}
        job, after = self.job, list[str]()
        for m in rows:
            if m.kind == "extra":
                for part in m.minutes:
                    c = lines[part.line] * self.session.problem.days + part.day
                    more[c] = more.get(c, 0.0) + part.minutes
            elif m.kind == "ready":
                job = sooner(job, m.stage, m.day or 0)
            after += m.jobs
        cells = np.array(sorted(more), np.int64)
        room = np.maximum(self.room[cells], self.stated[cells] + np.array([more[c] for c in cells.tolist()]) * k.SCALE)
        late_only = bool(rows) and all(m.late_only for m in rows)
        return Opening(cells, room, job if job is not self.job else None, tuple(dict.fromkeys(after)), late_only, *allowed_by(rows))


def minutes_of(problem: Problem, more: k.Records) -> tuple[Minutes, ...]:
    """Minutes by line and day where an array over all cells, in 1/SCALE minutes, is above 0; whole minutes, rounded up."""
    found = []
    for c in np.flatnonzero(more > 0).tolist():
        line, day = divmod(c, problem.days)
        found.append(Minutes(problem.lines[line].id, day, float(-(-more[c] // k.SCALE))))
    return tuple(found)


def overtime_minutes(problem: Problem, now: k.Records, used: k.Records, regular: k.Records, room: k.Records) -> tuple[Minutes, ...]:
    """Allowed overtime that is worked now and was not before; arrays over all cells, in 1/SCALE minutes."""
    return minutes_of(problem, np.minimum(now, room) - np.maximum(used, regular))


def take_out(session: Session, name: str, late_only: bool) -> None:
    """Take a job out, or only its late pairs if that is said and some others stay."""
    job = session.number[name]
    if late_only and session.state["jobs"]["planned"][job] and 0 < late_count(session.desk, job) < session.job(name).pairs:
        session.remove_late(name)
    else:
        session.remove(name)


def sooner(job: Job, stage: str | None, day: int) -> Job:
    """The job with its material at a stage (None: the whole job) there by a day, unless it is there before."""
    if stage is None:
        return replace(job, release=min(job.release, day))
    return replace(job, ready={**job.ready, stage: min(job.ready.get(stage, 0), day)})


def again(bench: Bench) -> Measure | None:
    """Nothing opened: overtime of own teams as far as it is allowed, another place in the sequence."""
    best: Measure | None = None
    for late_only in (True, False):
        trial = bench.attempt(replace(AS_IT_IS, late_only=late_only, outside=not bench.has_outside))
        if trial is not None and (best is None or trial.finish < best.finish):
            kind: MeasureKind = "overtime" if trial.overtime else "again"
            best = bench.measure(kind, trial, minutes=trial.overtime, late_only=late_only)
        if best is not None and best.punctual:
            break
    return best


def outsource(bench: Bench) -> Measure | None:
    """Outside teams, own teams in regular time; with overtime if that alone does not suffice."""
    best: Measure | None = None
    for overtime in (False, True) if bench.has_outside else ():
        for late_only in (True, False):
            trial = bench.attempt(replace(AS_IT_IS, late_only=late_only, overtime=overtime))
            if trial is None or not trial.outside or bool(trial.overtime) != overtime or (best is not None and trial.finish >= best.finish):
                continue
            stages = {line.stage for line in bench.session.problem.lines if line.id in trial.outside}
            stage = stages.pop() if len(stages) == 1 else None
            best = bench.measure("outsource", trial, stage=stage, lines=trial.outside, minutes=trial.overtime, late_only=late_only)
            if best.punctual:
                return best
    return best


def more_minutes(bench: Bench, link: Reason) -> Measure | None:
    """The able lines of a stage with twice their minutes on the days of a link; then exactly those minutes that were used.

    The fewest minutes that make the job punctual come first: for its late pairs, close to the due day; then from the link's first day
    on; then for the whole job.
    """
    best: Measure | None = None
    for near, late_only in ((True, True), (False, True), (False, False)):
        opening = wide_open(bench, [_close_to_due(bench, link) if near else link])
        trial = bench.attempt(replace(opening, late_only=late_only))
        found = extra(bench, link.stage, trial.beyond, late_only) if trial is not None and trial.beyond else None
        if found is not None and (best is None or found.finish < best.finish):
            best = found
        if best is not None and best.punctual:
            break
    return best


def _close_to_due(bench: Bench, link: Reason) -> Reason:
    """The last days of a link on which the stage can still be in time."""
    first, last = link.first_day or 0, link.last_day or 0
    end = min(last, max(first, bench.job.due - bench.session.floor().tail[link.stage or ""]))
    return replace(link, first_day=max(first, end - NEAR_DAYS), last_day=end)


def extra(bench: Bench, stage: str | None, minutes: tuple[Minutes, ...], late_only: bool) -> Measure | None:
    """So many minutes beyond what is allowed, and nothing else."""
    lines = tuple(dict.fromkeys(m.line for m in minutes))
    wanted = Measure("extra", 0, 0, 0.0, stage, lines, minutes=minutes, late_only=late_only)
    trial = bench.attempt(bench.opening([wanted]))
    return bench.measure("extra", trial, stage=stage, lines=lines, minutes=minutes, late_only=late_only) if trial is not None else None


def wide_open(bench: Bench, links: Iterable[Reason]) -> Opening:
    """Twice the minutes for the lines and days of capacity and work links."""
    session = bench.session
    days, cells = session.problem.days, []
    for link in links:
        rows = session.floor().able(link.stage or "", bench.job)
        last = min(days - 1, link.last_day if link.last_day is not None else days - 1)
        cells.append((rows[:, None] * days + np.arange(link.first_day or 0, last + 1)[None, :]).reshape(-1))
    where = np.unique(np.concatenate(cells)) if cells else NOTHING
    return Opening(where, 2.0 * bench.room[where])


def ready_by(bench: Bench, link: Reason, others: tuple[Measure, ...] = ()) -> Measure | None:
    """The stage's material (None: the job's release) earlier: the latest day that makes the job punctual (beside `others`), else day 0."""

    def attempt(day: int) -> Trial | None:
        wanted = Measure("ready", 0, 0, 0.0, link.stage, day=day)
        return bench.attempt(bench.opening([*others, wanted]))

    best, trial = 0, attempt(0)
    if trial is None:
        return None
    low, high = 0, link.last_day or 0
    while trial.finish <= bench.job.due and high - low > 1:
        middle = (low + high) // 2
        other = attempt(middle)
        if other is not None and other.finish <= bench.job.due:
            low = best = middle
            trial = other
        else:
            high = middle
    return bench.measure("ready", trial, stage=link.stage, day=best)


def postpone(bench: Bench, link: Reason) -> Iterator[Measure]:
    """Other jobs of the stage come after this one: those that seem to lose least by it, alone; together if none suffices."""
    session = bench.session
    state, stage = session.state, session.model.stages.index(link.stage or "")
    there, picks = np.zeros((len(session.model.jobs), 2)), np.zeros((POSTPONED, 3))
    end = int(last_day(session.desk, bench.number * len(session.model.stages) + stage))
    end = end if end >= 0 else session.problem.days
    state.table["move_cost"], price = 0.0, float(state.value("move_cost"))
    known = victims(session.desk, bench.number, stage, bench.job.pairs, end, there, picks)
    state.table["move_cost"] = price
    names = [session.model.jobs[int(picks[i, 1])].id for i in range(known)]
    enough = False
    for jobs in [(name,) for name in names] + [tuple(names[:n]) for n in range(2, min(SEVERAL, len(names)) + 1)]:
        if len(jobs) > 1 and enough:
            return
        trial = bench.attempt(replace(AS_IT_IS, after=jobs))
        if trial is not None:
            enough = enough or trial.finish <= bench.job.due
            yield bench.measure("postpone", trial, stage=link.stage, jobs=jobs)
