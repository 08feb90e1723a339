"""Keeps the kit of every open job beside its requirements: both are calculated from one snapshot."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from planning_site.core import clock
from planning_site.core.models import Plant
from procurement import kit_rows
from procurement.demand import ClaimMade, Job, Need, Outcome, Snapshot
from procurement.kit_rows import Facts, LineFacts, MaterialFacts
from procurement.kits import Item
from procurement.models import Claim, JobKit, Material, PurchaseOrderLine, Requirement
from procurement.quantities import decimals_by_unit
from procurement.selectors import requirement_inputs

State = PurchaseOrderLine.State
AT_ONCE = 400  # jobs that are calculated while somebody waits


@transaction.atomic
def write_kits(plant: Plant, snapshot: Snapshot, outcome: Outcome, *, today: dt.date | None = None) -> int:
    """Replace the kits of all open jobs of a plant. Called in the transaction that replaces the requirements. Returns their number.

    A job without a bill of materials has no kit: nobody knows what it takes.
    """
    kits = calculate(plant, snapshot, outcome, today or clock.today())
    JobKit.objects.filter(plant=plant).delete()
    JobKit.objects.bulk_create(kits, batch_size=1000)
    return len(kits)


@transaction.atomic
def refresh_kits(plant: Plant, *, materials: Collection[int]) -> int:
    """Calculate the kits of the jobs that use these materials again, from the requirements as they stand. Returns their number.

    Where a material goes into half the factory's orders, somebody is waiting for a page: these kits follow with the next run, which the
    changed stock asks for by itself.
    """
    jobs = set(Requirement.objects.filter(plant=plant, material__in=materials).values_list("order_line_id", flat=True))
    if not jobs or len(jobs) > AT_ONCE:
        return 0
    snapshot = requirement_inputs.read(plant)
    needs, claims = _kept(plant, jobs)
    chosen = [job for job in snapshot.jobs if job.pk in jobs]
    outcome = Outcome(needs, claims, [])
    kits = _of_jobs(plant, chosen, snapshot, outcome, _facts(plant, snapshot, clock.today()))
    JobKit.objects.filter(plant=plant, order_line__in=jobs).delete()
    JobKit.objects.bulk_create(kits, batch_size=1000)
    return len(kits)


def calculate(plant: Plant, snapshot: Snapshot, outcome: Outcome, today: dt.date) -> list[JobKit]:
    """The kits of all jobs of the snapshot, unsaved. Three queries for words, the rest is arithmetic."""
    return _of_jobs(plant, snapshot.jobs, snapshot, outcome, _facts(plant, snapshot, today))


def _of_jobs(plant: Plant, jobs: Iterable[Job], snapshot: Snapshot, outcome: Outcome, facts: Facts) -> list[JobKit]:
    of_job: dict[int, list[tuple[int, Need]]] = defaultdict(list)
    for place, need in enumerate(outcome.needs):
        of_job[need.job].append((place, need))
    of_need: dict[int, list[ClaimMade]] = defaultdict(list)
    for claim in outcome.claims:
        of_need[claim.need].append(claim)
    at = clock.now()
    usages = _Usages(snapshot, facts)
    kits = []
    for job in jobs:
        items = _items(job, usages, of_job.get(job.pk, ()), of_need, facts)
        if items:
            kits.append(JobKit(plant=plant, order_line_id=job.pk, calculated_at=at, **kit_rows.row_of(dict(job.sizes), items, facts)))
    return kits


def _items(
    job: Job, usages: _Usages, needs: Sequence[tuple[int, Need]], claims: Mapping[int, Sequence[ClaimMade]], facts: Facts
) -> list[Item]:
    if job.version is None or not needs:
        return []
    return kit_rows.items_of(usages.of(job.version, tuple(job.sizes)), needs, claims, facts)


class _Usages:
    """Usage by version and sizes, each calculated once: many jobs are made by one bill."""

    def __init__(self, snapshot: Snapshot, facts: Facts) -> None:
        self.snapshot, self.facts = snapshot, facts
        self.known: dict[tuple[int, tuple[str, ...]], dict[int, dict[str, int]]] = {}

    def of(self, version: int, sizes: tuple[str, ...]) -> dict[int, dict[str, int]]:
        key = version, sizes
        if key not in self.known:
            self.known[key] = kit_rows.usage_of(self.snapshot.bills[version], sizes, self.facts)
        return self.known[key]


def _facts(plant: Plant, snapshot: Snapshot, today: dt.date) -> Facts:
    decimals = decimals_by_unit()
    rows = Material.objects.filter(pk__in=snapshot.materials).values_list("pk", "code", "name", "unit", "by_size")
    lines = {coming.supply.line for supplies in snapshot.supplies.values() for coming in supplies if coming.supply.line is not None}
    states = PurchaseOrderLine.objects.filter(pk__in=lines).values_list("pk", "promised_on", "state")
    return Facts(
        materials={pk: MaterialFacts(code, name, unit, by_size, decimals.get(unit) == 0) for pk, code, name, unit, by_size in rows},
        lines={pk: LineFacts(promised_on, state == State.CONFIRMED) for pk, promised_on, state in states},
        today=today,
    )


def _kept(plant: Plant, jobs: Collection[int]) -> tuple[list[Need], list[ClaimMade]]:
    """Needs and claims of some jobs as they were written down."""
    places: dict[int, int] = {}
    needs: list[Need] = []
    for row in Requirement.objects.filter(plant=plant, order_line__in=jobs).order_by("turn", "id"):
        places[row.pk] = len(needs)
        needs.append(
            Need(
                row.order_line_id,
                row.material_id,
                row.size,
                row.turn,
                row.stage,
                row.starts_on,
                row.needed_on,
                row.is_planned,
                gross=row.gross,
                parts=row.parts.split("、"),
                issued=row.issued,
                from_stock=row.from_stock,
                from_orders=row.from_orders,
            )
        )
    rows = Claim.objects.filter(requirement__in=places, purchase_line__isnull=False)
    claims = [
        ClaimMade(places[requirement], line, lot, quantity)
        for requirement, line, lot, quantity in rows.values_list("requirement_id", "purchase_line_id", "lot", "quantity")
    ]
    return needs, claims
