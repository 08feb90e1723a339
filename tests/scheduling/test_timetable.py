"""Plans that the timetable asks for: twice, late, after an outage and while something is missing."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import translation
from time_machine import travel

from orders.models import Order
from planning_site.core.models import CalendarPeriod
from scheduling import services
from scheduling.models import Plan, PlanRun
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, make_month, make_week

pytestmark = pytest.mark.django_db

WEEKS_OF_WORK = 60  # order lines of 600 pairs: more than the floor makes in a week
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def asked(now: str) -> list[tuple[str, str, str]]:
    """What beat asks for at a moment: horizon, period and state of the new runs."""
    with travel(at(now), tick=False):
        return [(run.horizon, str(run.period), run.state) for run in services.request_due_plans(now=at(now))]


def finish_all() -> None:
    PlanRun.objects.update(seconds=0)
    for pk in services.waiting_runs():
        services.execute_plan_run(plan_run_id=pk)


def settled(floor: Floor, *, made: str) -> Plan:
    """A published month plan and the plans of the running week and day: nothing is due."""
    with travel(at(made), tick=False):
        return make_month(floor, period=dt.date(2026, 12, 1), first_day=dt.date(2026, 11, 26), last_day=dt.date(2027, 3, 31))


def test_the_month_plan_is_asked_for_once_on_the_25th() -> None:
    floor = factories.floor(lines=2)
    settled(floor, made="2026-11-25 07:00")
    assert [run for run in asked("2026-12-25 05:59") if run[0] == "month"] == []
    assert ("month", "2027-01-01", "queued") in asked("2026-12-25 06:00")
    assert [run for run in asked("2026-12-25 06:10") if run[0] == "month"] == []
    with travel(at("2026-12-25 06:15"), tick=False):
        finish_all()
    assert [run for run in asked("2026-12-28 06:00") if run[0] == "month"] == []
    assert Plan.objects.filter(period=dt.date(2027, 1, 1)).count() == 1


def test_the_25th_on_a_sunday_makes_saturday_the_day() -> None:
    floor = factories.floor(lines=2)
    with travel(at("2026-09-25 07:00"), tick=False):
        make_month(floor, period=dt.date(2026, 10, 1), first_day=dt.date(2026, 9, 26))
    assert [run for run in asked("2026-10-24 05:50") if run[0] == "month"] == []
    assert ("month", "2026-11-01", "queued") in asked("2026-10-24 06:00")


def test_after_an_outage_over_the_turn_of_the_year_the_plan_is_still_asked_for_and_no_older_one() -> None:
    floor = factories.floor(lines=2)
    settled(floor, made="2026-11-25 07:00")
    assert [run for run in asked("2027-01-04 10:00") if run[0] == "month"] == [("month", "2027-01-01", "queued")]


def test_a_plan_that_a_planner_made_after_the_due_time_counts() -> None:
    floor = factories.floor(lines=2)
    with travel(at("2026-12-25 07:00"), tick=False):
        factories.month(floor, period=dt.date(2027, 1, 1))
    assert [run for run in asked("2026-12-25 08:00") if run[0] == "month"] == []


def test_a_draft_from_before_the_due_time_does_not_count() -> None:
    floor = factories.floor(lines=2)
    with travel(at("2026-12-20 07:00"), tick=False):
        factories.month(floor, period=dt.date(2027, 1, 1))
    assert ("month", "2027-01-01", "queued") in asked("2026-12-25 08:00")


def test_on_friday_at_nine_the_next_week_is_asked_for_once() -> None:
    floor = factories.floor(lines=4)
    month = settled(floor, made="2026-12-01 07:00")
    with travel(at("2026-12-04 10:00"), tick=False):
        make_week(month, monday=dt.date(2026, 12, 7))
    assert [run for run in asked("2026-12-11 08:50") if run[0] == "week"] == []
    assert ("week", "2026-12-14", "queued") in asked("2026-12-11 09:00")
    assert [run for run in asked("2026-12-11 12:00") if run[0] == "week"] == []


def test_a_friday_off_moves_the_week_plan_to_thursday() -> None:
    floor = factories.floor(lines=4)
    month = settled(floor, made="2026-12-01 07:00")
    with travel(at("2026-12-04 10:00"), tick=False):
        make_week(month, monday=dt.date(2026, 12, 7))
    CalendarPeriod.objects.create(plant=floor.plant, first_day=dt.date(2026, 12, 11), last_day=dt.date(2026, 12, 12), kind="closed")
    assert [run for run in asked("2026-12-10 08:50") if run[0] == "week"] == []
    assert ("week", "2026-12-14", "queued") in asked("2026-12-10 09:00")


def test_a_week_plan_without_a_month_plan_is_shown_as_refused_once_and_asked_for_when_it_can_be_made() -> None:
    floor = factories.floor(lines=4)
    with travel(at("2026-12-01 07:00"), tick=False):
        month = factories.month(floor, first_day=dt.date(2026, 12, 2))
    assert ("week", "2026-12-14", "failed") in asked("2026-12-11 09:00")
    refused = PlanRun.objects.get(horizon="week")
    assert refused.error
    assert refused.finished_at == at("2026-12-11 09:00")
    assert [run for run in asked("2026-12-11 09:10") if run[0] == "week"] == []
    with travel(at("2026-12-11 15:00"), tick=False):
        services.publish_plan(plan_id=month.pk, by=None)
    assert [run for run in asked("2026-12-11 15:10") if run[0] == "week"] == [("week", "2026-12-14", "queued")]


def test_the_day_plan_is_asked_for_at_nine_from_the_published_week_plan() -> None:
    floor = factories.floor(lines=4)
    month = settled(floor, made="2026-12-01 07:00")
    with travel(at("2026-12-04 10:00"), tick=False):
        make_week(month, monday=dt.date(2026, 12, 7))
    assert asked("2026-12-08 08:59") == []
    assert asked("2026-12-08 09:00") == [("day", "2026-12-09", "queued")]
    assert asked("2026-12-08 09:10") == []
    with travel(at("2026-12-08 09:11"), tick=False):
        finish_all()
    assert asked("2026-12-09 09:00") == [("day", "2026-12-10", "queued")]


def test_while_a_planner_makes_the_same_kind_of_plan_the_timetable_waits() -> None:
    floor = factories.floor(lines=2)
    settled(floor, made="2026-11-25 07:00")
    with travel(at("2026-12-25 05:59"), tick=False):
        own = services.request_plan_run(plant=floor.plant, horizon="month", by=None)
    assert [run for run in asked("2026-12-25 06:00") if run[0] == "month"] == []
    services.request_stop(run_id=own.pk, by=None)
    assert ("month", "2027-01-01", "queued") in asked("2026-12-25 06:10")


def test_without_open_orders_nothing_is_due() -> None:
    factories.floor(lines=2)
    Order.objects.update(state=Order.State.CLOSED)
    assert asked("2026-12-11 09:00") == []


def first_plans(capsys: pytest.CaptureFixture[str], now: str) -> str:
    """Let `plan_demo` run at a moment; what it says, in English."""
    with travel(at(now), tick=False), translation.override("en"):
        call_command("plan_demo", seconds=0)
    return capsys.readouterr().out


def test_plan_demo_publishes_the_first_plans_once(capsys: pytest.CaptureFixture[str]) -> None:
    floor = factories.floor(lines=WEEKS_OF_WORK)
    wang = factories.planner("wang")
    assert "Published YJH-2026-12 v1" in first_plans(capsys, "2026-12-08 20:00")
    assert first_plans(capsys, "2026-12-08 20:01") == "The plans are there already.\n"
    published = Plan.objects.filter(plant=floor.plant, state=Plan.State.PUBLISHED, published_by=wang).order_by("pk")
    assert list(published.values_list("horizon", "period")) == [
        ("month", dt.date(2026, 12, 1)),
        ("week", dt.date(2026, 12, 7)),
        ("week", dt.date(2026, 12, 14)),
        ("day", dt.date(2026, 12, 9)),
    ]
    assert Plan.objects.count() == 4


def test_plan_demo_passes_over_a_week_whose_work_is_done_before_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    factories.floor(lines=1, pairs=40)
    text = first_plans(capsys, "2026-12-08 20:00")
    assert [plan.number for plan in Plan.objects.filter(state=Plan.State.PUBLISHED).order_by("pk")] == [
        "YJH-2026-12",
        "ZJH-2026-50",
        "RJH-2026-12-09",
    ]
    assert "ZJH-2026-51 was not made" in text
    assert "already" not in text
    assert not PlanRun.objects.exclude(state=PlanRun.State.DONE).exists()


def test_plan_demo_passes_over_a_day_without_work_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    floor = factories.floor(lines=2)
    month = make_month(floor, first_day=dt.date(2026, 12, 10))
    make_week(month, monday=dt.date(2026, 12, 7))
    make_week(month, monday=dt.date(2026, 12, 14))
    assert "RJH-2026-12-09" in first_plans(capsys, "2026-12-08 20:00")
    assert not PlanRun.objects.exists()


def test_plan_demo_without_open_orders_makes_no_plan_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    factories.floor(lines=2)
    Order.objects.update(state=Order.State.CLOSED)
    text = first_plans(capsys, "2026-12-08 20:00")
    assert all(number in text for number in ("YJH-2026-12", "ZJH-2026-50", "ZJH-2026-51", "RJH-2026-12-09"))
    assert not Plan.objects.exists()
