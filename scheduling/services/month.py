"""A month plan: all open jobs of the plant over the horizon, made by the engine."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import adapters, engine
from scheduling.adapters.problem import MAX_DAYS
from scheduling.services.drafts import Draft

Search = Callable[[engine.Problem], engine.Plan]
SEED = 1  # the same facts give the same plan


def draft_month(
    plant: Plant,
    *,
    today: dt.date,
    seconds: float,
    on_progress: Callable[[engine.Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Draft:
    """Plan all open order lines from the next working day on.

    Nothing of what was made is known yet, so a new plan starts from whole size runs. Raises DomainError if there is nothing to plan,
    nobody to make it, or if the input contradicts itself.
    """
    snapshot = adapters.read_snapshot(plant)
    if not snapshot.lines:
        raise DomainError(_("There is no open order to plan. Enter or import orders first."), "no_orders")
    if not snapshot.teams:
        raise DomainError(_("No team has people, hours and efficiency. Enter them first, then plan."), "no_teams")
    first_day = snapshot.calendar.next_working(today)
    search: Search = partial(engine.solve, seconds=seconds, seed=SEED, on_progress=on_progress, should_stop=should_stop)
    framed = adapters.frame_problem(snapshot, first_day, adapters.wanted_days(snapshot, first_day))
    plan = search(framed.problem)
    if plan.status == "invalid":
        faults = "; ".join(str(fault) for fault in plan.problems[:5])
        raise DomainError(_("The data cannot be planned: %(faults)s") % {"faults": faults}, "invalid")
    further = _longer(framed, plan)
    if further is not None and not (should_stop is not None and should_stop()):
        framed, plan = further, search(further.problem)
    return Draft(
        first_day=framed.days[0],
        last_day=framed.days[-1],
        entries=adapters.plan_entries(framed, plan),
        jobs=adapters.plan_jobs(framed, plan),
        metrics=adapters.metrics_of(framed, plan),
    )


def _longer(framed: adapters.Framed, plan: engine.Plan) -> adapters.Framed | None:
    """A longer horizon in which more jobs fit, judged by first plans; None if this one is long enough, or no longer one helps."""
    best, missing = None, _out_of_days(plan)
    count = len(framed.days)
    while missing and count < MAX_DAYS:
        count = min(MAX_DAYS, count * 3 // 2)
        tried = adapters.frame_problem(framed.snapshot, framed.days[0], count)
        left = _out_of_days(engine.solve(tried.problem, seed=SEED))
        if left >= missing:
            break
        best, missing = tried, left
    return best


def _out_of_days(plan: engine.Plan) -> int:
    """Jobs that were left out only because the horizon ended."""
    return sum(bool(o.reasons) and o.reasons[0].kind == "horizon" for o in plan.outcomes if o.state == "left_out")
