"""Form 9, the week plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.templatetags import figures
from planning_site.workbooks.writing import Column, SheetContent
from scheduling.models import Plan
from scheduling.selectors.changes import Kind, Mark
from scheduling.selectors.floor import Floor
from scheduling.selectors.titles import plan_title
from scheduling.selectors.week import HandOver, WeekGrid, WeekRow, week_grid


def week_sheet(plan: Plan, floor: Floor, calendar: WorkingCalendar, meta: Sequence[str]) -> SheetContent:
    """One row per team and job; whether material is complete is left open until somebody says so."""
    grid = week_grid(plan, floor, calendar, plan.replaces)
    return SheetContent(
        title=plan_title(plan), columns=_columns(grid), rows=_rows(plan, grid, floor), meta=meta, total_label=_("Total, all stages")
    )


def _columns(grid: WeekGrid) -> list[Column]:
    days = [Column(f"{figures.day(day)} {figures.weekday(day)}", 9, "int", total=True) for day in grid.days]
    return [
        Column(_("Week"), 8),
        Column(_("Workshop"), 11),
        Column(_("Team"), 11),
        Column(_("Instruction / contract no."), 16),
        Column(_("Style"), 11),
        Column(_("Colour"), 9),
        Column(_("Pairs this week"), 10, "int", total=True),
        Column(_("Whole job"), 10, "int"),
        *days,
        Column(_("Hand-over from"), 11),
        Column(_("Hand-over day"), 11, "date"),
        Column(_("Material complete"), 12),
        Column(_("Remarks"), 24),
        Column(_("Version"), 8),
        Column(_("Issued to / acknowledged"), 18),
    ]


def _rows(plan: Plan, grid: WeekGrid, floor: Floor) -> Iterator[list[Any]]:
    year, number, _weekday = plan.period.isocalendar()
    for block in grid.stages:
        for team in block.teams:
            for row in team.rows:
                yield [
                    f"{year}-W{number:02d}",
                    team.team.workshop.name,
                    team.team.name,
                    row.number,
                    row.line.style.code,
                    row.line.colour.name,
                    row.pairs,
                    row.whole,
                    *[pairs or None for pairs in row.by_day],
                    hand_over_from(row.hand_over),
                    row.hand_over.day if row.hand_over else None,
                    None,
                    _remarks(row, floor),
                    f"v{plan.version}",
                    None,
                ]


def hand_over_from(hand_over: HandOver | None) -> str:
    """The feeding stage's name, or the warehouse."""
    if hand_over is None:
        return ""
    return str(hand_over.stage) if hand_over.stage else _("Warehouse")


def _remarks(row: WeekRow, floor: Floor) -> str:
    """Late by how much, and what changed against the version before."""
    late = _("%(days)s days late") % {"days": row.job.late_days} if row.job and row.is_late else ""
    return "; ".join(text for text in (late, mark_text(row.mark, floor)) if text)


def mark_text(mark: Mark | None, floor: Floor) -> str:
    """One change in words."""
    if mark is None:
        return ""
    names = {"days": mark.days, "old": floor.team_names([mark.from_team])[0] if mark.from_team in floor.team else ""}
    match mark.kind:
        case Kind.LATER:
            return _("%(days)s days later") % names
        case Kind.EARLIER:
            return _("%(days)s days earlier") % names
        case Kind.TEAM:
            return _("before: %(old)s") % names if names["old"] else str(mark.kind.label)
        case _:
            return str(mark.kind.label)
