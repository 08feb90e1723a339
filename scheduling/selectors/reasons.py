"""Why a job is late or not planned, in one sentence for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags.figures import day as day_text
from quality.models import Tool
from scheduling.models import PlanJob, Stage
from scheduling.selectors.floor import Floor
from scheduling.selectors.holds import holds_of, holds_text

Reason = PlanJob.Reason
NAMED_TEAMS = 3
NAMED_HOLDS = 2


@dataclass(frozen=True)
class Cause:
    """What a sentence is made of: the reason, its stage, its days and teams, and the style it is about."""

    reason: str
    stage: Stage | None
    detail: dict[str, Any]
    style: str
    family: str


def reason_text(job: PlanJob, floor: Floor, *, all_teams: bool = False) -> str:
    """The first reason of a job with its order line's style loaded; empty for a job that is on time."""
    stage = floor.stage.get(job.reason_stage_id) if job.reason_stage_id else None
    line = job.order_line
    return sentence(Cause(job.reason, stage, job.reason_detail, line.style.code, line.style.family), floor, all_teams=all_teams)


def sentence(cause: Cause, floor: Floor, *, all_teams: bool = False) -> str:
    """The sentence of one cause. It names at most three teams unless all are wanted."""
    names = {"stage": str(cause.stage) if cause.stage else "", "style": cause.style, "family": cause.family}
    if cause.reason not in (Reason.CAPACITY, Reason.OVERTIME, Reason.SEQUENCE):
        return _without_teams(cause, names)
    days = _days(cause.detail)
    match cause.reason:
        case Reason.CAPACITY:
            said = _("%(stage)s is full %(days)s") if days else _("%(stage)s is full")
        case Reason.OVERTIME:
            said = _("%(stage)s has only overtime left %(days)s") if days else _("%(stage)s has only overtime left")
        case _:
            said = _("other jobs went first at %(stage)s %(days)s") if days else _("other jobs went first at %(stage)s")
    return said % (names | {"days": days}) + _teams(cause, floor, all_teams=all_teams)


def _tools_short(cause: Cause, names: dict[str, str]) -> str:
    """`Lasting has too few of last 2207 size 40, size 41 3–9 Dec`."""
    by_tool: dict[tuple[str, str], list[str]] = {}
    for tool in cause.detail["tools"]:
        by_tool.setdefault((tool["kind"], tool["number"]), []).append(tool["size"])
    comma = pgettext("list", ", ")
    tools = comma.join(tool_text(kind, number, sizes) for (kind, number), sizes in by_tool.items())
    days = _days(cause.detail)
    said = _("%(stage)s has too few of %(tools)s %(days)s") if days else _("%(stage)s has too few of %(tools)s")
    return said % (names | {"tools": tools, "days": days})


def tool_text(kind: str, number: str, sizes: Sequence[str]) -> str:
    """`last 2207 size 40, 41`; without sizes where the tool serves every size."""
    named = [size for size in sizes if size]
    tool = {"kind": str(Tool.Kind(kind).label) if kind in Tool.Kind.values else kind, "number": number}
    if not named:
        return _("%(kind)s %(number)s") % tool
    return _("%(kind)s %(number)s size %(sizes)s") % (tool | {"sizes": pgettext("list", ", ").join(named)})


def _days(detail: Mapping[str, Any]) -> str:
    first, last = _day(detail.get("first_day")), _day(detail.get("last_day"))
    return first if first == last else f"{first}–{last}"


def _without_teams(cause: Cause, names: dict[str, str]) -> str:
    first = _day(cause.detail.get("first_day"))
    match cause.reason:
        case Reason.RELEASE:
            return _("may start on %(day)s only") % {"day": first} if first else _("released too late")
        case Reason.WORK_CONTENT:
            return _("its own work takes until after the due day, even alone")
        case Reason.NO_ROUTE:
            return _("no route for %(style)s") % names
        case Reason.NO_RATE:
            return _("%(style)s has no minutes per pair at %(stage)s") % names
        case Reason.NO_TEAM:
            return _("no team at %(stage)s can make %(family)s") % names
        case Reason.HORIZON:
            return _("the plan ends before it is done")
        case Reason.NOT_OPEN:
            return _("the order is not open any more")
        case Reason.TOOLING if cause.detail.get("tools") and not cause.detail.get("holds"):
            return _tools_short(cause, names)
        case Reason.DOCUMENTS | Reason.STYLE | Reason.MATERIAL | Reason.TOOLING:
            return holds_text(holds_of(cause.detail)[:NAMED_HOLDS]) or str(PlanJob.Reason(cause.reason).label)
    return ""


def reason_word(reason: str, stage: Stage | None) -> str:
    """The reason as a short label for a chart: the stage and what is short there."""
    label = str(PlanJob.Reason(reason).label) if reason else _("no reason recorded")
    return f"{stage} · {label}" if stage else label


def _teams(cause: Cause, floor: Floor, *, all_teams: bool) -> str:
    """By which teams: `: 针车1组, 针车4组`; empty where none is recorded."""
    names = floor.team_names(cause.detail.get("teams", ()))
    rest = 0 if all_teams else max(0, len(names) - NAMED_TEAMS)
    teams = pgettext("list", ", ").join(names[: len(names) - rest])
    if rest:
        teams = _("%(teams)s and %(n)d more") % {"teams": teams, "n": rest}
    return _(": %(teams)s") % {"teams": teams} if teams else ""


def _day(value: str | None) -> str:
    return day_text(dt.date.fromisoformat(value)) if value else ""
