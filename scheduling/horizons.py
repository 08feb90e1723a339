"""Which month, week or day a plan is for, and when it is due: pure functions of the day and the plant's calendar.

A period is a date: the first day of a production month, the Monday of an ISO week, or the day itself. The due times are those of
PROCEDURE.md with half a working day to spare: E1b and D1 by the 25th, D4 by Friday noon, E4.2 by noon of the day before.
"""

import datetime as dt

from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar

MONTH_PLAN_DAY = 25  # of the month before; the working day before it if it is closed
MONTH_PLAN_TIME = dt.time(6)
FRIDAY = 4
WEEK_PLAN_TIME = dt.time(9)
DAY_PLAN_TIME = dt.time(9)
WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


def month_of(day: dt.date) -> dt.date:
    """The first day of the month that a day lies in."""
    return day.replace(day=1)


def month_after(day: dt.date) -> dt.date:
    """The first day of the next month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


def month_before(day: dt.date) -> dt.date:
    """The first day of the month before."""
    return (day.replace(day=1) - DAY).replace(day=1)


def week_of(day: dt.date) -> dt.date:
    """The Monday of the ISO week that a day lies in."""
    return day - dt.timedelta(days=day.weekday())


def last_day_of(horizon: str, period: dt.date) -> dt.date:
    """The last day of a period, worked or not."""
    if horizon == "month":
        return month_after(period) - DAY
    return period + WEEK - DAY if horizon == "week" else period


def month_plan_day(period: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The working day by which the plan of a production month is made: the 25th of the month before, or the last one before it."""
    return calendar.previous_working(month_before(period).replace(day=MONTH_PLAN_DAY), before=False)


def production_month(today: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The month that a month plan made today is for: that of the next working day; from the day of the month plan on, the next one."""
    following = month_after(today)
    month = following if today >= month_plan_day(following, calendar) else month_of(today)
    return max(month, month_of(calendar.next_working(today)))


def open_days(horizon: str, period: dt.date, today: dt.date, calendar: WorkingCalendar) -> list[dt.date]:
    """The working days of a period that can still be planned: those after today."""
    return calendar.between(max(period, calendar.next_working(today)), last_day_of(horizon, period))


def month_due_at(period: dt.date, calendar: WorkingCalendar) -> dt.datetime:
    return clock.at(month_plan_day(period, calendar), MONTH_PLAN_TIME)


def week_due_at(period: dt.date, calendar: WorkingCalendar) -> dt.datetime:
    """Friday of the week before, or the last working day before it."""
    return clock.at(calendar.previous_working(period - WEEK + FRIDAY * DAY, before=False), WEEK_PLAN_TIME)


def day_due_at(period: dt.date, calendar: WorkingCalendar) -> dt.datetime:
    """The working day before."""
    return clock.at(calendar.previous_working(period), DAY_PLAN_TIME)


def due_month(now: dt.datetime, today: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The production month whose plan has become due last. However late one asks, only the newest is still worth making."""
    following = month_after(today)
    return following if month_due_at(following, calendar) <= now else month_of(today)


def week_after(week: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The Monday of the next week in which anybody works."""
    return week_of(calendar.next_working(last_day_of("week", week)))


def due_week(now: dt.datetime, today: dt.date, calendar: WorkingCalendar) -> dt.date | None:
    """The week whose plan has become due last, or None if it has no working day left to plan."""
    following = week_after(week_of(today), calendar)
    week = following if week_due_at(following, calendar) <= now else week_of(today)
    return week if open_days("week", week, today, calendar) else None


def due_day(now: dt.datetime, today: dt.date, calendar: WorkingCalendar) -> dt.date | None:
    """The next working day, once its plan is due."""
    day = calendar.next_working(today)
    return day if day_due_at(day, calendar) <= now else None
