"""Planning in the background. A task takes ids and calls one service; what waits stands in the database, not in the broker."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_init

from planning_site.core import clock
from scheduling import digest, engine, services
from scheduling.services import hits

log = logging.getLogger(__name__)

# Longer than any search that can be asked for; a run that is killed by the limit is taken up by the sweeper.
SOFT_LIMIT, HARD_LIMIT = 540, 600


@shared_task(acks_late=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)  # type: ignore[untyped-decorator]
def run_plan(plan_run_id: int) -> None:
    """Make one draft. A second message for the same run finds it claimed and does nothing."""
    services.execute_plan_run(plan_run_id=plan_run_id)


@shared_task(acks_late=True, soft_time_limit=30, time_limit=60)  # type: ignore[untyped-decorator]
def drain_plan_runs() -> None:
    """Take runs back from dead workers and hand every waiting one to a worker."""
    for run in services.sweep_stale_runs():
        log.warning("Plan run %s had no heartbeat any more and is now %s.", run.pk, run.state)
    for plan_run_id in services.waiting_runs():
        run_plan.delay(plan_run_id)


@shared_task(acks_late=True, soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]
def request_due_plans() -> None:
    """Ask for the drafts that the timetable wants by now, and start them."""
    if services.request_due_plans(now=clock.now()):
        drain_plan_runs.delay()


@shared_task(acks_late=True, soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]
def escalate_unanswered() -> None:
    """B3b: requests to postpone whose time is up go to the general manager."""
    services.escalate_unanswered(now=clock.now())


@shared_task(acks_late=True, soft_time_limit=240, time_limit=270)  # type: ignore[untyped-decorator]
def send_due_digests() -> None:
    """Write the morning digests that are due and not yet written."""
    digest.send_due_digests(clock.now())


@shared_task(acks_late=True, soft_time_limit=50, time_limit=60)  # type: ignore[untyped-decorator]
def refresh_hits() -> None:
    """Find whom late material and late approvals hit (D5, C3): within a minute after a promise or a forecast moved."""
    hits.refresh_all_hits()


@worker_init.connect  # type: ignore[untyped-decorator]
def warm_up(**_kwargs: Any) -> None:
    """Load the engine's compiled kernels before the pool forks: the first plan of a worker is as fast as the second."""
    stage, line = engine.Stage("last"), engine.Line("line", "last", (60.0, 60.0), (0.0, 0.0))
    jobs = tuple(engine.Job(name, name, "", 1, 0, 1, 1.0, {"last": 1.0}) for name in ("first", "second"))
    engine.solve(engine.Problem(2, 1, (stage,), (line,), jobs), seconds=0.1, rounds=10)
