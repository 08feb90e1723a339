"""Plans that are made by the timetable: due and not yet handled, however often and however late one asks."""

import datetime as dt
import logging

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import horizons
from scheduling.models import Plan, PlanRun
from scheduling.services.runs import record_refused, request_plan_run

log = logging.getLogger(__name__)
Horizon = Plan.Horizon
SECONDS = 30  # to look for a better month plan: nobody waits for it
WAITS = {"active", "asked_before"}  # refusals that pass by themselves: beat asks again in ten minutes


def request_due_plans(*, now: dt.datetime | None = None) -> list[PlanRun]:
    """Ask for every draft that is due and that neither beat nor a person has asked for since. Returns the new runs.

    Month: by the 25th for the next month; week: Friday morning for the next one; day: the morning before. A plan that is due but
    cannot be made, because the coarser one is not published, leaves one failed run that says so, and is asked for once it can.
    A plant without open orders has nothing due.
    """
    now = now or clock.now()
    made = []
    for plant in Plant.objects.all():
        if OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN).exists():
            made += [run for horizon, period, due_at in _due(plant, now) if (run := _request(plant, horizon, period, due_at, now))]
    return made


def _due(plant: Plant, now: dt.datetime) -> list[tuple[str, dt.date, dt.datetime]]:
    """What has become due last at each horizon: horizon, period and the due time."""
    calendar, today = calendar_of(plant), _day(now)
    month, week = horizons.due_month(now, today, calendar), horizons.due_week(now, today, calendar)
    day = horizons.due_day(now, today, calendar)
    due = [(str(Horizon.MONTH), month, horizons.month_due_at(month, calendar))]
    if week:
        due.append((str(Horizon.WEEK), week, horizons.week_due_at(week, calendar)))
    if day:
        due.append((str(Horizon.DAY), day, horizons.day_due_at(day, calendar)))
    return due


def _request(plant: Plant, horizon: str, period: dt.date, due_at: dt.datetime, now: dt.datetime) -> PlanRun | None:
    """One request, unless the plan was asked for or made since it became due."""
    key = f"auto:{plant.pk}:{horizon}:{period}"
    if PlanRun.objects.filter(auto_key=key).exists():
        return None
    if Plan.objects.filter(plant=plant, horizon=horizon, period=period, created_at__gte=due_at).exists():
        return None
    try:
        return request_plan_run(plant=plant, horizon=horizon, period=period, by=None, auto_key=key, seconds=SECONDS, today=_day(now))
    except DomainError as refusal:
        if refusal.code in WAITS:
            log.info("The %s plan of %s is due, and waits: %s", horizon, period, refusal.code)
            return None
        return record_refused(plant=plant, horizon=horizon, period=period, auto_key=f"{key}:refused", reason=refusal.message)


def _day(now: dt.datetime) -> dt.date:
    return now.astimezone(clock.factory_zone()).date()
