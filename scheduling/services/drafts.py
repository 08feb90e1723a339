"""A draft becomes rows: numbered under the plant's lock, written in bulk."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from planning_site.core import audit
from planning_site.core.models import Plant, User
from scheduling import standing
from scheduling.models import Plan, PlanEntry, PlanJob

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


def lock_plant(plant_id: int) -> Plant:
    """Hold the plant until the transaction ends: drafts are numbered and plans published one after the other.

    Rows that point to the plant can still be written meanwhile (`no_key`): orders come in while plans are made.
    """
    return Plant.objects.select_for_update(no_key=True).get(pk=plant_id)


def save_draft(draft: Draft, *, plant: Plant, horizon: str, period: dt.date, by: User | None) -> Plan:
    """Write the next version of a period's plan. The caller holds the plant locked."""
    versions = Plan.objects.filter(plant=plant, horizon=horizon, period=period)
    plan = Plan(
        plant=plant,
        horizon=horizon,
        period=period,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        first_day=draft.first_day,
        last_day=draft.last_day,
        refines=draft.refines,
        replaces=standing.published_plan(plant, horizon, period),
        metrics=draft.metrics,
        created_by=by,
    )
    plan.full_clean()
    plan.save(force_insert=True)
    for entry in draft.entries:
        entry.plan = plan
    for job in draft.jobs:
        job.plan = plan
    PlanEntry.objects.bulk_create(draft.entries, batch_size=BATCH)
    PlanJob.objects.bulk_create(draft.jobs, batch_size=BATCH)
    audit.record(plan, "draft", by=by, values={"version": (None, plan.version)})
    return plan
