"""By when can it be there: an order that is asked for, tried in the warm plan in four ways, each planned and undone.

as_is: the factory's own teams, no minute of overtime that is not worked already, nothing moved. overtime: with the overtime that is
allowed. outsourcing: with outside teams instead. moving: some jobs that are punctual, and stay so, make room; with overtime only if
nothing is won without. The order is first put in as early as it goes; then once more with that day as its due day, which is cheaper
and counts if it keeps it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from .kernels import state as k
from .levers import overtime_minutes
from .loading import read_rows
from .measures import Promise, Way, Wish
from .plan import Entry, Fault
from .rooms import cut_rooms, is_outside
from .session import InvalidProblemError, Session
from .wishes import job_of

RIVALS = 6  # jobs that are tried to make room


class BrokenPromiseError(ValueError):
    """The plan is no longer the one that the promise was made from; `faults` says where it does not fit."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def promise(session: Session, wish: Wish, moves: int = 3) -> tuple[Promise, ...]:
    """The earliest finish of an order in each way; the session, which must have no open changes, is left as it was.

    moves: jobs that may make room at the most. InvalidProblemError if the wish is wrong. A finish of None comes with reasons where
    the order lacks a rate or a team.
    """
    job = job_of(session.problem, wish)
    if isinstance(job, tuple):
        raise InvalidProblemError(job)
    other = session.with_problem(replace(session.problem, jobs=(*session.problem.jobs, job)))
    ways: tuple[Way, ...] = ("as_is", "overtime", "outsourcing", "moving")
    if wish.id in other.hopeless:
        return tuple(Promise(way, None, reasons=other.hopeless[wish.id]) for way in ways)
    quote = Quote(other, wish)
    as_is = quote.earliest(quote.rooms())
    plain = Option(quote.rooms(), as_is.finish if as_is is not None else None)
    overtime, outside = quote.better(plain, quote.rooms(overtime=True)), quote.better(plain, quote.rooms(outside=True))
    moving = quote.moving(plain, moves)
    if not moving.moved and overtime is not plain:
        moving = quote.moving(overtime, moves)
    options = (plain, overtime, outside, moving if moving.moved else plain)
    return tuple(quote.promise(way, option) for way, option in zip(ways, options, strict=True))


@dataclass(frozen=True, slots=True)
class Option:
    """Minutes of every cell, the finish found with them, and the jobs that make room."""

    room: k.Records
    finish: int | None
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    finish: int
    cost: float


