"""How many minutes each cell may have while something is tried: without more overtime, without more work outside."""

from collections.abc import Iterable

import numpy as np

from .kernels import state as k
from .measures import Measure
from .problem import Line, Problem

IN_PLACE = frozenset({"again", "overtime"})


def is_outside(line: Line) -> bool:
    """True for an outside team: one that is paid by the pair."""
    return line.pair_cost > 0


def cut_rooms(problem: Problem, cells: k.Records, *, overtime: bool, outside: bool) -> k.Records:
    """Room of every cell, in 1/SCALE minutes, if overtime, or outside teams, may be added to what is worked already."""
    room = cells["room"].copy() if overtime else np.minimum(cells["room"], np.maximum(cells["regular"], cells["used"]))
    if outside:
        return room
    closed = np.array([is_outside(line) for line in problem.lines], bool)
    return np.where(np.repeat(closed, problem.days), cells["used"], room)


def stated_room(problem: Problem) -> k.Records:
    """Minutes of every cell as the problem states them, overtime included, in 1/SCALE; what is frozen may take more."""
    minutes = [np.array([line.minutes, line.overtime], float).sum(axis=0) for line in problem.lines]
    room: k.Records = np.floor(np.array(minutes).reshape(-1) * k.SCALE + 1e-3)
    return room


def allowed_by(measures: Iterable[Measure]) -> tuple[bool, bool]:
    """Whether overtime, and outside teams, may be added where some measures are taken.

    again and overtime stay inside the factory; outsource takes overtime only if it says so; the others take what is allowed.
    """
    rows = list(measures)
    kinds = {m.kind for m in rows}
    if kinds and kinds <= IN_PLACE:
        return True, False
    return kinds != {"outsource"} or any(m.minutes for m in rows), True
