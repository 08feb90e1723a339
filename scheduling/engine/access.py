"""Which line may make which job at which stage, on which days, and what a pair costs there."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from .problem import Job, Line, Problem, Window

Days = npt.NDArray[np.bool_]


def meant(window: Window, job: Job) -> bool:
    """True if a window names the job, its style, its family or one of its tags."""
    named = job.id in window.jobs or job.style in window.styles or job.family in window.families
    return named or not window.tags.isdisjoint(job.tags)


def can_make(line: Line, stage: str, job: Job) -> bool:
    """True if the line works at the stage, on the family, on so small a job, and no others are laid down for it; windows aside."""
    if line.stage != stage or job.pairs < line.minimum_lot or (line.families is not None and job.family not in line.families):
        return False
    only = job.only_lines.get(stage)
    return only is None or line.id in only


def minimum_lots(problem: Problem) -> list[int]:
    """All minimum lots, the least first: jobs that stand at the same place among them can be made by the same lines."""
    return sorted(line.minimum_lot for line in problem.lines if line.minimum_lot)


def pair_price(line: Line, job: Job) -> float:
    """What each pair of a job costs on a line: that of an outside team, and that of not being preferred."""
    wish = job.prefer.get(line.stage)
    return line.pair_cost + (wish.cost if wish is not None and line.id not in wish.lines else 0.0)


class Access:
    """Look-ups over the windows of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.days = problem.days
        self._bans: dict[str, list[Window]] = defaultdict(list)
        self._reserved: dict[str, list[Window]] = defaultdict(list)
        for found, windows in ((self._bans, problem.bans), (self._reserved, problem.reserved)):
            for window in windows:
                found[window.line].append(window)

    def has_windows(self, line: str) -> bool:
        return line in self._bans or line in self._reserved

    def is_open(self, line: str, job: Job, day: int) -> bool:
        """True if no window keeps the job from the line on a day."""
        if any(_holds(w, day) and meant(w, job) for w in self._bans.get(line, ())):
            return False
        kept = [w for w in self._reserved.get(line, ()) if _holds(w, day)]
        return not kept or any(meant(w, job) for w in kept)

    def open_days(self, line: str, job: Job) -> Days:
        """For each day whether the line may make the job."""
        if not self.has_windows(line):
            return np.ones(self.days, bool)
        return np.array([self.is_open(line, job, day) for day in range(self.days)], bool)

    def closed_to(self, line: str, job: Job) -> tuple[bool, ...]:
        """For each window of a line whether it means the job: jobs with the same answer have the same open days."""
        return tuple(meant(w, job) for w in (*self._bans.get(line, ()), *self._reserved.get(line, ())))


def _holds(window: Window, day: int) -> bool:
    return window.first <= day and (window.last is None or day <= window.last)
