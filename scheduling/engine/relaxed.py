"""An order for the first plan from a relaxed problem: the leading stage alone, pairs as fractions.

Lines that can make the same families are one pool. Every job spreads its minutes over pools and days; a pool's price
on a day rises while more is asked than there is (entropic optimal transport, solved by matrix scaling: Cuturi 2013).
What comes out knows which jobs are better given up to be late so that the others are not, which no rule on due days
knows. Jobs are then inserted by their mean day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Model
from .kernels.state import Records
from .problem import Line

Table = npt.NDArray[np.float64]

FEW_NUMBERS, MOST_NUMBERS = 100_000, 250_000  # jobs × pools × days × 2 to be exact, or to be quick at least
SWEEPS = 300  # by so few numbers; fewer the more there are
COARSE, FINE = 0.2, 0.002  # cost per minute below which a job does not care between two days: at first, in the end
NEVER = 1e9


@dataclass(frozen=True, slots=True)
class Relaxed:
    """For each job the mean day of its work at the leading stage, and the days after its release when it begins."""

    mean: Table
    hold: npt.NDArray[np.int32]


def relax(model: Model) -> Relaxed | None:
    """The relaxed plan; None if the problem is so large that it would take too long."""
    days, jobs = model.problem.days, len(model.jobs)
    pools = _pools(model)
    if jobs * len(pools) * days * 2 > FEW_NUMBERS:
        pools = [[line for pool in pools for line in pool]]  # one pool: families do not count
    numbers = jobs * len(pools) * days * 2
    if not 0 < numbers <= MOST_NUMBERS:
        return None
    cost = np.concatenate([_cost(model, pool) for pool in pools], axis=1)
    room = np.concatenate([_room(pool) for pool in pools])
    work = np.maximum(1e-6, _tasks(model)["quota"] * _rates(model))
    sweeps = min(SWEEPS, SWEEPS * FEW_NUMBERS // numbers)
    share = _spread(cost, room, work, sweeps) / work[:, None]
    by_day = share.reshape(jobs, -1, days).sum(axis=1)
    begin = (np.cumsum(by_day, axis=1) > 0.1).argmax(axis=1) - 1
    hold = np.maximum(0, begin - _first(model)).astype(np.int32)
    return Relaxed((by_day * np.arange(days)).sum(axis=1), hold)


def _spread(cost: Table, room: Table, work: Table, sweeps: int) -> Table:
    """Minutes by job and place; sums by job are exact, sums by place about the room."""
    prices, spread = np.zeros(len(room)), np.zeros_like(cost)
    for sweep in range(sweeps):
        tau = COARSE * (FINE / COARSE) ** min(1.0, 1.2 * sweep / sweeps)
        wish = -(cost + prices) / tau
        spread = np.exp(wish - wish.max(axis=1, keepdims=True))
        spread *= (work / spread.sum(axis=1))[:, None]
        asked = np.maximum(spread.sum(axis=0), 1e-9)
        prices = np.maximum(0.0, prices + tau * np.log(asked / np.maximum(room, 1e-9)))
    return spread


def _stage(model: Model) -> str:
    return model.stages[int(model.state.value("lead"))]


def _pools(model: Model) -> list[list[Line]]:
    """Lines of the leading stage that can make the same families."""
    pools: dict[frozenset[str] | None, list[Line]] = {}
    for line in model.problem.lines:
        if line.stage == _stage(model):
            pools.setdefault(line.families, []).append(line)
    return list(pools.values())


def _room(lines: Iterable[Line]) -> Table:
    """Minutes of a pool: regular by day, then overtime by day."""
    rows = [[*line.minutes, *line.overtime] for line in lines]
    room: Table = np.sum(rows, axis=0, dtype=float)
    return room


def _first(model: Model) -> npt.NDArray[np.int64]:
    """First day on which the leading stage may work on each job."""
    return _tasks(model)["first"].astype(np.int64)


def _tasks(model: Model) -> Records:
    """The tasks of the leading stage."""
    return model.state["tasks"].reshape(-1, len(model.stages))[: len(model.jobs), int(model.state.value("lead"))]


def _rates(model: Model) -> Table:
    """Minutes per pair at the leading stage; where it is done any number does."""
    return np.array([j.minutes.get(_stage(model), 1.0) for j in model.jobs])


def _cost(model: Model, pool: list[Line]) -> Table:
    """Cost per minute of each job on each day of a pool, regular then overtime; NEVER where it cannot be."""
    problem = model.problem
    tail = int(model.state["stages"][int(model.state.value("lead"))]["tail"])
    rates = (np.array([j.importance for j in model.jobs]) / _rates(model))[:, None]
    due = np.array([j.due for j in model.jobs])[:, None]
    able = np.array([any(line.families is None or j.family in line.families for line in pool) for j in model.jobs])[:, None]
    day = np.arange(problem.days)[None, :]
    late = problem.costs.late * rates * np.maximum(0.0, day + tail - due)
    late = np.where(able & (day >= _first(model)[:, None]) & (day < problem.days - tail), late, NEVER)
    return np.concatenate([late, late + problem.costs.overtime], axis=1)
