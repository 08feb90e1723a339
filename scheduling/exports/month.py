"""Form 8, the month plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.templatetags import figures
from planning_site.workbooks.writing import Column, SheetContent
from scheduling.models import Plan, PlanEntry, PlanJob
from scheduling.selectors.changes import job_changes
from scheduling.selectors.floor import Floor
from scheduling.selectors.load import load_table
from scheduling.selectors.month import MonthFilter, MonthRow, month_jobs, month_rows
from scheduling.selectors.titles import plan_title

Outcome = PlanJob.Outcome


def month_sheet(plan: Plan, floor: Floor, calendar: WorkingCalendar, wanted: MonthFilter, meta: Sequence[str]) -> SheetContent:
    """All jobs that fit the filter; material days and the review's verdict are left for people to fill in."""
    changes = job_changes(plan, plan.replaces) if plan.replaces else None
    jobs = list(month_jobs(plan, wanted, calendar, changes))
    rows = month_rows(plan, jobs, floor, calendar, changes)
    return SheetContent(
        title=plan_title(plan),
        columns=_columns(floor),
        rows=_rows(plan, rows, _fullest(plan, floor, calendar)),
        meta=meta,
        total_label=_("Total"),
    )


def _columns(floor: Floor) -> list[Column]:
    stages = [
        column
        for stage in floor.stages
        for column in (
            Column(_("%(stage)s from") % {"stage": stage}, 11, "date"),
            Column(_("%(stage)s to") % {"stage": stage}, 11, "date"),
            Column(_("%(stage)s teams") % {"stage": stage}, 16),
        )
    ]
    return [
        Column(_("Month"), 9),
        Column(_("Version"), 6),
        Column(_("Contract no."), 16),
        Column(_("Customer"), 16),
        Column(_("Style"), 11),
        Column(_("Colour"), 9),
        Column(_("Pairs"), 9, "int", total=True),
        Column(_("Due"), 11, "date"),
        *stages,
        Column(_("Load %"), 8, "percent"),
        Column(_("Pre-production"), 14),
        Column(_("Main material due"), 12, "date"),
        Column(_("Expected finish"), 11, "date"),
        Column(_("Days late"), 8, "int"),
        Column(_("Risk"), 34),
        Column(_("Review"), 16),
    ]


def _rows(plan: Plan, rows: list[MonthRow], fullest: dict[int, float]) -> Iterator[list[Any]]:
    for row in rows:
        line, job = row.job.order_line, row.job
        cells: list[Any] = []
        for cell in row.cells:
            cells += [cell.window.first, cell.window.last, pgettext("list", ", ").join(cell.teams)] if cell else [None, None, None]
        yield [
            f"{plan.period:%Y-%m}",
            f"v{plan.version}",
            line.order.number,
            line.order.customer.name,
            line.style.code,
            line.colour.name,
            job.pairs,
            job.due_on,
            *cells,
            fullest.get(line.pk),
            row.release.label if row.release else None,
            None,
            job.finish_on,
            job.late_days or None,
            _risk(row),
            None,
        ]


def _risk(row: MonthRow) -> str:
    """Late with its reason, not planned with its reason, close to its due day, or nothing."""
    job = row.job
    if job.outcome == Outcome.LATE:
        return _("%(days)s days late: %(reason)s") % {"days": job.late_days, "reason": row.reason}
    if job.outcome == Outcome.LEFT_OUT:
        return _("not planned: %(reason)s") % {"reason": row.reason}
    return _("%(days)s days spare, at risk") % {"days": figures.pairs(row.slack)} if row.at_risk else ""


def _fullest(plan: Plan, floor: Floor, calendar: WorkingCalendar) -> dict[int, float]:
    """Per order line, the load of the fullest team and week that it needs; two queries."""
    shares: dict[tuple[int, dt.date], float] = {}
    for stage in load_table(plan, floor, calendar).stages:
        for team in stage.teams:
            shares.update({(team.team.pk, load.week.monday): load.share for load in team.weeks if load.share is not None})
    out: dict[int, float] = defaultdict(float)
    used = PlanEntry.objects.filter(plan=plan).order_by().values_list("order_line_id", "team_id", TruncWeek("day")).distinct()
    for line, team, week in used:
        if (team, week) in shares:
            out[line] = max(out[line], shares[team, week])
    return dict(out)
