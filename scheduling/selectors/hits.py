"""Hits as pages show them: what is late, which jobs, plan entries and customers it hits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Min, Sum

from orders.models import OrderLine
from planning_site.core.models import Plant
from scheduling.gates import Hold
from scheduling.models import Plan, PlanEntry, PlanHit
from scheduling.selectors.holds import hold_text


@dataclass(frozen=True)
class Planned:
    """A stretch of a job in a plan in force: which plan and team, from when to when, how many pairs."""

    plan: Plan
    stage: str
    team: str
    first: dt.date
    last: dt.date
    pairs: int


@dataclass(frozen=True)
class HitJob:
    """A job that is hit: when it is to begin, and its entries at the stage that waits."""

    line: OrderLine
    stage: str
    starts_on: dt.date
    entries: tuple[Planned, ...]


@dataclass(frozen=True)
class HitView:
    """One hit. `text` says what is missing until when and who owes it."""

    hit: PlanHit
    hold: Hold
    text: str
    jobs: tuple[HitJob, ...]

    @property
    def pairs(self) -> int:
        return sum({job.line.pk: job.line.pairs for job in self.jobs}.values())

    @property
    def customers(self) -> list[str]:
        """By name, each once."""
        return sorted({job.line.order.customer.name for job in self.jobs})


def hits_of(plant: Plant) -> list[PlanHit]:
    """All hits, the first to begin first. One query."""
    return list(PlanHit.objects.filter(plant=plant))


def hit_views(hits: Sequence[PlanHit]) -> list[HitView]:
    """Hits with their jobs, plan entries and customers. Four queries."""
    rows = [job for hit in hits for job in hit.jobs]
    lines = OrderLine.objects.select_related("order__customer", "style", "colour").in_bulk({row["line"] for row in rows})
    plans = Plan.objects.in_bulk({plan for row in rows for plan in row["plans"]})
    entries = _entries(set(lines), set(plans), plans)
    views = []
    for hit in hits:
        hold = Hold.from_json(hit.hold)
        jobs = [
            HitJob(
                line=lines[row["line"]],
                stage=row["stage"],
                starts_on=dt.date.fromisoformat(row["starts_on"]),
                entries=tuple(each for each in entries[row["line"]] if not row["stage"] or each.stage == row["stage"]),
            )
            for row in hit.jobs
            if row["line"] in lines
        ]
        views.append(HitView(hit, hold, hold_text(hold), tuple(jobs)))
    return views


def _entries(lines: set[int], plan_ids: set[int], plans: dict[int, Plan]) -> dict[int, list[Planned]]:
    """The entries of jobs in week and day plans, and in the month plan where no finer one holds them. One query."""
    rows = PlanEntry.objects.filter(order_line__in=lines, plan__in=plan_ids).order_by()
    sums = rows.values("order_line_id", "plan_id", "stage__code", "team__name").annotate(
        first=Min("day"), last=Max("day"), total=Sum("pairs")
    )
    out: dict[int, list[Planned]] = defaultdict(list)
    for row in sums.order_by("first", "team__name"):
        out[row["order_line_id"]].append(
            Planned(plans[row["plan_id"]], row["stage__code"], row["team__name"], row["first"], row["last"], row["total"])
        )
    return out
