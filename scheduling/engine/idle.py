"""Idle time: days in a row on which a team has regular minutes left, and what would fit into them."""

from collections.abc import Iterator

import numpy as np

from .kernels import state as k
from .measures import Idle
from .problem import Line, Problem
from .rooms import is_outside
from .session import Session

LEAST = 60.0  # minutes


def idle(session: Session, *, least: float = LEAST) -> tuple[Idle, ...]:
    """Every window of every own team, by team and day; days on which nobody works do not end one.

    least: minutes that a day must have left to be part of a window. pairs: by family the team may make, what fits into the window
    after one changeover, at the mean minutes per pair that the problem's jobs of the family take; frozen and planned work aside.
    """
    cells, days = session.state["cells"], session.problem.days
    left = (np.maximum(0.0, cells["regular"] - cells["used"]) / k.SCALE).reshape(-1, days)
    works = (cells["regular"] > 0).reshape(-1, days)
    rates = _rates(session.problem)
    found = []
    for row, line in enumerate(session.problem.lines):
        if is_outside(line):
            continue
        for window in _windows(left[row], works[row], max(least, 1e-6)):
            minutes = left[row, window]
            total, pairs = round(float(minutes.sum()), 4), _fitting(line, minutes.tolist(), rates)
            found.append(Idle(line.id, line.stage, window[0], window[-1], total, pairs))
    return tuple(found)


def _windows(left: k.Records, works: k.Records, least: float) -> Iterator[list[int]]:
    """Days with enough minutes left, as long as no working day with less lies between them."""
    window: list[int] = []
    for day in np.flatnonzero(works).tolist():
        if left[day] >= least:
            window.append(day)
        elif window:
            yield window
            window = []
    if window:
        yield window


def _rates(problem: Problem) -> dict[str, dict[str, float]]:
    """Mean minutes per pair by stage and family, over the pairs of the jobs that have a rate."""
    minutes: dict[str, dict[str, float]] = {s.id: {} for s in problem.stages}
    pairs: dict[str, dict[str, int]] = {s.id: {} for s in problem.stages}
    for job in problem.jobs:
        for stage, each in job.minutes.items():
            minutes[stage][job.family] = minutes[stage].get(job.family, 0.0) + each * job.pairs
            pairs[stage][job.family] = pairs[stage].get(job.family, 0) + job.pairs
    return {stage: {f: total / pairs[stage][f] for f, total in by_family.items() if total} for stage, by_family in minutes.items()}


def _fitting(line: Line, minutes: list[float], rates: dict[str, dict[str, float]]) -> dict[str, int]:
    """Pairs by family, in whole pairs a day."""
    there = [max(0.0, minutes[0] - line.changeover), *minutes[1:]]
    able = {f: each for f, each in rates[line.stage].items() if line.families is None or f in line.families}
    return {family: sum(int(m / each + 1e-9) for m in there) for family, each in sorted(able.items())}
