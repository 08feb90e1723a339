"""Days of pre-production, worked back and looked forward, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_site.core.calendar import WorkingCalendar
from quality.schedule import Progress, Task, backward, distance, expected, first_day, forward, in_order, scheduled, slack, without
from quality.skipping import skipped_sizes, usual_run

NOTHING: frozenset[dt.date] = frozenset()
WEEK = WorkingCalendar(NOTHING, NOTHING)  # Monday to Saturday
MONDAY = dt.date(2026, 11, 23)


def task(code: str, days: int, *after: str) -> Task:
    return Task(code, days, frozenset(after))


USUAL = [task("pattern", 5), task("dies", 5, "pattern"), task("templates", 4, "pattern"), task("trial", 1, "dies", "templates")]


@st.composite
def tasks(draw: st.DrawFn) -> list[Task]:
    """Up to eight steps, each after some of those before it."""
    count = draw(st.integers(1, 8))
    made: list[Task] = []
    for n in range(count):
        after = draw(st.sets(st.sampled_from([one.code for one in made]), max_size=3)) if made else set()
        made.append(Task(f"t{n}", draw(st.integers(1, 12)), frozenset(after)))
    return made


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Closed days, also whole weeks, and Sundays that are worked, around the new year."""
    days = st.dates(dt.date(2026, 9, 1), dt.date(2027, 4, 30))
    closed = set(draw(st.sets(days, max_size=15)))
    start = draw(days)
    closed |= {start + dt.timedelta(days=n) for n in range(draw(st.integers(0, 21)))}
    return WorkingCalendar(frozenset(closed), frozenset(day for day in draw(st.sets(days, max_size=8)) if day.weekday() == 6))


LASTS = st.dates(dt.date(2026, 11, 1), dt.date(2027, 3, 31))


@given(tasks(), calendars(), LASTS)
def test_back_scheduling_plans_on_worked_days_in_order_and_ends_in_time(
    steps: list[Task], calendar: WorkingCalendar, last: dt.date
) -> None:
    """C1, E2."""
    days = backward(steps, calendar, last=last)
    assert days.keys() == {step.code for step in steps}
    assert all(calendar.is_working(day) for day in days.values())
    assert max(days.values()) <= last
    for step in steps:
        begins = first_day(step, days[step.code], calendar)
        assert all(days[code] < begins for code in step.after)


@given(tasks(), calendars(), LASTS, LASTS)
def test_the_plan_is_the_latest_that_fits_or_the_earliest_that_can_be(
    steps: list[Task], calendar: WorkingCalendar, first: dt.date, last: dt.date
) -> None:
    made = scheduled(steps, calendar, first=first, last=last)
    begin = calendar.next_working(first, after=False)
    assert all(calendar.is_working(day) for day in made.days.values())
    assert all(first_day(step, made.days[step.code], calendar) >= begin for step in steps)
    soonest = forward(steps, calendar, first=first)
    assert made.fits == (max(soonest.values()) <= calendar.previous_working(last, before=False))
    if made.fits:
        assert max(made.days.values()) <= last
    else:
        assert made.days == soonest


@given(tasks(), calendars(), LASTS)
def test_as_long_as_nothing_slips_the_plan_is_what_is_expected(steps: list[Task], calendar: WorkingCalendar, last: dt.date) -> None:
    days = backward(steps, calendar, last=last)
    progress = {code: Progress(day) for code, day in days.items()}
    assert expected(steps, progress, calendar, today=min(days.values())) == days


@given(tasks(), calendars(), LASTS, st.data())
def test_a_slip_never_makes_anything_earlier_and_keeps_the_order(
    steps: list[Task], calendar: WorkingCalendar, last: dt.date, data: st.DataObject
) -> None:
    days = backward(steps, calendar, last=last)
    late = data.draw(st.sampled_from(steps))
    to = calendar.add(days[late.code], data.draw(st.integers(1, 20)))
    progress = {code: Progress(day, to if code == late.code else None) for code, day in days.items()}
    now = expected(steps, progress, calendar, today=min(days.values()))
    assert now[late.code] == to
    for step in steps:
        mine = now[step.code]
        assert mine is not None
        assert mine >= days[step.code]
        assert calendar.is_working(mine)
        assert all(before < mine for code in step.after if (before := now[code]))


def test_a_plan_of_five_weeks() -> None:
    days = backward(USUAL, WEEK, last=dt.date(2026, 12, 20))  # a Sunday
    assert days == {
        "trial": dt.date(2026, 12, 19),
        "dies": dt.date(2026, 12, 18),
        "templates": dt.date(2026, 12, 18),
        "pattern": dt.date(2026, 12, 12),
    }


