"""Finds whom a moved promise or a late pre-production item hits (D5, C3): jobs of the plans in force that cannot begin as planned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Min

from orders.models import Order, OrderLine
from orders.sizes import size_key
from planning_site.core import clock
from planning_site.core.models import Plant
from scheduling import standing
from scheduling.gates import Hold, gates_of
from scheduling.models import Plan, PlanEntry, PlanHit

Start = tuple[dt.date, list[int]]  # the first day, and the plans that say so


@dataclass
class _Found:
    """A hold with the jobs that it hits."""

    hold: Hold
    jobs: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def refresh_hits(plant: Plant, *, today: dt.date | None = None) -> list[PlanHit]:
    """Find the hits of a plant anew; those that stand keep when they were found, those that are over go. Returns what is new or moved."""
    today = today or clock.today()
    Plant.objects.select_for_update(no_key=True).get(pk=plant.pk)  # two workers do not find the same hit twice
    found = _find(plant, today)
    known = {hit.key: hit for hit in PlanHit.objects.filter(plant=plant)}
    now = clock.now()
    moved = []
    for key, each in found.items():
        jobs = sorted(each.jobs, key=lambda job: (job["starts_on"], job["line"]))
        values = {"hold": each.hold.to_json(), "jobs": jobs, "first_start": dt.date.fromisoformat(jobs[0]["starts_on"])}
        hit = known.get(key)
        if hit is None:
            hit = PlanHit(plant=plant, key=key, found_at=now, moved_at=now, was_expected_on=each.hold.day, **values)
        elif _is_same(hit, values):
            continue
        else:
            hit.moved_at = now
            for name, value in values.items():
                setattr(hit, name, value)
        hit.save()
        moved.append(hit)
    PlanHit.objects.filter(plant=plant).exclude(key__in=found).delete()
    return moved


def refresh_all_hits() -> int:
    """Every plant; returns how many hits are new or moved."""
    return sum(len(refresh_hits(plant)) for plant in Plant.objects.all())


def _is_same(hit: PlanHit, values: dict[str, Any]) -> bool:
    return bool(hit.hold == values["hold"] and hit.jobs == values["jobs"])


def _find(plant: Plant, today: dt.date) -> dict[str, _Found]:
    """Every hold that a job of the plans in force will still wait for on the day it is to begin. A fixed number of queries."""
    starts = _starts(plant, today)
    lines = OrderLine.objects.filter(pk__in={line for line, _stage in starts}, order__state=Order.State.OPEN).select_related(
        "style", "colour"
    )
    found: dict[str, _Found] = {}
    by_line: dict[int, dict[str, Start]] = defaultdict(dict)
    for (line, stage), start in starts.items():
        by_line[line][stage] = start
    for pk, gates in gates_of(plant, lines, today=today).items():
        for hold in gates.holds:
            stages = by_line[pk]
            at = stages.get(hold.stage) if hold.stage else min(stages.values(), default=None)
            day = hold.planned_on
            if at is None or (day is not None and day < at[0]):
                continue
            key = f"{hold.kind}:{hold.what}"[:200]
            job = {"line": pk, "stage": hold.stage, "starts_on": at[0].isoformat(), "plans": at[1]}
            each = found.setdefault(key, _Found(hold))
            each.hold = _later(each.hold, hold)
            each.jobs.append(job)
    return found


def _later(one: Hold, other: Hold) -> Hold:
    """The one that somebody waits for longest, without a day is longest; with the purchase orders and sizes of both."""
    last = max((one, other), key=lambda hold: (hold.day is None, hold.day or dt.date.min))
    orders = " ".join(dict.fromkeys([*one.reference.split(), *other.reference.split()]))
    return replace(last, reference=orders, sizes=tuple(sorted({*one.sizes, *other.sizes}, key=size_key)))


def _starts(plant: Plant, today: dt.date) -> dict[tuple[int, str], Start]:
    """When each stage of each job begins by the plans in force, from today on. What a plan began before is not waited for any more."""
    plans = list(Plan.objects.filter(plant=plant, state=Plan.State.PUBLISHED, horizon__in=["week", "day"], last_day__gte=today))
    month = standing.month_plan_in_force(plant)
    wanted = [*plans, *([month] if month else [])]
    rows = PlanEntry.objects.filter(plan__in=wanted).order_by().values_list("order_line_id", "stage__code", "plan_id")
    out: dict[tuple[int, str], Start] = {}
    for line, stage, plan, first in rows.annotate(first=Min("day")).values_list("order_line_id", "stage__code", "plan_id", "first"):
        day, ids = out.get((line, stage), (first, []))
        out[line, stage] = (min(day, first), sorted({*ids, plan}))
    return {key: start for key, start in out.items() if start[0] >= today}
