"""An order for the first plan of a large factory: which jobs to give up so that the others are punctual.

The leading stage alone, all its lines one pool, pairs as fractions: every job spreads its minutes over the days, and a day's
price rises while more is asked than there is (entropic optimal transport by matrix scaling: Cuturi 2013; kept from underflow by
absorbing prices into the kernel: Schmitzer 2019). A sweep is two products of a matrix with a vector, so 5,000 jobs take a
tenth of a second. Where the work does not fit before its due days, jobs with much work and little weight wait till the wave is over;
inserting all jobs by their due days spreads the same lateness over many more jobs and costs half as much again.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .arrays import Model
from .kernels.state import Records

Table = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

STEPS, SWEEPS = 16, 15  # of the smoothing, and for each step
COARSE, FINE = 0.2, 0.004  # cost per minute below which a job does not care between two days: at first, in the end
NEVER = 1e6
FAR = 60.0  # exponents of prices since they were absorbed


def order_by_prices(model: Model, base: Records) -> Records:
    """The jobs by due day, those that had better wait by the day on which half of their work is done; `base` breaks ties."""
    market = _Market(model)
    half = market.settle()
    due = np.array([j.due for j in model.jobs])
    place = np.empty(len(base), np.int64)
    place[base] = np.arange(len(base))
    order: Records = np.lexsort((place, np.maximum(due, half + market.tail))).astype(np.int32)
    return order


@dataclass(slots=True)
class _Market:
    """Prices of a minute by day, regular and in overtime, and what asks for it."""

    model: Model
    tail: int = 0
    cost: Matrix = field(init=False)  # of a minute, jobs × days
    work: Matrix = field(init=False)  # minutes by job
    rooms: tuple[Table, Table] = field(init=False)  # regular minutes and overtime by day
    prices: tuple[Table, Table] = field(init=False)

    def __post_init__(self) -> None:
        model, problem = self.model, self.model.problem
        lead = int(model.state.value("lead"))
        stage, width = model.stages[lead], len(model.stages)
        self.tail = int(model.state["stages"][lead]["tail"])
        tasks = model.state["tasks"].reshape(-1, width)[: len(model.jobs), lead]
        minutes = np.array([j.minutes.get(stage, 1.0) for j in model.jobs], np.float32)
        weight = np.array([j.importance * problem.costs.late for j in model.jobs], np.float32)
        day, due = np.arange(problem.days), np.array([j.due for j in model.jobs])
        self.cost = np.maximum(0, day + self.tail - due[:, None]).astype(np.float32) * (weight / minutes)[:, None]
        self.cost[(day < tasks["first"][:, None]) | (day >= problem.days - self.tail)] = NEVER
        self.work = np.maximum(1e-6, tasks["quota"] * minutes).astype(np.float32)
        lines = [line for line in problem.lines if line.stage == stage]
        self.rooms = (
            np.sum([line.minutes for line in lines], axis=0, dtype=float),
            np.sum([line.overtime for line in lines], axis=0, dtype=float),
        )
        self.prices = np.zeros(problem.days), np.zeros(problem.days)

    def settle(self) -> npt.NDArray[np.int64]:
        """Let the prices rise until the days are no longer asked too much of; the day on which half of each job's work is done."""
        share = self.cost
        for step in range(STEPS):
            share = self._sweep(COARSE * (FINE / COARSE) ** (step / (STEPS - 1)))
        by_day = np.cumsum(share, axis=1)
        half: npt.NDArray[np.int64] = (by_day < 0.5 * by_day[:, -1:]).sum(axis=1)
        return half

    def _sweep(self, tau: float) -> Matrix:
        """Adjust the prices at one smoothing; what each job would take of each day, up to a factor by job."""
        absorbed = self._price(tau)
        wish = self.cost + absorbed.astype(np.float32)
        wish -= wish.min(axis=1, keepdims=True)
        wish *= np.float32(-1.0 / tau)
        np.exp(wish, out=wish)
        since = np.ones(len(absorbed), np.float32)
        for _ in range(SWEEPS):
            price = self._price(tau)
            since = np.exp(np.clip((absorbed - price) / tau, -FAR, FAR)).astype(np.float32)
            lots = self.work / np.maximum(np.einsum("ij,j->i", wish, since), 1e-30)
            asked = np.einsum("i,ij->j", lots, wish) * since
            for kind, extra in enumerate((0.0, self.model.problem.costs.overtime)):
                share = np.exp((price - self.prices[kind] - extra) / tau) * asked
                rise = tau * np.log(np.maximum(share, 1e-9) / np.maximum(self.rooms[kind], 1e-9))
                self.prices[kind][:] = np.maximum(0.0, self.prices[kind] + rise)
        wish *= since
        return wish

    def _price(self, tau: float) -> Table:
        """What a minute of a day costs, be it regular or overtime."""
        regular, overtime = self.prices
        price: Table = -tau * np.logaddexp(-regular / tau, -(overtime + self.model.problem.costs.overtime) / tau)
        return price
