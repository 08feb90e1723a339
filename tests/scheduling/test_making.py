"""How plans are made: dials on record, runs that keep their best and go on from it, plans improved and made again."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from orders.models import Order
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from scheduling import engine, services
from scheduling.adapters import (
    frame_problem,
    pack_input,
    pack_works,
    read_snapshot,
    starting_entries,
    unpack_input,
    unpack_works,
    works_of_plan,
)
from scheduling.curves import cost_curve
from scheduling.dials import AS_USUAL, PRESETS, Dials, costs_of, exchange_of, preset_of
from scheduling.models import Plan, PlanInput, PlanRun, PlanWeights
from scheduling.services.attempt import CURVE_POINTS, claim, thinned
from scheduling.services.searching import Watch, Wish, moved_pairs, search
from scheduling.stability import stability
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, add_lines, make_month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FIRST = dt.date(2026, 12, 9)


def made(floor: Floor, **kwargs: Any) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, **({"seconds": 0} | kwargs))
    services.execute_plan_run(plan_run_id=run.pk)
    plan = PlanRun.objects.get(pk=run.pk).plan
    assert plan
    return plan


# dials


def test_a_step_of_a_dial_doubles_what_the_matter_counts() -> None:
    usual = costs_of(AS_USUAL)
    assert costs_of(Dials(punctual=4)) == replace(usual, late=2 * usual.late)
    assert costs_of(Dials(short=1)) == replace(usual, wip=usual.wip / 4)
    cheap = costs_of(Dials(cheap=5))
    assert (cheap.overtime, cheap.changeover, cheap.split) == (4 * usual.overtime, 4 * usual.changeover, 4 * usual.split)
    assert exchange_of(AS_USUAL).overtime_minutes == pytest.approx(100)


def test_presets_are_told_from_other_settings() -> None:
    assert [preset_of(dials) for dials in PRESETS.values()] == list(PRESETS)
    assert preset_of(AS_USUAL) == ""


def test_a_dial_beyond_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="cheap"):
        Dials(cheap=6)


@travel(TUESDAY, tick=False)
def test_dials_are_dated_rows_with_who_and_why_and_the_next_plan_goes_by_them() -> None:
    floor, wang = factories.floor(lines=2), factories.planner("wang")
    before = made(floor)
    services.set_weights(plant=floor.plant, dials=PRESETS["punctual"], by=wang, why="Fair season")
    after = made(floor)
    assert before.metrics["weights"] == {"punctual": 3, "steady": 3, "cheap": 3, "short": 3}
    assert after.metrics["weights"] == {"punctual": 5, "steady": 2, "cheap": 2, "short": 2}
    assert after.metrics["input"] != before.metrics["input"]
    row = PlanWeights.objects.get()
    assert (row.made_by, row.why) == (wang, "Fair season")
    assert audit.history_of(row).get().why == "Fair season"


def test_dials_are_not_changed_without_a_reason_nor_to_what_they_are() -> None:
    floor = factories.floor(lines=1)
    for dials, why, code in ((PRESETS["cheap"], "  ", "why"), (AS_USUAL, "because", "same")):
        with pytest.raises(DomainError) as caught:
            services.set_weights(plant=floor.plant, dials=dials, by=None, why=why)
        assert caught.value.code == code
    assert not PlanWeights.objects.exists()


@travel(TUESDAY, tick=False)
def test_only_planning_turns_the_dials_on_their_page() -> None:
    factories.floor(lines=1)
    values = {"punctual": 5, "steady": 2, "cheap": 2, "short": 2, "why": "Fair season"}
    for department, status in ((Department.GM, 403), (Department.SALES, 403), (Department.PLANNING, 302)):
        client = Client()
        client.force_login(people.user(department, language="en"))
        assert client.get(reverse("scheduling:weights")).status_code == 200
        assert client.post(reverse("scheduling:weights"), values).status_code == status
    shown = client.get(reverse("scheduling:weights")).content.decode()
    assert "Punctual first" in shown
    assert "up to 800 person-minutes of overtime" in shown
    assert "Fair season" in shown


def test_a_form_without_a_reason_comes_back_with_what_was_chosen() -> None:
    factories.floor(lines=1)
    client = Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    response = client.post(reverse("scheduling:weights"), {"punctual": 5, "steady": 2, "cheap": 2, "short": 2, "why": ""})
    assert "Say why" in response.content.decode()
    assert [dial.value for dial in response.context["dials"]] == [5, 2, 2, 2]


# input


def test_a_kept_input_is_the_same_problem_after_unpacking() -> None:
    floor = factories.floor(lines=5)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 25)
    packed = pack_input(frame)
    again = unpack_input(packed.data, floor.calendar)
    assert again.problem == frame.problem
    assert again.days == frame.days
    assert [line.due_on for line in again.snapshot.lines] == [line.due_on for line in frame.snapshot.lines]
    assert pack_input(again).hash == packed.hash


@travel(TUESDAY, tick=False)
def test_a_plan_is_made_again_from_its_own_input_whatever_has_happened_since() -> None:
    floor = factories.floor(lines=4)
    plan = made(floor)
    Order.objects.filter(pk=floor.lines[0].order_id).update(state=Order.State.CANCELLED)
    run = services.make_again(plan=plan, by=None)
    services.execute_plan_run(plan_run_id=run.pk)
    again = PlanRun.objects.get(pk=run.pk).plan
    assert again
    assert again.state == Plan.State.TRIAL  # it is made of old facts: to be looked at, not to be published
    assert again.metrics["input"] == plan.metrics["input"]
    assert again.metrics["again_of"] == {
        "plan": plan.pk,
        "version": 1,
        "cost": plan.metrics["cost"],
        "same_code": True,
        "same_entries": True,
    }
    fields = ("order_line_id", "stage_id", "team_id", "day", "position", "pairs")
    assert list(again.entries.values_list(*fields)) == list(plan.entries.values_list(*fields))
    assert PlanInput.objects.count() == 1


def test_a_plan_without_kept_input_cannot_be_made_again() -> None:
    with pytest.raises(DomainError) as caught:
        services.make_again(plan=make_month(factories.floor(lines=1)), by=None)
    assert caught.value.code == "no_input"


@travel(TUESDAY, tick=False)
def test_a_plan_made_by_another_engine_says_so() -> None:
    plan = made(factories.floor(lines=2))
    client = Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    assert "as today" in client.get(reverse("scheduling:plan_made", args=[plan.pk])).content.decode()
    Plan.objects.filter(pk=plan.pk).update(metrics=plan.metrics | {"engine": "0123456789ab"})
    assert "another than today" in client.get(reverse("scheduling:plan_made", args=[plan.pk])).content.decode()


# work planned before


def test_saved_work_comes_back_as_it_was() -> None:
    floor = factories.floor(lines=4)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    plan = engine.solve(frame.problem)
    assert starting_entries(frame, unpack_works(pack_works(frame, plan.entries))) == plan.entries


@travel(TUESDAY, tick=False)
def test_work_of_a_draft_is_kept_for_jobs_that_can_stay_as_they_are() -> None:
    floor = factories.floor(lines=4)
    works = works_of_plan(made(floor))
    type(floor.lines[0]).objects.filter(pk=floor.lines[0].pk).update(pairs=301)
    floor.teams["packing"][0].families = ["童鞋"]
    floor.teams["packing"][0].save()
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    barred = {str(work.order_line) for work in works if work.team == floor.teams["packing"][0].pk} | {str(floor.lines[0].pk)}
    kept = starting_entries(frame, works)
    assert {entry.job for entry in kept} == {str(line.pk) for line in floor.lines} - barred
    assert engine.evaluate(frame.problem, kept).errors == ()
    tomorrow = frame_problem(read_snapshot(floor.plant), dt.date(2026, 12, 14), 30)
    assert all(entry.day >= 0 for entry in starting_entries(tomorrow, works))


# runs


def test_a_curve_stays_small_and_keeps_its_ends() -> None:
    curve: list[list[float]] = []
    for n in range(1000):
        curve = thinned([*curve, [n / 2, 1000.0 - n, 3]])
    assert len(curve) <= CURVE_POINTS
    assert (curve[0], curve[-1]) == ([0.0, 1000.0, 3], [499.5, 1.0, 3])


def test_a_curve_says_in_words_what_it_draws() -> None:
    drawn = cost_curve([[0.5, 1000.0, 4], [2.0, 800.0, 3], [4.0, 750.0, 2]], 10)
    assert "25% less" in drawn
    assert cost_curve([[0.5, 1000.0, 4]], 10) == ""


@travel(TUESDAY, tick=False)
def test_a_run_taken_over_goes_on_from_the_saved_best_and_uses_the_seconds_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = factories.floor(lines=3)
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=60)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    hand = [0.0]
    with monkeypatch.context() as patched:
        patched.setattr("time.monotonic", lambda: hand[0])
        first = claim(run.pk)
        assert first
        first.on_frame(frame)
        plan = engine.solve(frame.problem)
        hand[0] = 4.0
        first.on_best(lambda: plan.entries)
        assert PlanRun.objects.get().saved is None  # not oftener than every few seconds
        hand[0] = 9.0
        first.on_progress(engine.Progress(seconds=9.0, rounds=10, cost=50.0, late_jobs=0, on_time=1.0))
        first.on_best(lambda: plan.entries)
    PlanRun.objects.update(heartbeat_at=TUESDAY - dt.timedelta(minutes=2))
    [taken_back] = services.sweep_stale_runs()
    assert taken_back.state == PlanRun.State.QUEUED
    second = claim(run.pk)
    assert second
    assert starting_entries(frame, second.saved_work) == plan.entries
    assert second.seconds_left == 51.0
    assert second.run.curve == [[9.0, 50.0, 0]]


def test_a_whole_plan_is_offered_for_keeping_before_the_search_for_a_better_one_begins() -> None:
    frame = frame_problem(read_snapshot(factories.floor(lines=4).plant), FIRST, 30)
    before = engine.solve(frame.problem, seed=1).entries
    order: list[Any] = []
    watch = Watch(on_progress=lambda _progress: order.append("search"), on_best=lambda read: order.append(read()))
    search(replace(frame, near=before), Wish(0), watch)
    kept, *rest = order
    assert {entry.job for entry in kept} == {job.id for job in frame.problem.jobs}
    assert set(rest) == {"search"}
    order.clear()
    search(frame, Wish(0), watch)
    offered = [entries for entries in order if entries != "search"]
    assert [{entry.job for entry in entries} for entries in offered] == [{job.id for job in frame.problem.jobs}]  # the first plan


def test_a_stopped_run_whose_worker_died_is_ended_with_its_saved_best() -> None:
    floor = factories.floor(lines=1)
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=60)
    assert claim(run.pk)
    services.request_stop(run_id=run.pk, by=None, keep_best=True)
    PlanRun.objects.update(heartbeat_at=TUESDAY - dt.timedelta(days=20), saved=b"best")
    [moved] = services.sweep_stale_runs()
    assert moved.state == PlanRun.State.QUEUED


@travel(TUESDAY, tick=False)
def test_a_draft_is_improved_by_a_new_run_from_it() -> None:
    floor = factories.floor(lines=3)
    draft = made(floor)
    client = Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    client.post(reverse("scheduling:plan_improve", args=[draft.pk]), {"search": "30"})
    run = PlanRun.objects.latest("pk")
    assert (run.start_from, run.seconds, run.period, run.state) == (draft, 30, draft.period, PlanRun.State.QUEUED)
    refused = client.post(reverse("scheduling:plan_improve", args=[draft.pk]), {"search": "30"})
    assert refused.headers["Location"] == reverse("scheduling:run", args=[run.pk])  # one run of a horizon at a time
    assert "goes on from" in client.get(reverse("scheduling:run", args=[run.pk])).content.decode()


def test_week_and_day_plans_are_not_searched_for() -> None:
    floor = factories.floor(lines=1)
    week = Plan(plant=floor.plant, horizon="week", period=dt.date(2026, 12, 14), version=1)
    with pytest.raises(DomainError) as caught:
        services.improve_plan(plan=week, seconds=10, by=None)
    assert caught.value.code == "horizon"


# stability


def test_pairs_that_change_team_or_day_have_moved_and_new_jobs_do_not_count() -> None:
    monday, tuesday = dt.date(2026, 12, 14), dt.date(2026, 12, 15)
    before = [((1, 1, 1, monday), 100), ((1, 1, 1, tuesday), 50), ((2, 1, 1, tuesday), 30)]
    now = [((1, 1, 1, monday), 60), ((1, 1, 2, monday), 40), ((1, 1, 1, tuesday), 50), ((3, 1, 1, monday), 500)]
    found = stability(before, now)
    assert (found.pairs, found.moved) == (150, 40)
    assert stability([], now).share_moved is None


@travel(TUESDAY, tick=False)
def test_a_draft_records_how_much_moved_against_the_version_in_force() -> None:
    floor = factories.floor(lines=4)
    first = made(floor)
    services.publish_plan(plan_id=first.pk, by=None)
    same = made(floor)
    assert same.metrics["moved_pairs"] == 0
    assert same.metrics["compared_pairs"] == sum(entry.pairs for entry in first.entries.all())
    assert "moved_pairs" not in first.metrics


# near the plan in force


@travel(TUESDAY, tick=False)
def test_a_new_plan_stays_near_the_one_in_force_and_takes_in_what_is_new() -> None:
    floor = factories.floor(lines=6)
    in_force = made(floor)
    services.publish_plan(plan_id=in_force.pk, by=None)
    add_lines(floor, 1, pairs=60, first_due=dt.date(2027, 1, 20))
    draft = made(floor)
    assert draft.jobs.filter(order_line=floor.lines[-1], outcome="on_time").exists()
    assert draft.metrics["moved_pairs"] < 0.02 * draft.metrics["compared_pairs"]


def test_a_frame_keeps_what_it_stays_near_to_in_its_input() -> None:
    floor = factories.floor(lines=3)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 25)
    near = replace(frame, near=engine.solve(frame.problem).entries)
    assert unpack_input(pack_input(near).data, floor.calendar).near == near.near
    assert pack_input(near).hash != pack_input(frame).hash


def test_of_several_plans_the_best_by_the_dials_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_problem(read_snapshot(factories.floor(lines=4).plant), FIRST, 25)
    near = replace(frame, near=engine.solve(frame.problem, seed=1).entries)
    moved = [replace(entry, day=entry.day + 1) for entry in near.near]
    cheaper = replace(engine.solve(frame.problem), entries=tuple(moved), cost=0.0)
    dearer = engine.replan(frame.problem, near.near, seconds=0.0)
    monkeypatch.setattr(engine, "solve", lambda *args, **kwargs: cheaper)
    assert search(near, Wish(0, dials=Dials(steady=5))).entries == dearer.entries
    assert search(near, Wish(0, dials=Dials(punctual=5, steady=1, cheap=1, short=1))).cost <= dearer.cost


def test_moved_pairs_are_counted_place_by_place() -> None:
    before = [engine.Entry("1", "cut", "a", 0, 100), engine.Entry("1", "cut", "a", 1, 50)]
    now = [engine.Entry("1", "cut", "a", 0, 60), engine.Entry("1", "cut", "b", 0, 40), engine.Entry("2", "cut", "a", 0, 9)]
    assert moved_pairs(before, now) == 40
    assert moved_pairs([], now) == 0


@travel(TUESDAY, tick=False)
def test_an_improved_plan_is_never_worse_than_the_one_it_goes_on_from() -> None:
    floor = factories.floor(lines=6, pairs=2400)
    first = made(floor, seconds=1)
    run = services.improve_plan(plan=first, seconds=0, by=None)
    services.execute_plan_run(plan_run_id=run.pk)
    better = PlanRun.objects.get(pk=run.pk).plan
    assert better
    assert better.metrics["cost"] <= first.metrics["cost"] + 0.01
