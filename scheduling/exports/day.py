"""Form 10, the day plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from orders.sizes import size_key
from planning_site.core.templatetags import figures
from planning_site.workbooks.writing import Column, SheetContent
from scheduling.models import Plan
from scheduling.selectors.day import TeamDay, day_teams
from scheduling.selectors.floor import Floor
from scheduling.selectors.titles import plan_title


def day_sheets(plan: Plan, floor: Floor, meta: Sequence[str]) -> list[SheetContent]:
    """All teams on one sheet, with a column for every size that somebody makes on the day."""
    teams = day_teams(plan, floor)
    sizes = sorted({size for team in teams for size in team.sizes}, key=size_key)
    return [
        SheetContent(
            title=plan_title(plan), columns=_columns(sizes), rows=_rows(plan, teams, sizes), meta=meta, total_label=_("Total, all stages")
        )
    ]


def _columns(sizes: Sequence[str]) -> list[Column]:
    return [
        Column(_("Day"), 11, "date"),
        Column(_("Shift"), 6),
        Column(_("Team"), 11),
        Column(_("Order of work"), 7, "int"),
        Column(_("Instruction / contract no."), 16),
        Column(_("Style"), 11),
        Column(_("Colour"), 9),
        *[Column(size, 6, "int", total=True) for size in sizes],
        Column(_("Pairs"), 9, "int", total=True),
        Column(_("Target per hour"), 9, "int"),
        Column(_("Parts complete (who, when)"), 16),
        Column(_("Supervisor's approval"), 12),
        Column(_("Issued at"), 15),
    ]


def _rows(plan: Plan, teams: Sequence[TeamDay], sizes: Sequence[str]) -> Iterator[list[Any]]:
    issued = f"{figures.factory_day(plan.published_at):%Y-%m-%d} {figures.hour(plan.published_at)}" if plan.published_at else None
    for team in teams:
        for place, job in enumerate(team.jobs, 1):
            line = job.entry.order_line
            yield [
                job.entry.day,
                _("day shift"),
                team.team.name,
                place,
                job.number,
                line.style.code,
                line.colour.name,
                *[job.sizes.get(size) for size in sizes],
                job.entry.pairs,
                None if job.target is None else round(job.target),
                None,
                None,
                issued,
            ]
