"""Month, week and day plans: each is cut out of the coarser one that is published."""

import datetime as dt
from collections import defaultdict
from fractions import Fraction

import pytest
from time_machine import travel

from orders.models import Order, OrderLine
from orders.sizes import SizeRun, total
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import CalendarPeriod, Plant
from scheduling import services
from scheduling.models import Plan, PlanJob, PlanRun, StyleRate, Team
from scheduling.services.month import draft_month
from scheduling.services.searching import Wish
from scheduling.standing import default_period
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, add_lines, make_month, make_week

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NEXT_DAY, MONDAY, NEXT_MONDAY = dt.date(2026, 12, 9), dt.date(2026, 12, 7), dt.date(2026, 12, 14)
DAY = dt.timedelta(days=1)
WEEKS_OF_WORK = 60  # order lines of 600 pairs: more than the floor stitches in the four days that are left of the week


def make(plant: Plant, horizon: str, period: dt.date | None = None) -> Plan:
    """Ask for a plan and make it in this process; the run has to succeed."""
    run = services.request_plan_run(plant=plant, horizon=horizon, period=period, by=None, seconds=0)
    assert services.execute_plan_run(plan_run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (PlanRun.State.DONE, "")
    assert run.plan is not None
    return run.plan


def publish(plan: Plan) -> Plan:
    return services.publish_plan(plan_id=plan.pk, by=None)


def refused(plant: Plant, horizon: str, period: dt.date | None = None) -> DomainError:
    with pytest.raises(DomainError) as caught:
        services.request_plan_run(plant=plant, horizon=horizon, period=period, by=None)
    return caught.value


@travel(TUESDAY, tick=False)
def test_a_month_plan_holds_all_open_jobs_from_the_next_working_day_on() -> None:
    floor = factories.floor(lines=10)
    Order.objects.filter(pk=floor.lines[9].order_id).update(state=Order.State.ON_HOLD)
    plan = make(floor.plant, "month")
    assert (plan.number, plan.version, plan.state, plan.first_day) == ("YJH-2026-12", 1, Plan.State.DRAFT, NEXT_DAY)
    assert set(plan.jobs.values_list("order_line", flat=True)) == {line.pk for line in floor.lines[:9]}
    assert set(plan.jobs.values_list("outcome", flat=True)) <= {"on_time", "late"}
    assert plan.entries.count() >= 9 * 5
    assert plan.metrics["jobs"] == 9
    assert make(floor.plant, "month").version == 2


@travel(TUESDAY, tick=False)
def test_the_same_facts_give_the_same_first_plan() -> None:
    floor = factories.floor(lines=10)
    first, second = make(floor.plant, "month"), make(floor.plant, "month")
    rows = [
        list(plan.entries.order_by("team", "day", "position").values_list("team", "day", "position", "order_line", "stage", "pairs"))
        for plan in (first, second)
    ]
    assert first.metrics["input"] == second.metrics["input"]
    assert rows[0] == rows[1]


@travel(TUESDAY, tick=False)
def test_without_orders_or_rated_teams_there_is_no_plan_but_a_sentence() -> None:
    floor = factories.floor(lines=0)
    with pytest.raises(DomainError, match=r"没有|no open order"):
        draft_month(floor.plant, today=TUESDAY.date(), wish=Wish(seconds=0))
    add_lines(floor, 1)
    Team.objects.update(hours=None)
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=factories.planner())
    services.execute_plan_run(plan_run_id=run.pk)
    run.refresh_from_db()
    assert run.state == PlanRun.State.FAILED
    assert run.error.startswith("No team has people")
    assert not Plan.objects.exists()


@travel(TUESDAY, tick=False)
def test_jobs_that_cannot_be_planned_are_in_the_plan_with_their_reason() -> None:
    floor = factories.floor(lines=6)
    StyleRate.objects.filter(style=floor.styles[0], stage__code="lasting").delete()
    plan = make(floor.plant, "month")
    left = plan.jobs.filter(outcome=PlanJob.Outcome.LEFT_OUT)
    assert {job.order_line.style_id for job in left} == {floor.styles[0].pk}
    assert {(job.reason, job.reason_stage_id) for job in left} == {(PlanJob.Reason.NO_RATE, floor.stages["lasting"].pk)}
    assert plan.metrics["left_out"] == len(left) == 2
    assert not plan.entries.filter(order_line__in=[job.order_line_id for job in left]).exists()


@travel(TUESDAY, tick=False)
def test_when_no_job_can_be_planned_the_plan_says_so_job_by_job() -> None:
    floor = factories.floor(lines=3)
    StyleRate.objects.all().delete()
    plan = make(floor.plant, "month")
    assert set(plan.jobs.values_list("outcome", "reason")) == {(PlanJob.Outcome.LEFT_OUT, PlanJob.Reason.NO_ROUTE)}
    assert plan.jobs.count() == 3
    assert not plan.entries.exists()


