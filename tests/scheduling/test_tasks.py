"""Plans made by a real worker on the real broker: asked for, stopped, and taken over when a worker is killed."""

import datetime as dt

import pytest

from planning_site.core import clock
from scheduling import services, tasks
from scheduling.models import Plan, PlanRun
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, add_lines
from tests.support.worker import Worker

pytestmark = pytest.mark.worker

State = PlanRun.State


def floor_of_today(lines: int = 12) -> Floor:
    """The worker lives today, so the orders are due in the weeks to come."""
    floor = factories.floor(lines=0)
    add_lines(floor, lines, first_due=clock.today() + dt.timedelta(days=10))
    return floor


def ask(floor: Floor, *, seconds: int, horizon: str = "month") -> PlanRun:
    run = services.request_plan_run(plant=floor.plant, horizon=horizon, by=None, seconds=seconds)
    tasks.drain_plan_runs.delay()
    return run


def state(run: PlanRun) -> str:
    return PlanRun.objects.values_list("state", flat=True).get(pk=run.pk)


def is_searching(run: PlanRun) -> bool:
    return PlanRun.objects.filter(pk=run.pk, state=State.RUNNING, step=PlanRun.Step.SEARCHING).exists()


def test_a_plan_asked_for_is_made_by_a_worker(worker: Worker) -> None:
    floor = floor_of_today()
    run = ask(floor, seconds=0)
    worker.wait_until(lambda: state(run) == State.DONE, "the month plan is made")
    services.publish_plan(plan_id=Plan.objects.get().pk, by=None)
    week = ask(floor, seconds=0, horizon="week")
    worker.wait_until(lambda: state(week) == State.DONE, "the week plan is made")
    assert list(Plan.objects.order_by("pk").values_list("horizon", "state")) == [("month", "published"), ("week", "draft")]
    tasks.run_plan.delay(run.pk)  # a message that arrives twice
    worker.become_idle()
    assert Plan.objects.count() == 2


def test_a_working_run_is_seen_and_cancelled(worker: Worker) -> None:
    run = ask(floor_of_today(), seconds=300)
    worker.wait_until(lambda: is_searching(run), "the run shows its search")
    services.request_stop(run_id=run.pk, by=None)
    worker.wait_until(lambda: state(run) == State.CANCELLED, "the run is cancelled")
    assert not Plan.objects.exists()


def test_a_working_run_is_stopped_with_the_best_plan_so_far(worker: Worker) -> None:
    run = ask(floor_of_today(), seconds=300)
    worker.wait_until(lambda: is_searching(run), "the run shows its search")
    services.request_stop(run_id=run.pk, by=None, keep_best=True)
    worker.wait_until(lambda: state(run) == State.DONE, "the best plan is written")
    assert Plan.objects.get().entries.exists()


def test_the_run_of_a_killed_worker_is_finished_by_another(worker: Worker) -> None:
    run = ask(floor_of_today(), seconds=300)
    worker.wait_until(lambda: is_searching(run), "the run shows its search")
    worker.kill()
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert services.sweep_stale_runs(now=clock.now()) == []  # too early to tell
    assert services.sweep_stale_runs(now=clock.now() + dt.timedelta(seconds=61)) == [run]
    worker.start()
    tasks.drain_plan_runs.delay()
    worker.wait_until(lambda: state(run) == State.DONE, "another worker makes the plan")
    run.refresh_from_db()
    assert (run.attempts, run.plan) == (2, Plan.objects.get())
