"""The first plan: a few orders of insertion are tried, the cheapest plan wins."""

from collections.abc import Iterator

import numpy as np

from .arrays import Model, enlarge
from .kernels.anneal import bring_all_in
from .kernels.construct import construct
from .kernels.jobs import total_cost
from .kernels.state import Records, State
from .relaxed import mean_days, worth_it

# Days before its due day from which a job counts as late while it is inserted: it then uses overtime while that still
# helps those behind it.
HURRY_BY_DUE_DAY = (3, 8, 12)
HURRY_BY_RELAXED_PLAN = (3, 8, 20)
MOST_INSERTIONS = 6_000  # that all the attempts together may take
BRING_IN_TRIES = 20


def construct_best(model: Model) -> State:
    """The cheapest of the attempts that the size of the problem allows."""
    best, cost = model.state, float("inf")
    for attempt, (order, hurry) in enumerate(_attempts(model)):
        if attempt and (attempt + 1) * len(model.jobs) > MOST_INSERTIONS:
            break
        state = _construct(model.state.copy(), order, hurry)
        if total_cost(state.desk) < cost:
            best, cost = state, total_cost(state.desk)
    return best


def _attempts(model: Model) -> Iterator[tuple[Records, int]]:
    """Orders of insertion, each with the days of hurry; what is most often best comes first."""
    by_due_day = model.order(0.0)
    yield by_due_day, HURRY_BY_DUE_DAY[0]
    if model.jobs and worth_it(model):
        by_plan = np.argsort(mean_days(model), kind="stable").astype(np.int32)
        yield from ((by_plan, hurry) for hurry in HURRY_BY_RELAXED_PLAN)
    yield from ((by_due_day, hurry) for hurry in HURRY_BY_DUE_DAY[1:])


def _construct(state: State, order: Records, hurry: int) -> State:
    """Insert all jobs in an order."""
    state.table["hurry"] = hurry
    construct(state.desk, order, 0)
    while state.value("n_free") < state.value("reserve"):
        enlarge(state)
        construct(state.desk, order, 0)
    state.table["hurry"] = 0
    bring_all_in(state.desk, BRING_IN_TRIES)
    return state
