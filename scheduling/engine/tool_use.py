"""Tools taken by a plan that is being changed pair by pair (`board.Board`)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .plan import Entry
from .problem import Problem
from .tooling import Spot, Tooling


class Standing(Protocol):
    """Pairs of a task in a cell."""

    line: int
    day: int
    pairs: int


class ToolUse:
    """What each task takes of the tools, and what they have left; lots: by task (job × stages + stage), as the board holds them."""

    def __init__(self, problem: Problem, before: npt.NDArray[np.int32], width: int, lots: Sequence[Sequence[Standing]]) -> None:
        self.problem, self.lots = problem, lots
        self.tooling = Tooling(problem)
        self.tasks = {
            number * width + s: (job.id, stage.id, int(before[number * width + s]))
            for number, job in enumerate(problem.jobs)
            for s, stage in enumerate(problem.stages)
            if job.tools.get(stage.id)
        }
        self.own = {task: self._use(task) for task in self.tasks}
        self.used = sum(self.own.values(), Counter[Spot]())

    def _use(self, task: int) -> Counter[Spot]:
        job, stage, made = self.tasks[task]
        lines = self.problem.lines
        entries = [Entry(job, stage, lines[lot.line].id, lot.day, lot.pairs) for lot in self.lots[task] if lot.pairs]
        return self.tooling.use(entries, {job: {stage: made}})

    def short(self, tasks: Iterable[int]) -> bool:
        """True if some tools would make more than they can, and more than they do now, as the lots of the tasks stand."""
        change: Counter[Spot] = Counter()
        for task in set(tasks) & self.tasks.keys():
            change.update(self._use(task))
            change.subtract(self.own[task])
        return any(n > 0 and self.used[spot] + n > self.tooling.rooms[spot[0]][spot[1]] for spot, n in change.items())

    def keep(self, tasks: Iterable[int]) -> None:
        """The lots of the tasks stand as they are from now on."""
        for task in set(tasks) & self.tasks.keys():
            self.used.subtract(self.own[task])
            self.own[task] = self._use(task)
            self.used.update(self.own[task])
