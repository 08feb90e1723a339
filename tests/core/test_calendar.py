"""The working calendar: six days a week, less what is closed, plus the Sundays that are worked."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_site.core.calendar import WorkingCalendar, build, calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import CalendarPeriod
from planning_site.core.plants import default_plant

Kind = CalendarPeriod.Kind

days = st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31))
calendars = st.builds(WorkingCalendar, closed=st.frozensets(days, max_size=40), working=st.frozensets(days, max_size=10))


def period(kind: str, first: str, last: str) -> CalendarPeriod:
    return CalendarPeriod(kind=kind, first_day=dt.date.fromisoformat(first), last_day=dt.date.fromisoformat(last))


def test_sunday_is_off_and_saturday_is_worked() -> None:
    calendar = build([])
    assert calendar.is_working(dt.date(2026, 12, 12))
    assert not calendar.is_working(dt.date(2026, 12, 13))


def test_a_worked_sunday_wins_over_a_closed_period() -> None:
    calendar = build([period(Kind.CLOSED, "2027-02-15", "2027-02-28"), period(Kind.WORKING, "2027-02-28", "2027-02-28")])
    assert not calendar.is_working(dt.date(2027, 2, 27))
    assert calendar.is_working(dt.date(2027, 2, 28))


def test_days_are_counted_over_the_turn_of_the_year_and_a_leap_day() -> None:
    calendar = build([period(Kind.CLOSED, "2027-01-01", "2027-01-03")])
    assert calendar.add(dt.date(2026, 12, 30), 2) == dt.date(2027, 1, 4)
    assert calendar.add(dt.date(2027, 1, 4), -2) == dt.date(2026, 12, 30)
    assert calendar.between(dt.date(2028, 2, 28), dt.date(2028, 3, 1)) == [dt.date(2028, 2, 28), dt.date(2028, 2, 29), dt.date(2028, 3, 1)]


def test_a_calendar_without_a_working_day_is_refused_by_name() -> None:
    calendar = build([period(Kind.CLOSED, "2026-01-01", "2028-12-31")])
    with pytest.raises(DomainError, match="2026-06-01"):
        calendar.next_working(dt.date(2026, 5, 31))


@pytest.mark.django_db
def test_a_plants_calendar_is_made_of_its_own_periods() -> None:
    plant = default_plant()
    entry = period(Kind.CLOSED, "2026-12-08", "2026-12-08")
    entry.plant = plant
    entry.save()
    assert not calendar_of(plant).is_working(dt.date(2026, 12, 8))


@given(calendar=calendars, day=days)
def test_the_next_working_day_is_the_first_one_after(calendar: WorkingCalendar, day: dt.date) -> None:
    found = calendar.next_working(day)
    assert found > day
    assert calendar.between(day + dt.timedelta(days=1), found) == [found]


@given(calendar=calendars, day=days, count=st.integers(0, 60))
def test_going_forth_and_back_ends_where_it_began(calendar: WorkingCalendar, day: dt.date, count: int) -> None:
    start = calendar.next_working(day, after=False)
    assert calendar.add(calendar.add(start, count), -count) == start


@given(calendar=calendars, first=days, count=st.integers(1, 60))
def test_so_many_days_are_working_ascending_and_without_a_gap(calendar: WorkingCalendar, first: dt.date, count: int) -> None:
    found = calendar.days(first, count)
    assert len(found) == count
    assert found == calendar.between(first, found[-1])
