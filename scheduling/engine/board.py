"""A feasible plan that can be changed pair by pair: every change is tried, judged by the checker's rules, kept or undone.

Pairs, days and minutes as in the problem. A *task* is one job at one stage (job × stages + stage), a *cell* one line
on one day, a *lot* the pairs of one task in one place of a cell. Pairs only ever go from one lot of a task to another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .access import pair_price
from .checker import TOLERANCE
from .facts import lag_after, made_pairs
from .frozen import frozen_pairs, place
from .graph import far
from .plan import Entry
from .problem import Problem
from .tool_use import ToolUse

Cell = tuple[int, int]  # line, day


@dataclass(slots=True, eq=False)
class Lot:
    """Pairs of a task in a cell; its place in the order of work is its place in the list of the cell. A frozen one stays as it is."""

    job: int
    task: int
    line: int
    day: int
    pairs: int
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the open changes come to. cost: change of the objective; crumbs: change of their number; lots: of the number of lots."""

    cost: float
    crumbs: int
    lots: int
    overfull: tuple[tuple[Cell, float], ...]  # cells, and the minutes too many
    barred: bool = False  # tools make more than they can


@dataclass(slots=True)
class Trial:
    """The open changes: pairs moved in order, orders of work replaced, and the cells as they would be."""

    shifts: list[tuple[Lot, Lot, int]] = field(default_factory=list)
    orders: dict[Cell, list[Lot]] = field(default_factory=dict)
    cells: dict[Cell, tuple[float, int]] = field(default_factory=dict)