@pytest.mark.parametrize(
    ("now", "period"),
    [("2026-12-24T12:00+08:00", "2026-12-01"), ("2026-12-25T12:00+08:00", "2027-01-01"), ("2027-01-31T12:00+08:00", "2027-02-01")],
)
def test_the_month_turns_on_the_25th_and_over_the_year(now: str, period: str) -> None:
    plant = factories.floor(lines=1).plant
    today = dt.datetime.fromisoformat(now).date()
    assert default_period(plant, "month", today, calendar_of(plant)) == dt.date.fromisoformat(period)


@travel(TUESDAY, tick=False)
def test_once_the_next_month_is_published_replanning_is_for_that_month() -> None:
    floor = factories.floor(lines=2)
    make_month(floor, period=dt.date(2027, 1, 1))
    assert make(floor.plant, "month").period == dt.date(2027, 1, 1)
    assert refused(floor.plant, "month", dt.date(2026, 12, 1)).code == "period"


@travel(TUESDAY, tick=False)
def test_a_week_plan_is_that_week_of_the_published_month_plan() -> None:
    floor = factories.floor(lines=WEEKS_OF_WORK)
    month = publish(make(floor.plant, "month"))
    make(floor.plant, "month")  # a draft is not what the departments agreed to
    week = make(floor.plant, "week", NEXT_MONDAY)
    fields = ("order_line", "stage", "team", "day", "position", "pairs", "minutes")
    expected = month.entries.filter(day__range=(NEXT_MONDAY, NEXT_MONDAY + 6 * DAY)).order_by(*fields)
    assert list(week.entries.order_by(*fields).values_list(*fields)) == list(expected.values_list(*fields))
    assert week.entries.exists()
    assert (week.refines, week.first_day, week.last_day) == (month, NEXT_MONDAY, NEXT_MONDAY + 5 * DAY)
    outcomes = ("order_line", "finish_on", "outcome", "late_days", "late_pairs", "reason", "reason_stage", "reason_detail")
    jobs = month.jobs.filter(order_line__in=week.entries.values("order_line")).order_by("order_line")
    assert list(week.jobs.order_by("order_line").values_list(*outcomes)) == list(jobs.values_list(*outcomes))


@travel(TUESDAY, tick=False)
def test_the_running_week_is_planned_from_the_next_working_day_on() -> None:
    floor = factories.floor(lines=WEEKS_OF_WORK)
    publish(make(floor.plant, "month"))
    week = make(floor.plant, "week")
    assert (week.period, week.first_day) == (MONDAY, NEXT_DAY)
    assert not week.entries.filter(day__lt=NEXT_DAY).exists()
    publish(week)
    assert make(floor.plant, "week").period == NEXT_MONDAY


def test_over_the_spring_festival_the_next_week_is_the_next_worked_one() -> None:
    floor = factories.floor(lines=2)
    CalendarPeriod.objects.create(plant=floor.plant, first_day=dt.date(2027, 1, 28), last_day=dt.date(2027, 2, 15), kind="closed")
    calendar, thursday = calendar_of(floor.plant), dt.date(2027, 1, 26)
    assert default_period(floor.plant, "week", thursday, calendar) == dt.date(2027, 1, 25)
    month = make_month(floor, first_day=dt.date(2027, 1, 20), last_day=dt.date(2027, 4, 30))
    make_week(month, monday=dt.date(2027, 1, 25))
    assert default_period(floor.plant, "week", thursday, calendar) == dt.date(2027, 2, 15)
    assert default_period(floor.plant, "day", dt.date(2027, 1, 27), calendar) == dt.date(2027, 2, 16)


@travel(TUESDAY, tick=False)
def test_what_has_to_be_published_first_is_named() -> None:
    floor = factories.floor(lines=4)
    make(floor.plant, "month")
    assert refused(floor.plant, "week").code == "coarser_missing"
    month = make_month(floor, version=2)
    week = make_week(month, monday=MONDAY, state="draft")
    error = refused(floor.plant, "day", NEXT_DAY)
    assert error.code == "coarser_missing"
    assert week.number in error.message
    publish(week)
    assert refused(floor.plant, "day", NEXT_MONDAY).code == "coarser_missing"


