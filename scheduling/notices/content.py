"""What a mail says about a plan: what it holds, what it changed against the version before, and what is late and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Min, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from planning_site.core.models import User
from planning_site.core.templatetags import figures
from scheduling.models import Plan, PlanJob
from scheduling.selectors.changes import Row, Stay, job_changes, row_changes
from scheduling.selectors.floor import Floor, floor_of
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.titles import plan_title, span_text

LATE_SHOWN = 10


@dataclass(frozen=True)
class LateJob:
    """A job that ends after its due day, or is not planned at all (`finish_on` is None then)."""

    contract: str
    style: str
    colour: str
    customer: str
    pairs: int
    due_on: dt.date
    finish_on: dt.date | None
    late_days: int
    reason: str


@dataclass(frozen=True)
class Work:
    """What a stage of a week plan, or a team of a day plan, has to do."""

    name: str
    jobs: int
    pairs: int


@dataclass(frozen=True)
class PlanContent:
    """A plan in the language that was active when it was read. `base` and `changes` are None for a first version."""

    plan: Plan
    title: str
    span: str
    link: str
    issued_by: str
    jobs: int
    pairs: int | None  # of whole jobs; None where the plan holds parts of jobs only
    late: int
    left_out: int
    late_jobs: list[LateJob]
    base: Plan | None
    changes: list[tuple[str, int]] | None
    work: list[Work]

    @property
    def late_hidden(self) -> int:
        """Late and unplanned jobs beyond those named."""
        return self.late + self.left_out - len(self.late_jobs)


def plan_content(plan: Plan, by: User | None) -> PlanContent:
    """Read a plan for its mail; the number of queries does not grow with it."""
    floor = floor_of(plan.plant)
    counts = dict(plan.jobs.order_by().values_list("outcome").annotate(n=Count("pk")))
    planned = plan.jobs.exclude(outcome=PlanJob.Outcome.LEFT_OUT).aggregate(jobs=Count("pk"), total=Sum("pairs", default=0))
    is_month = plan.horizon == Plan.Horizon.MONTH
    return PlanContent(
        plan=plan,
        title=plan_title(plan),
        span=span_text(plan) if plan.first_day != plan.last_day else figures.longday(plan.first_day),
        link=settings.SITE_URL.rstrip("/") + reverse("scheduling:plan", args=[plan.pk]),
        issued_by=str(by) if by else _("the timetable"),
        jobs=planned["jobs"],
        pairs=planned["total"] if is_month else None,
        late=counts.get(PlanJob.Outcome.LATE, 0),
        left_out=counts.get(PlanJob.Outcome.LEFT_OUT, 0),
        late_jobs=late_jobs(plan, floor, limit=LATE_SHOWN),
        base=plan.replaces,
        changes=_changes(plan, plan.replaces) if plan.replaces else None,
        work=[] if is_month else work_of(plan, floor),
    )


def late_jobs(plan: Plan, floor: Floor, *, limit: int) -> list[LateJob]:
    """The jobs that miss their due day, the latest first, then those that are not planned; each with its first reason. One query."""
    jobs = plan.jobs.exclude(outcome=PlanJob.Outcome.ON_TIME).select_related(
        "order_line__order__customer", "order_line__style", "order_line__colour"
    )
    return [_late_job(job, floor) for job in jobs.order_by("outcome", "-late_days", "due_on", "id")[:limit]]


def _late_job(job: PlanJob, floor: Floor) -> LateJob:
    line = job.order_line
    return LateJob(
        contract=line.order.number,
        style=line.style.code,
        colour=line.colour.name,
        customer=line.order.customer.name,
        pairs=job.pairs,
        due_on=job.due_on,
        finish_on=job.finish_on,
        late_days=job.late_days,
        reason=reason_text(job, floor),
    )


def _changes(plan: Plan, base: Plan) -> list[tuple[str, int]]:
    """What changed against the version before, as words and counts: jobs of a month plan, else rows of team and job."""
    if plan.horizon == Plan.Horizon.MONTH:
        return [(str(kind.label), n) for kind, n in job_changes(plan, base).counts.items()]
    now, before = _rows(plan), _rows(base)
    changes = row_changes(base, {row: stay for row, (stay, _n) in now.items()}, {row: stay for row, (stay, _n) in before.items()})
    counts = [(str(kind.label), n) for kind, n in changes.counts.items()]
    others = sum(row in before and row not in changes.marks and pairs != before[row][1] for row, (_stay, pairs) in now.items())
    return [*counts, (_("other pairs"), others)] if others else counts


def _rows(plan: Plan) -> dict[Row, tuple[Stay, int]]:
    """First and last day and pairs of each team's share of a job. One query."""
    rows = plan.entries.order_by().values_list("order_line_id", "stage_id", "team_id")
    sums = rows.annotate(first=Min("day"), last=Max("day"), total=Sum("pairs"))
    return {(line, stage, team): (Stay(first, last), total) for line, stage, team, first, last, total in sums}


def work_of(plan: Plan, floor: Floor) -> list[Work]:
    """Jobs and pairs by stage of a week, by team of a day, in the order of the route. One query."""
    by_team = plan.horizon == Plan.Horizon.DAY
    key = "team_id" if by_team else "stage_id"
    names = {team.pk: team.name for team in floor.teams} if by_team else {stage.pk: str(stage) for stage in floor.stages}
    sums = plan.entries.order_by().values(key).annotate(n=Count("order_line", distinct=True), total=Sum("pairs"))
    found = {row[key]: row for row in sums}
    return [Work(name, found[pk]["n"], found[pk]["total"]) for pk, name in names.items() if pk in found]
