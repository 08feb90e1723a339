"""Load against capacity by stage, team and week. What is not rated is named and left out, never counted as 0."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import TruncWeek

from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar
from planning_site.core.templatetags import figures
from scheduling.models import Plan, PlanEntry, Stage, Team
from scheduling.selectors.floor import Floor
from scheduling.selectors.room import Room, room_of
from scheduling.selectors.windows import short_day

IDLE_BELOW = 0.7
OVERLOAD_ABOVE = 1.0
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A calendar week of the plan and how many of its days are planned and worked."""

    monday: dt.date
    working_days: int
    year: int | None  # the ISO year where it is another than that of the week before, or than this one for the first week

    @property
    def label(self) -> str:
        """`第51周`, in English `W51`, without the year."""
        number = self.monday.isocalendar().week
        return f"W{number}" if figures.is_english() else f"第{number}周"

    @property
    def date(self) -> str:
        """Its Monday without the year."""
        return short_day(self.monday)


@dataclass(frozen=True)
class Load:
    """Minutes wanted of the minutes that there are, of some teams in one week.

    `capacity` and `with_overtime` are person-minutes of the rated teams for this plant, None where no team is rated; `rated` of
    `teams` are.
    """

    week: Week
    wanted: float
    capacity: float | None
    with_overtime: float | None
    pairs: int
    rated: int
    teams: int
    taken: float = 0.0  # person-minutes that other plants' plans in force take of shared teams; the capacity is without them

    @property
    def share(self) -> float | None:
        """Load, 0..1+ of the regular minutes; None without capacity (nobody is rated, or the week is closed)."""
        return self.wanted / self.capacity if self.capacity else None

    @property
    def wanted_hours(self) -> float:
        """Person-hours of the planned work."""
        return self.wanted / 60

    @property
    def capacity_hours(self) -> float | None:
        """Regular person-hours of the rated teams."""
        return None if self.capacity is None else self.capacity / 60

    @property
    def taken_hours(self) -> float:
        """Person-hours that other plants have."""
        return self.taken / 60

    @property
    def is_overload(self) -> bool:
        """Above the regular minutes: it takes overtime. Half a per cent of rounding is none."""
        return self.share is not None and self.share > OVERLOAD_ABOVE + 0.005

    @property
    def is_idle(self) -> bool:
        """Below the limit under which capacity is for sale."""
        return self.share is not None and self.share < IDLE_BELOW

    @property
    def is_partial(self) -> bool:
        """Whether the capacity of some team is missing in the sum."""
        return self.rated < self.teams


@dataclass(frozen=True)
class TeamLoad:
    team: Team
    weeks: tuple[Load, ...]


@dataclass(frozen=True)
class StageLoad:
    """A stage as a whole and team by team."""

    stage: Stage
    weeks: tuple[Load, ...]
    teams: tuple[TeamLoad, ...]


@dataclass(frozen=True)
class LoadTable:
    weeks: tuple[Week, ...]
    stages: tuple[StageLoad, ...]


def load_table(plan: Plan, floor: Floor, calendar: WorkingCalendar) -> LoadTable:
    """Load of a plan by week; one query. The first week counts only the days that the plan has."""
    [table] = load_tables([plan], floor, calendar)
    return table


def load_tables(plans: Sequence[Plan], floor: Floor, calendar: WorkingCalendar) -> list[LoadTable]:
    """The load of several plans; one query for all of them."""
    rows = (
        PlanEntry.objects.filter(plan__in=plans)
        .order_by()
        .values("plan_id", "team_id", week=TruncWeek("day"))
        .annotate(total_minutes=Sum("minutes"), total_pairs=Sum("pairs"))
    )
    work: dict[int, dict[tuple[int, dt.date], tuple[float, int]]] = {plan.pk: {} for plan in plans}
    for row in rows:
        work[row["plan_id"]][row["team_id"], row["week"]] = row["total_minutes"], row["total_pairs"]
    return [_table(plan, work[plan.pk], floor, calendar) for plan in plans]


def _table(plan: Plan, work: Mapping[tuple[int, dt.date], tuple[float, int]], floor: Floor, calendar: WorkingCalendar) -> LoadTable:
    weeks = _weeks(plan, calendar, max((week for _team, week in work), default=plan.last_day))
    room, stages = room_of(plan, floor, calendar), []
    for stage in floor.stages:
        teams = floor.teams_of(stage)
        if teams:
            loads = tuple(TeamLoad(team, tuple(_load([team], week, work, room) for week in weeks)) for team in teams)
            stages.append(StageLoad(stage, tuple(_load(teams, week, work, room) for week in weeks), loads))
    return LoadTable(weeks, tuple(stages))


def _weeks(plan: Plan, calendar: WorkingCalendar, last_week: dt.date) -> tuple[Week, ...]:
    """From the plan's first day to the last week that has work; behind it the plan reaches only to have room for late jobs."""
    days: dict[dt.date, int] = defaultdict(int)
    monday = plan.first_day - dt.timedelta(days=plan.first_day.weekday())
    while monday <= min(last_week, plan.last_day):
        days[monday] = 0
        monday += WEEK
    for day in calendar.between(plan.first_day, min(plan.last_day, monday - dt.timedelta(days=1))):
        days[day - dt.timedelta(days=day.weekday())] += 1
    weeks, year = [], clock.today().isocalendar().year
    for start, count in days.items():
        own = start.isocalendar().year
        weeks.append(Week(start, count, own if own != year else None))
        year = own
    return tuple(weeks)


def _load(teams: Iterable[Team], week: Week, work: Mapping[tuple[int, dt.date], tuple[float, int]], room: Room) -> Load:
    teams = list(teams)
    rated = [team for team in teams if team.is_rated]
    minutes = [room.minutes(team, week.monday, week.working_days) for team in rated]
    regular, overtime = sum(pair[0] for pair in minutes), sum(pair[1] for pair in minutes)
    mine = [work.get((team.pk, week.monday), (0.0, 0)) for team in teams]
    return Load(
        week=week,
        wanted=sum(minutes for minutes, _ in mine),
        capacity=regular if rated else None,
        with_overtime=regular + overtime if rated else None,
        pairs=sum(pairs for _, pairs in mine),
        rated=len(rated),
        teams=len(teams),
        taken=sum(room.taken.get((team.pk, week.monday), 0.0) for team in teams),
    )
