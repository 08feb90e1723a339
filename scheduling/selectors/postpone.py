"""Requests to postpone for their page, and the late jobs of a plan that could still be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, QuerySet, When

from planning_site.core.models import Plant
from scheduling.models import Plan, PlanJob, PostponeRequest
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import reason_text

State = PostponeRequest.State
WAITING = (State.OPEN, State.COUNTERED)
RELATED = ("order_line__order__customer", "order_line__style", "order_line__colour")


def requests_of(plant: Plant, state: str = "") -> QuerySet[PostponeRequest]:
    """Requests, those that wait first, then the newest; of one state where one is given."""
    found = PostponeRequest.objects.filter(plant=plant).select_related(*RELATED, "plan", "asked_by", "answered_by")
    if state in State.values:
        found = found.filter(state=state)
    return found.order_by(Case(When(state__in=WAITING, then=0), default=1), "answer_by", "-pk")


def counts_of(plant: Plant) -> dict[str, int]:
    """How many requests stand in each state."""
    rows = PostponeRequest.objects.filter(plant=plant).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(rows)
    return {state: found.get(state, 0) for state in State.values}


@dataclass(frozen=True)
class Askable:
    """A late job without a request that waits."""

    job: PlanJob
    reason: str

    @property
    def days(self) -> int:
        return self.job.late_days


def askable_jobs(plan: Plan, floor: Floor) -> list[Askable]:
    """The jobs that a plan ends late and nobody has asked sales for yet, the latest first; one query."""
    waiting = PostponeRequest.objects.filter(plant=plan.plant_id, state__in=WAITING).values("order_line")
    late = plan.jobs.filter(outcome=PlanJob.Outcome.LATE).exclude(order_line__in=waiting)
    return [Askable(job, reason_text(job, floor)) for job in late.select_related(*RELATED).order_by("-late_days", "due_on", "id")]
