"""Two chains of rounds on two processors: each works on its own half of the days, then the halves are joined.

A chain may only touch jobs that lie wholly in its half, and only its own days, so what both did can be put together
without loss. The seam moves from one epoch to the next. The result depends on the rounds of each epoch alone, not on
which chain was faster, and is the same on one processor.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import numpy as np

from .arrays import Model, enlarge
from .kernels.anneal import anneal
from .kernels.cells import commit, undo
from .kernels.halves import OTHER, OWN, confine, graft
from .kernels.jobs import total_cost
from .kernels.state import State

BATCH_SECONDS = 0.02  # between two looks at the clock
FIRST_BATCH = 100  # rounds; later batches are as long as the machine is fast
MOST_BATCH = 4_000
TURNS = 3  # one seam, two seams, and undivided so that nothing stays where it is for long
ONE_SEAM, TWO_SEAMS = ((0.35, 0.65),), ((0.2, 0.3), (0.7, 0.8))  # where the days are divided, as a share of the work

Spans = tuple[tuple[int, int], ...]  # first day, and the day behind the last one


@dataclass(frozen=True, slots=True)
class Epoch:
    """How long the chains run before they are joined: until a time (of `time.monotonic`) or for so many rounds each.

    heat: temperature at the moment. go_on: asked now and then by the calling thread; False ends the epoch.
    """

    until: float
    rounds: tuple[int, int] | None
    heat: Callable[[], float]
    go_on: Callable[[], bool]


@dataclass(slots=True)
class Chains:
    """The state of the search and its double."""

    model: Model
    state: State
    seed: int
    rounds: int = 0
    _double: State | None = None
    _chance: np.random.Generator = field(init=False)
    _ended: Event = field(default_factory=Event)
    _pool: Executor | None = None
    _turn: int = 0

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng([self.seed, 2])

    def run(self, epoch: Epoch) -> None:
        """Run both chains for an epoch and join them; where the plan cannot be divided, one chain runs over all of it."""
        self._provide()
        self._ended.clear()
        self._turn = (self._turn + 1) % TURNS
        divided = self._turn > 0 and (epoch.rounds is not None or processors() > 1)
        own, others = self._divide() if divided else ((), ())
        if not self._confine(self.state, own, others):
            self._alone(epoch)
            return
        double = self._mirror()
        if not self._confine(double, others, own):
            self._alone(epoch)
            return
        self._together(epoch, double)
        self._join(double, others)

    def close(self) -> None:
        """End the second thread and let rounds touch everything again."""
        if self._pool is not None:
            self._pool.shutdown()
        self.release()

    def release(self) -> None:
        """Let rounds touch everything again."""
        self._confine(self.state, ((0, self.model.problem.days),), ())

    def _provide(self) -> None:
        """Enough spare pieces for both chains and for joining them."""
        while self.state.value("n_free") < max(2 * self.state.value("reserve"), len(self.state["pieces"]) // 2):
            enlarge(self.state)
            self._double = None

    def _divide(self) -> tuple[Spans, Spans]:
        """The days of either chain: before and behind a seam, or the middle and both ends."""
        days = self.model.problem.days
        work = self.state["cells"]["used"].reshape(-1, days).sum(axis=0).cumsum()
        shares = ONE_SEAM if self._turn == 1 else TWO_SEAMS
        seams = [int(np.searchsorted(work, self._chance.uniform(*share) * work[-1])) for share in shares]
        if len(seams) == 1:
            return ((0, seams[0]),), ((seams[0], days),)
        return ((seams[0], seams[1]),), ((0, seams[0]), (seams[1], days))

    @staticmethod
    def _confine(state: State, own: Spans, others: Spans) -> bool:
        """Confine rounds to some days; False if there is nothing that they could do."""
        rows = [(first, end, OWN) for first, end in own] + [(first, end, OTHER) for first, end in others]
        return bool(confine(state.desk, np.array(rows, np.int64).reshape(-1, 3)) > 0 and state.value("loose_jobs") > 0)

    def _mirror(self) -> State:
        """The double with the plan of the state."""
        if self._double is None:
            self._double = self.state.copy()
            self._double.table["rng"] = self._chance.integers(1, 2**63, dtype=np.uint64)
        else:
            self._double.take_over(self.state)
        return self._double

    def _alone(self, epoch: Epoch) -> None:
        self._confine(self.state, ((0, self.model.problem.days),), ())
        self.rounds += self._chain(self.state, epoch, None if epoch.rounds is None else sum(epoch.rounds), epoch.go_on)

    def _together(self, epoch: Epoch, double: State) -> None:
        first, second = (None, None) if epoch.rounds is None else epoch.rounds
        if processors() < 2:
            self.rounds += self._chain(self.state, epoch, first, epoch.go_on)
            self.rounds += self._chain(double, epoch, second, epoch.go_on)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1)
        other = self._pool.submit(self._chain, double, epoch, second, self._not_ended)
        try:
            self.rounds += self._chain(self.state, epoch, first, epoch.go_on)
        finally:
            if epoch.rounds is None:
                self._ended.set()
        while epoch.rounds is not None and not other.done():
            if not epoch.go_on():
                self._ended.set()
            time.sleep(0.001)
        self.rounds += other.result()

    def _not_ended(self) -> bool:
        return not self._ended.is_set()

    def _chain(self, state: State, epoch: Epoch, rounds: int | None, go_on: Callable[[], bool]) -> int:
        """Rounds on one state; how many."""
        done, batch = 0, FIRST_BATCH
        began = time.monotonic()
        while go_on():
            wanted = batch if rounds is None else min(batch, rounds - done)
            if wanted <= 0 or (rounds is None and began >= epoch.until):
                break
            n = anneal(state.desk, epoch.heat(), wanted)
            done += n
            now = time.monotonic()
            if n < wanted:
                break  # pieces run short
            speed = wanted / max(now - began, 1e-6)
            left = BATCH_SECONDS if rounds is not None else min(BATCH_SECONDS, max(0.0, epoch.until - now))
            batch = int(max(1, min(MOST_BATCH, speed * left)))
            began = now
        return done

    def _join(self, double: State, spans: Spans) -> None:
        """Bring the double's days into the state; the cheaper of the two if they do not fit."""
        fits = [graft(self.state.desk, double.desk, first, end) for first, end in spans]
        if fits[-1]:
            commit(self.state.desk)
            return
        undo(self.state.desk)
        if total_cost(double.desk) < total_cost(self.state.desk):
            self.state.take_over(double)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
