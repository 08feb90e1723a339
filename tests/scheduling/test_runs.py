"""Runs: claimed once, shown while they work, stopped, failed in words, and taken back from workers that died."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from time_machine import travel

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from scheduling import engine, services
from scheduling.models import Plan, PlanRun
from scheduling.services import attempt as attempts
from scheduling.services.attempt import claim
from scheduling.services.runs import MAX_ATTEMPTS
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
State = PlanRun.State
Solve = Callable[..., engine.Plan]


def ask(floor: Floor, **kwargs: Any) -> PlanRun:
    return services.request_plan_run(plant=floor.plant, horizon="month", **({"by": None, "seconds": 0} | kwargs))


def fresh(run: PlanRun) -> PlanRun:
    return PlanRun.objects.get(pk=run.pk)


def while_solving(monkeypatch: pytest.MonkeyPatch, event: Callable[[dict[str, Any]], object]) -> None:
    """Let something happen while the engine works: between its first plan and its last word."""
    solve = engine.solve

    def and_meanwhile(problem: engine.Problem, **kwargs: Any) -> engine.Plan:
        plan = solve(problem, **kwargs)
        event(kwargs)
        return plan

    monkeypatch.setattr(engine, "solve", and_meanwhile)


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_a_second_run_of_the_horizon_is_refused_with_who_asked_and_when() -> None:
    floor, wang = factories.floor(lines=1), factories.planner("wang")
    run = ask(floor, by=wang)
    with pytest.raises(DomainError) as caught:
        ask(floor)
    assert (caught.value.code, caught.value.params) == ("active", {"run_id": run.pk})
    assert "wang" in caught.value.message
    assert "2026-12-08 12:00" in caught.value.message
    assert PlanRun.objects.count() == 1


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_after_a_run_has_ended_another_may_be_asked_for() -> None:
    floor = factories.floor(lines=1)
    services.execute_plan_run(plan_run_id=ask(floor).pk)
    assert ask(floor).state == State.QUEUED


@pytest.mark.django_db(transaction=True)
@travel(TUESDAY, tick=False)
def test_of_many_who_ask_at_once_exactly_one_gets_a_run() -> None:
    floor, start = factories.floor(lines=1), Barrier(4)

    def try_it(_n: int) -> str:
        try:
            start.wait(10)
            return ask(floor).state
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == ["active", "active", "active", "queued"]


@pytest.mark.django_db(transaction=True)
@travel(TUESDAY, tick=False)
def test_of_many_workers_exactly_one_claims_a_run() -> None:
    run, start = ask(factories.floor(lines=1)), Barrier(4)

    def take(_n: int) -> bool:
        try:
            start.wait(10)
            return claim(run.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]
    assert (fresh(run).state, fresh(run).attempts) == (State.RUNNING, 1)


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_a_run_executed_twice_makes_one_plan() -> None:
    run = ask(factories.floor(lines=2))
    assert services.execute_plan_run(plan_run_id=run.pk)
    assert not services.execute_plan_run(plan_run_id=run.pk)
    assert Plan.objects.count() == 1
    done = fresh(run)
    assert (done.state, done.percent, done.plan, done.attempts) == (State.DONE, 100, Plan.objects.get(), 1)


@pytest.mark.django_db
def test_progress_is_shown_at_most_every_half_second(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(factories.floor(lines=1), seconds=10)
    hand = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: hand[0])
    attempt = claim(run.pk)
    assert attempt is not None
    shown = []
    for done, hand[0] in enumerate([0.1, 0.2, 0.6, 0.7], 1):
        assert attempt.should_stop() is False  # asking does not put off showing
        attempt.on_progress(engine.Progress(seconds=float(done), rounds=done, cost=100.0 - done, late_jobs=9 - done, on_time=0.5))
        shown.append(fresh(run).best.get("late_jobs"))
    assert shown == [None, None, 6, 6]
    assert (fresh(run).step, fresh(run).percent) == (PlanRun.Step.SEARCHING, 5 + int(0.3 * 85))
    assert fresh(run).best == {"cost": 97.0, "late_jobs": 6, "on_time": 0.5, "seconds": 3.0, "rounds": 3}
    assert fresh(run).curve == [[3.0, 97.0, 6]]


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_a_waiting_run_is_cancelled_at_once() -> None:
    run, wang = ask(factories.floor(lines=1)), factories.planner("wang")
    with pytest.raises(DomainError) as caught:
        services.request_stop(run_id=run.pk, by=wang, keep_best=True)
    assert caught.value.code == "nothing_yet"
    assert services.request_stop(run_id=run.pk, by=wang).state == State.CANCELLED
    assert not services.execute_plan_run(plan_run_id=run.pk)
    assert audit.history_of(run).get().by == wang
    with pytest.raises(DomainError):
        services.request_stop(run_id=run.pk, by=wang)


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
@pytest.mark.parametrize(("keep_best", "state", "plans"), [(False, State.CANCELLED, 0), (True, State.DONE, 1)])
def test_a_working_run_is_stopped_with_or_without_its_best_plan(
    keep_best: bool, state: str, plans: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(factories.floor(lines=2))

    def stop(kwargs: dict[str, Any]) -> None:
        monkeypatch.setattr(attempts, "SHOW_EVERY", 0.0)
        assert kwargs["should_stop"]() is False
        services.request_stop(run_id=run.pk, by=None, keep_best=keep_best)
        assert kwargs["should_stop"]() is True

    while_solving(monkeypatch, stop)
    services.execute_plan_run(plan_run_id=run.pk)
    assert (fresh(run).state, Plan.objects.count()) == (state, plans)


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_a_fault_of_the_program_is_shown_and_raised_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(factories.floor(lines=2), by=factories.planner())

    def slip(_kwargs: dict[str, Any]) -> None:
        raise ZeroDivisionError

    while_solving(monkeypatch, slip)
    with pytest.raises(ZeroDivisionError):
        services.execute_plan_run(plan_run_id=run.pk)
    assert fresh(run).state == State.FAILED
    assert "ZeroDivisionError" in fresh(run).error
    assert str(run.pk) in fresh(run).error
    assert not Plan.objects.exists()


@pytest.mark.django_db
@travel(TUESDAY, tick=False)
def test_a_lost_database_leaves_the_run_to_the_sweeper(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(factories.floor(lines=2))

    def lose(_kwargs: dict[str, Any]) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    while_solving(monkeypatch, lose)
    with pytest.raises(OperationalError):
        services.execute_plan_run(plan_run_id=run.pk)
    assert fresh(run).state == State.RUNNING


@pytest.mark.django_db
def test_a_silent_run_is_queued_again_and_a_live_one_left_alone() -> None:
    floor = factories.floor(lines=1)
    with travel(TUESDAY, tick=False) as now:
        silent = ask(floor)
        assert claim(silent.pk)
        now.shift(59)
        assert services.sweep_stale_runs() == []
        now.shift(2)
        assert services.sweep_stale_runs() == [silent]
        assert fresh(silent).state == State.QUEUED
        assert services.sweep_stale_runs() == []
        assert services.waiting_runs() == [silent.pk]


@pytest.mark.django_db
def test_a_run_whose_workers_keep_dying_ends_as_failed() -> None:
    with travel(TUESDAY, tick=False) as now:
        run = ask(factories.floor(lines=1))
        for _ in range(MAX_ATTEMPTS):
            assert claim(run.pk)
            now.shift(61)
            services.sweep_stale_runs()
        assert fresh(run).state == State.FAILED
        assert "3" in fresh(run).error
        assert claim(run.pk) is None


@pytest.mark.django_db
def test_a_silent_run_that_nobody_wants_any_more_is_cancelled() -> None:
    with travel(TUESDAY, tick=False) as now:
        run = ask(factories.floor(lines=1))
        assert claim(run.pk)
        services.request_stop(run_id=run.pk, by=None)
        now.shift(61)
        services.sweep_stale_runs()
    assert fresh(run).state == State.CANCELLED


@pytest.mark.django_db
def test_a_worker_that_was_taken_for_dead_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = factories.floor(lines=2)
    with travel(TUESDAY, tick=False) as now:
        run = ask(floor)

        def fall_silent(kwargs: dict[str, Any]) -> None:
            now.shift(61)
            services.sweep_stale_runs()
            monkeypatch.undo()
            assert services.execute_plan_run(plan_run_id=run.pk)  # another worker makes it meanwhile
            monkeypatch.setattr(attempts, "SHOW_EVERY", 0.0)
            assert kwargs["should_stop"]() is True

        while_solving(monkeypatch, fall_silent)
        services.execute_plan_run(plan_run_id=run.pk)
        assert fresh(run).plan == Plan.objects.get()
        assert (fresh(run).attempts, fresh(run).heartbeat_at) == (2, clock.now())
