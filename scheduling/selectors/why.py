"""Why one job is late or not planned: the chain of reasons, link by link, and where the job stands at every stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orders.models import OrderLine
from scheduling.models import Plan, PlanJob, Stage
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import Cause, reason_word, sentence
from scheduling.selectors.windows import StageCell, stage_cell, stage_windows

SHAPES = {PlanJob.Reason.OVERTIME: "risk", PlanJob.Reason.SEQUENCE: "risk", PlanJob.Reason.WORK_CONTENT: "wait"}


@dataclass(frozen=True)
class ChainLink:
    """A reason of the chain. `days` is how many working days it cost; `rivals` are the order lines that stood in the way, largest first."""

    reason: str
    stage: Stage | None
    label: str
    text: str
    days: int
    rivals: tuple[OrderLine, ...]

    @property
    def shape(self) -> str:
        """What a reader sees before reading."""
        return SHAPES.get(PlanJob.Reason(self.reason), "late") if self.reason else "wait"


@dataclass(frozen=True)
class StageStay:
    """The job at a stage; `is_named` where the chain names it, so that the others are seen to be innocent."""

    stage: Stage
    cell: StageCell | None
    is_named: bool


@dataclass(frozen=True)
class JobWhy:
    """A job of a plan with its chain."""

    job: PlanJob
    line: OrderLine
    chain: tuple[ChainLink, ...]
    stays: tuple[StageStay, ...]


def job_why(plan: Plan, order_line: int, floor: Floor) -> JobWhy | None:
    """Three queries; None where the plan does not hold the line."""
    related = ("order_line__order__customer", "order_line__style", "order_line__colour", "plan")
    job = plan.jobs.select_related(*related).filter(order_line=order_line).first()
    if job is None:
        return None
    details = [{"reason": job.reason, "stage": job.reason_stage_id} | job.reason_detail, *job.reason_detail.get("further", ())]
    chain = links_of([detail for detail in details if detail["reason"]], job.order_line, floor)
    windows = stage_windows(plan, [order_line]).get(order_line, {})
    named = {link.stage.pk for link in chain if link.stage}
    stays = [StageStay(stage, stage_cell(windows.get(stage.pk), floor), stage.pk in named) for stage in floor.stages]
    return JobWhy(job, job.order_line, chain, tuple(stays))


def links_of(details: Iterable[Mapping[str, Any]], line: OrderLine, floor: Floor) -> tuple[ChainLink, ...]:
    """Recorded reasons as links; one query for all the order lines that they name."""
    details = list(details)
    rivals = lines_by_id(pk for detail in details for pk in detail.get("order_lines", ()))
    links = []
    for detail in details:
        stage = floor.stage.get(detail["stage"]) if detail.get("stage") else None
        cause = Cause(detail["reason"], stage, dict(detail), line.style.code, line.style.family)
        links.append(
            ChainLink(
                reason=detail["reason"],
                stage=stage,
                label=reason_word(detail["reason"], stage),
                text=sentence(cause, floor),
                days=detail.get("days", 0),
                rivals=tuple(rivals[pk] for pk in detail.get("order_lines", ()) if pk in rivals),
            )
        )
    return tuple(links)


def lines_by_id(ids: Iterable[int]) -> dict[int, OrderLine]:
    """Order lines with what a link to them shows."""
    wanted = set(ids)
    return OrderLine.objects.select_related("order", "style", "colour").defer("sizes").in_bulk(wanted) if wanted else {}


def days_late(job: PlanJob, finish: dt.date) -> int:
    """Calendar days from the due day to another finish."""
    return max(0, (finish - job.due_on).days)
