"""Capacity of teams: changed by planners, on record; plans that stand keep what they were made with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from scheduling.models import Team

FIELDS = ("people", "hours", "efficiency", "overtime_hours", "families")


@dataclass(frozen=True)
class Capacity:
    """What a team can do. None is unknown; `families` None is every family."""

    people: int | None
    hours: Decimal | None
    efficiency: Decimal | None
    overtime_hours: Decimal
    families: tuple[str, ...] | None


@transaction.atomic
def set_capacity(*, team_id: int, capacity: Capacity, by: User, why: str = "") -> Team:
    """Change a team's capacity and record old and new. Nothing is written where nothing changes.

    Raises DomainError if a day would have more than 24 hours, ValidationError for values out of bounds.
    """
    team = Team.objects.select_for_update().get(pk=team_id)
    if capacity.hours is not None and capacity.hours + capacity.overtime_hours > 24:
        raise DomainError(_("Hours and overtime together are more than a day."), "hours")
    before = {name: getattr(team, name) for name in FIELDS}
    team.people, team.hours, team.efficiency = capacity.people, capacity.hours, capacity.efficiency
    team.overtime_hours = capacity.overtime_hours
    team.families = None if capacity.families is None else list(capacity.families)
    team.full_clean()
    changed = {name: (before[name], getattr(team, name)) for name in FIELDS if before[name] != getattr(team, name)}
    if changed:
        team.save(update_fields=list(changed))
        audit.record(team, "capacity", by=by, values=changed, why=why)
    return team