class Quote:
    """Trials for one order in a session in which it is not planned yet."""

    def __init__(self, session: Session, wish: Wish) -> None:
        self.session, self.wish, self.name = session, wish, wish.id
        self.number = session.number[wish.id]
        state = session.state
        self.before = session.cost - float(state["jobs"]["missing"][self.number])
        self.used, self.regular, self.room = (state["cells"][field].copy() for field in ("used", "regular", "room"))
        self.rows = read_rows(state, frozen=False)
        self.minutes = self.rows[:, 2] * state["tasks"]["minutes"][self.rows[:, 0]]
        self.ends = self._ends()
        self.stuck: str | None = None  # the job that was not punctual in the last trial

    def _ends(self) -> k.Records:
        """Day of the last pair by job, -1 if it is left out."""
        width, ends = len(self.session.model.stages), np.full(len(self.session.model.jobs), -1, np.int64)
        final = self.rows[self.rows[:, 0] % width == width - 1]
        np.maximum.at(ends, final[:, 0] // width, self.session.state["cells"]["there"][final[:, 1]])
        ends[self.session.state["jobs"]["planned"][: len(ends)] == 0] = -1
        return ends

    def rooms(self, *, overtime: bool = False, outside: bool = False) -> k.Records:
        """Minutes of every cell if overtime, or outside teams, may be added to what is worked already."""
        return cut_rooms(self.session.problem, self.session.state["cells"], overtime=overtime, outside=outside)

    @contextmanager
    def standing(self, room: k.Records, due: int, moved: Iterable[str] = ()) -> Iterator[bool]:
        """The order planned in these rooms, the moved jobs after it and still punctual; False if that does not fit. Undone at the end."""
        session, jobs = self.session, list(moved)
        self.stuck = None
        with session.trial():
            for name in jobs:
                session.remove(name)
            session.set_room(np.arange(len(room)), room)
            session.change("jobs", self.number, due=due)
            yield session.insert_eagerly(self.name) and all(map(self._again, jobs)) and session.whole

    def _again(self, name: str) -> bool:
        """Put a job that made room in again; False if it is not punctual."""
        session, due = self.session, self.session.job(name).due
        for put in (session.insert, session.insert_eagerly):
            mark = session.mark()
            finish = session.finish(name) if put(name) else None
            if finish is not None and finish <= due:
                return True
            session.undo(mark)
        self.stuck = name
        return False

    def earliest(self, room: k.Records, moved: Iterable[str] = ()) -> Found | None:
        """The order as early as it goes."""
        with self.standing(room, 0, moved) as fits:
            finish = self.session.finish(self.name) if fits else None
            return Found(finish, self.session.cost) if finish is not None else None

    def better(self, plain: Option, room: k.Records) -> Option:
        """With more minutes, if that is earlier."""
        found = self.earliest(room)
        sooner = found is not None and (plain.finish is None or found.finish < plain.finish)
        return Option(room, found.finish) if found is not None and sooner else plain

    def moving(self, plain: Option, moves: int) -> Option:
        """Rivals make room, one after the other while each brings days; who would get late by that looks for another rival in turn."""
        last = plain.finish if plain.finish is not None else self.session.problem.days - 1
        names = self._rivals(self.number, last, None) if moves > 0 else []
        best = plain
        for _ in range(moves):
            former = best
            for name in names:
                if name not in former.moved and len(former.moved) < moves:
                    best = self._chain(best, (*former.moved, name), moves, last)
            if best is former:
                break
        for name in best.moved:
            rest = tuple(x for x in best.moved if x != name)
            found = self.earliest(best.room, rest)
            if found is not None and found.finish == best.finish:
                best = Option(best.room, found.finish, rest)
        return best

    def _chain(self, best: Option, moved: tuple[str, ...], moves: int, last: int) -> Option:
        """The better of an option and of these jobs making room, with others behind them where that is needed and helps."""
        while True:
            after = self._sooner(best, moved)
            if after is not best or self.stuck is None or len(moved) >= moves:
                return after
            due = min(last, self.session.job(self.stuck).due)
            behind = [x for x in self._rivals(self.session.number[self.stuck], last, due) if x not in moved]
            if not behind:
                return best
            moved = (*moved, behind[0])

    def _sooner(self, best: Option, moved: tuple[str, ...]) -> Option:
        found = self.earliest(best.room, moved)
        if found is None or (best.finish is not None and found.finish >= best.finish):
            return best
        return Option(best.room, found.finish, moved)

    def _rivals(self, asker: int, last: int, due: int | None) -> list[str]:
        """Punctual jobs that leave most of the minutes a job needs until its due day, and can go farthest from there.

        due None: for the order, as early as can be. last: the day up to which places are looked for.
        """
        state, width, jobs = self.session.state, len(self.session.model.stages), len(self.ends)
        job, stage = self.rows[:, 0] // width, self.rows[:, 0] % width
        tasks, share = state["tasks"][asker * width :][:width], np.zeros(jobs)
        for s in range(width):
            if tasks["quota"][s]:
                mine = (stage == s) & self._here(tasks["group"][s], last if due is None else due)[self.rows[:, 1]]
                share += np.minimum(1.0, np.bincount(job[mine], self.minutes[mine], jobs) / (tasks["quota"][s] * tasks["minutes"][s]))
        dues = state["jobs"]["due"][:jobs]
        reach = np.minimum(dues, last) - (self.ends if due is None else due)
        good = (reach > 0) & (self.ends >= 0) & (self.ends <= (dues if due is None else due))
        good[asker] = False
        score = np.where(good, share * reach, 0.0)
        ranked = np.argsort(-score, kind="stable")[:RIVALS]
        return [self.session.model.jobs[i].id for i in ranked.tolist() if score[i] > 0]

    def _here(self, group: int, last: int) -> k.Records:
        """For each cell whether a task of the group could be made there, up to a day; outside teams aside."""
        state, problem = self.session.state, self.session.problem
        first, end = state["groups"]["first"][group : group + 2]
        here = np.zeros((len(problem.lines), problem.days), bool)
        for line in state["ables"]["line"][first:end].tolist():
            here[line, : last + 1] = not is_outside(problem.lines[line])
        return here.reshape(-1)

    def promise(self, way: Way, option: Option) -> Promise:
        """The cheaper of two placings that keep the finish: as early as it goes, and just in time for it."""
        if option.finish is None:
            return Promise(way, None)
        best: Promise | None = None
        for due in (option.finish, 0):
            with self.standing(option.room, due, option.moved) as fits:
                if fits and self.session.finish(self.name) == option.finish:
                    found = self._read(way, option, due)
                    best = found if best is None or found.cost < best.cost else best
        return best if best is not None else Promise(way, None)

    def _read(self, way: Way, option: Option, due: int) -> Promise:
        session, wish = self.session, self.wish
        finish = option.finish if option.finish is not None else session.problem.days
        last = session.stage_days(self.name, session.model.stages[-1])
        wanted = wish.wanted if wish.wanted is not None else finish
        days = sum(pairs * (max(0, day - wanted) - max(0, day - due)) for (_, day), pairs in last.items())
        cost = session.cost - self.before + days * wish.weight * session.problem.costs.late
        entries = tuple(e for name in (self.name, *option.moved) for e in self._entries(name))
        outside: dict[str, int] = {}
        prices = {line.id: is_outside(line) for line in session.problem.lines}
        for e in entries:
            if e.job == self.name and prices[e.line]:
                outside[e.line] = outside.get(e.line, 0) + e.pairs
        return Promise(
            way,
            finish,
            round(cost, 4),
            None if wish.wanted is None else finish <= wish.wanted,
            overtime_minutes(session.problem, session.state["cells"]["used"], self.used, self.regular, self.room),
            outside,
            option.moved,
            entries,
            {(e.line, e.day): session.order(e.line, e.day) for e in entries},
        )

    def _entries(self, name: str) -> Iterator[Entry]:
        for stage in self.session.model.stages:
            for (line, day), pairs in sorted(self.session.stage_days(name, stage).items()):
                yield Entry(name, stage, line, day, pairs)


def keep_promise(session: Session, wish: Wish, kept: Promise) -> Session:
    """A session of its own with the order standing as promised, due on the day it wants or else on the day it is promised for.

    BrokenPromiseError if the plan has changed since and has no room for it; ValueError if there is nothing to keep.
    """
    if kept.finish is None:
        raise ValueError("nothing was promised")
    job = job_of(session.problem, wish, wish.wanted if wish.wanted is not None else kept.finish)
    if isinstance(job, tuple):
        raise InvalidProblemError(job)
    gone = {wish.id, *kept.moved}
    order = {cell: {name: i for i, name in enumerate(names)} for cell, names in kept.order.items()}
    entries = [e for e in session.entries() if e.job not in gone]
    entries += kept.entries
    entries.sort(key=lambda e: (e.day, order.get((e.line, e.day), {}).get(e.job, -1)))
    other = Session(replace(session.problem, jobs=(*session.problem.jobs, job)), entries)
    if other.dropped or other.finish(wish.id) != kept.finish:
        raise BrokenPromiseError(other.dropped or (Fault(f"job {wish.id}", "entries", f"is not done by day {kept.finish}"),))
    return other
