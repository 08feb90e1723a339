"""The first plan: a few orders of insertion are tried, the cheapest plan wins; small ones go on changing the order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .arrays import MANY_JOBS, Model, enlarge
from .chains import processors
from .kernels.anneal import bring_all_in
from .kernels.construct import construct, rebuild
from .kernels.jobs import total_cost
from .kernels.state import Records, State
from .prices import order_by_prices
from .relaxed import relax

# Days before its due day from which a job counts as late while it is inserted: it then uses overtime while that still
# helps those behind it.
HURRY_BY_DUE_DAY = (3, 8, 12)
HURRY_OF_MANY = 2
THRIFT = 5.0  # on a split while jobs of a large plan are inserted: those who come later need the line as well
LOT_OF_MANY = 50  # percent of a job that a stage behind the leading one makes at once, in a large plan
HURRY_BY_RELAXED_PLAN = (8, 20)
MOST_INSERTIONS = 6_000  # that all the attempts together may take
BRING_IN_TRIES = 20
FEW_JOBS = 200  # up to which a plan is made so fast that other orders are worth trying
TOLERANCE = 0.005  # of the cost
FAR = 0.3  # a moved job goes 1/FAR places on the average


@dataclass(frozen=True, slots=True)
class Attempt:
    """Jobs in the order of insertion, the days by which each is held back, and the days of hurry.

    lot: percent of a job that stages behind the leading one rather make at once. thrift: factor on the cost of a split.
    """

    order: Records
    hold: Records
    hurry: int
    lot: int = 10
    thrift: float = 1.0


def construct_best(model: Model) -> tuple[State, Attempt]:
    """The cheapest of the attempts that the size of the problem allows."""
    if len(model.jobs) > MANY_JOBS:
        return _construct_many(model)
    best: tuple[State, Attempt] | None = None
    cost = float("inf")
    for number, attempt in enumerate(_attempts(model)):
        if best is not None and (number + 1) * len(model.jobs) > MOST_INSERTIONS:
            break
        state = _construct(model.state.copy(), attempt)
        price = total_cost(state.desk)
        if best is None or price < cost:
            best, cost = (state, attempt), price
    if best is None:
        raise AssertionError("there is always a first attempt")
    return best


def _construct_many(model: Model) -> tuple[State, Attempt]:
    """The cheaper of two attempts for a large plan, made side by side on two processors: by due day, and by what a day is worth."""
    by_due_day, free = model.order(0.0), np.zeros(len(model.jobs), np.int32)

    def attempt(order: Records) -> tuple[State, Attempt]:
        chosen = Attempt(order, free, HURRY_OF_MANY, LOT_OF_MANY, THRIFT)
        return _construct(model.state.copy(), chosen), chosen

    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(attempt, by_due_day) if processors() > 1 else None
        made = [attempt(order_by_prices(model, by_due_day))]
        made.append(attempt(by_due_day) if ahead is None else ahead.result())
    return min(made, key=lambda pair: float(total_cost(pair[0].desk)))


def _attempts(model: Model) -> Iterator[Attempt]:
    by_due_day, free = model.order(0.0), np.zeros(len(model.jobs), np.int32)
    yield Attempt(by_due_day, free, HURRY_BY_DUE_DAY[0])
    relaxed = relax(model)
    if relaxed is not None:
        by_plan = np.argsort(relaxed.mean, kind="stable").astype(np.int32)
        for hurry in HURRY_BY_RELAXED_PLAN:
            yield Attempt(by_plan, free, hurry)
            yield Attempt(by_plan, relaxed.hold, hurry)
    for hurry in HURRY_BY_DUE_DAY[1:]:
        yield Attempt(by_due_day, free, hurry)


def _construct(state: State, attempt: Attempt) -> State:
    """Insert all jobs in an order."""
    state["jobs"]["hold"][: len(attempt.hold)] = attempt.hold
    split = state.value("split_cost")
    state.table["hurry"], state.table["lot_share"], state.table["split_cost"] = attempt.hurry, attempt.lot, split * attempt.thrift
    construct(state.desk, attempt.order, 0)
    while state.value("n_free") < state.value("reserve"):
        enlarge(state)
        construct(state.desk, attempt.order, 0)
    state.table["hurry"], state.table["split_cost"] = 0, split
    bring_all_in(state.desk, BRING_IN_TRIES)
    return state


def improve_order(model: Model, attempt: Attempt, seed: int, share_left: Callable[[int], float], keep: Callable[[State], None]) -> State:
    """Move single jobs in the order of insertion; the state of the cheapest order met.

    share_left(tries so far) says how much of the time is left, from 1 to 0; keep is shown every better plan. A dearer order
    is taken too as long as the difference is small: half a percent of the cost at first, nothing in the end (threshold
    accepting, Dueck and Scheuer 1990).
    """
    chance = np.random.default_rng(seed)
    state = model.state.copy()
    state["jobs"]["hold"][: len(attempt.hold)] = attempt.hold
    state.table["hurry"] = attempt.hurry
    order = best = attempt.order
    cost = least = rebuild(state.desk, order)
    tries = 0
    while (share := share_left(tries)) > 0:
        other = _with_one_moved(order, chance)
        price = rebuild(state.desk, other)
        tries += 1
        if price <= cost + TOLERANCE * share * least:
            order, cost = other, price
        if cost < least:
            best, least = order, cost
            keep(state)
    rebuild(state.desk, best)
    state.table["hurry"] = 0
    bring_all_in(state.desk, BRING_IN_TRIES)
    return state


def _with_one_moved(order: Records, chance: np.random.Generator) -> Records:
    places = order.tolist()
    at = int(chance.integers(len(places)))
    job = places.pop(at)
    step = int(chance.geometric(FAR)) * (1 if chance.random() < 0.5 else -1)
    places.insert(min(len(places), max(0, at + step)), job)
    return np.array(places, np.int32)
