"""How good a plan is in a few numbers, and what makes its jobs late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, Sum
from django.db.models.functions import JSONObject

from orders.models import Customer
from planning_site.core.calendar import WorkingCalendar
from scheduling.models import Plan, PlanJob, Stage
from scheduling.selectors.slack import at_risk

Outcome = PlanJob.Outcome
CUSTOMER = "order_line__order__customer"


@dataclass(frozen=True)
class Cause:
    """A first reason, and how many late or unplanned jobs and pairs it has."""

    reason: str
    stage: Stage | None
    jobs: int
    pairs: int
    share: float  # of the largest cause, 0..1, for the length of a bar
    running: float  # share of all jobs in question up to and with this cause, 0..1


@dataclass(frozen=True)
class Summary:
    """Counts of jobs and pairs of one plan. What the plan did not record is None, never 0."""

    jobs: int
    pairs: int
    late: int
    left_out: int
    risk: int
    worst_days: int
    causes: tuple[Cause, ...]
    late_pair_days: float | None
    overtime_hours: float | None
    changeovers: int | None
    cost: float | None
    moved_share: float | None  # of the pairs that the version in force planned too, 0..1
    customers: tuple[Customer, ...]  # those with jobs in the plan, by name; id and name only

    @property
    def on_time(self) -> int:
        """Jobs that end by their due day, those at risk included."""
        return self.jobs - self.late - self.left_out

    @property
    def on_time_share(self) -> float | None:
        """On-time jobs of all jobs, 0..1; None without jobs."""
        return self.on_time / self.jobs if self.jobs else None


def summary_of(plan: Plan, calendar: WorkingCalendar, stages: dict[int, Stage]) -> Summary:
    """One query over the jobs; pair-days (in working days), overtime, changeovers and cost as the plan recorded them."""
    rows = list(
        plan.jobs.order_by()
        .values("outcome", "reason", "reason_stage_id")
        .annotate(
            n=Count("pk"),
            sum_pairs=Sum("pairs"),
            worst=Max("late_days"),
            near=Count("pk", filter=at_risk(plan, calendar)),
            buyers=ArrayAgg(JSONObject(id=F(f"{CUSTOMER}_id"), name=F(f"{CUSTOMER}__name")), distinct=True),
        )
    )
    missed = [row for row in rows if row["outcome"] in (Outcome.LATE, Outcome.LEFT_OUT)]
    overtime = plan.metrics.get("overtime_minutes")
    return Summary(
        jobs=sum(row["n"] for row in rows),
        pairs=sum(row["sum_pairs"] for row in rows),
        late=sum(row["n"] for row in rows if row["outcome"] == Outcome.LATE),
        left_out=sum(row["n"] for row in rows if row["outcome"] == Outcome.LEFT_OUT),
        risk=sum(row["near"] for row in rows),
        worst_days=max((row["worst"] for row in rows), default=0),
        causes=_causes(missed, stages),
        late_pair_days=plan.metrics.get("late_pair_days"),
        overtime_hours=None if overtime is None else float(overtime) / 60,
        changeovers=plan.metrics.get("changeovers"),
        cost=plan.metrics.get("cost"),
        moved_share=plan.metrics["moved_pairs"] / compared if (compared := plan.metrics.get("compared_pairs")) else None,
        customers=_customers(rows),
    )


def _customers(rows: Sequence[Mapping[str, Any]]) -> tuple[Customer, ...]:
    names = {buyer["id"]: buyer["name"] for row in rows for buyer in row["buyers"]}
    return tuple(Customer(id=pk, name=name) for pk, name in sorted(names.items(), key=lambda item: item[1]))


def _causes(rows: Sequence[Mapping[str, Any]], stages: dict[int, Stage]) -> tuple[Cause, ...]:
    """Largest first; a late and an unplanned job with the same reason count together."""
    merged: dict[tuple[str, int | None], list[int]] = {}
    for row in rows:
        sums = merged.setdefault((row["reason"], row["reason_stage_id"]), [0, 0])
        for place, name in enumerate(("n", "sum_pairs")):
            sums[place] += row[name]
    ranked = sorted(merged.items(), key=lambda item: (-item[1][0], -item[1][1], item[0][0]))
    most = ranked[0][1][0] if ranked else 1
    whole, so_far, out = sum(sums[0] for _, sums in ranked), 0, []
    for (reason, stage_id), (jobs, pairs) in ranked:
        so_far += jobs
        stage = stages.get(stage_id) if stage_id else None
        out.append(Cause(reason, stage, jobs, pairs, jobs / most, so_far / whole))
    return tuple(out)
