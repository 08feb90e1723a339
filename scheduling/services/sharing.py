"""Lending teams to other plants, and keeping two plants from planning the same minutes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.templatetags import figures
from scheduling.models import Plan, Team, TeamLoan
from scheduling.shared_teams import minutes_of, taken_by_others

TOLERANCE = 1.0  # person-minutes: rounding of several plans


@transaction.atomic
def lend_team(*, team: Team, plant: Plant, first_day: dt.date, last_day: dt.date | None, why: str, by: User | None) -> TeamLoan:
    """Let another plant plan with a team, from a day on. Raises DomainError where that says nothing new, or not why."""
    if team.workshop.plant_id == plant.pk:
        raise DomainError(_("%(team)s belongs to %(plant)s already.") % {"team": team, "plant": plant}, "own")
    if not why.strip():
        raise DomainError(_("Say why: others will ask when they see the plans."), "why")
    if last_day is not None and last_day < first_day:
        raise DomainError(_("A loan cannot end before it begins."), "days")
    Team.objects.select_for_update().get(pk=team.pk)
    if TeamLoan.objects.filter(team=team, plant=plant, ended_at=None).exists():
        raise DomainError(_("%(team)s is lent to %(plant)s already. End that first.") % {"team": team, "plant": plant}, "lent")
    row = TeamLoan(team=team, plant=plant, first_day=first_day, last_day=last_day, why=why.strip(), set_by=by)
    row.full_clean()
    row.save(force_insert=True)
    audit.record(team, "lend", by=by, values={"lent to": (None, str(plant))}, why=row.why)
    return row


@transaction.atomic
def end_loan(*, loan_id: int, by: User | None) -> TeamLoan:
    """End a loan; plans in force keep what they have of the team. Raises DomainError where it has ended already."""
    row = TeamLoan.objects.select_for_update(of=("self",)).select_related("team", "plant").get(pk=loan_id)
    if row.ended_at is not None:
        raise DomainError(_("This loan has ended already."), "ended")
    row.ended_at, row.ended_by = clock.now(), by
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(row.team, "end loan", by=by, values={"lent to": (str(row.plant), None)})
    return row


def check_shared_teams(plan: Plan) -> None:
    """Raise DomainError where another plant has published work that takes the minutes which a plan counts on.

    The caller publishes: shared teams stay locked until its transaction ends, so of two plants at once the second sees the first.
    """
    lent = TeamLoan.objects.filter(team__in=plan.entries.order_by().values("team").distinct()).values("team")
    teams = {team.pk: team for team in Team.objects.select_for_update(of=("self",)).filter(pk__in=lent).order_by("pk")}
    first_day = max(plan.first_day, clock.today())
    taken = taken_by_others(plan.plant, teams.keys(), first_day)
    for _plan, pk, day, minutes in sorted(minutes_of([plan], teams.keys(), first_day), key=lambda row: row[2]):
        others, team = taken.get(pk, {}).get(day, 0.0), teams[pk]
        if others and minutes + others > (team.minutes_a_day or 0.0) + (team.overtime_minutes or 0.0) + TOLERANCE:
            words = {"team": team, "day": figures.longday(day), "minutes": figures.pairs(others)}
            message = _(
                "Not published: on %(day)s another plant has taken %(minutes)s person-minutes of %(team)s since. Make this plan again."
            )
            raise DomainError(message % words, "taken")
