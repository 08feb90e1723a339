"""What gates did to a plan: jobs that may not start, jobs left out, sizes cut, exceptions and swaps that were approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orders.models import OrderLine
from orders.sizes import SizeRun, in_order
from scheduling.gates import Gate, Hold
from scheduling.models import Plan, PlanException, PlanJob, PlanSwap, Stage, Team
from scheduling.selectors.holds import hold_text
from scheduling.services.gatekeeping import Shut, shut_jobs

Reason = PlanJob.Reason
HELD = (Reason.DOCUMENTS, Reason.STYLE, Reason.MATERIAL, Reason.TOOLING)


@dataclass(frozen=True)
class ShutView:
    """A job that begins before its gates are open, in words."""

    shut: Shut
    gates: tuple[tuple[Gate, tuple[str, ...]], ...]

    @property
    def line(self) -> OrderLine:
        return self.shut.line


@dataclass(frozen=True)
class CutView:
    """What was cut out of a day plan: by size what was planned and what is left, what is missing, and who could take the place."""

    line: OrderLine
    stage: Stage
    team: Team
    sizes: tuple[tuple[str, int, int], ...]
    holds: tuple[str, ...]
    candidates: tuple[OrderLine, ...] = ()

    @property
    def planned(self) -> int:
        return sum(planned for _size, planned, _left in self.sizes)

    @property
    def left(self) -> int:
        return sum(left for _size, _planned, left in self.sizes)


@dataclass(frozen=True)
class Gated:
    """Everything of one plan."""

    shut: tuple[ShutView, ...]
    left_out: tuple[tuple[PlanJob, tuple[str, ...]], ...]
    cuts: tuple[CutView, ...]
    exceptions: tuple[tuple[PlanException, tuple[str, ...]], ...]
    swaps: tuple[PlanSwap, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.shut or self.left_out or self.cuts or self.exceptions or self.swaps)


def shut_views(plan: Plan) -> list[ShutView]:
    """The jobs about which something has to be decided before a week plan is published."""
    return [ShutView(shut, tuple((gate, _texts(gate.holds)) for gate in shut.gates)) for shut in shut_jobs(plan)]


def gated(plan: Plan) -> Gated:
    """What gates did to a plan; of a draft of a week also what is still to be decided."""
    undecided = shut_views(plan) if plan.horizon == Plan.Horizon.WEEK and plan.state == Plan.State.DRAFT else []
    lines = "order_line__order__customer", "order_line__style", "order_line__colour"
    left_out = plan.jobs.filter(outcome=PlanJob.Outcome.LEFT_OUT, reason__in=HELD).select_related(*lines)
    exceptions = plan.exceptions.select_related(*lines, "approved_by")
    swaps = plan.swaps.select_related(
        "stage", "team", "approved_by", "before_line__style", "before_line__colour", "before_line__order", "after_line__style",
        "after_line__colour", "after_line__order",
    )  # fmt: skip
    return Gated(
        shut=tuple(undecided),
        left_out=tuple((job, _texts(_kept(job.reason_detail.get("holds", ())))) for job in left_out),
        cuts=tuple(_cuts(plan)),
        exceptions=tuple((row, _texts(_kept(row.holds))) for row in exceptions),
        swaps=tuple(swaps),
    )


def _kept(rows: Iterable[dict[str, object]]) -> list[Hold]:
    return [Hold.from_json(row) for row in rows]


def _texts(holds: Iterable[Hold]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hold_text(hold) for hold in holds))


def _cuts(plan: Plan) -> list[CutView]:
    """Four queries at the most."""
    rows = plan.metrics.get("cut", ())
    if not rows:
        return []
    lines = OrderLine.objects.select_related("order__customer", "style", "colour").in_bulk({row["order_line"] for row in rows})
    stages = {stage.code: stage for stage in Stage.objects.all()}
    teams = Team.objects.in_bulk({row["team"] for row in rows})
    candidates = _candidates(plan)
    return [
        CutView(
            line=lines[row["order_line"]],
            stage=stages[row["stage"]],
            team=teams[row["team"]],
            sizes=_sizes(row["planned"], row["left"]),
            holds=_texts(_kept(row["holds"])),
            candidates=tuple(line for line in candidates.get(stages[row["stage"]].pk, ()) if line.pk != row["order_line"]),
        )
        for row in rows
        if row["order_line"] in lines and row["team"] in teams
    ]


def _candidates(plan: Plan) -> dict[int, list[OrderLine]]:
    """By stage the jobs of the week plan after this day: who may run ahead (E4.3). Kits are asked when the swap is made. One query."""
    if plan.refines is None or plan.state != Plan.State.DRAFT:
        return {}
    later = plan.refines.entries.filter(day__gt=plan.period).select_related("order_line__style", "order_line__colour", "order_line__order")
    out: dict[int, dict[int, OrderLine]] = {}
    for entry in later.order_by("day", "team", "position"):
        out.setdefault(entry.stage_id, {})[entry.order_line_id] = entry.order_line
    return {stage: list(lines.values()) for stage, lines in out.items()}


def _sizes(planned: SizeRun, left: SizeRun) -> tuple[tuple[str, int, int], ...]:
    return tuple((size, pairs, left.get(size, 0)) for size, pairs in in_order(planned).items())
