"""Which period a plan is for and when it is due, over year ends, Sundays and holidays."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from planning_site.core.calendar import WorkingCalendar
from scheduling import horizons

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def span(first: str, last: str) -> set[dt.date]:
    return {day(first) + dt.timedelta(days=n) for n in range((day(last) - day(first)).days + 1)}


NEW_YEAR = span("2026-12-31", "2027-01-01")
SPRING = span("2027-01-28", "2027-02-15")
CALENDAR = WorkingCalendar(closed=frozenset(NEW_YEAR | SPRING), working=frozenset({day("2026-12-20")}))


@pytest.mark.parametrize(
    ("today", "month"),
    [
        ("2026-12-08", "2026-12-01"),
        ("2026-12-24", "2026-12-01"),
        ("2026-12-25", "2027-01-01"),  # a Friday
        ("2026-12-31", "2027-01-01"),
        ("2026-10-23", "2026-10-01"),
        ("2026-10-24", "2026-11-01"),  # the 25th is a Sunday: the Saturday before counts
        ("2027-01-27", "2027-02-01"),
        ("2027-01-24", "2027-01-01"),
        ("2027-02-10", "2027-02-01"),
    ],
)
def test_the_production_month_turns_on_the_25th_or_the_working_day_before(today: str, month: str) -> None:
    assert horizons.production_month(day(today), CALENDAR) == day(month)


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-12-25 05:59", "2026-12-01"),
        ("2026-12-25 06:00", "2027-01-01"),
        ("2027-01-02 12:00", "2027-01-01"),
        ("2026-10-24 05:59", "2026-10-01"),
        ("2026-10-24 06:00", "2026-11-01"),
        ("2027-02-27 08:00", "2027-03-01"),
        ("2028-02-25 06:00", "2028-03-01"),
    ],
)
def test_the_month_plan_is_due_on_the_25th_at_six(now: str, month: str) -> None:
    moment = at(now)
    assert horizons.due_month(moment, moment.date(), CALENDAR) == day(month)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-12-11 08:59", "2026-12-07"),  # Friday: this week still has its Saturday
        ("2026-12-11 09:00", "2026-12-14"),
        ("2026-12-12 20:00", "2026-12-14"),
        ("2026-12-15 07:00", "2026-12-14"),  # after an outage over the weekend: what is left of the running week
        ("2026-12-30 08:59", "2026-12-28"),
        ("2026-12-30 09:00", "2027-01-04"),  # the Friday is New Year: due on Wednesday
        ("2027-01-27 09:00", "2027-02-15"),  # the last day before the Spring Festival plans the first week behind it
        ("2027-02-08 09:00", "2027-02-15"),
    ],
)
def test_the_week_plan_is_due_on_friday_at_nine_for_the_next_worked_week(now: str, week: str) -> None:
    moment = at(now)
    assert horizons.due_week(moment, moment.date(), CALENDAR) == day(week)


def test_a_week_without_a_working_day_left_is_not_due() -> None:
    calendar = WorkingCalendar(closed=frozenset(span("2026-12-11", "2026-12-11")), working=frozenset())
    saturday = at("2026-12-12 08:00")
    assert horizons.due_week(saturday, saturday.date(), calendar) == day("2026-12-14")
    assert horizons.open_days("week", day("2026-12-07"), saturday.date(), calendar) == []


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-12-08 08:59", None),
        ("2026-12-08 09:00", "2026-12-09"),
        ("2026-12-12 09:00", "2026-12-14"),  # Saturday plans Monday
        ("2026-12-13 01:00", "2026-12-14"),  # on Sunday Monday's plan has long been due
        ("2026-12-19 09:00", "2026-12-20"),  # a Sunday that is worked
        ("2026-12-30 09:00", "2027-01-02"),
        ("2027-01-01 00:30", "2027-01-02"),
    ],
)
def test_the_day_plan_is_due_the_working_day_before_at_nine(now: str, period: str | None) -> None:
    moment = at(now)
    assert horizons.due_day(moment, moment.date(), CALENDAR) == (day(period) if period else None)


def test_open_days_are_those_after_today() -> None:
    days = horizons.open_days("week", day("2026-12-28"), day("2026-12-28"), CALENDAR)
    assert days == [day("2026-12-29"), day("2026-12-30"), day("2027-01-02")]
    assert horizons.open_days("day", day("2026-12-28"), day("2026-12-28"), CALENDAR) == []
