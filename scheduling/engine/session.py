"""A warm plan that can be asked "what if": jobs taken out and put in, minutes opened, everything undone exactly."""

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import Model, build, enlarge, first_days, read_entries
from .facts import is_done, start_day
from .frozen import excused
from .kernels import probe
from .kernels import state as k
from .kernels.cells import commit
from .kernels.eject import late_count
from .kernels.jobs import take_lot, total_cost
from .kernels.mend import ease
from .load import Load
from .loading import load_entries, load_rows, read_rows, settle_loaded
from .plan import Entry, Fault, Reason
from .problem import Job, Problem
from .reasons import unplannable
from .validation import check_problem

EAGER = 50.0  # how much more a job counts while it is inserted eagerly
SPARE = 4  # trials may use so many times the pieces that one round of the search needs


def plannable(problem: Problem, hopeless: Container[str]) -> tuple[Job, ...]:
    """Jobs with a route, rates and teams that are not done yet."""
    return tuple(j for j in problem.jobs if j.id not in hopeless and not is_done(problem, j))


class InvalidProblemError(ValueError):
    """The problem breaks its rules; `faults` names everything at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Session:
    """A problem and a plan of it, held in the kernels' state.

    dropped: what of the given entries could not stand, by job. hopeless: jobs without a route, rate or team, and why.
    Changes stay open until `keep`; `undo` takes them back to a mark, exactly. Days and pairs as in the problem.
    """

    def __init__(self, problem: Problem, entries: Iterable[Entry] = (), *, seed: int = 0) -> None:
        faults = check_problem(problem)
        if faults:
            raise InvalidProblemError(faults)
        self.problem = problem
        self.hopeless: dict[str, tuple[Reason, ...]] = unplannable(problem)
        self.model: Model = build(problem, plannable(problem, self.hopeless), seed)
        self.number = {job.id: i for i, job in enumerate(self.model.jobs)}
        self.dropped: tuple[Fault, ...] = load_entries(self.model, entries)
        self._steps: list[tuple[Any, ...]] = []
        self._floor: Load | None = None
        self._spare()

    def _spare(self) -> None:
        while self.state.value("n_free") < SPARE * self.state.value("reserve"):
            enlarge(self.state)

    @property
    def state(self) -> k.State:
        return self.model.state

    @property
    def desk(self) -> k.Desk:
        return self.model.state.desk

    @property
    def cost(self) -> float:
        """The objective; a job left out counts more than planning it could."""
        return float(total_cost(self.desk))

    @property
    def whole(self) -> bool:
        """True if no line has more work than minutes: only then may changes be kept."""
        return int(self.state.value("overfull")) == 0

    def job(self, name: str) -> Job:
        return self.model.jobs[self.number[name]]

    def entries(self) -> tuple[Entry, ...]:
        """The plan as it stands, line by line in the order of work."""
        return read_entries(self.model, self.state["pieces"])

    def finish(self, name: str) -> int | None:
        """Day of a job's last pair; None if it is left out."""
        day = int(probe.finish_day(self.desk, self.number[name])) if name in self.number else -1
        return None if day < 0 else day

    def stage_days(self, name: str, stage: str) -> dict[tuple[str, int], int]:
        """Pairs of a job at a stage by line and day."""
        pieces = self.state["pieces"]
        found: dict[tuple[str, int], int] = {}
        p = int(self.state["tasks"][self.task(name, stage)]["head"])
        while p >= 0:
            line, day = divmod(int(pieces[p]["cell"]), self.problem.days)
            key = self.problem.lines[line].id, day
            found[key] = found.get(key, 0) + int(pieces[p]["pairs"])
            p = int(pieces[p]["task_behind"])
        return found

    def order(self, line: str, day: int) -> tuple[str, ...]:
        """Jobs of a line on a day in the order of work, each once for every lot it has there."""
        pieces, everybody = self.state["pieces"], self.model.jobs + self.model.ghosts
        row = next(i for i, each in enumerate(self.problem.lines) if each.id == line)
        cell = self.state["cells"][row * self.problem.days + day]
        p, found = int(cell["head"]), list[str]()
        while p >= 0:
            found.append(everybody[pieces[p]["job"]].id)
            p = int(pieces[p]["behind"]) if p != cell["tail"] else -1
        return tuple(found)

    def task(self, name: str, stage: str) -> int:
        """Number of a job's stage in the table of tasks."""
        return self.number[name] * len(self.model.stages) + self.model.stages.index(stage)

    def remove(self, name: str) -> None:
        """Take a job out of the plan."""
        job = self.number[name]
        self._note_job(job)
        probe.take_job(self.desk, job)

    def remove_late(self, name: str) -> None:
        """Take the pairs of a planned job that finish late out of every stage; the rest stays. `insert_eagerly` puts them in again."""
        job = self.number[name]
        self._note_job(job)
        take_lot(self.desk, job, late_count(self.desk, job), True)

    def insert(self, name: str, *, lines: int = k.MOST_LINES, roam: int = 0, smallest: int = 1) -> bool:
        """Plan a job that is left out, beside all others; False, and nothing changed, if it does not fit.

        lines: how many may share a stage. roam: days that a stage may start later than it could, to meet its style.
        smallest: least pairs for a day on which a changeover is needed.
        """
        job = self.number[name]
        if self.state["jobs"]["planned"][job]:
            return True
        self._note_job(job)
        if probe.put_job(self.desk, job, lines, roam, smallest):
            return True
        self._steps = self._steps[:-2]
        return False

    def insert_eagerly(self, name: str) -> bool:
        """Plan what is missing of a job so that it is as little late as can be, whatever that costs; False if it does not fit.

        The same plan and the same minutes always give the same place.
        """
        job = self.number[name]
        self._note_job(job)
        weight = float(self.state["jobs"]["weight"][job])
        dearest = float(self.state["ables"]["price"].max(initial=0.0)) / k.SCALE / max(self.problem.costs.late, 1e-3)
        self.state["jobs"]["weight"][job] = EAGER * max(weight, 1.0) + 2.0 * dearest
        good = bool(probe.put_eagerly(self.desk, job))
        self.state["jobs"]["weight"][job] = weight
        if not good:
            self._steps = self._steps[:-2]
        return good

    def ease(self) -> bool:
        """Make room where the open changes left too much work (a job gone may leave a changeover behind); False if there is none."""
        if self.whole:
            return True
        mark = self.mark()
        self._steps.append(("notes", int(self.state.value("n_notes"))))
        if ease(self.desk):
            return True
        self.undo(mark)
        return False

    def _note_job(self, job: int) -> None:
        self._steps.append(("planned", job, int(self.state["jobs"]["planned"][job])))
        self._steps.append(("notes", int(self.state.value("n_notes"))))

    def change(self, table: str, row: int, **values: float) -> None:
        """Change fields of a row that no running sum depends on (a job's release or weight, say)."""
        for field, value in values.items():
            self._steps.append(("field", table, row, field, self.state[table][field][row].item()))
            self.state[table][field][row] = value

    def set_minutes(self, line: int, day: int, regular: float, room: float) -> None:
        """Other minutes for a line (by number) on a day: regular ones, and with overtime."""
        c = line * self.problem.days + day
        cell = self.state["cells"][c]
        self._steps.append(("cell", c, float(cell["regular"]), float(cell["room"])))
        self._set_cell(c, round(regular * k.SCALE), round(room * k.SCALE))

    def _set_cell(self, c: int, regular: float, room: float) -> None:
        cell, table = self.state["cells"][c], self.state.table
        used = float(cell["used"])
        table["overtime"] += max(0.0, used - regular) - max(0.0, used - float(cell["regular"]))
        table["overfull"] += int(used > room) - int(used > float(cell["room"]))
        cell["regular"], cell["room"] = regular, room

    def set_room(self, cells: k.Records, room: k.Records) -> None:
        """Other minutes with overtime, in 1/SCALE minutes, for cells (line × days + day)."""
        table = self.state["cells"]
        self._steps.append(("room", cells, table["room"][cells].copy()))
        self._set_room(cells, room)

    def _set_room(self, cells: k.Records, room: k.Records) -> None:
        table = self.state["cells"]
        used = table["used"][cells]
        self.state.table["overfull"] += int((used > room).sum()) - int((used > table["room"][cells]).sum())
        table["room"][cells] = room

    def set_job(self, name: str, job: Job) -> None:
        """Other start days for a job that is taken out: those of `job`, a copy with another release or other ready days."""
        stages, number = self.model.stages, self.number[name]
        rows = slice(number * len(stages), (number + 1) * len(stages))
        tasks = self.state["tasks"]
        before = {field: tasks[field][rows].copy() for field in ("start", "first", "excused")}
        self._steps.append(("start", rows, before))
        start = np.array([[start_day(job, s) for s in stages]], np.int32)
        tasks["start"][rows] = start[0]
        tasks["first"][rows] = first_days(self.problem, stages, start, tasks["made"][rows][None])[0]
        held = tuple(e for e in self.problem.frozen if e.job == name)
        if held:  # what is frozen may have to be fed if the job may start sooner
            free = excused(replace(self.problem, jobs=(job,), frozen=held))
            tasks["excused"][rows] = [free.get((name, stage), k.NOWHERE) for stage in stages]

    def floor(self) -> Load:
        """Who works when, as the plan stands at the last `keep`."""
        if self._floor is None:
            self._floor = Load(self.problem, self.entries())
        return self._floor

    def mark(self) -> int:
        """A mark to which `undo` can go back."""
        return len(self._steps)

    def undo(self, mark: int = 0) -> None:
        """Take back all changes after a mark, the last one first."""
        while len(self._steps) > mark:
            kind, *step = self._steps.pop()
            if kind == "notes":
                probe.rewind(self.desk, step[0])
            elif kind == "planned":
                self._set_planned(*step)
            elif kind == "cell":
                self._set_cell(*step)
            elif kind == "room":
                self._set_room(*step)
            elif kind == "start":
                rows, before = step
                for field, values in before.items():
                    self.state["tasks"][field][rows] = values
            else:
                table, row, field, value = step
                self.state[table][field][row] = value

    def _set_planned(self, job: int, planned: int) -> None:
        row = self.state["jobs"][job]
        self.state.table["left_out"] += int(row["planned"]) - planned
        row["planned"] = planned

    def keep(self) -> None:
        """Make the open changes part of the plan."""
        if not self.whole:
            raise ValueError("the open changes leave a line with more work than minutes")
        self._steps.clear()
        self._floor = None
        commit(self.desk)
        self._spare()

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Whatever is changed inside is undone at the end."""
        mark = self.mark()
        try:
            yield
        finally:
            self.undo(mark)

    def twin(self) -> "Session":
        """A session of its own with the same plan, for another thread; this one must have no open changes."""
        other = copy(self)
        other.model = replace(self.model, state=self.state.copy())
        other._steps = []
        return other

    def with_problem(self, problem: Problem, *, seed: int = 0) -> "Session":
        """A session of its own for a problem with the same stages, lines, days and first jobs, the plan standing as it does here."""
        other = Session(problem, seed=seed)
        jobs = [other.number.get(job.id, -1) for job in self.model.jobs]
        rows = read_rows(self.state, frozen=False)
        width = len(self.model.stages)
        job, stage = rows[:, 0] // width, rows[:, 0] % width
        rows[:, 0] = np.array(jobs, np.int32)[job]
        there = rows[:, 0] >= 0
        rows[:, 0] = rows[:, 0] * width + stage
        load_rows(other.state, rows[there])
        other.dropped = settle_loaded(other.model)
        return other
