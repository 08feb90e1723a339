"""Steady hands: a former plan is made to fit what has changed, then improved around the change under a price for moving.

The former plan is loaded as it is; what cannot stay (a team is down, material late, pairs already made, a new order) is taken
away and put in again as near as it goes; then the search works on the jobs concerned and their neighbours, every moved pair
having its price.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from .arrays import Model, build
from .chains import Chains, Epoch
from .kernels import state as k
from .kernels.anneal import anneal, bring_all_in
from .kernels.eject import eject, waiting_stage
from .kernels.jobs import total_cost
from .kernels.mend import loosen, mend, relieve_cells
from .loading import load_rows, read_rows, settle_loaded, usable_rows
from .outcome import Base, plan_of
from .plan import Entry, Plan, Progress
from .problem import Costs, Problem
from .reasons import unplannable
from .search import Limits
from .session import plannable
from .stays import hold_rows
from .validation import check_problem

STEADY = 0.5  # the dial where nothing is said
DEAREST = 10_000.0  # price of a moved pair in late pair-days when the dial says "keep the plan"
COUNTED = 1e-6  # a price at which nothing is kept for its sake, but moved pairs are still counted
ROAM = 30  # days around which a style may be met while mending
WARM, COLD = 3.0, 0.5  # temperatures
HOT, MILD, COOL = 12.0, 3.0, 2.5  # temperatures of the search over the whole plan: where moving costs nothing, or much; at the end
FOCUS_SECONDS = 1.0  # around the change only; what is left goes to the whole plan
EPOCHS, SHORTEST_EPOCH, LONGEST_EPOCH = 100, 0.1, 0.5  # seconds
BATCH = 400  # rounds between two looks at the clock
NEAR_DAYS = 4  # days around a changed piece within which neighbours join the search
MOST_NEIGHBOURS = 400
MOST_FOCUS = 600
VICTIMS = 10  # tried for a link of a chain
CHAIN_SHARE = 0.7  # of the time for chains
MOST_TRIES = 6  # for a job
BRING_IN_TRIES = 20


def move_price(costs: Costs, stability: float) -> float:
    """What a moved pair costs at a stability from 0 ("best plan": nothing) to 1 ("keep the plan": only what must be moved is).

    Half a late pair-day of weight 1 at 0.5, then (s / (1 - s))² times as much: 0.06 at 0.25, 2.7 at 0.7, 40 at 0.9.
    """
    if not 0.0 <= stability <= 1.0:
        raise ValueError(f"stability must be from 0 to 1, not {stability}")
    if stability >= 1.0:
        return DEAREST * max(costs.late, 1e-3)
    return min(DEAREST, 0.5 * (stability / (1.0 - stability)) ** 2) * max(costs.late, 1e-3)


def replan(
    problem: Problem,
    base: Iterable[Entry],
    *,
    stability: float = STEADY,
    seconds: float | None = 0.1,
    seed: int = 0,
    rounds: int | None = None,
    reasons: bool = False,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """A plan of the problem that differs from the base plan only where that is worth its price.

    base: entries of a former plan, of whatever problem; days as in this one. stability: see `move_price`. seconds, rounds: limits of
    the search after mending, whichever comes first; with rounds and `seconds=None` the plan is the same every time. What goes beyond
    a second is used on the whole plan, no longer around the change only. reasons: find reasons for late jobs too (0.4 s for 5,000
    jobs); those left out for want of a route, rate or team have theirs always. should_stop, on_progress: as in `solve`.
    """
    faults = check_problem(problem)
    if faults:
        return Plan(status="invalid", problems=faults, seed=seed)
    began = time.monotonic()
    hopeless = unplannable(problem)
    model = build(problem, plannable(problem, hopeless), seed)
    if not model.jobs:
        return plan_of(model, hopeless, seed=seed)
    repair = Repair(model, tuple(base), max(COUNTED, move_price(problem.costs, stability)), seed)
    repair.mend()
    repair.improve(Limits(seconds, rounds, should_stop, on_progress))
    spent = time.monotonic() - began
    return plan_of(repair.model, hopeless, repair.base, reasons=reasons, seed=seed, rounds=repair.rounds, seconds=spent)


@dataclass(slots=True)
class Repair:
    """One run: `touched` marks the jobs that changed, by number."""

    model: Model
    entries: tuple[Entry, ...]
    price: float
    seed: int
    touched: k.Records = field(init=False)
    base: Base = field(init=False)
    blank: k.State = field(init=False)
    rounds: int = 0
    links: int = 0

    def mend(self) -> None:
        """Load the base and make it fit; what does not fit any more at all is left out."""
        model, state = self.model, self.model.state
        self.touched = np.zeros(len(model.jobs), np.uint8)
        self.blank = state.copy()
        rows, entries, wrong = usable_rows(model, self.entries)
        self.base = Base(rows, entries)
        self.touched[wrong] = 1
        load_rows(state, rows)
        hold_rows(model, rows, self.price)
        relieve_cells(state.desk, self.touched)
        loosen(state.desk, self.touched)
        mend(state.desk, model.order(3.0), self.touched, ROAM)
        if state.value("left_out"):
            bring_all_in(state.desk, BRING_IN_TRIES)

    def improve(self, limits: Limits) -> None:
        """Search around the change; the cheapest plan met stays in the state."""
        began = time.monotonic()
        near = limits if limits.seconds is None else replace(limits, seconds=min(limits.seconds, FOCUS_SECONDS))
        focus = self._focus()
        if len(focus):
            self._chains(near)
            state = self.model.state
            table = k.empty("focus", max(MOST_FOCUS, len(focus)))
            table["job"][: len(focus)] = focus
            state.replace("focus", table)
            state.table["n_focus"], state.table["most_focus"] = len(focus), len(table)
            self._search(near)
            self.model.state.table["n_focus"] = 0
        left = 0.0 if limits.seconds is None or limits.rounds is not None else limits.seconds - FOCUS_SECONDS
        if left > 0:
            self._everywhere(limits, began, min(left, limits.seconds - (time.monotonic() - began)) if limits.seconds else 0.0)

    def _everywhere(self, limits: Limits, began: float, seconds: float) -> None:
        """Chains over the whole plan, moved pairs still having their price; the cheapest plan met stays in the state."""
        state, start = self.model.state, time.monotonic()
        chains = Chains(self.model, state, self.seed)
        best, rows = float(total_cost(state.desk)), read_rows(state, frozen=False)

        hot = MILD + (HOT - MILD) / (1.0 + 4.0 * self.price)

        def heat() -> float:
            return float(hot * (COOL / hot) ** min(1.0, (time.monotonic() - start) / seconds))

        def go_on() -> bool:
            return limits.should_stop is None or not limits.should_stop()

        while time.monotonic() - start < seconds and go_on():
            length = min(LONGEST_EPOCH, max(SHORTEST_EPOCH, seconds / EPOCHS), seconds - (time.monotonic() - start))
            chains.run(Epoch(time.monotonic() + length, None, heat, go_on))
            cost = float(total_cost(state.desk))
            if cost < best:
                best, rows = cost, read_rows(state, frozen=False)
            if limits.on_progress is not None:
                limits.on_progress(self._progress(time.monotonic() - began, best, self.rounds + chains.rounds))
        chains.close()
        self.rounds += chains.rounds
        if float(total_cost(state.desk)) > best + 1e-6:
            self.put_back(rows)

    def _progress(self, seconds: float, cost: float, rounds: int) -> Progress:
        """Late jobs are those of the plan at the moment."""
        state, everybody = self.model.state, len(self.model.problem.jobs)
        late_sums = state["tasks"]["late_sum"].reshape(-1, len(self.model.stages))[: len(self.model.jobs), -1]
        late = int(np.count_nonzero((late_sums > 0) | (state["jobs"]["planned"][: len(self.model.jobs)] == 0)))
        return Progress(seconds, rounds, cost, late, (everybody - late) / everybody)

    def _chains(self, limits: Limits) -> None:
        """Help the changed jobs by ejection chains, the one that costs most first; who gave way is helped next."""
        state, width = self.model.state, len(self.model.stages)
        picks, there = np.zeros((VICTIMS, 3)), np.zeros((len(self.model.jobs), 2))
        lead, tries = int(state.value("lead")), np.zeros(len(self.model.jobs), np.int32)
        waiting = set(np.flatnonzero(self.touched).tolist())
        began = time.monotonic()
        while waiting and (limits.seconds is None or time.monotonic() - began < CHAIN_SHARE * limits.seconds):
            late = state["jobs"]["weight"] * state["tasks"]["late_sum"].reshape(-1, width)[:, -1]
            job = max(waiting, key=lambda j: (late[j], -j))
            waiting.discard(job)
            tries[job] += 1
            if late[job] == 0 or tries[job] > MOST_TRIES:
                continue
            other = int(eject(state.desk, job, lead, there, picks))
            if other < 0 and (stage := int(waiting_stage(state.desk, job))) >= 0:
                other = int(eject(state.desk, job, stage, there, picks))
            if other >= 0:
                self.touched[other] = 1
                self.links += 1
                waiting |= {job, other}

    def _search(self, limits: Limits) -> None:
        """Anneal from warm to cold; the cheapest plan met is put back at the end if the last one is dearer."""
        state, began, seconds = self.model.state, time.monotonic(), limits.seconds or 0.0
        best, rows = float(total_cost(state.desk)), read_rows(state, frozen=False)
        while limits.should_stop is None or not limits.should_stop():
            passed = time.monotonic() - began
            left = BATCH if limits.rounds is None else min(BATCH, limits.rounds - self.rounds)
            share = passed / max(seconds, 1e-6) if limits.rounds is None else self.rounds / max(1, limits.rounds)
            if left <= 0 or (limits.seconds is not None and passed >= seconds):
                break
            self.rounds += anneal(state.desk, WARM * (COLD / WARM) ** min(1.0, share), left)
            cost = float(total_cost(state.desk))
            if cost < best:
                best, rows = cost, read_rows(state, frozen=False)
        if float(total_cost(state.desk)) > best + 1e-6:
            self.put_back(rows)

    def put_back(self, rows: k.Records) -> None:
        """Make rows the plan, unless what stands is cheaper: beside frozen pieces their order, and changeovers, may be others."""
        standing = self.model
        self.model = replace(standing, state=self.blank.copy())
        load_rows(self.model.state, rows)
        settle_loaded(self.model)
        hold_rows(self.model, self.base.rows, self.price)
        if total_cost(self.model.state.desk) > total_cost(standing.state.desk):
            self.model = standing

    def _focus(self) -> k.Records:
        """Jobs that changed, and those that work beside them."""
        state, days = self.model.state, self.model.problem.days
        rows, width = read_rows(state, frozen=False), len(self.model.stages)
        jobs = rows[:, 0] // width
        mine = self.touched[jobs] > 0
        cells = np.unique(rows[mine, 1])
        near = np.zeros(len(state["cells"]), bool)
        for shift in range(-NEAR_DAYS, NEAR_DAYS + 1):
            there = np.clip(cells + shift, 0, len(near) - 1)
            near[there[there // days == cells // days]] = True
        neighbours = np.unique(jobs[near[rows[:, 1]] & ~mine])
        own = np.flatnonzero(self.touched)
        if len(neighbours) > MOST_NEIGHBOURS:
            neighbours = np.random.default_rng(0).choice(neighbours, MOST_NEIGHBOURS, replace=False)
        return np.concatenate([np.repeat(own, max(1, len(neighbours) // (2 * max(1, len(own))))), neighbours])