def test_a_closed_week_pushes_the_beginning_back_not_the_end() -> None:
    closed = frozenset(dt.date(2026, 12, 14) + dt.timedelta(days=n) for n in range(6))
    days = backward(USUAL, WorkingCalendar(closed, NOTHING), last=dt.date(2026, 12, 21))
    assert days == {
        "trial": dt.date(2026, 12, 21),
        "dies": dt.date(2026, 12, 12),
        "templates": dt.date(2026, 12, 12),
        "pattern": dt.date(2026, 12, 7),
    }


def test_without_time_enough_it_is_planned_from_today_and_said_not_to_fit() -> None:
    made = scheduled(USUAL, WEEK, first=MONDAY, last=dt.date(2026, 11, 30))
    assert not made.fits
    assert made.days["pattern"] == dt.date(2026, 11, 27)
    assert made.days["trial"] == dt.date(2026, 12, 4)


def test_a_circle_of_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        in_order([task("a", 1, "b"), task("b", 1, "a")])


def test_what_waited_for_a_dropped_step_waits_for_what_that_one_waited_for() -> None:
    left = {one.code: one.after for one in without(USUAL, {"dies", "templates"})}
    assert left == {"pattern": frozenset(), "trial": frozenset({"pattern"})}


def test_an_open_day_makes_everything_behind_it_open_and_nothing_beside_it() -> None:
    days = backward(USUAL, WEEK, last=dt.date(2026, 12, 19))
    progress = {code: Progress(day, is_open_ended=code == "dies") for code, day in days.items()}
    now = expected(USUAL, progress, WEEK, today=MONDAY)
    assert now["dies"] is None
    assert now["trial"] is None
    assert now["templates"] == days["templates"]


def test_what_should_be_there_and_is_not_is_expected_today_at_the_earliest() -> None:
    days = backward(USUAL, WEEK, last=dt.date(2026, 12, 19))
    now = expected(USUAL, {code: Progress(day) for code, day in days.items()}, WEEK, today=dt.date(2026, 12, 15))
    assert now["pattern"] == dt.date(2026, 12, 15)
    assert now["dies"] == dt.date(2026, 12, 21)
    assert now["trial"] == dt.date(2026, 12, 22)


def test_steps_that_were_planned_in_the_wrong_order_take_their_usual_days() -> None:
    days = backward(USUAL, WEEK, last=dt.date(2026, 12, 19)) | {"pattern": dt.date(2026, 12, 19)}
    now = expected(USUAL, {code: Progress(day) for code, day in days.items()}, WEEK, today=MONDAY)
    assert now["dies"] == dt.date(2026, 12, 25)
    assert now["trial"] == dt.date(2026, 12, 26)


def test_what_came_early_pulls_nothing_forward_and_what_came_late_pushes() -> None:
    days = backward(USUAL, WEEK, last=dt.date(2026, 12, 19))
    early = {code: Progress(day, done_on=MONDAY if code == "pattern" else None) for code, day in days.items()}
    assert expected(USUAL, early, WEEK, today=MONDAY)["trial"] == days["trial"]
    late = {code: Progress(day, done_on=dt.date(2026, 12, 16) if code == "pattern" else None) for code, day in days.items()}
    assert expected(USUAL, late, WEEK, today=dt.date(2026, 12, 16))["trial"] == dt.date(2026, 12, 23)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [("2026-12-19", "2026-12-19", 0), ("2026-12-19", "2026-12-21", 1), ("2026-12-31", "2027-01-02", 2), ("2026-12-21", "2026-12-19", 0)],
)
def test_distance_counts_worked_days(first: str, last: str, days: int) -> None:
    assert distance(dt.date.fromisoformat(first), dt.date.fromisoformat(last), WEEK) == days


def test_slack_is_negative_when_too_late() -> None:
    assert slack(dt.date(2026, 12, 19), dt.date(2026, 12, 22), WEEK) == 2
    assert slack(dt.date(2026, 12, 22), dt.date(2026, 12, 19), WEEK) == -2
    assert slack(MONDAY, MONDAY, WEEK) == 0


@given(st.integers(1, 25))
def test_no_two_skipped_sizes_stand_side_by_side(count: int) -> None:
    """C4: the trial takes the first and the last size and never leaves out two in a row."""
    sizes = [str(30 + n) for n in range(count)]
    taken = skipped_sizes(sizes)
    assert taken[0] == sizes[0]
    assert taken[-1] == sizes[-1]
    assert set(taken) <= set(sizes)
    assert all(sizes[n] in taken or sizes[n + 1] in taken for n in range(count - 1))


def test_the_usual_trial_of_38_to_45() -> None:
    assert usual_run(tuple(map(str, range(38, 46)))) == {"38": 12, "40": 12, "42": 12, "44": 12, "45": 12}
    assert usual_run(()) == {}
