"""A month plan: all open jobs of the plant over the horizon, made by the engine."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import adapters, engine, standing
from scheduling.adapters.problem import MAX_DAYS
from scheduling.adapters.rules import Rule, follow
from scheduling.models import Plan, PlanInput
from scheduling.services.drafts import Draft
from scheduling.services.rules import rules_of
from scheduling.services.searching import NOBODY, Watch, Wish, search


def draft_month(plant: Plant, *, today: dt.date, wish: Wish, watch: Watch = NOBODY) -> Draft:
    """Plan all open order lines from the next working day on, as near to the plan in force as the dials ask.

    Nothing of what was made is known yet, so a new plan starts from whole size runs. Raises DomainError if there is nothing to plan,
    nobody to make it, or if the input contradicts itself.
    """
    snapshot = adapters.read_snapshot(plant, today)
    if not snapshot.lines:
        raise DomainError(_("There is no open order to plan. Enter or import orders first."), "no_orders")
    if not snapshot.teams:
        raise DomainError(_("No team has people, hours and efficiency. Enter them first, then plan."), "no_teams")
    first_day = snapshot.calendar.next_working(today)
    in_force = standing.month_plan_in_force(plant)
    near = adapters.works_of_plan(in_force) if in_force else []
    rules = rules_of(plant, first_day)
    framed = adapters.stay_near(_framed(snapshot, first_day, adapters.wanted_days(snapshot, first_day), wish, rules), near)
    plan = search(framed, wish, watch)
    further = _longer(framed, plan, wish, rules)
    if further is not None and not (watch.should_stop is not None and watch.should_stop()):
        framed = adapters.stay_near(further, near)
        plan = search(framed, wish, watch)
    return draft_of(framed, plan, wish)


def remake_month(plan: Plan, *, wish: Wish, watch: Watch = NOBODY) -> Draft:
    """The plan once more from its kept input. Raises DomainError if the input was not kept, or cannot be read any more."""
    framed = framed_of(plan)
    return draft_of(framed, search(framed, wish, watch), wish)


def framed_of(plan: Plan) -> adapters.Framed:
    """The problem that a plan was made from. Raises DomainError if it was not kept, or cannot be read any more."""
    kept = PlanInput.objects.filter(hash=plan.metrics.get("input", "")).first()
    if kept is None:
        raise DomainError(_("%(plan)s was made before inputs were kept; it cannot be made again.") % {"plan": plan}, "no_input")
    try:
        return adapters.unpack_input(bytes(kept.data), calendar_of(plan.plant))
    except adapters.UnreadableInputError as error:
        message = _("The kept input of %(plan)s is of another version of the program: %(faults)s")
        raise DomainError(message % {"plan": plan, "faults": error}, "old_input") from error


def draft_of(framed: adapters.Framed, plan: engine.Plan, wish: Wish) -> Draft:
    """The engine's plan as rows, with how it was made."""
    return Draft(
        first_day=framed.days[0],
        last_day=framed.days[-1],
        entries=adapters.plan_entries(framed, plan),
        jobs=adapters.plan_jobs(framed, plan),
        metrics=adapters.metrics_of(framed, plan)
        | {"weights": asdict(wish.dials), "asked_seconds": wish.seconds, "asked_rounds": wish.rounds}
        | {"engine": adapters.engine_version(), "entries": adapters.name_of_entries(plan.entries)},
        packed=adapters.pack_input(framed),
    )


def _framed(snapshot: adapters.Snapshot, first_day: dt.date, count: int, wish: Wish, rules: Sequence[Rule]) -> adapters.Framed:
    return follow(adapters.frame_problem(snapshot, first_day, count, wish.dials), rules)


def _longer(framed: adapters.Framed, plan: engine.Plan, wish: Wish, rules: Sequence[Rule]) -> adapters.Framed | None:
    """A longer horizon in which more jobs fit, judged by first plans; None if this one is long enough, or no longer one helps."""
    best, missing = None, _out_of_days(plan)
    count = len(framed.days)
    while missing and count < MAX_DAYS:
        count = min(MAX_DAYS, count * 3 // 2)
        tried = _framed(framed.snapshot, framed.days[0], count, wish, rules)
        left = _out_of_days(engine.solve(tried.problem, seed=wish.seed))
        if left >= missing:
            break
        best, missing = tried, left
    return best


def _out_of_days(plan: engine.Plan) -> int:
    """Jobs that were left out only because the horizon ended."""
    return sum(bool(o.reasons) and o.reasons[0].kind == "horizon" for o in plan.outcomes if o.state == "left_out")
