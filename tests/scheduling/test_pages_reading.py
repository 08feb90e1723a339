"""What plan pages are made of: who may see which plan, slack, changes, reasons."""

import datetime as dt

import pytest

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.departments import Department
from planning_site.core.models import CalendarPeriod
from scheduling.models import Plan, PlanJob
from scheduling.selectors.changes import Kind, Mark, Stay, job_changes, row_changes
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import shelf_for, shelf_of, visible_plans
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.slack import at_risk, slack_days
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_month, make_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon", "in_english")]


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=40, pairs=2400)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# who may see which plan


@pytest.mark.parametrize(
    ("department", "sees"),
    [
        (Department.PLANNING, True),
        (Department.GM, True),
        (Department.PRODUCTION, True),
        (Department.SALES, False),
        (Department.PURCHASING, False),
        (Department.WORKSHOP, False),
        (Department.WAREHOUSE, False),
        (Department.QC, False),
        (Department.TECHNICAL, False),
    ],
)
def test_a_draft_is_visible_to_those_who_work_on_drafts_only(floor: Floor, department: Department, sees: bool) -> None:
    published = make_plan(floor, state="published")
    draft = make_plan(floor, version=2, state="draft")
    reader = people.user(department)
    assert visible_plans(reader).filter(pk=published.pk).exists()
    assert visible_plans(reader).filter(pk=draft.pk).exists() is sees


def test_a_discarded_draft_stays_invisible_though_it_is_superseded(floor: Floor) -> None:
    discarded = make_plan(floor, state="draft")
    Plan.objects.filter(pk=discarded.pk).update(state="superseded")
    assert not visible_plans(people.user(Department.SALES)).exists()
    assert visible_plans(people.user(Department.PLANNING)).get() == discarded


def test_month_opens_the_published_plan_of_the_newest_period_and_mentions_the_draft(floor: Floor) -> None:
    make_plan(floor, period=day("2026-11-01"))
    current = make_plan(floor, period=day("2026-12-01"))
    draft = make_plan(floor, period=day("2026-12-01"), version=2, state="draft", replaces=current)
    shelf = shelf_for(user=people.user(Department.SALES), horizon="month")
    assert shelf is not None
    assert shelf.plan == current
    assert shelf.versions == (current,)
    assert shelf.newer_draft == draft
    assert shelf.earlier is not None
    assert shelf.earlier.period == day("2026-11-01")


def test_without_anything_published_only_draft_readers_open_the_draft(floor: Floor) -> None:
    draft = make_plan(floor, state="draft")
    planner_shelf = shelf_for(user=people.user(Department.PLANNING), horizon="month")
    assert planner_shelf is not None
    assert planner_shelf.plan == draft
    assert shelf_for(user=people.user(Department.SALES), horizon="month") is None


@pytest.mark.parametrize(
    ("today", "opened"),
    [("2026-12-07", "2026-12-08"), ("2026-12-08", "2026-12-08"), ("2026-12-09", "2026-12-11"), ("2026-12-14", "2026-12-11")],
)
def test_day_opens_the_next_plan_from_today_on_else_the_newest(floor: Floor, today: str, opened: str) -> None:
    for text in ("2026-12-08", "2026-12-11"):
        make_plan(floor, horizon="day", period=day(text), first_day=day(text), last_day=day(text))
    shelf = shelf_for(user=people.user(Department.WORKSHOP), horizon="day", today=day(today))
    assert shelf is not None
    assert shelf.plan.period == day(opened)


def test_a_version_is_opened_by_its_number(floor: Floor) -> None:
    first = make_plan(floor, state="superseded")
    make_plan(floor, version=2, replaces=first)
    shelf = shelf_for(user=people.user(Department.SALES), horizon="month", period=first.period, version=1)
    assert shelf is not None
    assert shelf.plan == first
    assert shelf.published is not None
    assert shelf.published.version == 2
    assert shelf_of(user=people.user(Department.SALES), plan=first).plan == first


# slack


CLOSED_WEEK = WorkingCalendar(
    closed=frozenset(day("2026-12-21") + dt.timedelta(days=n) for n in range(5)), working=frozenset([day("2026-12-20")])
)


@pytest.mark.parametrize(
    ("finish", "due", "slack"),
    [
        ("2026-12-11", "2026-12-11", 0),
        ("2026-12-11", "2026-12-12", 1),
        ("2026-12-11", "2026-12-13", 1),  # Sunday is closed
        ("2026-12-11", "2026-12-14", 2),
        ("2026-12-19", "2026-12-24", 1),  # the worked Sunday, then a closed week
        ("2026-12-20", "2026-12-25", 0),
        ("2026-12-15", "2026-12-14", 0),
    ],
)
def test_slack_counts_working_days_up_to_the_due_day(finish: str, due: str, slack: int) -> None:
    assert slack_days(CLOSED_WEEK, day(finish), day(due)) == slack


