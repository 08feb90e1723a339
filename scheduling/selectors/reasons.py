"""Why a job is late or not planned, in one sentence for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags.figures import day as day_text
from scheduling.models import PlanJob, Stage
from scheduling.selectors.floor import Floor

Reason = PlanJob.Reason
NAMED_TEAMS = 3


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
    stage = str(cause.stage) if cause.stage else ""
    names = {"stage": stage, "style": cause.style, "family": cause.family}
    match cause.reason:
        case Reason.CAPACITY:
            return _capacity(cause, floor, stage, all_teams=all_teams)
        case Reason.OVERTIME:
            return _("%(stage)s would have needed overtime") % names
        case Reason.SEQUENCE:
            return _("other jobs went first at %(stage)s") % names
        case Reason.NOT_OPEN:
            return _("the order is not open any more")
        case Reason.RELEASE:
            first = _day(cause.detail.get("first_day"))
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
    return ""


def reason_word(reason: str, stage: Stage | None) -> str:
    """The reason as a short label for a chart: the stage and what is short there."""
    label = str(PlanJob.Reason(reason).label) if reason else _("no reason recorded")
    return f"{stage} · {label}" if stage else label


def _capacity(cause: Cause, floor: Floor, stage: str, *, all_teams: bool) -> str:
    first, last = _day(cause.detail.get("first_day")), _day(cause.detail.get("last_day"))
    names = floor.team_names(cause.detail.get("teams", ()))
    rest = 0 if all_teams else max(0, len(names) - NAMED_TEAMS)
    teams = pgettext("list", ", ").join(names[: len(names) - rest])
    if rest:
        teams = _("%(teams)s and %(n)d more") % {"teams": teams, "n": rest}
    if not (first and last):
        return _("%(stage)s is full") % {"stage": stage}
    values = {"stage": stage, "days": first if first == last else f"{first}–{last}", "teams": teams}
    return (_("%(stage)s is full %(days)s: %(teams)s") if teams else _("%(stage)s is full %(days)s")) % values


def _day(value: str | None) -> str:
    return day_text(dt.date.fromisoformat(value)) if value else ""
