"""Plans as Excel, with the columns of the factory's forms.

filename, content = plan_workbook(plan)
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from planning_site.core.calendar import calendar_of
from planning_site.core.templatetags import figures
from planning_site.workbooks.writing import workbook
from scheduling.exports.day import day_sheets
from scheduling.exports.month import month_sheet
from scheduling.exports.week import week_sheet
from scheduling.models import Plan
from scheduling.selectors.floor import floor_of
from scheduling.selectors.month import MonthFilter
from scheduling.selectors.titles import span_text

__all__ = ["plan_workbook"]


def plan_workbook(plan: Plan, wanted: MonthFilter | None = None) -> tuple[str, bytes]:
    """File name and content of a plan's workbook in the language that is active; `wanted` narrows a month plan's rows.

    The number of queries does not grow with the plan.
    """
    floor, calendar = floor_of(plan.plant, with_route=True), calendar_of(plan.plant)
    meta = _meta(plan)
    match plan.horizon:
        case Plan.Horizon.MONTH:
            sheets = [month_sheet(plan, floor, calendar, wanted or MonthFilter(sort="due"), meta)]
        case Plan.Horizon.WEEK:
            sheets = [week_sheet(plan, floor, calendar, meta)]
        case _:
            sheets = day_sheets(plan, floor, meta)
    return f"{plan.number}-v{plan.version}.xlsx", workbook(sheets)


def _meta(plan: Plan) -> tuple[str, ...]:
    """The lines below the title: number, version, state, days, who issued it and when."""
    issued = ""
    if plan.published_at:
        issued = _("issued by %(who)s, %(day)s %(time)s") % {
            "who": plan.published_by or _("the timetable"),
            "day": f"{figures.factory_day(plan.published_at):%Y-%m-%d}",
            "time": figures.hour(plan.published_at),
        }
    facts = [str(plan), str(plan.get_state_display()), span_text(plan), issued]
    return (" · ".join(fact for fact in facts if fact),)
