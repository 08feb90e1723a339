"""Measures of the engine in words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import OrderLine
from planning_site.core.templatetags import figures
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import NAMED_TEAMS
from scheduling.selectors.week import job_name
from scheduling.selectors.why import lines_by_id
from scheduling.selectors.windows import span

Data = Mapping[str, Any]  # a measure as `scheduling.adapters.measures` writes it


def measure_text(data: Data, floor: Floor, lines: Mapping[int, OrderLine]) -> str:
    """What is done, in one clause."""
    stage = floor.stage_by_code(data.get("stage", ""))
    hours = sum(minutes for _team, _day, minutes in data.get("minutes", ())) / 60
    words = {"stage": stage or _("all stages"), "teams": _teams(data, floor), "hours": figures.pairs(max(1, round(hours)))}
    match data["kind"]:
        case "overtime":
            return _("Work %(hours)s person-hours of the allowed overtime") % words
        case "extra":
            return _("%(stage)s: open %(hours)s person-hours more than allowed now") % words
        case "outsource":
            return _("Outside: %(teams)s") % words
        case "ready":
            words["day"] = figures.longday(dt.date.fromisoformat(data["day"]))
            if stage is None:
                return _("May start by %(day)s") % words
            return _("%(stage)s: material and approval there by %(day)s") % words
        case "postpone":
            names = pgettext("list", ", ").join(job_name(lines[pk]) for pk in data.get("order_lines", ()) if pk in lines)
            return _("Let %(jobs)s come after it") % {"jobs": names}
        case "frozen":
            return _("Let its frozen work at %(stage)s move") % words
        case "tooling":
            return _("More tooling at %(stage)s") % words
        case _:
            return _("Plan it anew, with nothing opened")


def when_text(data: Data, floor: Floor) -> str:
    """Which teams between which days: `Lasting 1, Lasting 2 · 9–11 Dec`."""
    by_team: dict[int, float] = defaultdict(float)
    for team, _day, minutes in data.get("minutes", ()):
        by_team[team] += minutes
    if not by_team:
        return ""
    days = sorted(dt.date.fromisoformat(day) for _team, day, _minutes in data["minutes"])
    names = floor.team_names(list(by_team))
    shown = pgettext("list", ", ").join(names[:NAMED_TEAMS])
    more = len(names) - NAMED_TEAMS
    if more > 0:
        shown = _("%(teams)s and %(n)d more") % {"teams": shown, "n": more}
    return f"{shown} · {span(days[0], days[-1])}"


def _teams(data: Data, floor: Floor) -> str:
    return pgettext("list", ", ").join(floor.team_names(data.get("teams", ())))


def lines_named(rows: Iterable[Data]) -> set[int]:
    """The order lines that some measures name."""
    return {int(pk) for row in rows for pk in (*row.get("order_lines", ()), *row.get("later", ()))}


def texts_of(rows: Sequence[Data], floor: Floor) -> list[tuple[str, str]]:
    """What each measure is, and by whom and when; one query."""
    lines: dict[int, OrderLine] = lines_by_id(lines_named(rows))
    return [(measure_text(row, floor, lines), when_text(row, floor)) for row in rows]
