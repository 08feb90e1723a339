"""What-ifs for their pages: the questions that were asked, and their assumptions in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orders.models import OrderLine
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from scheduling.answers.wording import texts_of
from scheduling.models import Assumption, PlanJob, PlanRun, WhatIf
from scheduling.selectors.compare import Affected
from scheduling.selectors.floor import Floor
from scheduling.selectors.plans import ACTIVE_RUNS, may_see_drafts
from scheduling.selectors.week import job_name
from scheduling.selectors.windows import span

Kind = Assumption.Kind
LISTED = 60


def visible_what_ifs(user: User) -> QuerySet[WhatIf]:
    """What-ifs are drafts: for those who may see drafts."""
    what_ifs = WhatIf.objects.select_related("base__plant", "base__replaces", "result__plant", "result__replaces", "created_by", "plant")
    return what_ifs if may_see_drafts(user) else what_ifs.none()


def last_what_ifs(user: User) -> list[WhatIf]:
    """The newest questions, open ones first."""
    found = list(visible_what_ifs(user).order_by("-id")[:LISTED])
    return sorted(found, key=lambda what_if: what_if.state != WhatIf.State.OPEN)


@dataclass(frozen=True)
class AssumptionRow:
    """An assumption with what it changes, as it is now and as it would be."""

    assumption: Assumption
    what: str
    where: str
    now: str
    then: str


def assumption_rows(what_if: WhatIf, floor: Floor) -> list[AssumptionRow]:
    """One query, and one more where proposed measures name other orders."""
    related = ("team", "stage", "order_line__order", "order_line__style", "order_line__colour")
    rows = list(what_if.assumptions.select_related(*related).order_by("id"))
    measures = [row.detail for row in rows if row.kind == Kind.MEASURE]
    texts = iter(texts_of(measures, floor))
    return [_measure(row, *next(texts)) if row.kind == Kind.MEASURE else _row(row) for row in rows]


def focus_of(what_if: WhatIf, rows: list[AssumptionRow], moved: Iterable[Affected]) -> Affected | None:
    """The one job that all assumptions are about, before and after; None where they are about several or none.

    One query at most, none where the job is among those that moved.
    """
    lines = {row.assumption.order_line_id for row in rows}
    if what_if.result is None or len(lines) != 1 or None in lines:
        return None
    for one in moved:
        if one.job.order_line_id in lines:
            return one
    related = ("order_line__order__customer", "order_line__style", "order_line__colour")
    plans = [what_if.base_id, what_if.result.pk]
    jobs = {job.plan_id: job for job in PlanJob.objects.filter(plan__in=plans, order_line__in=lines).select_related(*related)}
    before, after = jobs.get(plans[0]), jobs.get(plans[1])
    return Affected(after, before.finish_on if before else None, after.finish_on) if after else None


def _measure(row: Assumption, what: str, when: str) -> AssumptionRow:
    where = " · ".join(part for part in (_job(row.order_line), when) if part)
    return AssumptionRow(row, what, where, "–", _("ends %(day)s") % {"day": figures.day(dt.date.fromisoformat(row.detail["finish"]))})


def _row(row: Assumption) -> AssumptionRow:
    match row.kind:
        case Kind.OVERTIME:
            return _overtime(row)
        case Kind.READY:
            where = str(row.stage) if row.stage else _("all stages")
            what = _("%(job)s: all is there") % {"job": _job(row.order_line)}
            return AssumptionRow(row, what, where, "–", figures.longday(row.first_day))
        case _:
            what = _("%(job)s: later due day") % {"job": _job(row.order_line)}
            due = row.order_line.due_on if row.order_line else None
            return AssumptionRow(row, what, "", figures.longday(due), figures.longday(row.first_day))


def _overtime(row: Assumption) -> AssumptionRow:
    what = _("%(who)s: overtime") % {"who": row.team or row.stage}
    days = span(row.first_day, row.last_day) if row.first_day and row.last_day else ""
    now = _("%(n)s h at most") % {"n": _plain(row.team.overtime_hours)} if row.team else "–"
    return AssumptionRow(row, what, days, now, _("%(n)s h a day more") % {"n": _plain(row.hours)})


def _job(line: OrderLine | None) -> str:
    return f"{job_name(line)} {line.order.number}" if line else ""


def _plain(hours: object) -> str:
    return f"{float(str(hours)):g}"


def run_of(what_if: WhatIf) -> PlanRun | None:
    """The run that calculates it right now."""
    return PlanRun.objects.filter(what_if=what_if, state__in=ACTIVE_RUNS).defer("saved").first()
