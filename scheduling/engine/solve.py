"""`solve`: the one door to the engine."""

from collections.abc import Callable

from .plan import Plan, Progress
from .problem import Problem
from .validation import check_problem


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    seed: int = 0,
    rounds: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """Plan a problem: a good plan at once, then better ones while the caller allows."""
    faults = check_problem(problem)
    if faults:
        return Plan(status="invalid", problems=faults, seed=seed)
    raise NotImplementedError