def test_the_database_finds_the_same_jobs_at_risk_as_slack_does(floor: Floor) -> None:
    CalendarPeriod.objects.create(plant=floor.plant, first_day=day("2026-12-21"), last_day=day("2026-12-25"), kind="closed")
    CalendarPeriod.objects.create(plant=floor.plant, first_day=day("2026-12-20"), last_day=day("2026-12-20"), kind="working")
    plan = make_plan(floor, state="draft")
    pairs = [(day("2026-12-15") + dt.timedelta(days=n // 4), day("2026-12-15") + dt.timedelta(days=n // 4 + n % 4)) for n in range(40)]
    PlanJob.objects.bulk_create(
        PlanJob(plan=plan, order_line=line, pairs=1, due_on=due, finish_on=finish, outcome="on_time")
        for line, (finish, due) in zip(floor.lines, pairs, strict=True)
    )
    calendar = floor.calendar
    found = set(plan.jobs.filter(at_risk(plan, calendar)).values_list("pk", flat=True))
    expected = {job.pk for job in plan.jobs.all() if job.finish_on and slack_days(calendar, job.finish_on, job.due_on) < 2}
    assert found == expected
    assert 0 < len(found) < 40


# changes


def stay(first: int, last: int) -> Stay:
    return Stay(day(f"2026-12-{first}"), day(f"2026-12-{last}"))


def test_row_changes_name_later_earlier_team_new_and_cancelled(floor: Floor) -> None:
    base = make_plan(floor)
    before = {(1, 1, 1): stay(14, 15), (2, 1, 1): stay(16, 17), (3, 1, 1): stay(14, 14), (5, 1, 2): stay(14, 15), (6, 1, 2): stay(14, 15)}
    now = {(1, 1, 1): stay(14, 17), (2, 1, 1): stay(15, 17), (3, 1, 2): stay(14, 14), (4, 1, 1): stay(14, 14), (6, 1, 2): stay(14, 15)}
    changes = row_changes(base, now, before)
    assert changes.marks == {
        (1, 1, 1): Mark(Kind.LATER, 2),
        (2, 1, 1): Mark(Kind.EARLIER, 1),
        (3, 1, 2): Mark(Kind.TEAM, from_team=1, to_team=2),
        (4, 1, 1): Mark(Kind.NEW),
    }
    assert changes.cancelled == ((5, 1, 2),)
    assert changes.counts == {Kind.LATER: 1, Kind.EARLIER: 1, Kind.TEAM: 1, Kind.NEW: 1, Kind.CANCELLED: 1}


def test_job_changes_compare_the_finish_of_two_versions(floor: Floor) -> None:
    base = make_month(floor, state="draft", lines=floor.lines[:6])
    plan = make_month(floor, version=2, state="draft", replaces=base, lines=floor.lines[1:7])
    same, later, earlier, undone = (plan.jobs.get(order_line=line) for line in floor.lines[1:5])
    for job, days in ((same, 0), (later, -3), (earlier, 2)):
        assert job.finish_on
        base.jobs.filter(order_line=job.order_line_id).update(finish_on=job.finish_on + dt.timedelta(days=days))
    base.jobs.filter(order_line=floor.lines[5]).update(finish_on=plan.jobs.get(order_line=floor.lines[5]).finish_on)
    undone.outcome, undone.finish_on = "left_out", None
    undone.save()
    changes = job_changes(plan, base)
    assert changes.marks == {
        later.order_line_id: Mark(Kind.LATER, 3),
        earlier.order_line_id: Mark(Kind.EARLIER, 2),
        undone.order_line_id: Mark(Kind.LATER),
        floor.lines[6].pk: Mark(Kind.NEW),
    }
    assert changes.cancelled == (floor.lines[0].pk,)


# reasons


@pytest.mark.parametrize(
    ("reason", "stage", "detail", "said"),
    [
        ("capacity", "stitching", {"first_day": "2026-12-10", "last_day": "2026-12-15"}, "Stitching is full 10 Dec–15 Dec"),
        ("capacity", "stitching", {}, "Stitching is full"),
        ("overtime", "lasting", {"first_day": "2026-12-10", "last_day": "2026-12-10"}, "Lasting has only overtime left 10 Dec"),
        ("no_route", "", {}, "no route for HD2600"),
        ("no_rate", "lasting", {}, "HD2600 has no minutes per pair at Lasting"),
        ("no_team", "lasting", {}, "no team at Lasting can make 男正装"),
        ("release", "", {"first_day": "2026-12-20"}, "may start on 20 Dec only"),
        ("horizon", "", {}, "the plan ends before it is done"),
        ("", "", {}, ""),
    ],
)
def test_the_first_reason_is_a_sentence(floor: Floor, reason: str, stage: str, detail: dict[str, str], said: str) -> None:
    job = PlanJob(order_line=floor.lines[0], reason=reason, reason_stage=floor.stages.get(stage), reason_detail=detail)
    assert reason_text(job, floor_of(floor.plant)) == said


def test_a_reason_names_three_teams_and_counts_the_rest(floor: Floor) -> None:
    teams = [team.pk for team in floor.teams["stitching"][:5]]
    job = PlanJob(order_line=floor.lines[0], reason="capacity", reason_stage=floor.stages["stitching"], reason_detail={"teams": teams})
    known = floor_of(floor.plant)
    assert reason_text(job, known) == "Stitching is full: 针车1组, 针车2组, 针车3组 and 2 more"
    assert reason_text(job, known, all_teams=True) == "Stitching is full: 针车1组, 针车2组, 针车3组, 针车4组, 针车5组"
