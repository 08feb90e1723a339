"""Which published plans are in force: what a finer plan is made from, and which period comes next."""

import datetime as dt

from django.utils.translation import gettext as _

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import horizons
from scheduling.models import Plan

Horizon = Plan.Horizon


def published_plan(plant: Plant, horizon: str, period: dt.date) -> Plan | None:
    """The version of a period that the departments work by."""
    return Plan.objects.filter(plant=plant, horizon=horizon, period=period, state=Plan.State.PUBLISHED).first()


def month_plan_in_force(plant: Plant) -> Plan | None:
    """The month plan that week plans are made from: each covers the whole horizon, so the one of the latest month holds."""
    return Plan.objects.filter(plant=plant, horizon=Horizon.MONTH, state=Plan.State.PUBLISHED).order_by("-period").first()


def coarser_plan(plant: Plant, horizon: str, period: dt.date) -> Plan | None:
    """The plan in force that a week or day plan of that period refines."""
    if horizon == Horizon.WEEK:
        return month_plan_in_force(plant)
    return published_plan(plant, Horizon.WEEK, horizons.week_of(period)) if horizon == Horizon.DAY else None


def default_period(plant: Plant, horizon: str, today: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The period that a new plan is for unless somebody chooses another.

    Month: the production month, or the later month that is already published. Week: that of the next working day, or the next
    worked week once it has a published plan. Day: the next working day.
    """
    following_day = calendar.next_working(today)
    if horizon == Horizon.DAY:
        return following_day
    if horizon == Horizon.WEEK:
        week = horizons.week_of(following_day)
        return horizons.week_after(week, calendar) if published_plan(plant, Horizon.WEEK, week) else week
    month = horizons.production_month(today, calendar)
    in_force = month_plan_in_force(plant)
    return max(month, in_force.period) if in_force else month


def check_period(plant: Plant, horizon: str, period: dt.date, today: dt.date, calendar: WorkingCalendar) -> None:
    """Raise DomainError unless a plan of that period can be made today: it is a real one, and not over."""
    default = default_period(plant, horizon, today, calendar)
    if horizon == Horizon.MONTH and period not in {default, horizons.month_after(default)}:
        wanted, allowed = f"{period:%Y-%m}", f"{default:%Y-%m}"
        raise DomainError(
            _("A month plan made today is for %(allowed)s, not for %(wanted)s.") % {"allowed": allowed, "wanted": wanted}, "period"
        )
    if horizon == Horizon.WEEK and period != horizons.week_of(period):
        raise DomainError(_("A week plan is named by its Monday, and %(day)s is none.") % {"day": period}, "period")
    if horizon == Horizon.DAY and not calendar.is_working(period):
        raise DomainError(_("%(day)s is not a working day.") % {"day": period}, "period")
    if not horizons.open_days(horizon, period, today, calendar):
        raise DomainError(_("From %(day)s on there is no working day left that can still be planned.") % {"day": period}, "period")


def require_coarser(plant: Plant, horizon: str, period: dt.date) -> Plan:
    """The plan in force that a week or day plan refines. Raises DomainError naming what has to be published first."""
    coarser = coarser_plan(plant, horizon, period)
    if coarser is None and horizon == Horizon.WEEK:
        raise DomainError(_("No month plan is published. Publish a month plan first, then plan the week."), "coarser_missing")
    if coarser is None:
        number = Plan(horizon=Horizon.WEEK, period=horizons.week_of(period)).number
        raise DomainError(
            _("The week plan %(number)s is not published. Publish it first, then plan the day.") % {"number": number}, "coarser_missing"
        )
    if not coarser.first_day <= horizons.last_day_of(horizon, period) or not period <= coarser.last_day:
        message = _("%(plan)s reaches from %(first)s to %(last)s. Choose a period inside it, or publish a newer one first.")
        raise DomainError(message % {"plan": coarser, "first": coarser.first_day, "last": coarser.last_day}, "outside")
    return coarser
