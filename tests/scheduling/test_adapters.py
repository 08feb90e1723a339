"""Rows become the engine's problem and its plan becomes rows, without a guess on the way."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest
from django.db import connection
from time_machine import travel

from orders.models import Order
from planning_site.core.models import CalendarPeriod, Plant
from scheduling import engine
from scheduling.adapters import fingerprint, frame_problem, metrics_of, plan_entries, plan_jobs, read_snapshot, wanted_days
from scheduling.adapters.gates import Waiting
from scheduling.adapters.problem import MAX_DAYS, Framed, day_index
from scheduling.models import PlanJob, StyleRate, Team, Workshop
from tests.scheduling import factories
from tests.scheduling.plan_factories import RATES, Floor, add_lines

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 12, 9)
Outcome, Reason = PlanJob.Outcome, PlanJob.Reason


def framed(floor: Floor, count: int = 30) -> Framed:
    return frame_problem(read_snapshot(floor.plant), FIRST, count)


def test_minutes_are_people_times_hours_times_efficiency_and_changeovers_stop_the_whole_team() -> None:
    floor = factories.floor(lines=1)
    team = floor.teams["stitching"][0]  # 30 people, 10 hours, 85%, 2.5 hours overtime; a changeover takes 60 minutes
    [line] = [line for line in framed(floor, 3).problem.lines if line.id == str(team.pk)]
    assert line.minutes == (15_300.0,) * 3
    assert line.overtime == (3_825.0,) * 3
    assert line.changeover == 60 * 30 * 0.85
    assert line.families is None


def test_a_team_without_a_figure_is_named_and_left_out_and_one_without_overtime_has_none() -> None:
    floor = factories.floor(lines=1)
    blank, idle, tired = floor.teams["lasting"][:3]
    Team.objects.filter(pk=blank.pk).update(people=None)
    Team.objects.filter(pk=idle.pk).update(hours=0, overtime_hours=0)
    Team.objects.filter(pk=tired.pk).update(overtime_hours=0, families=["童鞋"])
    frame = framed(floor, 2)
    lines = {line.id: line for line in frame.problem.lines}
    assert frame.snapshot.unrated == ((blank.pk, blank.name),)
    assert {str(blank.pk), str(idle.pk)}.isdisjoint(lines)
    assert (lines[str(tired.pk)].overtime, lines[str(tired.pk)].families) == ((0.0, 0.0), frozenset({"童鞋"}))


def test_jobs_are_the_lines_of_open_orders_of_the_plant() -> None:
    floor = factories.floor(lines=5)
    for line, state in zip(floor.lines, Order.State.values, strict=False):
        Order.objects.filter(pk=line.order_id).update(state=state)
    elsewhere = Plant.objects.create(code="P2", name="二厂")
    Order.objects.filter(pk=floor.lines[4].order_id).update(plant=elsewhere)
    [job] = framed(floor).problem.jobs
    assert (job.id, job.pairs, job.style, job.family) == (str(floor.lines[0].pk), 300, "HD2600", "男正装")
    assert job.minutes == {stage: float(minutes) for stage, minutes in RATES.items()}
    assert job.weight == 1.0


def test_teams_of_another_plant_are_not_counted() -> None:
    floor = factories.floor(lines=1)
    elsewhere = Workshop.objects.create(plant=Plant.objects.create(code="P2", name="二厂"), name="针车车间")
    foreign = Team.objects.create(
        workshop=elsewhere, stage=floor.stages["stitching"], name="1组", people=9, hours=Decimal(9), efficiency=Decimal(90)
    )
    assert str(foreign.pk) not in {line.id for line in framed(floor).problem.lines}


def test_an_order_of_a_later_day_is_released_on_that_day() -> None:
    floor = factories.floor(lines=2)
    Order.objects.filter(pk=floor.lines[1].order_id).update(ordered_on=dt.date(2026, 12, 13))  # a Sunday
    first, second = framed(floor).problem.jobs
    assert first.release == 0
    assert framed(floor).days[second.release] == dt.date(2026, 12, 14)


@pytest.mark.parametrize(
    ("day", "index"),
    [
        ("2026-12-09", 0),
        ("2026-12-12", 3),
        ("2026-12-13", 3),  # a Sunday: the Saturday before
        ("2026-12-20", 10),  # a Sunday that is worked
        ("2026-12-31", 19),  # New Year, closed: the 30th
        ("2027-01-02", 20),
        ("2026-12-08", -1),
        ("2026-12-06", -3),  # a Sunday before: Saturday 5th, then Monday and Tuesday
        ("2026-12-05", -3),
        ("2026-12-04", -4),
    ],
)
def test_days_are_counted_in_working_days_and_closed_due_days_fall_on_the_day_before(day: str, index: int) -> None:
    plant = factories.floor(lines=0).plant
    for first, last, kind in (("2026-12-31", "2027-01-01", "closed"), ("2026-12-20", "2026-12-20", "working")):
        CalendarPeriod.objects.create(plant=plant, first_day=first, last_day=last, kind=kind)
    calendar = read_snapshot(plant).calendar
    assert day_index(dt.date.fromisoformat(day), tuple(calendar.days(FIRST, 40)), calendar) == index


def test_the_horizon_reaches_past_the_last_due_day_and_past_all_work_within_bounds() -> None:
    floor = factories.floor(lines=4)
    near = wanted_days(read_snapshot(floor.plant), FIRST)
    assert framed(floor, near).days[-1] > max(line.due_on for line in floor.lines)
    add_lines(floor, 60, pairs=9_000)
    snapshot = read_snapshot(floor.plant)
    far = wanted_days(snapshot, FIRST)
    stitching = sum(line.pairs * line.rates["stitching"] for line in snapshot.lines) / (12 * 15_300)
    assert near < stitching < far <= MAX_DAYS
    floor.lines[0].due_on = dt.date(2062, 1, 1)
    floor.lines[0].save()
    assert wanted_days(read_snapshot(floor.plant), FIRST) == MAX_DAYS


def test_a_plan_comes_back_complete_with_the_order_of_work_and_the_minutes_of_changeovers() -> None:
    floor = factories.floor(lines=12, styles=4)
    frame = framed(floor)
    plan = engine.solve(frame.problem, rounds=50, seed=1)
    rows = plan_entries(frame, plan)
    made: dict[tuple[int, int], int] = {}
    for row in rows:
        made[row.order_line_id, row.stage_id] = made.get((row.order_line_id, row.stage_id), 0) + row.pairs
    assert made == {(line.pk, stage.pk): line.pairs for line in floor.lines for stage in floor.stages.values()}
    assert sorted((r.team_id, r.day, r.position) for r in rows) == sorted({(r.team_id, r.day, r.position) for r in rows})
    assert {row.day.weekday() for row in rows} <= set(range(6))
    rates = {stage.pk: float(RATES[code]) for code, stage in floor.stages.items()}
    changeovers = sum(row.minutes > row.pairs * rates[row.stage_id] + 1 for row in rows)
    assert changeovers == plan.changeovers
    rooms = {team.pk: (team.minutes_a_day or 0) + (team.overtime_minutes or 0) for teams in floor.teams.values() for team in teams}
    used: dict[tuple[int, dt.date], float] = {}
    for row in rows:
        used[row.team_id, row.day] = used.get((row.team_id, row.day), 0) + row.minutes
    assert all(minutes <= rooms[team] + 0.01 for (team, _day), minutes in used.items())


def test_late_days_are_calendar_days_from_the_due_day() -> None:
    floor = factories.floor(lines=1)
    [line] = floor.lines
    line.due_on = dt.date(2026, 12, 6)
    line.save()
    frame = framed(floor)
    [job] = plan_jobs(frame, engine.solve(frame.problem, rounds=20, seed=1))
    assert (job.outcome, job.pairs, job.due_on) == (Outcome.LATE, line.pairs, line.due_on)
    assert job.finish_on is not None
    assert job.late_days == (job.finish_on - dt.date(2026, 12, 6)).days
    assert job.late_pairs == line.pairs
    assert job.reason == Reason.WORK_CONTENT


def test_what_cannot_be_planned_is_left_out_with_its_reason_and_stage() -> None:
    floor = factories.floor(lines=4, styles=4)
    no_route, no_rate, no_team, good = floor.lines
    StyleRate.objects.filter(style=no_route.style).delete()
    StyleRate.objects.filter(style=no_rate.style, stage__code="lasting").delete()
    type(no_team.style).objects.filter(pk=no_team.style_id).update(family="靴")
    Team.objects.filter(stage__code="packing").update(families=["男正装", "男休闲"])
    frame = framed(floor)
    jobs = {job.order_line_id: job for job in plan_jobs(frame, engine.solve(frame.problem, rounds=5))}
    assert {job.order_line_id for job in jobs.values() if job.outcome == Outcome.LEFT_OUT} == {no_route.pk, no_rate.pk, no_team.pk}
    assert jobs[no_route.pk].reason == Reason.NO_ROUTE
    assert (jobs[no_rate.pk].reason, jobs[no_rate.pk].reason_stage_id) == (Reason.NO_RATE, floor.stages["lasting"].pk)
    assert (jobs[no_team.pk].reason, jobs[no_team.pk].reason_stage_id) == (Reason.NO_TEAM, floor.stages["packing"].pk)
    assert {pk for pk, job in jobs.items() if job.finish_on} == {good.pk}


def test_a_job_that_waits_for_capacity_names_the_stage_the_teams_and_the_days() -> None:
    floor = factories.floor(lines=40, pairs=4_000)
    frame = framed(floor, 200)
    jobs = plan_jobs(frame, engine.solve(frame.problem, rounds=100, seed=1))
    waiting = [job for job in jobs if job.reason == Reason.CAPACITY]
    assert waiting
    detail = waiting[0].reason_detail
    assert waiting[0].reason_stage_id in {stage.pk for stage in floor.stages.values()}
    assert set(detail["teams"]) <= {team.pk for teams in floor.teams.values() for team in teams}
    assert FIRST <= dt.date.fromisoformat(detail["first_day"]) <= dt.date.fromisoformat(detail["last_day"])
    assert detail["days"] >= 1
    assert set(detail["order_lines"]) <= {line.pk for line in floor.lines}
    assert all(link["reason"] in Reason.values for link in detail["further"])


def test_metrics_say_how_the_plan_was_made() -> None:
    floor = factories.floor(lines=4)
    Team.objects.filter(pk=floor.teams["cutting"][0].pk).update(efficiency=None)
    frame = framed(floor)
    plan = engine.solve(frame.problem, rounds=20, seed=3)
    metrics = metrics_of(frame, plan)
    assert metrics["input"] == fingerprint(frame)
    assert (metrics["seed"], metrics["rounds"], metrics["jobs"], metrics["left_out"]) == (3, plan.rounds, 4, 0)
    assert metrics["unrated_teams"] == [{"id": floor.teams["cutting"][0].pk, "name": floor.teams["cutting"][0].name}]


@travel(dt.datetime(2026, 12, 8, 4, tzinfo=dt.UTC), tick=False)
def test_the_fingerprint_follows_every_fact_and_nothing_else() -> None:
    floor = factories.floor(lines=2)
    before = fingerprint(framed(floor))
    Order.objects.filter(pk=floor.lines[0].order_id).update(note="careful")
    assert fingerprint(framed(floor)) == before
    seen = {before}
    Team.objects.filter(pk=floor.teams["cutting"][0].pk).update(overtime_hours=2)
    seen.add(fingerprint(framed(floor)))
    StyleRate.objects.filter(style=floor.lines[0].style, stage__code="cutting").update(minutes=Decimal("5.01"))
    seen.add(fingerprint(framed(floor)))
    type(floor.lines[0]).objects.filter(pk=floor.lines[0].pk).update(due_on=dt.date(2026, 12, 21))
    seen.add(fingerprint(framed(floor)))
    CalendarPeriod.objects.create(plant=floor.plant, first_day=FIRST, last_day=FIRST, kind="closed")
    seen.add(fingerprint(frame_problem(read_snapshot(floor.plant), FIRST, 30)))
    assert len(seen) == 5


def test_the_snapshot_takes_a_handful_of_queries_however_long_the_order_book(django_assert_max_num_queries: object) -> None:
    floor = factories.floor(lines=30)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert len(read_snapshot(floor.plant).lines) == 30


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_does_not_mix_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = factories.floor(lines=3)
    from scheduling.adapters import snapshot

    lines_of = snapshot._lines

    def orders_cancelled_meanwhile(plant: Plant, waiting: Mapping[int, Waiting]) -> tuple[snapshot.LineFacts, ...]:
        import threading

        def cancel() -> None:
            Order.objects.update(state=Order.State.CANCELLED)
            connection.close()

        other = threading.Thread(target=cancel)
        other.start()
        other.join()
        return lines_of(plant, waiting)

    monkeypatch.setattr(snapshot, "_lines", orders_cancelled_meanwhile)
    assert len(read_snapshot(floor.plant).lines) == 3
    assert not Order.objects.filter(state=Order.State.OPEN).exists()
    assert read_snapshot(floor.plant).lines == ()