@travel(TUESDAY, tick=False)
@pytest.mark.parametrize(
    ("horizon", "period", "code"),
    [
        ("month", "2026-11-01", "period"),
        ("month", "2026-12-02", "period"),
        ("month", "2027-02-01", "period"),
        ("week", "2026-12-08", "period"),
        ("week", "2026-11-30", "period"),
        ("week", "2028-01-03", "outside"),
        ("day", "2026-12-08", "period"),
        ("day", "2026-12-13", "period"),
    ],
)
def test_a_period_that_cannot_be_planned_is_refused(horizon: str, period: str, code: str) -> None:
    floor = factories.floor(lines=2)
    make_month(floor)
    assert refused(floor.plant, horizon, dt.date.fromisoformat(period)).code == code


def days_of(floor: Floor, week: Plan) -> dict[dt.date, Plan]:
    """The day plans of a whole week, each made on the working day before."""
    plans = {}
    for day in sorted(set(week.entries.values_list("day", flat=True))):
        with travel(dt.datetime.combine(day - DAY, dt.time(12), tzinfo=TUESDAY.tzinfo), tick=False):
            plans[day] = make(floor.plant, "day", day)
    return plans


def test_day_plans_split_the_week_by_size_and_the_days_add_up_to_the_size_run() -> None:
    floor = factories.floor(lines=WEEKS_OF_WORK, pairs=1_001)
    with travel(TUESDAY, tick=False):
        publish(make(floor.plant, "month"))
        week = publish(make(floor.plant, "week", NEXT_MONDAY))
    made: dict[tuple[int, int], list[SizeRun]] = defaultdict(list)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    for day, plan in days_of(floor, week).items():
        fields = ("order_line", "stage", "team", "position", "pairs")
        assert list(plan.entries.values_list(*fields)) == list(week.entries.filter(day=day).values_list(*fields))
        for entry in plan.entries.select_related("order_line"):
            assert entry.sizes is not None
            run = entry.order_line.sizes
            assert sum(entry.sizes.values()) == entry.pairs
            assert all(abs(entry.sizes.get(s, 0) - Fraction(entry.pairs * n, entry.order_line.pairs)) < 1 for s, n in run.items())
            made[entry.order_line_id, entry.stage_id].append(entry.sizes)
            pairs[entry.order_line_id, entry.stage_id] += entry.pairs
    lines = {line.pk: line for line in floor.lines}
    whole = [key for key, n in pairs.items() if n == lines[key[0]].pairs]
    assert len(whole) > 10
    assert any(len(made[key]) > 1 for key in whole)
    assert all(total(made[key]) == total([lines[key[0]].sizes]) for key in whole)


@travel(TUESDAY, tick=False)
def test_an_order_that_was_cancelled_since_is_left_out_with_that_reason() -> None:
    floor = factories.floor(lines=8)
    publish(make(floor.plant, "month"))
    week = publish(make(floor.plant, "week"))
    gone = week.entries.filter(day=NEXT_DAY)[0].order_line
    Order.objects.filter(pk=gone.order_id).update(state=Order.State.CANCELLED)
    day = make(floor.plant, "day")
    assert not day.entries.filter(order_line=gone).exists()
    job = day.jobs.get(order_line=gone)
    assert (job.outcome, job.reason, job.finish_on) == (PlanJob.Outcome.LEFT_OUT, PlanJob.Reason.NOT_OPEN, None)
    assert day.metrics["left_out"] == 1
    for team in Team.objects.filter(plan_entries__plan=day).distinct():
        positions = list(day.entries.filter(team=team).values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))


@travel(TUESDAY, tick=False)
def test_a_size_run_that_was_changed_since_is_scaled_to_the_planned_pairs_and_named() -> None:
    floor = factories.floor(lines=8)
    publish(make(floor.plant, "month"))
    week = publish(make(floor.plant, "week"))
    line = week.entries.filter(day=NEXT_DAY)[0].order_line
    planned = line.pairs
    OrderLine.objects.filter(pk=line.pk).update(sizes={"38": 1, "42": 3}, pairs=4)
    day = make(floor.plant, "day")
    for entry in day.entries.filter(order_line=line):
        assert entry.sizes is not None
        assert sum(entry.sizes.values()) == entry.pairs
        assert abs(entry.sizes["38"] - entry.pairs / 4) < 1
    assert day.metrics["changed"] == [{"order_line": line.pk, "planned": planned, "ordered": 4}]


@travel(TUESDAY, tick=False)
def test_a_day_without_work_is_refused_in_a_sentence() -> None:
    floor = factories.floor(lines=2)
    make_week(make_month(floor), monday=MONDAY)
    Order.objects.update(state=Order.State.CANCELLED)
    run = services.request_plan_run(plant=floor.plant, horizon="day", by=None)
    services.execute_plan_run(plan_run_id=run.pk)
    run.refresh_from_db()
    assert run.state == PlanRun.State.FAILED
    assert "ZJH-2026-50" in run.error
