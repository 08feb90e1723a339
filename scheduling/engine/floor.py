"""A cost that no plan can go below, found quickly: every job alone in the factory."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .arrays import Model
from .kernels import state as k

Table = npt.NDArray[np.float64]


def floor_of(model: Model) -> float:
    """Cost of the late pairs that a job would have if all its able teams, overtime included, worked for it alone.

    Pairs may be fractions and windows of teams are passed over, so no plan is cheaper. A job with frozen entries counts nothing:
    these may stand where no plan could put them.
    """
    jobs, width, days = len(model.jobs), len(model.stages), model.problem.days
    state = model.state
    tasks = state["tasks"].reshape(-1, width)[:jobs]
    if jobs == 0:
        return 0.0
    bonds = state["bonds"].reshape(width, width)
    rooms = _rooms(model)
    pairs, made = state["jobs"]["pairs"][:jobs].astype(float), tasks["made"].astype(float)
    done = np.empty((days + 1, jobs, width))
    done[0] = made
    late = np.zeros(jobs)
    for day in range(days):
        for s in range(width):
            gain = np.where(tasks["first"][:, s] <= day, rooms[tasks["group"][:, s], day] / tasks["minutes"][:, s], 0.0)
            there = np.minimum(pairs, done[day, :, s] + gain)
            for a in np.flatnonzero(bonds["feeds"][:, s]).tolist():
                there = np.minimum(there, np.maximum(done[max(0, day - int(bonds["lag"][a, s]) + 1), :, a], made[:, s]))
            done[day + 1, :, s] = there
        late += np.where(day >= state["jobs"]["due"][:jobs], pairs - done[day + 1, :, -1], 0.0)
    before = np.maximum(0, -state["jobs"]["due"][:jobs].astype(float)) * (pairs - made[:, -1])
    counted = ~(tasks["frozen"] > 0).any(axis=1)
    weight = state["jobs"]["weight"][:jobs] * float(state.value("late_cost"))
    return float((weight * (late + before))[counted].sum())


def _rooms(model: Model) -> Table:
    """Minutes (in 1/SCALE) of all able lines, overtime included, by group of tasks and day."""
    state, days = model.state, model.problem.days
    room = state["cells"]["room"].reshape(-1, days)
    first: k.Records = state["groups"]["first"]
    return np.array([room[state["ables"]["line"][a:b]].sum(axis=0) for a, b in pairwise(first.tolist())]).reshape(-1, days)
