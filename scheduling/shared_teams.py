"""Teams that several plants share: one plant has a team and lends it to others; what plans in force have taken is blocked for the rest.

Every plant plans by itself, at the same time as the others if need be. It sees the time that other plants' plans in force take of a shared
team as blocked; publication refuses whoever comes second to the same minutes (`scheduling.services.sharing`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from planning_site.core.models import Plant
from scheduling.models import Plan, PlanEntry, Team, TeamLoan

WEEK = dt.timedelta(days=7)
Minutes = dict[int, dict[dt.date, float]]  # person-minutes by team and day


def working_for(plant: Plant | int) -> QuerySet[Team]:
    """A plant's own teams and those that were ever lent to it: a plan of old still names them. `is_lent`: several plants have it now."""
    loans = TeamLoan.objects.filter(team=OuterRef("pk"))
    is_lent = {"is_lent": Exists(loans.filter(ended_at=None))}  # the attribute that the model declares
    teams = Team.objects.annotate(**is_lent)
    return teams.filter(Q(workshop__plant=plant) | Exists(loans.filter(plant=plant)))


def standing_loans(plant: Plant | int, first_day: dt.date) -> QuerySet[TeamLoan]:
    """The loans to a plant that hold on a day or later."""
    return TeamLoan.objects.filter(Q(last_day=None) | Q(last_day__gte=first_day), plant=plant, ended_at=None)


def taken_by_others(plant: Plant | int, teams: Collection[int], first_day: dt.date) -> Minutes:
    """What the plans in force of other plants take of teams from a day on; two queries, none for no teams.

    In force is the month plan of the latest month, and in a week with a published week plan that one.
    """
    taken: Minutes = defaultdict(dict)
    if not teams:
        return taken
    published = Plan.objects.filter(state=Plan.State.PUBLISHED, last_day__gte=first_day).exclude(plant=plant)
    plans = list(published.exclude(horizon=Plan.Horizon.DAY).order_by("period"))
    months = {plan.plant_id: plan for plan in plans if plan.horizon == Plan.Horizon.MONTH}
    weeks = [plan for plan in plans if plan.horizon == Plan.Horizon.WEEK]
    refined = {(plan.plant_id, plan.period) for plan in weeks}
    owner = {plan.pk: plant_id for plant_id, plan in months.items()}
    for plan_id, team, day, minutes in minutes_of([*months.values(), *weeks], teams, first_day):
        monday = day - dt.timedelta(days=day.weekday())
        if (owner.get(plan_id), monday) not in refined:
            taken[team][day] = taken[team].get(day, 0.0) + minutes
    return taken


def minutes_of(plans: Iterable[Plan], teams: Collection[int], first_day: dt.date) -> list[tuple[int, int, dt.date, float]]:
    """Person-minutes by plan, team and day; one query."""
    entries = PlanEntry.objects.filter(plan__in=list(plans), team__in=teams, day__gte=first_day).order_by()
    rows = entries.values_list("plan_id", "team_id", "day").annotate(total=Sum("minutes"))
    return [(plan, team, day, float(total)) for plan, team, day, total in rows]


def left_over(regular: float, overtime: float, taken: float) -> tuple[float, float]:
    """What is left of a day's regular and overtime minutes: regular ones go first."""
    return max(0.0, regular - taken), max(0.0, overtime - max(0.0, taken - regular))


def weekly(taken: Mapping[int, Mapping[dt.date, float]]) -> dict[tuple[int, dt.date], float]:
    """Taken minutes by team and Monday."""
    sums: dict[tuple[int, dt.date], float] = defaultdict(float)
    for team, days in taken.items():
        for day, minutes in days.items():
            sums[team, day - dt.timedelta(days=day.weekday())] += minutes
    return sums
