"""What was changed about a team, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.models import Change
from scheduling.models import Team

NAMES = ("people", "hours", "efficiency", "overtime_hours", "families")


@dataclass(frozen=True)
class TeamChange:
    """A row of the history; `shown` are the names of what changed, with old and new as text."""

    row: Change
    shown: tuple[tuple[str, str, str], ...]


def team_history(team: Team) -> list[TeamChange]:
    """Everything on record about a team, newest first; one query."""
    rows = audit.history_of(team)
    return [TeamChange(row, tuple((_label(name), _text(old), _text(new)) for name, (old, new) in row.values.items())) for row in rows]


def _label(name: str) -> str:
    if name in NAMES:
        return str(Team._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return _("lent to") if name == "lent to" else name


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return " · ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
