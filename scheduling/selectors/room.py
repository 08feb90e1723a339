"""What teams have for a plan in a week, where plants share some of them: days of a loan, less what other plants' plans in force take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.models import Plant
from scheduling.models import Plan, Team, TeamLoan
from scheduling.selectors.floor import Floor
from scheduling.shared_teams import left_over, standing_loans, taken_by_others, weekly

WEEK = dt.timedelta(days=6)


@dataclass(frozen=True)
class Room:
    """Days of the plant's calendar, the loans of teams that other plants lend to it, and minutes taken by team and Monday."""

    plant_id: int
    calendar: WorkingCalendar
    first_day: dt.date
    last_day: dt.date
    loans: Mapping[int, TeamLoan] = field(default_factory=dict)
    taken: Mapping[tuple[int, dt.date], float] = field(default_factory=dict)

    def minutes(self, team: Team, monday: dt.date, working_days: int) -> tuple[float, float]:
        """Regular and overtime person-minutes of a rated team in a week in which the plan has so many working days."""
        days = working_days if team.workshop.plant_id == self.plant_id else self._lent_days(team, monday)
        regular, overtime = (team.minutes_a_day or 0.0) * days, (team.overtime_minutes or 0.0) * days
        return left_over(regular, overtime, self.taken.get((team.pk, monday), 0.0))

    def _lent_days(self, team: Team, monday: dt.date) -> int:
        loan = self.loans.get(team.pk)
        if loan is None:
            return 0
        first = max(monday, self.first_day, loan.first_day)
        last = min(monday + WEEK, self.last_day, loan.last_day or self.last_day)
        return len(self.calendar.between(first, last))


def room_of(plan: Plan, floor: Floor, calendar: WorkingCalendar) -> Room:
    """The room of a plan's teams; three queries where plants share teams, none elsewhere."""
    shared = [team.pk for team in floor.teams if team.is_lent or team.workshop.plant_id != plan.plant_id]
    if not shared:
        return Room(plan.plant_id, calendar, plan.first_day, plan.last_day)
    loans = {loan.team_id: loan for loan in standing_loans(plan.plant_id, plan.first_day)}
    taken = weekly(taken_by_others(plan.plant_id, shared, plan.first_day))
    return Room(plan.plant_id, calendar, plan.first_day, plan.last_day, loans, taken)


@dataclass(frozen=True)
class Borrowed:
    """A team of another plant that a plant may plan with. `taken_hours`: person-hours that others' plans in force have."""

    loan: TeamLoan
    taken_hours: float


def borrowed_teams(plant: Plant, today: dt.date) -> list[Borrowed]:
    """The teams that are lent to a plant, in the order of the route; three queries."""
    loans = standing_loans(plant, today).select_related("team__stage", "team__workshop__plant")
    rows = list(loans.order_by("team__stage__position", "team__position", "team"))
    taken = taken_by_others(plant, [loan.team_id for loan in rows], today)
    return [Borrowed(loan, sum(taken.get(loan.team_id, {}).values()) / 60) for loan in rows]
