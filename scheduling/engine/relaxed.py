"""An order for the first plan from a relaxed problem: the leading stage alone, its lines one pool, pairs as fractions.

Every job spreads its minutes over the days; a day's price rises while more is asked than there is (entropic optimal
transport, solved by matrix scaling: Cuturi 2013). What comes out knows which jobs are better given up to be late so
that the others are not, which no rule on due days knows. Jobs are then inserted by their mean day.
"""

import numpy as np
import numpy.typing as npt

from .arrays import Model

MOST_NUMBERS = 250_000  # jobs × days × 2; beyond that it takes too long
SWEEPS = 120
SMOOTHING = 0.02  # cost per minute below which a job does not care between two days, at the end of the sweeps

Table = npt.NDArray[np.float64]


def worth_it(model: Model) -> bool:
    return 2 * len(model.jobs) * model.problem.days <= MOST_NUMBERS


def mean_days(model: Model) -> Table:
    """For each job the mean day on which the relaxed plan works on it at the leading stage."""
    cost, room = _cost(model), _room(model)
    work = np.array([j.pairs * j.minutes[model.stages[_lead(model)]] for j in model.jobs])
    prices, spread = np.zeros(len(room)), np.zeros_like(cost)
    for sweep in range(SWEEPS):
        tau = SMOOTHING * max(1.0, 8.0 * (1.0 - 1.3 * sweep / SWEEPS))
        wish = -(cost + prices) / tau
        spread = np.exp(wish - wish.max(axis=1, keepdims=True))
        spread *= (work / spread.sum(axis=1))[:, None]
        asked = np.maximum(spread.sum(axis=0), 1e-9)
        prices = np.maximum(0.0, prices + tau * np.log(asked / np.maximum(room, 1e-9)))
    days = np.tile(np.arange(model.problem.days), 2)
    mean: Table = (spread * days).sum(axis=1) / work
    return mean


def _lead(model: Model) -> int:
    return int(model.state.value("lead"))


def _room(model: Model) -> Table:
    """Minutes of all lines of the leading stage: regular by day, then overtime by day."""
    name = model.stages[_lead(model)]
    lines = [line for line in model.problem.lines if line.stage == name]
    return np.concatenate([np.sum([line.minutes for line in lines], axis=0), np.sum([line.overtime for line in lines], axis=0)])


def _cost(model: Model) -> Table:
    """Cost per minute of each job on each day, regular then overtime; very high where it cannot be."""
    problem, lead = model.problem, model.state["stages"][_lead(model)]
    depth, tail = int(lead["depth"]) * problem.lag, int(lead["tail"]) * problem.lag
    pair = np.array([j.minutes[model.stages[_lead(model)]] for j in model.jobs])[:, None]
    weight, due = (np.array([getattr(j, name) for j in model.jobs], float)[:, None] for name in ("weight", "due"))
    first = np.array([max(0, j.release) + depth for j in model.jobs])[:, None]
    day = np.arange(problem.days)[None, :]
    late = problem.costs.late * weight * np.maximum(0.0, day + tail - due) / pair
    late = np.where((day >= first) & (day < problem.days - tail), late, 1e9)
    return np.concatenate([late, late + problem.costs.overtime], axis=1)
