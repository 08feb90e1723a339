"""What would help a late job: every measure with the day and the price that planning the job again with it has found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import ngettext

from orders.models import OrderLine
from scheduling import engine
from scheduling.adapters.measures import measure_as_json
from scheduling.answers.warm import warm
from scheduling.answers.wording import Data, lines_named, measure_text, when_text
from scheduling.models import Plan, PlanJob
from scheduling.selectors.floor import Floor
from scheduling.selectors.week import job_name
from scheduling.selectors.why import lines_by_id

SALT = "scheduling.measures"
SHOWN = 6


@dataclass(frozen=True)
class Lever:
    """Measures taken together, one as a rule, and what they bring. `worse` are other jobs that would end late, or later than now."""

    what: str
    detail: str
    finish: dt.date
    late: int  # calendar days
    cost: float  # points more than the plan costs now
    worse: tuple[str, ...]
    token: str  # the measures, signed: what a click sends back


@dataclass(frozen=True)
class Levers:
    """What helps alone, best first. Where nothing alone is enough: the steps of the cheapest set, and the set as one."""

    alone: tuple[Lever, ...]
    steps: tuple[Lever, ...]
    whole: Lever | None


def levers_of(job: PlanJob, floor: Floor) -> Levers:
    """The measures for a late or left-out job of a month plan. Raises DomainError if the plan's input was not kept.

    Four queries where the plan is warm, and one over all its entries where it is not.
    """
    with warm(job.plan) as held:
        found = engine.explain_job(held.session, str(job.order_line_id))
        alone = [measure_as_json(measure, held.framed) for measure in found.measures[:SHOWN]]
        steps = [measure_as_json(measure, held.framed) for measure in found.together] if len(found.together) > 1 else []
    lines = lines_by_id(lines_named([*alone, *steps]))

    def lever(data: Data, measures: Sequence[Data]) -> Lever:
        finish = dt.date.fromisoformat(data["finish"])
        return Lever(
            what=measure_text(data, floor, lines),
            detail=when_text(data, floor),
            finish=finish,
            late=max(0, (finish - job.due_on).days),
            cost=data["cost"],
            worse=tuple(_worse(lines[int(pk)], days) for pk, days in data.get("later", {}).items() if int(pk) in lines),
            token=sign(job.plan, job.order_line_id, measures),
        )

    return Levers(
        alone=tuple(lever(data, [data]) for data in alone),
        steps=tuple(lever(data, [data]) for data in steps),
        whole=lever(steps[-1], steps) if steps else None,
    )


def _worse(line: OrderLine, days: int) -> str:
    """A job that would get later, and by how many working days."""
    return ngettext("%(job)s by %(n)d working day", "%(job)s by %(n)d working days", days) % {"job": job_name(line), "n": days}


def sign(plan: Plan, order_line: int, measures: Sequence[Data]) -> str:
    """Measures for a job of a plan as a text that only this site can have written."""
    return signing.dumps([plan.pk, order_line, measures], salt=SALT, compress=True)


def read_signed(token: str, plan: Plan, order_line: int) -> list[dict[str, Any]] | None:
    """The measures of a token; None for one that was not written here, or for another job."""
    try:
        of_plan, of_line, measures = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return measures if (of_plan, of_line) == (plan.pk, order_line) else None
