"""The tables of plan pages: the month's jobs and their sums, the week's grid, a team's day, load, an order's standing."""

import datetime as dt

import pytest

from planning_site.core.departments import Department
from quality.models import StyleRelease
from scheduling.models import Plan, PlanEntry, PlanJob, Team
from scheduling.selectors.day import day_teams
from scheduling.selectors.floor import floor_of
from scheduling.selectors.load import load_table
from scheduling.selectors.month import MonthFilter, MonthRow, month_jobs, month_rows, totals_of
from scheduling.selectors.order import order_standing
from scheduling.selectors.plans import shelf_for
from scheduling.selectors.summary import summary_of
from scheduling.selectors.week import WeekRow, week_grid
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_day, make_month, make_plan, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon", "in_english")]
MONDAY = dt.date(2026, 12, 14)


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=40, pairs=2400)


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
    released.is_new = True
    released.save(update_fields=["is_new"])
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
