"""What plan pages are made of: who may see which plan, slack, changes, reasons, load, the week's grid."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.departments import Department
from planning_site.core.models import CalendarPeriod
from quality.models import StyleRelease
from scheduling.models import Plan, PlanEntry, PlanJob, Team
from scheduling.selectors.changes import Kind, Mark, Stay, job_changes, row_changes
from scheduling.selectors.day import day_teams
from scheduling.selectors.floor import floor_of
from scheduling.selectors.load import load_table
from scheduling.selectors.month import MonthFilter, MonthRow, month_jobs, month_rows, totals_of
from scheduling.selectors.order import order_standing
from scheduling.selectors.plans import shelf_for, shelf_of, visible_plans
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.slack import at_risk, slack_days
from scheduling.selectors.summary import summary_of
from scheduling.selectors.week import WeekRow, week_grid
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_day, make_month, make_plan, make_week

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 12, 14)


@pytest.fixture(autouse=True)
def factory_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), translation.override("en"):
        yield


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


# month


def rows_of(floor: Floor, plan: Plan, **wanted: object) -> list[MonthRow]:
    known, calendar = floor_of(floor.plant), floor.calendar
    jobs = month_jobs(plan, MonthFilter(**wanted), calendar, None)  # type: ignore[arg-type]
    return month_rows(plan, list(jobs), known, calendar, None)


def test_a_month_row_shows_when_and_by_whom_each_stage_is_done(floor: Floor) -> None:
    plan = make_month(floor)
    row = next(row for row in rows_of(floor, plan) if row.job.order_line_id == floor.lines[0].pk)
    entries = plan.entries.filter(order_line=floor.lines[0], stage=floor.stages["stitching"])
    cell = row.cells[1]
    assert cell is not None
    assert (cell.window.first, cell.window.last) == (min(e.day for e in entries), max(e.day for e in entries))
    assert cell.teams == (entries[0].team.name,)
    assert cell.window.pairs == floor.lines[0].pairs


def test_late_jobs_come_first_and_the_latest_of_them_leads(floor: Floor) -> None:
    plan = make_month(floor, state="draft")
    PlanJob.objects.filter(plan=plan).update(outcome="on_time", late_days=0)
    for n, days in ((3, 2), (7, 9)):
        PlanJob.objects.filter(plan=plan, order_line=floor.lines[n]).update(outcome="late", late_days=days)
    assert [row.job.late_days for row in rows_of(floor, plan)][:3] == [9, 2, 0]


def test_filters_narrow_by_customer_words_stage_team_and_week(floor: Floor) -> None:
    plan = make_month(floor)
    line = floor.lines[5]
    customer = line.order.customer
    assert {row.job.order_line.order.customer_id for row in rows_of(floor, plan, customer=customer.pk)} == {customer.pk}
    assert [row.job.order_line_id for row in rows_of(floor, plan, q=f"{line.order.number[-3:]} {line.style.code}")] == [line.pk]
    team = floor.teams["cutting"][0]
    worked = set(plan.entries.filter(team=team, day__range=(MONDAY, MONDAY + dt.timedelta(days=6))).values_list("order_line", flat=True))
    assert worked
    assert {row.job.order_line_id for row in rows_of(floor, plan, team=team.pk, week=MONDAY)} == worked
    assert rows_of(floor, plan, stage="no-such-stage") == []


def test_totals_cover_all_rows_of_the_filter(floor: Floor) -> None:
    plan = make_month(floor)
    late = plan.jobs.filter(outcome="late")
    totals = totals_of(month_jobs(plan, MonthFilter(state="late"), floor.calendar, None))
    assert totals.jobs == totals.late == late.count() > 0
    assert totals.pairs == sum(job.pairs for job in late)


def test_a_new_style_shows_whether_quality_has_released_it(floor: Floor) -> None:
    plan = make_month(floor)
    released = floor.styles[0]
    assert released.is_new
    rows = {row.job.order_line.style_id: row for row in rows_of(floor, plan)}
    waiting = rows[released.pk].release
    assert waiting is not None
    assert not waiting.is_released
    assert rows[floor.styles[1].pk].release is None
    StyleRelease.objects.create(style=released, result=StyleRelease.Result.PASSED, signed_by=people.user(Department.QC))
    signed = {row.job.order_line.style_id: row for row in rows_of(floor, plan)}[released.pk].release
    assert signed is not None
    assert signed.is_released


def test_summary_counts_and_ranks_the_first_reasons(floor: Floor) -> None:
    plan = make_month(floor, state="draft")
    plan.jobs.update(outcome="on_time", reason="", reason_stage=None, late_days=0)
    for n, (outcome, reason) in enumerate([("late", "capacity")] * 3 + [("left_out", "no_rate")]):
        stage = floor.stages["stitching" if reason == "capacity" else "lasting"]
        plan.jobs.filter(order_line=floor.lines[n]).update(
            outcome=outcome, reason=reason, reason_stage=stage, late_days=n if outcome == "late" else 0
        )
    summary = summary_of(plan, floor.calendar, floor_of(floor.plant).stage)
    assert (summary.jobs, summary.late, summary.left_out, summary.on_time) == (40, 3, 1, 36)
    assert [(cause.reason, cause.jobs) for cause in summary.causes] == [("capacity", 3), ("no_rate", 1)]
    assert [cause.running for cause in summary.causes] == [0.75, 1.0]
    assert summary.worst_days == 2
    assert summary.overtime_hours == 420


def test_what_a_plan_did_not_record_is_missing_not_zero(floor: Floor) -> None:
    plan = make_month(floor)
    plan.metrics = {}
    summary = summary_of(plan, floor.calendar, floor_of(floor.plant).stage)
    assert summary.overtime_hours is summary.changeovers is summary.cost is summary.late_pair_days is None


# week


def grid_rows(floor: Floor, week: Plan, base: Plan | None = None) -> dict[tuple[str, str, int], WeekRow]:
    grid = week_grid(week, floor_of(floor.plant, with_route=True), floor.calendar, base)
    return {(block.stage.code, team.team.name, row.line.pk): row for block in grid.stages for team in block.teams for row in team.rows}


def test_week_rows_hold_the_pairs_of_each_day_and_of_the_whole_job(floor: Floor) -> None:
    week = make_week(make_month(floor))
    rows = grid_rows(floor, week)
    assert sum(row.pairs for row in rows.values()) == sum(week.entries.values_list("pairs", flat=True))
    for (stage, team, line), row in rows.items():
        by_day = [0] * 7
        for entry in week.entries.filter(stage__code=stage, team__name=team, order_line=line):
            by_day[entry.day.weekday()] += entry.pairs
        assert list(row.by_day) == by_day
        assert row.whole == row.line.pairs


def test_hand_over_is_the_last_day_of_the_feeding_stage_that_ends_last(floor: Floor) -> None:
    month = make_month(floor)
    rows = grid_rows(floor, make_week(month))
    key = next(key for key in rows if key[0] == "lasting")
    ends = {
        code: max(month.entries.filter(order_line=key[2], stage__code=code).values_list("day", flat=True))
        for code in ("stitching", "bottoming")
    }
    hand_over = rows[key].hand_over
    assert hand_over is not None
    assert hand_over.stage is not None
    assert (hand_over.stage.code, hand_over.day) == max(ends.items(), key=lambda item: item[1])


def test_material_for_a_first_stage_is_due_two_working_days_before_use(floor: Floor) -> None:
    month = make_month(floor)
    rows = grid_rows(floor, make_week(month))
    key, row = next((key, row) for key, row in rows.items() if key[0] == "cutting")
    start = MONDAY + dt.timedelta(days=next(n for n, pairs in enumerate(row.by_day) if pairs))
    assert row.hand_over is not None
    assert row.hand_over.stage is None
    assert row.hand_over.day == floor.calendar.add(start, -2), key


def test_stage_sums_are_pairs_and_load_by_day(floor: Floor) -> None:
    week = make_week(make_month(floor))
    grid = week_grid(week, floor_of(floor.plant, with_route=True), floor.calendar, None)
    cutting = next(block for block in grid.stages if block.stage.code == "cutting")
    entries = week.entries.filter(stage__code="cutting", day=MONDAY)
    capacity = sum(team.minutes_a_day or 0 for team in floor.teams["cutting"])
    assert cutting.days[0].pairs == sum(entry.pairs for entry in entries)
    assert cutting.days[0].load == pytest.approx(sum(entry.minutes for entry in entries) / capacity)
    assert not cutting.days[6].is_working
    assert cutting.days[6].load is None


def test_an_unrated_team_is_named_and_gives_no_load(floor: Floor) -> None:
    week = make_week(make_month(floor))
    Team.objects.filter(stage__code="packing").update(people=None)
    grid = week_grid(week, floor_of(floor.plant, with_route=True), floor.calendar, None)
    packing = next(block for block in grid.stages if block.stage.code == "packing")
    assert len(packing.unrated) == 2
    assert {day.load for day in packing.days} == {None}


def test_days_that_had_passed_are_no_difference_to_the_version_before(floor: Floor) -> None:
    month = make_month(floor)
    before = make_week(month, state="superseded")
    now = make_week(month, version=2, state="draft", replaces=before)
    now.entries.filter(day=MONDAY).delete()
    Plan.objects.filter(pk=now.pk).update(first_day=MONDAY + dt.timedelta(days=1))
    now.refresh_from_db()
    grid = week_grid(now, floor_of(floor.plant, with_route=True), floor.calendar, before)
    assert grid.changes is not None
    assert grid.changes.counts == {}


# day, load, order


def test_a_team_day_is_in_the_order_of_work_with_sizes_and_target_per_hour(floor: Floor) -> None:
    plan = make_day(make_week(make_month(floor)))
    team_day = day_teams(plan, floor_of(floor.plant))[0]
    entries = list(PlanEntry.objects.filter(plan=plan, team=team_day.team).order_by("position"))
    assert [job.entry for job in team_day.jobs] == entries
    assert team_day.pairs == sum(team_day.sizes.values())
    job = team_day.jobs[0]
    assert job.hours is not None
    assert job.target is not None
    assert job.target * job.hours == pytest.approx(job.entry.pairs)
    assert job.hours * (team_day.team.people or 0) * 60 * 0.85 == pytest.approx(job.entry.minutes)


def test_no_target_is_given_where_the_team_is_not_rated(floor: Floor) -> None:
    plan = make_day(make_week(make_month(floor)))
    Team.objects.update(efficiency=None)
    first = day_teams(plan, floor_of(floor.plant))[0]
    assert first.load is None
    assert {job.target for job in first.jobs} == {None}


def test_load_is_wanted_minutes_of_the_regular_minutes_of_the_week(floor: Floor) -> None:
    plan = make_month(floor)
    table = load_table(plan, floor_of(floor.plant), floor.calendar)
    cutting = next(block for block in table.stages if block.stage.code == "cutting")
    load = next(load for load in cutting.weeks if load.week.monday == MONDAY)
    wanted = sum(
        plan.entries.filter(stage__code="cutting", day__range=(MONDAY, MONDAY + dt.timedelta(days=6))).values_list("minutes", flat=True)
    )
    assert load.wanted == pytest.approx(wanted)
    assert load.capacity == pytest.approx(6 * sum(team.minutes_a_day or 0 for team in floor.teams["cutting"]))
    assert load.share == pytest.approx(wanted / (load.capacity or 1))
    assert sum(team.weeks[1].wanted for team in cutting.teams) == pytest.approx(load.wanted)
    assert table.weeks[0].working_days == 4  # the plan begins on a Wednesday


def test_load_leaves_unrated_teams_out_and_says_so(floor: Floor) -> None:
    plan = make_month(floor)
    Team.objects.filter(pk=floor.teams["cutting"][0].pk).update(hours=None)
    table = load_table(plan, floor_of(floor.plant), floor.calendar)
    cutting = table.stages[0]
    assert cutting.weeks[1].is_partial
    assert (cutting.weeks[1].rated, cutting.weeks[1].teams) == (3, 4)
    assert cutting.teams[0].weeks[1].share is None


def test_an_order_stands_in_the_plans_with_its_worst_line(floor: Floor) -> None:
    month = make_month(floor)
    week = make_week(month)
    make_plan(floor, version=2, state="draft", replaces=month)
    entry = week.entries.select_related("order_line__order").first()
    assert entry
    reader = people.user(Department.SALES)
    shelf = shelf_for(user=reader, horizon="month")
    assert shelf
    standing = order_standing(order=entry.order_line.order, user=reader, shelf=shelf, floor=floor_of(floor.plant), calendar=floor.calendar)
    assert standing.newer_draft is not None
    assert not standing.drafts_open
    assert standing.worst is not None
    assert standing.worst.job == month.jobs.get(order_line=entry.order_line)
    assert week in [occurrence.plan for occurrence in standing.lines[0].occurrences]
    assert standing.is_complete