class Board:
    """A plan in numbers. `judged` counts verdicts: the measure of work."""

    def __init__(self, problem: Problem, entries: Iterable[Entry]) -> None:
        self.problem = problem
        self.costs, self.days = problem.costs, problem.days
        self.smallest = [problem.smallest_lot if line.smallest_lot is None else line.smallest_lot for line in problem.lines]
        self.width = len(problem.stages)
        number = {s.id: i for i, s in enumerate(problem.stages)}
        self.lags = {(number[f], number[s.id]): lag_after(problem, s, f) for s in problem.stages for f in s.after}
        self.feeders = [[number[a] for a in s.after] for s in problem.stages]
        self.followers = [[i for i, s in enumerate(problem.stages) if name in s.after] for name in number]
        self.depth = self._depths()
        self.last = next(i for i, after in enumerate(self.followers) if not after)
        self.roots = [i for i, feeders in enumerate(self.feeders) if not feeders]
        self.styles = [j.style for j in problem.jobs]
        self.minutes = [[j.minutes.get(s.id, 0.0) for s in problem.stages] for j in problem.jobs]
        self.stage = [number[line.stage] for line in problem.lines]
        self.regular = [line.minutes for line in problem.lines]
        self.room = [[(m + o) * (1 + TOLERANCE) for m, o in zip(line.minutes, line.overtime, strict=True)] for line in problem.lines]
        self.cells: list[list[list[Lot]]] = [[[] for _ in range(problem.days)] for _ in problem.lines]
        self.lots: list[list[Lot]] = [[] for _ in range(len(problem.jobs) * self.width)]  # by task
        self.before = np.array([made_pairs(problem, j)[s.id] for j in problem.jobs for s in problem.stages], np.int32)
        self.made = self._enter(entries)
        self.home = self._enter_base()
        self.held = {task for task, _, _ in self.home}
        self.tools = ToolUse(problem, self.before, self.width, self.lots)
        far = [bool(line.out_days or line.back_days or line.minimum_lot) for line in problem.lines]
        self.outside = {lot.job for lots in self.lots for lot in lots if far[lot.line]}  # they stay as they are
        self.judged = 0
        self.trial = Trial()
        self.used = [[0.0] * problem.days for _ in problem.lines]
        self.changes = [[0] * problem.days for _ in problem.lines]
        for line in range(len(problem.lines)):
            for day in range(problem.days):
                self.used[line][day], self.changes[line][day] = self._measure((line, day))
                self.room[line][day] = max(self.room[line][day], self.used[line][day])  # frozen work may overfill a cell

    def _enter(self, entries: Iterable[Entry]) -> npt.NDArray[np.int32]:
        """Fill the cells; pairs made by the end of each day, task by task."""
        jobs = {j.id: i for i, j in enumerate(self.problem.jobs)}
        lines = {line.id: i for i, line in enumerate(self.problem.lines)}
        made = np.zeros((len(self.lots), self.days), np.int32)
        held = frozen_pairs(self.problem)
        for e in entries:
            job, line = jobs[e.job], lines[e.line]
            stays = min(held[place(e)], e.pairs) if held else 0
            held[place(e)] -= stays
            for pairs, frozen in ((stays, True), (e.pairs - stays, False)):
                if pairs:
                    lot = Lot(job, job * self.width + self.stage[line], line, e.day, pairs, frozen)
                    self.cells[line][e.day].append(lot)
                    self.lots[lot.task].append(lot)
                    made[lot.task, e.day] += pairs
        made[:, 0] += self.before
        return np.cumsum(made, axis=1, out=made)

    def _depths(self) -> list[int]:
        """Stages on the longest way before each stage."""
        depth = far({s.id: s.after for s in self.problem.stages})
        return [depth[s.id] for s in self.problem.stages]

    def entries(self) -> tuple[Entry, ...]:
        """The plan, line by line in the order of work."""
        jobs, lines = self.problem.jobs, self.problem.lines
        found = (lot for line in self.cells for cell in line for lot in cell)
        return tuple(Entry(jobs[lot.job].id, lines[lot.line].stage, lines[lot.line].id, lot.day, lot.pairs) for lot in found)

    def is_crumb(self, lot: Lot) -> bool:
        """Fewer pairs than the smallest sensible lot, and not the whole job."""
        return not lot.frozen and self._small(lot, lot.pairs)

    def least(self, lot: Lot) -> int:
        """Pairs of a sensible lot where this one stands."""
        return self.smallest[lot.line]

    def _small(self, lot: Lot, pairs: int) -> bool:
        return 0 < pairs < self.least(lot) and pairs < self.problem.jobs[lot.job].pairs

    def rate(self, lot: Lot) -> float:
        """Minutes per pair."""
        return self.minutes[lot.job][self.stage[lot.line]]

    def left(self, cell: Cell) -> float:
        """Minutes left in a cell, overtime included, as the trial stands at its last verdict."""
        line, day = cell
        used = self.trial.cells.get(cell, (self.used[line][day], 0))[0]
        return self.room[line][day] - used

    def overtime_price(self, cell: Cell, minutes: float) -> float:
        """What more (or fewer, if negative) minutes of work in a cell cost."""
        line, day = cell
        used, regular = self.used[line][day], self.regular[line][day]
        return self.costs.overtime * (max(0.0, used + minutes - regular) - max(0.0, used - regular))

    def slack(self, task: int, day: int, to: int) -> int:
        """How many pairs of a task may go from one day to another as far as flow and lateness are concerned."""
        job, stage = divmod(task, self.width)
        if stage == self.last and to > max(day, self.problem.jobs[job].due):
            return 0
        neighbours = self.feeders[stage] if to < day else self.followers[stage] if to > day else []
        return max(0, self._least_spare(task, stage, neighbours, day, to))

    def _least_spare(self, task: int, stage: int, neighbours: list[int], day: int, to: int) -> int:
        pairs = self.problem.jobs[task // self.width].pairs
        return min((int(self._spare(task, other - stage, day, to).min(initial=pairs)) for other in neighbours), default=pairs)

    def blocks(self, task: int, day: int, to: int, pairs: int) -> list[tuple[int, int, int, int]]:
        """What keeps pairs from another day: (task of the same job, first and last day by whose end it is short, pairs that it lacks)."""
        stage = task % self.width
        found = []
        for other in self.feeders[stage] if to < day else self.followers[stage]:
            spare = self._spare(task, other - stage, day, to)
            short = np.flatnonzero(spare < pairs)
            if short.size:
                first = to - self.lags[other, stage] if to < day else day + self.lags[stage, other]
                found.append((task + other - stage, first + int(short[0]), first + int(short[-1]), pairs - int(spare.min())))
        return found

    def _spare(self, task: int, way: int, day: int, to: int) -> npt.NDArray[np.int32]:
        """Pairs that wait between a task and its neighbour `way` stages on, for each day that a move between two days concerns."""
        rows, other, stage = self.made, task + way, task % self.width
        if to < day:
            lag = self.lags[stage + way, stage]
            there = rows[other, max(0, to - lag) : max(0, day - lag)]
            early = np.full(day - to - len(there), self.before[other], np.int32)
            return np.concatenate([early, there]) - rows[task, to:day]
        lag = self.lags[stage, stage + way]
        end = max(day, min(to, self.days - lag))
        return rows[task, day:end] - rows[other, day + lag : end + lag]

    def shift(self, source: Lot, target: Lot, pairs: int) -> bool:
        """Move pairs between two lots of a task in the trial; False, and nothing done, if flow or lateness forbid it."""
        if (
            source.frozen
            or target.frozen
            or source.job in self.outside
            or pairs > source.pairs
            or pairs > self.slack(source.task, source.day, target.day)
        ):
            return False
        self._carry(source, target, pairs)
        self.trial.shifts.append((source, target, pairs))
        return True

    def _carry(self, source: Lot, target: Lot, pairs: int) -> None:
        source.pairs -= pairs
        target.pairs += pairs
        first, end = min(source.day, target.day), max(source.day, target.day)
        self.made[source.task, first:end] += pairs if target.day < source.day else -pairs

    def reorder(self, cell: Cell, order: list[Lot]) -> None:
        """Another order of work for a cell in the trial; the same lots as now."""
        self.trial.orders[cell] = self.cells[cell[0]][cell[1]]
        self.cells[cell[0]][cell[1]] = order

    def undo(self, keep: int = 0) -> None:
        """Take back the shifts of the trial but the first `keep`; with none kept, its orders too."""
        shifts = self.trial.shifts
        while len(shifts) > keep:
            source, target, pairs = shifts.pop()
            self._carry(target, source, pairs)
        if not keep:
            for (line, day), order in self.trial.orders.items():
                self.cells[line][day] = order
            self.trial = Trial()

    def keep(self) -> None:
        """Make the trial, judged as it stands, part of the plan."""
        for (line, day), (used, changes) in self.trial.cells.items():
            self.used[line][day], self.changes[line][day] = used, changes
        self.tools.keep({source.task for source, _, _ in self.trial.shifts})
        for source, _, _ in self.trial.shifts:
            if not source.pairs and source in self.lots[source.task]:
                self.lots[source.task].remove(source)
                self.cells[source.line][source.day].remove(source)
        self.trial = Trial()

    def judge(self) -> Verdict:
        """What the trial changes; it may be kept only if no cell is overfull."""
        self.judged += 1
        self.trial.cells = self._touched()
        overfull, overtime, changes = [], 0.0, 0
        for cell, (used, count) in self.trial.cells.items():
            line, day = cell
            regular = self.regular[line][day]
            overtime += max(0.0, used - regular) - max(0.0, self.used[line][day] - regular)
            changes += count - self.changes[line][day]
            if used > self.room[line][day]:
                overfull.append((cell, used - self.room[line][day]))
        crumbs, lots, splits = self._count()
        c = self.costs
        cost = c.overtime * overtime + c.changeover * changes + c.split * splits + self._time_cost() + self._team_cost()
        return Verdict(cost, crumbs, lots, tuple(overfull), self.tools.short({source.task for source, _, _ in self.trial.shifts}))

    def _touched(self) -> dict[Cell, tuple[float, int]]:
        """Minutes and changeovers of all cells that the trial changes; what ends a cell's work matters to the next one."""
        todo = {(lot.line, lot.day): False for source, target, _ in self.trial.shifts for lot in (source, target)}
        for source, _, _ in self.trial.shifts:
            todo[source.line, source.day] |= not source.pairs
        for cell in self.trial.orders:
            todo[cell] = True
        for (line, day), ends in list(todo.items()):
            after = self._next(line, day) if ends else None
            if after is not None:
                todo.setdefault((line, after), False)
        return {cell: self._measure(cell) for cell in sorted(todo)}

    def _next(self, line: int, day: int) -> int | None:
        """The next day on which a line works."""
        cells = self.cells[line]
        return next((d for d in range(day + 1, self.days) if any(lot.pairs for lot in cells[d])), None)

    def style_before(self, line: int, day: int) -> str | None:
        """The style that a line worked on last before a day."""
        for cell in reversed(self.cells[line][:day]):
            for lot in reversed(cell):
                if lot.pairs:
                    return self.styles[lot.job]
        return None

    def style_after(self, line: int, day: int) -> str | None:
        """The style that a line works on first after a day."""
        after = self._next(line, day)
        if after is None:
            return None
        return next(self.styles[lot.job] for lot in self.cells[line][after] if lot.pairs)

    def _measure(self, cell: Cell) -> tuple[float, int]:
        """Minutes and changeovers of a cell, added up in the checker's order."""
        line, day = cell
        lots = [lot for lot in self.cells[line][day] if lot.pairs]
        if not lots:
            return 0.0, 0
        style, stage, changeover = self.style_before(line, day), self.stage[line], self.problem.lines[line].changeover
        used, changes = 0.0, 0
        for lot in lots:
            own = self.styles[lot.job]
            if style is not None and own != style:
                changes += 1
                used += changeover
            style = own
            used += lot.pairs * self.minutes[lot.job][stage]
        return used, changes

    def _count(self) -> tuple[int, int, int]:
        """Changes of the numbers of crumbs, lots and splits."""
        before: dict[Lot, int] = {}
        for source, target, pairs in self.trial.shifts:
            before[source] = before.get(source, source.pairs) + pairs
            before[target] = before.get(target, target.pairs) - pairs
        crumbs = sum(self._small(lot, lot.pairs) - self._small(lot, old) for lot, old in before.items())
        gone = [lot for lot in before if not lot.pairs]
        splits = 0
        for task in sorted({lot.task for lot in gone}):
            lots = self.lots[task]
            splits += len({lot.line for lot in lots if lot.pairs}) - len({lot.line for lot in lots})
        return crumbs, -len(gone), splits

    def _team_cost(self) -> float:
        """Change of what teams cost by the pair, and of what it costs to move pairs away from the base."""
        lines, jobs = self.problem.lines, self.problem.jobs
        cost = 0.0
        old: dict[tuple[int, int, int], int] = {}
        for source, target, pairs in self.trial.shifts:
            if source.line != target.line:
                job = jobs[source.job]
                cost += pairs * (pair_price(lines[target.line], job) - pair_price(lines[source.line], job))
            for lot, change in ((source, pairs), (target, -pairs)):
                if lot.task in self.held:
                    key = lot.task, lot.line, lot.day
                    old[key] = old.get(key, self._standing(*key)) + change
        for key, before in old.items():
            home = self.home.get(key, 0)
            cost += self.costs.move * (max(0, self._standing(*key) - home) - max(0, before - home))
        return cost

    def _standing(self, task: int, line: int, day: int) -> int:
        return sum(lot.pairs for lot in self.lots[task] if lot.line == line and lot.day == day)

    def _enter_base(self) -> dict[tuple[int, int, int], int]:
        """Pairs of the base by task, line and day, as far as its jobs and lines are known and moving costs something."""
        problem = self.problem
        jobs, lines = {j.id: i for i, j in enumerate(problem.jobs)}, {line.id: i for i, line in enumerate(problem.lines)}
        home: dict[tuple[int, int, int], int] = {}
        for e in problem.base if problem.costs.move > 0 else ():
            if e.job in jobs and e.line in lines and problem.lines[lines[e.line]].stage == e.stage:
                key = jobs[e.job] * self.width + self.stage[lines[e.line]], lines[e.line], e.day
                home[key] = home.get(key, 0) + e.pairs
        return home

    def _time_cost(self) -> float:
        """Change of the costs of lateness and of work in progress."""
        cost = 0.0
        entered: dict[int, dict[int, int]] = {}
        for source, target, pairs in self.trial.shifts:
            stage = source.task - source.job * self.width
            job = self.problem.jobs[source.job]
            days = pairs * (target.day - source.day)
            if stage == self.last:
                late = max(0, target.day - job.due) - max(0, source.day - job.due)
                cost += self.costs.late * job.importance * pairs * late + self.costs.wip * days
            if stage in self.roots:
                moved = entered.setdefault(source.job, {})
                moved[stage] = moved.get(stage, 0) + days
        for number, moved in entered.items():
            sums = {s: self._day_sum(number * self.width + s) for s in self.roots}
            cost -= self.costs.wip * (min(sums.values()) - min(v - moved.get(s, 0) for s, v in sums.items()))
        return cost

    def _day_sum(self, task: int) -> int:
        return sum(lot.day * lot.pairs for lot in self.lots[task])
