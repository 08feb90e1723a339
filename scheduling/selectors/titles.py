"""What a plan is called in a heading, a file name or a mail."""

from __future__ import annotations

from django.utils.translation import gettext as _

from planning_site.core.plants import plants
from planning_site.core.templatetags import figures
from scheduling.models import Plan


def plan_title(plan: Plan) -> str:
    """`第51周 周计划`, in English `W51 week plan`; where there are several plants, the plant first."""
    title = _("%(period)s %(kind)s") % {"period": period_text(plan), "kind": plan.get_horizon_display()}
    return f"{plan.plant} · {title}" if len(plants()) > 1 else title


def period_text(plan: Plan) -> str:
    """`12月`, `第51周` or `12月8日 周二`."""
    match plan.horizon:
        case Plan.Horizon.MONTH:
            return figures.month(plan.period)
        case Plan.Horizon.WEEK:
            return figures.week(plan.period)
        case _:
            return figures.longday(plan.period)


def span_text(plan: Plan) -> str:
    """First and last day with work: `12/8–2/10`."""
    return f"{figures.day(plan.first_day)}–{figures.day(plan.last_day)}"
