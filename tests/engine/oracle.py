"""The best plan of a tiny factory, proved by CP-SAT: an independent statement of docs/engine-format.md.

For chains of stages without minutes for changeovers (then it does not matter in which cell one falls), and jobs that must all be made.
"""

import math
from collections import Counter

from ortools.sat.python import cp_model

from scheduling.engine import Job, Line, Problem
from tests.engine import own_check

UNIT = 1000  # of cost
SECONDS = 20.0

Pairs = dict[tuple[int, int, int], cp_model.IntVar]  # job, line, day


class Oracle:
    """One model; `solve` gives the least cost, None if the jobs cannot all be made."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.model = problem, cp_model.CpModel()
        self.days = range(problem.days)
        self.costs: list[cp_model.LinearExprT] = []
        self.x: Pairs = {}
        for j, job in enumerate(problem.jobs):
            for i, line in enumerate(problem.lines):
                for day in self.days:
                    most = job.pairs if may(problem, job, line, day) else 0
                    self.x[j, i, day] = self.model.new_int_var(0, most, "")
        for j, job in enumerate(problem.jobs):
            self._make(j, job)
        for i, line in enumerate(problem.lines):
            self._work(i, line)
        self._tools()
        self._stay()

    def solve(self) -> float | None:
        self.model.minimize(sum(self.costs))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, SECONDS
        status = solver.solve(self.model)
        assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), "too large to be proved"
        return solver.objective_value / UNIT if status == cp_model.OPTIMAL else None

    def _pay(self, price: float, what: cp_model.LinearExprT) -> None:
        assert math.isclose(price * UNIT, round(price * UNIT), abs_tol=1e-9)
        self.costs.append(round(price * UNIT) * what)

    def _day(self, j: int, stage: str, day: int) -> cp_model.LinearExprT:
        """Pairs that are there on a day, back from teams outside."""
        lines = [(i, day - line.back_days) for i, line in enumerate(self.problem.lines) if line.stage == stage]
        return sum(self.x[j, i, d] for i, d in lines if d >= 0)

    def _taken(self, j: int, stage: str, day: int) -> cp_model.LinearExprT:
        """Pairs taken up by the end of a day, those on the way to teams outside among them."""
        before = own_check.reported(self.problem, self.problem.jobs[j])[stage]
        lines = [(i, day + line.out_days) for i, line in enumerate(self.problem.lines) if line.stage == stage]
        return before + sum(self.x[j, i, d] for i, last in lines for d in self.days if d <= last)

    def _least(self, j: int, job: Job, stage: str, lines: list[int]) -> None:
        """Nothing, or at least the minimum lot or all that is left."""
        left = job.pairs - own_check.reported(self.problem, job)[stage]
        for i in lines:
            least, made = self.problem.lines[i].minimum_lot, [self.x[j, i, day] for day in self.days]
            if least and left:
                self.model.add(sum(made) >= min(least, left)).only_enforce_if(self._any(made))

    def _until(self, j: int, stage: str, day: int) -> cp_model.LinearExprT:
        before = own_check.reported(self.problem, self.problem.jobs[j])[stage]
        return before + sum(self._day(j, stage, d) for d in range(day + 1))

    def _make(self, j: int, job: Job) -> None:
        problem, c = self.problem, self.problem.costs
        first, last = problem.stages[0].id, problem.stages[-1].id
        for stage in problem.stages:
            self.model.add(self._until(j, stage.id, problem.days - 1) == job.pairs)
            for feeder in stage.after:
                for day in self.days:
                    lag = stage.lags.get(feeder, problem.lag)
                    self.model.add(self._taken(j, stage.id, day) <= self._until(j, feeder, day - lag))
            lines = [i for i, line in enumerate(problem.lines) if line.stage == stage.id]
            self._least(j, job, stage.id, lines)
            used = [self._any([self.x[j, i, day] for day in self.days]) for i in lines]
            some = self._any(used)
            self._pay(c.split, sum(used) - some)
        for day in self.days:
            done = self._day(j, last, day)
            self._pay(c.late * job.weight * job.priority * max(0, day - job.due) + c.wip * day, done)
            self._pay(-c.wip * day, self._day(j, first, day))
        for i, line in enumerate(problem.lines):
            for day in self.days:
                self._pay(own_check.price(line, job), self.x[j, i, day])

    def _any(self, numbers: list[cp_model.IntVar]) -> cp_model.IntVar:
        """1 if any of the numbers is more than 0."""
        flag = self.model.new_bool_var("")
        self.model.add(sum(numbers) >= 1).only_enforce_if(flag)
        self.model.add(sum(numbers) == 0).only_enforce_if(~flag)
        return flag

    def _work(self, i: int, line: Line) -> None:
        jobs = list(enumerate(self.problem.jobs))
        for day in self.days:
            used = sum(round(job.minutes[line.stage]) * self.x[j, i, day] for j, job in jobs if line.stage in job.minutes)
            extra = self.model.new_int_var(0, round(line.overtime[day]), "")
            self.model.add(used <= round(line.minutes[day]) + extra)
            self._pay(self.problem.costs.overtime, extra)
        self._change(i, sorted({job.style for _, job in jobs}))

    def _change(self, i: int, styles: list[str]) -> None:
        """Count changeovers: the styles of a day less one, and one more if it does not begin with the style that went before."""
        ended: list[cp_model.IntVar] | None = None
        for day in self.days:
            made = [self._any([self.x[j, i, day] for j, job in enumerate(self.problem.jobs) if job.style == s]) for s in styles]
            works = self._any(made)
            begins, ends = (self._one_of(made, works) for _ in range(2))
            several = self.model.new_bool_var("")
            self.model.add(sum(made) >= 2).only_enforce_if(several)
            self.model.add(sum(made) <= 1).only_enforce_if(~several)
            for b, e in zip(begins, ends, strict=True):
                self.model.add(b + e <= 1).only_enforce_if(several)
            self._pay(self.problem.costs.changeover, sum(made) - works)
            carried = [self.model.new_bool_var("") for _ in styles]
            for s in range(len(styles)):
                self.model.add(carried[s] == ends[s]).only_enforce_if(works)
                self.model.add(carried[s] == (ended[s] if ended else 0)).only_enforce_if(~works)
                if ended:
                    for other in set(range(len(styles))) - {s}:
                        change = self.model.new_bool_var("")
                        self.model.add_bool_or([~begins[s], ~ended[other], change])
                        self._pay(self.problem.costs.changeover, change)
            ended = carried

    def _one_of(self, made: list[cp_model.IntVar], works: cp_model.IntVar) -> list[cp_model.IntVar]:
        chosen = [self.model.new_bool_var("") for _ in made]
        self.model.add(sum(chosen) == works)
        for one, there in zip(chosen, made, strict=True):
            self.model.add_implication(one, there)
        return chosen

    def _tools(self) -> None:
        """Sizes of the first pairs by table; the caps by tool, place, size and day."""
        used: dict[tuple[str, frozenset[str] | None, str, int], list[cp_model.LinearExprT]] = {}
        for j, job in enumerate(self.problem.jobs):
            for stage, needed in job.tools.items():
                number: cp_model.LinearExprT = own_check.reported(self.problem, job)[stage]
                for day in self.days:
                    for i, line in enumerate(self.problem.lines):
                        if line.stage == stage:
                            before, number = number, number + self.x[j, i, day]
                            for tool in (t for t in self.problem.tools if t.id in needed):
                                place = next((s.lines for s in tool.stock if s.lines is not None and line.id in s.lines), None)
                                own = {size for s in tool.stock if s.lines == place for size in s.pieces}
                                for size in own_check.run_of(job):
                                    taken = self._first(job, size, number) - self._first(job, size, before)
                                    used.setdefault((tool.id, place, size if size in own else "", day), []).append(taken)
        for (name, place, size, day), taken in used.items():
            tool = next(t for t in self.problem.tools if t.id == name)
            self.model.add(sum(taken) <= own_check.made_a_day(tool, place, size, day))

    def _first(self, job: Job, size: str, number: cp_model.LinearExprT) -> cp_model.LinearExprT:
        table = [own_check.first_pairs(own_check.run_of(job), n)[size] for n in range(job.pairs + 1)]
        at, found = self.model.new_int_var(0, job.pairs, ""), self.model.new_int_var(0, max(table), "")
        self.model.add(at == number)
        self.model.add_element(at, table, found)
        return found

    def _stay(self) -> None:
        """Frozen pairs stand; pairs that leave their place in the base cost."""
        problem = self.problem
        jobs, lines = {j.id: n for n, j in enumerate(problem.jobs)}, {x.id: n for n, x in enumerate(problem.lines)}
        for (job, _, line, day), pairs in own_check.frozen_of(problem).items():
            self.model.add(self.x[jobs[job], lines[line], day] >= pairs)
        old = Counter[own_check.Where]()
        for e in problem.base:
            old[own_check.at(e)] += e.pairs
        for (j, i, day), pairs in self.x.items():
            job, line = problem.jobs[j], problem.lines[i]
            if any((e.job, e.stage) == (job.id, line.stage) for e in problem.base):
                more = self.model.new_int_var(0, job.pairs, "")
                self.model.add(more >= pairs - old[job.id, line.stage, line.id, day])
                self._pay(problem.costs.move, more)


def may(problem: Problem, job: Job, line: Line, day: int) -> bool:
    """The line may make the job on a day, feeders and other work aside."""
    if line.stage not in job.minutes or day - line.out_days < max(0, job.release, job.ready.get(line.stage, 0)):
        return False
    if day + line.back_days >= problem.days or job.pairs < line.minimum_lot:
        return False
    if (line.families is not None and job.family not in line.families) or line.id not in job.only_lines.get(line.stage, {line.id}):
        return False
    kept = [w for w in problem.reserved if own_check.holds(w, line.id, day)]
    banned = any(own_check.holds(w, line.id, day) and own_check.names(w, job) for w in problem.bans)
    return not banned and (not kept or any(own_check.names(w, job) for w in kept))
