"""From jobs and bills of materials to what each job needs of each material and size, and who gets which supply. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from planning_site.core.calendar import WorkingCalendar
from procurement.netting import ZERO, Demand, Supply, share

PARTS_SHOWN = 120

MaterialSize = tuple[int, str]


class Job(NamedTuple):
    """An open order line. Jobs are given in the order of claim."""

    pk: int
    colour: int
    name: str
    due_on: dt.date
    version: int | None
    sizes: Mapping[str, int]


class BillRow(NamedTuple):
    """A row of usage: usage per pair by size (`flat` where all sizes are the same), what loss multiplies it with, and its stage."""

    material: int
    part: str
    stage: str
    flat: Decimal | None
    by_size: Mapping[str, Decimal | None]
    base: Decimal
    with_loss: Decimal


class MaterialRule(NamedTuple):
    """How a material is kept and bought. `arrive_before` in working days, `lead_days` in calendar days, None if not known."""

    by_size: bool
    one_lot: bool
    arrive_before: int
    lead_days: int | None


class Issued(NamedTuple):
    quantity: Decimal
    lots: frozenset[str]


class Coming(NamedTuple):
    """A supply with the day it was promised for; None for stock and for lines without a promise."""

    supply: Supply
    promised_on: dt.date | None


@dataclass(frozen=True)
class Snapshot:
    """All that requirements are calculated from."""

    jobs: Sequence[Job]
    bills: Mapping[int, Sequence[BillRow]]
    materials: Mapping[int, MaterialRule]
    supplies: Mapping[MaterialSize, Sequence[Coming]]
    issued: Mapping[tuple[int, int, str], Issued]
    starts: Mapping[tuple[int, str], dt.date]
    offsets: Mapping[str, int]
    calendar: WorkingCalendar


@dataclass(slots=True)
class Need:
    """A requirement in the making."""

    job: int
    material: int
    size: str
    turn: int
    stage: str
    starts_on: dt.date
    needed_on: dt.date
    is_planned: bool
    gross: Decimal = ZERO
    parts: list[str] = field(default_factory=list)
    issued: Decimal = ZERO
    from_stock: Decimal = ZERO
    from_orders: Decimal = ZERO
    undated: Decimal = ZERO
    short: Decimal = ZERO
    covered_on: dt.date | None = None
    order_by: dt.date | None = None


class ClaimMade(NamedTuple):
    """A claim of the need at a place of the list."""

    need: int
    line: int | None
    lot: str
    quantity: Decimal


class Gap(NamedTuple):
    """A job that has no usage (`row` is None), or a row of usage that does not say what a size takes."""

    job: int
    row: BillRow | None
    size: str


@dataclass(frozen=True)
class Outcome:
    needs: list[Need]
    claims: list[ClaimMade]
    gaps: list[Gap]


def calculate(snapshot: Snapshot) -> Outcome:
    """The needs of all jobs, in the order of claim, the claims that cover them, and what nobody said."""
    needs, gaps = _needs(snapshot)
    by_item: dict[MaterialSize, list[int]] = defaultdict(list)
    for place, need in enumerate(needs):
        by_item[need.material, need.size].append(place)
    claims: list[ClaimMade] = []
    for item in sorted(by_item):
        claims += _claim(item, by_item[item], needs, snapshot)
    return Outcome(needs, claims, gaps)


class _Days:
    """Days counted back over the calendar, each pair once."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.back = lru_cache(maxsize=None)(lambda day, count: calendar.add(day, -count))


def _needs(snapshot: Snapshot) -> tuple[list[Need], list[Gap]]:
    """One need per job, material and size, in the order of the jobs."""
    days = _Days(snapshot.calendar)
    needs: list[Need] = []
    gaps: list[Gap] = []
    for turn, job in enumerate(snapshot.jobs, start=1):
        rows = snapshot.bills.get(job.version, ()) if job.version is not None else ()
        if not rows:
            gaps.append(Gap(job.pk, None, ""))
        of_job: dict[MaterialSize, Need] = {}
        for row in rows:
            _add_row(job, turn, row, of_job, gaps, snapshot, days)
        needs += of_job.values()
    return needs, gaps


def _add_row(job: Job, turn: int, row: BillRow, of_job: dict[MaterialSize, Need], gaps: list[Gap], snapshot: Snapshot, days: _Days) -> None:
    """Add what a row of usage takes of a job's sizes. A size that the row is silent about takes what the base size does, and is named."""
    rule = snapshot.materials[row.material]
    planned = snapshot.starts.get((job.pk, row.stage))
    starts_on = planned or days.back(job.due_on, snapshot.offsets.get(row.stage, 0))
    for size, amount in _amounts(job, row, rule.by_size, gaps):
        if amount == ZERO:
            continue
        need = of_job.get((row.material, size))
        if need is None:
            needed_on = days.back(starts_on, rule.arrive_before)
            need = Need(job.pk, row.material, size, turn, row.stage, starts_on, needed_on, planned is not None)
            of_job[row.material, size] = need
        elif starts_on < need.starts_on:
            need.stage, need.starts_on, need.is_planned = row.stage, starts_on, planned is not None
            need.needed_on = days.back(starts_on, rule.arrive_before)
        need.gross += amount
        if row.part not in need.parts:
            need.parts.append(row.part)


def _amounts(job: Job, row: BillRow, by_size: bool, gaps: list[Gap]) -> list[tuple[str, Decimal]]:
    """Pairs × usage × (1 + loss) by size, or in one sum for a material that is not kept by size."""
    if row.flat is not None:
        usage = row.flat * row.with_loss
        if not by_size:
            return [("", sum(job.sizes.values()) * usage)]
        return [(size, pairs * usage) for size, pairs in job.sizes.items()]
    out: dict[str, Decimal] = defaultdict(Decimal)
    for size, pairs in job.sizes.items():
        usage_of_size = row.by_size.get(size)
        if usage_of_size is None:
            gaps.append(Gap(job.pk, row, size))
            usage_of_size = row.base
        out[size if by_size else ""] += pairs * usage_of_size * row.with_loss
    return list(out.items())


def _claim(item: MaterialSize, places: Sequence[int], needs: Sequence[Need], snapshot: Snapshot) -> list[ClaimMade]:
    """Share the supplies of a material and size among its needs, and write down what each of them got."""
    rule = snapshot.materials[item[0]]
    coming = snapshot.supplies.get(item, ())
    demands = []
    for place in places:
        need = needs[place]
        given = snapshot.issued.get((need.job, *item))
        need.issued = min(given.quantity, need.gross) if given else ZERO
        demands.append(Demand(place, need.gross - need.issued, given.lots if given else frozenset()))
    shares = share(demands, [supply for supply, _promised in coming], one_lot=rule.one_lot)
    made = []
    for place, supply_at, quantity in shares.claims:
        supply, promised_on = coming[supply_at]
        _cover(needs[place], supply, promised_on, quantity)
        made.append(ClaimMade(place, supply.line, supply.lot, quantity))
    for place, quantity in shares.short.items():
        need = needs[place]
        need.short = quantity
        need.order_by = None if rule.lead_days is None else need.needed_on - dt.timedelta(days=rule.lead_days)
    return made


def _cover(need: Need, supply: Supply, promised_on: dt.date | None, quantity: Decimal) -> None:
    """Add one claim to a need."""
    if supply.line is None:
        need.from_stock += quantity
        return
    need.from_orders += quantity
    if promised_on is None:
        need.undated += quantity
    else:
        need.covered_on = promised_on if need.covered_on is None else max(need.covered_on, promised_on)
