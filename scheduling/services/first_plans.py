"""The plans with which a new installation starts, so that every page has something to show."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from procurement.services.requirements import is_calculated, recalculate
from scheduling import horizons, standing
from scheduling.models import Plan, PlanRun
from scheduling.services.execution import execute_plan_run
from scheduling.services.finer import has_work
from scheduling.services.gatekeeping import Decision
from scheduling.services.publishing import discard_draft, publish_plan
from scheduling.services.runs import request_plan_run

Horizon = Plan.Horizon


@dataclass(frozen=True)
class FirstPlans:
    """The plans that were made and published, and the numbers of those for which there is no work."""

    made: list[Plan]
    without_work: list[str]


def make_first_plans(*, plant: Plant, seconds: int | None = None, today: dt.date | None = None) -> FirstPlans:
    """Make and publish, in this process, what is not yet published: month, this week and the next, the next working day.

    In the name of the first planner there is. `seconds` bounds the search of the month plan. May be called again: what is published
    stays. A small factory's work may end before a week or day: that one is passed over and named, as is the month when no order is
    open. Raises DomainError with what stands in the way.
    """
    today = today or clock.today()
    if not is_calculated(plant):
        recalculate(plant)  # so that the plans know what material is there
    planner = User.objects.filter(groups__name=Department.PLANNING, is_active=True).order_by("pk").first()
    first = FirstPlans([], [])
    for horizon, period in _missing(plant, today, calendar_of(plant)):
        made = _make(plant, horizon, period, planner, seconds, today) if _has_work(plant, horizon, period, today) else None
        if made is None:
            first.without_work.append(Plan(horizon=horizon, period=period).number)
        else:
            first.made.append(made)
    return first


def _missing(plant: Plant, today: dt.date, calendar: WorkingCalendar) -> Iterator[tuple[str, dt.date]]:
    """The periods without a published plan, coarse to fine; each is looked up once the ones before it have been made."""
    if standing.month_plan_in_force(plant) is None:
        yield Horizon.MONTH, standing.default_period(plant, Horizon.MONTH, today, calendar)
    day = calendar.next_working(today)
    week = horizons.week_of(day)
    for monday in (week, horizons.week_after(week, calendar)):
        if standing.published_plan(plant, Horizon.WEEK, monday) is None:
            yield Horizon.WEEK, monday
    if standing.published_plan(plant, Horizon.DAY, day) is None:
        yield Horizon.DAY, day


def _has_work(plant: Plant, horizon: str, period: dt.date, today: dt.date) -> bool:
    if horizon == Horizon.MONTH:
        return OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN).exists()
    return has_work(plant, horizon, period, today=today)


def _make(plant: Plant, horizon: str, period: dt.date, planner: User | None, seconds: int | None, today: dt.date) -> Plan | None:
    """The published plan; None if nothing in it may run yet. Jobs whose gates are shut are left out: nobody is there to answer for them."""
    run = request_plan_run(plant=plant, horizon=horizon, period=period, by=planner, seconds=seconds, today=today)
    execute_plan_run(plan_run_id=run.pk)
    run = PlanRun.objects.select_related("plan").get(pk=run.pk)
    if run.plan is None:
        raise DomainError(run.error or _("Another process is making this plan. Try again when it is done."), "not_made")
    try:
        return publish_plan(plan_id=run.plan.pk, by=planner, decision=Decision(leave_all=True))
    except DomainError as error:
        if error.code != "nothing_left":
            raise
        discard_draft(plan_id=run.plan.pk, by=planner, why=error.message)
        return None
