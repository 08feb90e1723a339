"""The search in time: the first plan, then annealing in short batches, always holding the best whole plan."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .arrays import MANY_JOBS, Model, read_entries
from .chains import Chains, Epoch
from .first import FEW_JOBS, Attempt, construct_best, improve_order
from .floor import floor_of
from .kernels.anneal import anneal, bring_all_in
from .kernels.cells import commit, undo
from .kernels.construct import construct, rebuild
from .kernels.halves import confine, graft
from .kernels.jobs import total_cost
from .kernels.state import Records, State
from .plan import Entry, Progress

EPOCHS = 100  # of a run, at about equal length
SHORTEST_EPOCH, LONGEST_EPOCH = 0.1, 0.5  # seconds
LEAST_ROUNDS = 500  # of an epoch
REPORT_SECONDS = 0.5
BRING_IN_TRIES = 5
ORDER_SHARE = 0.3  # of the time or rounds, for other orders of insertion
ROUNDS_PER_INSERTION = 4  # an insertion takes as long as so many rounds
MOST_ORDERS = 1_000_000
HOT_SMALL, HOT_LARGE, HOT_AGAIN, COLD = 15.0, 10.0, 5.0, 2.5  # temperatures, in units of cost; again: from an earlier plan


def load_code(model: Model) -> None:
    """Read the compiled code of the search from its cache, so that no time limit has to pay for it."""
    state, nobody = model.state.copy(), np.zeros(0, np.int32)  # the desk only has the addresses of its tables
    desk = state.desk
    construct(desk, nobody, 0)
    rebuild(desk, nobody)
    bring_all_in(desk, 0)
    anneal(desk, 1.0, 0)
    confine(desk, np.zeros((0, 3), np.int64))
    graft(desk, desk, 0, 0)
    commit(desk)
    undo(desk)


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: whichever comes first. With neither seconds nor rounds the first plan is the last.

    on_best is called now and then when there is a better plan, with a function that gives its entries.
    """

    seconds: float | None = None
    rounds: int | None = None
    should_stop: Callable[[], bool] | None = None
    on_progress: Callable[[Progress], None] | None = None
    on_best: Callable[[Callable[[], tuple[Entry, ...]]], None] | None = None


@dataclass(slots=True)
class Search:
    """One run of the search over a model of the jobs that can be planned; `best` is the table of pieces."""

    model: Model
    limits: Limits
    seed: int
    state: State = field(init=False)
    started: float = field(default_factory=time.monotonic)
    rounds: int = 0
    best: Records = field(default_factory=lambda: np.zeros(0))
    best_cost: float = float("inf")
    late_jobs: int = 0
    reported: float = float("-inf")
    told: float = float("-inf")
    bound: float = 0.0
    hot: float = HOT_SMALL

    def run(self, start: State | None = None) -> Records:
        """The table of pieces of the best plan found; start: a plan to go on from instead of making a first one."""
        self.hot = HOT_LARGE if len(self.model.jobs) > MANY_JOBS else HOT_SMALL
        if start is None:
            self.state, attempt = construct_best(self.model)
        else:
            self.state, self.hot = start, HOT_AGAIN
        self._keep(self.state)
        if self.limits.on_progress is not None:
            self.bound = floor_of(self.model)
        self._report(last=False)
        if start is None and 1 < len(self.model.jobs) <= FEW_JOBS:
            self._improve_order(attempt)
        self._anneal()
        self._report(last=True)
        return self.best

    def _anneal(self) -> None:
        chains = Chains(self.model, self.state, self.seed)
        while (epoch := self._next_epoch()) is not None:
            if self.state.value("left_out"):
                chains.release()
                bring_all_in(self.state.desk, BRING_IN_TRIES)
            chains.run(epoch)
            self.rounds = chains.rounds
            self._keep(self.state)
            self._report(last=False)
        chains.close()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def _improve_order(self, attempt: Attempt) -> None:
        """Spend a part of the time on other orders of insertion."""
        limits, began = self.limits, self.seconds
        most = 0
        if limits.rounds is not None:
            most = int(ORDER_SHARE * limits.rounds) // (ROUNDS_PER_INSERTION * len(self.model.jobs))
        elif limits.seconds is not None:
            most = MOST_ORDERS

        def share_left(tries: int) -> float:
            self._report(last=False)
            if tries >= most or (limits.should_stop is not None and tries % 16 == 15 and limits.should_stop()):
                return 0.0
            by_time = 0.0 if limits.seconds is None else (self.seconds - began) / max(1e-6, ORDER_SHARE * limits.seconds)
            return 1.0 - max(by_time, tries / most)

        if most > 0:
            state = improve_order(self.model, attempt, self.seed, share_left, self._keep)
            if total_cost(state.desk) < total_cost(self.state.desk):
                self.state = state
            self._keep(self.state)

    def _next_epoch(self) -> Epoch | None:
        """What the chains do next, None to stop. With `rounds` the clock is asked for nothing but the end."""
        limits = self.limits
        left = float("inf") if limits.seconds is None else limits.seconds - self.seconds
        if (limits.seconds is None and limits.rounds is None) or left <= 0 or not self._may_go_on():
            return None
        if limits.rounds is None:
            length = min(LONGEST_EPOCH, max(SHORTEST_EPOCH, (limits.seconds or 0.0) / EPOCHS))
            return Epoch(time.monotonic() + min(length, left), None, self._heat, self._may_go_on)
        rounds = min(max(LEAST_ROUNDS, limits.rounds // EPOCHS), limits.rounds - self.rounds)
        if rounds <= 0:
            return None
        heat = self._heat()
        return Epoch(time.monotonic() + left, (rounds - rounds // 2, rounds // 2), lambda: heat, self._may_go_on)

    def _may_go_on(self) -> bool:
        limits = self.limits
        self._report(last=False)
        if limits.should_stop is not None and limits.should_stop():
            return False
        return limits.seconds is None or self.seconds < limits.seconds

    def _heat(self) -> float:
        """Temperature now: falls evenly on a logarithmic scale over the rounds or seconds allowed."""
        limits = self.limits
        by_time = self.seconds / max(1e-6, limits.seconds or 0.0)
        share = by_time if limits.rounds is None else self.rounds / max(1, limits.rounds)
        return float(self.hot * (COLD / self.hot) ** min(1.0, share))

    def _keep(self, state: State) -> None:
        """Remember the plan of a state if it is the best so far."""
        cost = total_cost(state.desk)
        if cost < self.best_cost:
            self.best_cost = cost
            self.best = state["pieces"].copy()
            self.late_jobs = self._late(state)
            if self.limits.on_best is not None and self.seconds - self.told >= REPORT_SECONDS:
                self.told, pieces = self.seconds, self.best
                self.limits.on_best(lambda: read_entries(self.model, pieces))

    def _late(self, state: State) -> int:
        """Jobs late or left out in a state."""
        last = state["tasks"]["late_sum"].reshape(-1, len(self.model.stages))[:, -1]
        return int(np.count_nonzero((last > 0) | (state["jobs"]["planned"] == 0)))

    def _report(self, last: bool) -> None:
        call = self.limits.on_progress
        if call is None or (not last and self.seconds - self.reported < REPORT_SECONDS):
            return
        self.reported = self.seconds
        total = len(self.model.problem.jobs)
        late = self.late_jobs + total - len(self.model.jobs)
        call(Progress(self.seconds, self.rounds, self.best_cost, late, (total - late) / total if total else 1.0, self.bound))
