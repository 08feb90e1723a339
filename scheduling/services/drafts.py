"""A draft becomes rows: numbered under the plant's lock, written in bulk."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from planning_site.core import audit
from planning_site.core.models import Plant, User
from scheduling import standing
from scheduling.adapters import PackedInput
from scheduling.models import Plan, PlanEntry, PlanInput, PlanJob
from scheduling.stability import stability

BATCH = 2000


@dataclass
class Draft:
    """What a plan will hold. Entries and jobs are unsaved and without a plan."""

    first_day: dt.date
    last_day: dt.date
    entries: list[PlanEntry]
    jobs: list[PlanJob]
    metrics: dict[str, Any] = field(default_factory=dict)
    refines: Plan | None = None
    packed: PackedInput | None = None  # what the engine was given: kept with the plan


def lock_plant(plant_id: int) -> Plant:
    """Hold the plant until the transaction ends: drafts are numbered and plans published one after the other.

    Rows that point to the plant can still be written meanwhile (`no_key`): orders come in while plans are made.
    """
    return Plant.objects.select_for_update(no_key=True).get(pk=plant_id)


def save_draft(draft: Draft, *, plant: Plant, horizon: str, period: dt.date, by: User | None, state: str = Plan.State.DRAFT) -> Plan:
    """Write the next version of a period's plan, a draft or a trial. The caller holds the plant locked."""
    replaces = standing.published_plan(plant, horizon, period)
    plan = Plan(
        plant=plant,
        horizon=horizon,
        period=period,
        version=next_version(plant, horizon, period),
        state=state,
        first_day=draft.first_day,
        last_day=draft.last_day,
        refines=draft.refines,
        replaces=replaces,
        metrics=draft.metrics | (_stood_still(draft, replaces) if replaces else {}),
        created_by=by,
    )
    plan.full_clean()
    plan.save(force_insert=True)
    if draft.packed is not None:
        PlanInput.objects.get_or_create(hash=draft.packed.hash, defaults={"data": draft.packed.data})
    for entry in draft.entries:
        entry.plan = plan
    for job in draft.jobs:
        job.plan = plan
    PlanEntry.objects.bulk_create(draft.entries, batch_size=BATCH)
    PlanJob.objects.bulk_create(draft.jobs, batch_size=BATCH)
    audit.record(plan, "draft", by=by, values={"version": (None, plan.version)})
    return plan


def next_version(plant: Plant, horizon: str, period: dt.date) -> int:
    """The number of the next version of a period's plan. The caller holds the plant locked."""
    versions = Plan.objects.filter(plant=plant, horizon=horizon, period=period)
    return int(versions.aggregate(last=Max("version"))["last"] or 0) + 1


def _stood_still(draft: Draft, base: Plan) -> dict[str, Any]:
    """How many pairs moved against the version in force; days that have passed since are no difference."""
    fields = ("order_line_id", "stage_id", "team_id", "day", "pairs")
    before = base.entries.filter(day__gte=draft.first_day).order_by().values_list(*fields)
    now = ((entry.order_line_id, entry.stage_id, entry.team_id, entry.day, entry.pairs) for entry in draft.entries)
    found = stability((((a, b, c, d), n) for a, b, c, d, n in before), (((a, b, c, d), n) for a, b, c, d, n in now))
    return {"compared_pairs": found.pairs, "moved_pairs": found.moved}
