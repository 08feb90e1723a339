"""A day plan takes full or matching kits only, by size, of released styles (E4.2, E4.4, C5). What is taken out is named."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders.models import OrderLine
from orders.sizes import SizeRun, in_order
from planning_site.core.models import Plant
from procurement.selectors.kits import kits_on
from scheduling.day_kits import may_run
from scheduling.gates import Hold, Kind, LineGates, gates_of, is_judged
from scheduling.models import Plan, PlanEntry, Stage

NOW = dt.date.min  # a kit of now is what is in the warehouse or at the job, whatever was promised


@dataclass(frozen=True)
class Cut:
    """An entry that was made smaller or taken out: what was planned by size, what is left, and what is missing."""

    entry: PlanEntry
    planned: SizeRun
    left: SizeRun
    holds: tuple[Hold, ...]

    def to_json(self, stages: Mapping[int, str]) -> dict[str, Any]:
        """What the plan keeps of it."""
        return {
            "order_line": self.entry.order_line_id,
            "stage": stages[self.entry.stage_id],
            "team": self.entry.team_id,
            "planned": self.planned,
            "left": self.left,
            "holds": [hold.to_json() for hold in self.holds],
        }


@dataclass(frozen=True)
class Kits:
    """What the jobs of a day may use: kits by stage and line, less what earlier day plans took; and what holds the rest."""

    free: dict[tuple[int, int], SizeRun]
    gates: Mapping[int, LineGates]
    judged: bool

    def barred(self, entry: PlanEntry) -> tuple[Hold, ...]:
        """Why a job may not run at all: the style is not released, or nobody wrote what it takes."""
        gates = self.gates[entry.order_line_id]
        return tuple(hold for kind in (Kind.RELEASE, Kind.DOCUMENTS) for gate in gates.of(kind) for hold in gate.holds)

    def holds(self, entry: PlanEntry, stage: str) -> tuple[Hold, ...]:
        """What a stage's material waits for."""
        return tuple(hold for gate in self.gates[entry.order_line_id].of(Kind.MATERIAL) if gate.stage == stage for hold in gate.holds)


def read_kits(plant: Plant, day: dt.date, entries: Sequence[PlanEntry], lines: Mapping[int, OrderLine], today: dt.date) -> Kits:
    """The kits for the entries of a day. One query per stage beside the gates."""
    judged = is_judged(plant)
    stages = dict(Stage.objects.values_list("pk", "code"))
    used = _used(plant, day, {entry.order_line_id for entry in entries})
    free: dict[tuple[int, int], SizeRun] = {}
    for stage in {entry.stage_id for entry in entries} if judged else set():
        wanted = [entry.order_line_id for entry in entries if entry.stage_id == stage]
        for line, run in kits_on(NOW, wanted, stage=stages[stage]).items():
            before = used.get((line, stage), {})
            free[line, stage] = {size: max(0, pairs - before.get(size, 0)) for size, pairs in run.items()}
    return Kits(free, gates_of(plant, lines.values(), today=today, judged=judged), judged)


def cut_to_kits(entries: Sequence[PlanEntry], kits: Kits, stages: Mapping[int, str]) -> tuple[list[PlanEntry], list[Cut]]:
    """The entries that may run, made smaller where their kit is not full, and everything that was cut."""
    kept: list[PlanEntry] = []
    cuts: list[Cut] = []
    for entry in entries:
        planned = dict(entry.sizes or {})
        holds = kits.barred(entry)
        left = {} if holds else _left(entry, planned, kits)
        if left != planned:
            cuts.append(Cut(entry, planned, left, holds or kits.holds(entry, stages[entry.stage_id])))
            entry.minutes = round(entry.minutes * sum(left.values()) / entry.pairs, 3)
            entry.sizes, entry.pairs = left, sum(left.values())
        if entry.pairs:
            kept.append(entry)
    return kept, cuts


def exceeding(entries: Collection[PlanEntry], kits: Kits) -> list[PlanEntry]:
    """Entries of a draft that want more of some size than its kit has by now, or whose style is not released."""
    found = []
    for entry in entries:
        planned = dict(entry.sizes or {})
        if kits.barred(entry) or _left(entry, planned, kits) != planned:
            found.append(entry)
    return found


def _left(entry: PlanEntry, planned: SizeRun, kits: Kits) -> SizeRun:
    """What may run, taken off what is free: two teams never count on the same kit."""
    if not kits.judged:
        return planned
    free = kits.free.get((entry.order_line_id, entry.stage_id), {})
    left = may_run(planned, free)
    for size, pairs in left.items():
        free[size] -= pairs
    return in_order(left) if left != planned else planned


def _used(plant: Plant, day: dt.date, lines: Collection[int]) -> dict[tuple[int, int], SizeRun]:
    """Pairs by size that published day plans of earlier days gave to teams, by line and stage. One query."""
    standing = {"plan__plant": plant, "plan__horizon": Plan.Horizon.DAY, "plan__state": Plan.State.PUBLISHED}
    rows = PlanEntry.objects.filter(order_line__in=lines, day__lt=day, **standing).values_list("order_line_id", "stage_id", "sizes")
    used: dict[tuple[int, int], SizeRun] = defaultdict(dict)
    for line, stage, sizes in rows:
        run = used[line, stage]
        for size, pairs in (sizes or {}).items():
            run[size] = run.get(size, 0) + pairs
    return dict(used)
