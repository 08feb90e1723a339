"""What the plans in force tell purchasing: on which day each stage of each job begins (D1, D2, D4)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min

from planning_site.core import clock
from planning_site.core.models import Plant
from procurement.services.requirements import set_needed_days
from scheduling import standing
from scheduling.models import Plan, PlanEntry

Starts = dict[tuple[int, str], dt.date]


def push_needed_days(plant: Plant, *, today: dt.date | None = None) -> Starts:
    """Hand the first day of every stage down to purchasing: weeks that are published speak for their days, the month plan for all others.

    Called in the transaction that publishes. What a week plan left out keeps the day of the month plan: its material is still needed.
    """
    month = standing.month_plan_in_force(plant)
    if month is None:
        return {}
    starts = _starts(month)
    weeks = Plan.objects.filter(plant=plant, horizon=Plan.Horizon.WEEK, state=Plan.State.PUBLISHED, last_day__gte=today or clock.today())
    weeks = weeks.order_by("-period")  # the earlier week last: a stage begins on its first day
    for week in weeks:
        for key, day in _starts(week).items():
            if starts.get(key, day) >= week.first_day:  # else it began before that week
                starts[key] = day
    set_needed_days(plant=plant, days=starts, source=str(month))
    return starts


def _starts(plan: Plan) -> Starts:
    rows = PlanEntry.objects.filter(plan=plan).order_by().values_list("order_line_id", "stage__code").annotate(first=Min("day"))
    return {(line, stage): first for line, stage, first in rows}
