"""Calculating the requirements of a plant, as a run that is asked for, claimed and done, or at once for a few materials."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.models import Plant, User
from procurement.demand import Gap, Outcome, calculate
from procurement.models import NeededDay, Requirement, RequirementRun
from procurement.selectors import requirement_inputs
from procurement.services import kits, requirement_writing

State = RequirementRun.State
RUN_LIMIT = dt.timedelta(minutes=10)  # of the task; whoever runs longer is dead
KEPT_RUNS = 50
LOCK_KEY = 7_350_112  # whoever writes requirements of a plant holds this advisory lock


def request_run(plant: Plant, *, by: User | None = None) -> RequirementRun:
    """Ask for a calculation; the one that is waiting already serves everybody."""
    try:
        with transaction.atomic():
            return RequirementRun.objects.create(plant=plant, requested_at=clock.now(), requested_by=by)
    except IntegrityError:
        return RequirementRun.objects.filter(plant=plant, state=State.QUEUED).first() or RequirementRun.objects.filter(plant=plant)[0]


def execute_run(run_id: int) -> bool:
    """Claim a waiting run and do it. False when somebody else has it, or when another run of the plant is on its way."""
    try:
        with transaction.atomic():
            claimed = RequirementRun.objects.filter(pk=run_id, state=State.QUEUED).update(state=State.RUNNING, started_at=clock.now())
    except IntegrityError:
        return False
    if not claimed:
        return False
    run = RequirementRun.objects.select_related("plant").get(pk=run_id)
    try:
        recalculate(run.plant, run=run)
    except (DatabaseError, ArithmeticError, ValueError, KeyError) as error:
        RequirementRun.objects.filter(pk=run_id).update(
            state=State.FAILED, finished_at=clock.now(), error=f"{type(error).__name__}: {error}"
        )
        raise
    return True


@transaction.atomic
def recalculate(plant: Plant, *, run: RequirementRun | None = None) -> RequirementRun:
    """Calculate all requirements of a plant now and replace the old ones. Without a run of its own, one is written down as done."""
    _lock(plant)
    started = (run.started_at if run else None) or clock.now()
    snapshot = requirement_inputs.read(plant)
    outcome = calculate(snapshot)
    requirement_writing.replace(plant, outcome, None)
    kits.write_kits(plant, snapshot, outcome)
    run = run or RequirementRun(plant=plant, requested_at=started)
    run.state, run.started_at, run.finished_at = State.DONE, started, clock.now()
    run.fingerprint = requirement_inputs.fingerprint(snapshot)
    run.jobs, run.requirements, run.gaps = len(snapshot.jobs), len(outcome.needs), _gaps(outcome)
    run.save()
    old = RequirementRun.objects.filter(plant=plant, state__in=[State.DONE, State.FAILED]).values_list("pk", flat=True)[KEPT_RUNS:]
    RequirementRun.objects.filter(pk__in=list(old)).delete()
    return run


@transaction.atomic
def refresh(plant: Plant, materials: Collection[int]) -> None:
    """Calculate some materials again, at once: after a receipt, a new purchase order, a promise that moved.

    Materials do not compete with each other, so the others stay as they are.
    """
    wanted = set(materials)
    if not wanted:
        return
    _lock(plant)
    outcome = calculate(requirement_inputs.read(plant, wanted))
    requirement_writing.replace(plant, outcome, wanted)
    kits.refresh_kits(plant, materials=wanted)


@transaction.atomic
def set_needed_days(*, plant: Plant, days: Mapping[tuple[int, str], dt.date], source: str) -> None:
    """Take over the days on which a plan begins the stages of its jobs (D2), in place of those of the plan before.

    `days` maps (order line, stage code) to a date; a stage that is not named falls back to the due day and the usual offset. The
    requirements follow with the next run, which is asked for in the same transaction.
    """
    NeededDay.objects.filter(plant=plant).delete()
    lines = set(OrderLine.objects.filter(pk__in={line for line, _stage in days}, order__plant=plant).values_list("pk", flat=True))
    rows = [
        NeededDay(plant=plant, order_line_id=line, stage=stage, starts_on=day, source=source[:60])
        for (line, stage), day in sorted(days.items())
        if line in lines
    ]
    NeededDay.objects.bulk_create(rows, batch_size=5_000)
    request_run(plant)


def request_where_changed() -> int:
    """Ask for a run in every plant whose inputs are others than those of its last run. Returns how many were asked for."""
    asked = 0
    for plant in Plant.objects.all():
        last = RequirementRun.objects.filter(plant=plant, state=State.DONE).first()
        snapshot = requirement_inputs.read(plant)
        if last is None and not snapshot.jobs:
            continue
        if last is None or last.fingerprint != requirement_inputs.fingerprint(snapshot):
            request_run(plant)
            asked += 1
    return asked


def do_waiting() -> int:
    """Do every calculation that somebody asked for and nobody has claimed. Returns how many were done here."""
    waiting = RequirementRun.objects.filter(state=State.QUEUED).order_by("id").values_list("pk", flat=True)
    return sum(execute_run(pk) for pk in list(waiting))


def fail_dead_runs() -> int:
    """Mark runs past their limit as failed: their worker is gone, and the plant must be free for the next one."""
    dead = RequirementRun.objects.filter(state=State.RUNNING, started_at__lt=clock.now() - RUN_LIMIT)
    return dead.update(state=State.FAILED, finished_at=clock.now(), error="The worker stopped before the run was done.")


def _lock(plant: Plant) -> None:
    """One writer of requirements per plant, until the transaction ends. Readers see the old ones meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_KEY, plant.pk])


def _gaps(outcome: Outcome) -> list[dict[str, Any]]:
    """What nobody said, by style and colour: jobs without usage, and sizes that a row of usage is silent about."""
    lines = OrderLine.objects.filter(pk__in={gap.job for gap in outcome.gaps}).select_related("style", "colour")
    by_pk = {line.pk: line for line in lines}
    found: dict[tuple[int, str], list[Gap]] = defaultdict(list)
    for gap in outcome.gaps:
        found[by_pk[gap.job].colour_id, gap.row.part if gap.row else ""].append(gap)
    return [_gap(gaps, by_pk) for _key, gaps in sorted(found.items())]


def _gap(gaps: list[Gap], lines: Mapping[int, OrderLine]) -> dict[str, Any]:
    jobs = {gap.job for gap in gaps}
    line, row = lines[gaps[0].job], gaps[0].row
    return {
        "kind": "size" if row else "usage",
        "colour_id": line.colour_id,
        "style": line.style.code,
        "colour": line.colour.name,
        "part": row.part if row else "",
        "sizes": sorted({gap.size for gap in gaps if gap.size}, key=float),
        "jobs": len(jobs),
        "pairs": sum(lines[job].pairs for job in jobs),
    }


def last_run(plant: Plant) -> RequirementRun | None:
    """The last calculation that was done; None before the first."""
    return RequirementRun.objects.filter(plant=plant, state=State.DONE).first()


def is_calculated(plant: Plant) -> bool:
    """Whether there are requirements to look at."""
    return Requirement.objects.filter(plant=plant).exists()
