"""The first plan: a few simple orders are tried, the cheapest plan wins."""

from .arrays import Model, enlarge
from .kernels.anneal import bring_all_in
from .kernels.construct import construct
from .kernels.jobs import total_cost
from .kernels.state import State

# (days of hurry, days that a unit of weight brings forward); a hurried job counts as late so many days before its due
# day, which makes it use overtime while that still helps those behind it
RULES = ((3, 0.0), (8, 0.0), (2, 0.0), (12, 0.0), (5, 5.0), (10, 5.0), (20, 3.0))
WORK = 6_000  # jobs that all the attempts together may insert
BRING_IN_TRIES = 20


def construct_best(model: Model) -> State:
    """The cheapest of the attempts that the size of the problem allows."""
    attempts = max(1, min(len(RULES), WORK // max(1, len(model.jobs))))
    states = [_construct(model, model.state.copy(), hurry, pull) for hurry, pull in RULES[:attempts]]
    return min(states, key=lambda state: total_cost(state.desk))


def _construct(model: Model, state: State, hurry: int, pull: float) -> State:
    """Insert all jobs in the order of their pulled due days."""
    order = model.order(pull)
    state.table["hurry"] = hurry
    construct(state.desk, order, 0)
    while state.value("n_free") < state.value("reserve"):
        enlarge(state)
        construct(state.desk, order, 0)
    state.table["hurry"] = 0
    bring_all_in(state.desk, BRING_IN_TRIES)
    return state
