"""Slack: working days between the day a job ends and the day it is due. Too little of it is a risk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import F, Q

from planning_site.core.calendar import WorkingCalendar
from scheduling.models import Plan, PlanJob

# Ends in time, yet nothing may go wrong any more: the buffer of the last stage, in working days.
RISK_DAYS = 2
# A job due this long after the plan's last day ends within the plan, so it has more slack than any buffer.
BEYOND = dt.timedelta(days=40)


def slack_days(calendar: WorkingCalendar, finish: dt.date, due: dt.date) -> int:
    """Working days after `finish` up to and with `due`; 0 when they are the same day or only closed days lie between."""
    return len(calendar.between(finish + dt.timedelta(days=1), due)) if finish < due else 0


def at_risk(plan: Plan, calendar: WorkingCalendar) -> Q:
    """The jobs of a plan that end in time with less slack than RISK_DAYS, as a condition for the database.

    How many calendar days the buffer is depends on the due day: on most days RISK_DAYS − 1, more around days that are closed.
    """
    by_offset: dict[int, list[dt.date]] = defaultdict(list)
    day, last = plan.first_day, plan.last_day + BEYOND
    while day <= last:
        by_offset[(day - _latest_safe(calendar, day)).days].append(day)
        day += dt.timedelta(days=1)
    near = Q(pk__in=[])
    for offset, due_days in by_offset.items():
        near |= Q(due_on__in=due_days, finish_on__gte=F("due_on") - dt.timedelta(days=offset))
    return Q(outcome=PlanJob.Outcome.ON_TIME) & near


def _latest_safe(calendar: WorkingCalendar, due: dt.date) -> dt.date:
    """The first of the last RISK_DAYS working days up to `due`: a job that ends on it or later is at risk."""
    day = calendar.previous_working(due, before=False)
    for _ in range(RISK_DAYS - 1):
        day = calendar.previous_working(day)
    return day
