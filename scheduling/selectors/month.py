"""The month plan as a table: jobs × stages with dates and teams, late or not, why, and what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from planning_site.core.calendar import WorkingCalendar
from quality.selectors import ReleaseState, latest_releases, state_of
from scheduling.models import Plan, PlanEntry, PlanJob
from scheduling.selectors.changes import JobChanges, Kind, Mark
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.slack import RISK_DAYS, at_risk, slack_days
from scheduling.selectors.windows import StageCell, stage_cell, stage_windows

Outcome = PlanJob.Outcome
RISK = "risk"
STATES = (Outcome.LATE.value, RISK, Outcome.LEFT_OUT.value, Outcome.ON_TIME.value)

SORTS: dict[str, tuple[str, ...]] = {
    "late": ("outcome", "-late_days", "due_on", "id"),  # late, left out, on time: the codes stand in this order
    "due": ("due_on", "id"),
    "finish": ("finish_on", "due_on", "id"),
    "contract": ("order_line__order__number", "order_line__position"),
    "customer": ("order_line__order__customer__name", "due_on", "id"),
    "style": ("order_line__style__code", "due_on", "id"),
    "pairs": ("pairs", "id"),
}


@dataclass(frozen=True)
class MonthFilter:
    """What the reader asked for; a value that nothing has is ignored. `week` is a Monday."""

    q: str = ""
    state: str = ""
    customer: int | None = None
    stage: str = ""
    team: int | None = None
    week: dt.date | None = None
    changed: str = ""
    reason: str = ""
    reason_stage: str = ""
    sort: str = "late"
    descending: bool = False

    @property
    def is_active(self) -> bool:
        """Whether anything but the order of rows was asked for."""
        return bool(self.q or self.state or self.customer or self.stage or self.team or self.week or self.changed or self.reason)


@dataclass(frozen=True)
class MonthRow:
    """One job as a row. `slack` is working days to spare, None for a job that is late or left out."""

    job: PlanJob
    cells: tuple[StageCell | None, ...]  # in the order of the floor's stages
    slack: int | None
    reason: str
    release: ReleaseState | None  # None for a style that needs no release
    mark: Mark | None

    @property
    def at_risk(self) -> bool:
        """On time, with less than the buffer to spare."""
        return self.slack is not None and self.slack < RISK_DAYS


def month_jobs(plan: Plan, wanted: MonthFilter, calendar: WorkingCalendar, changes: JobChanges | None) -> QuerySet[PlanJob]:
    """The jobs of a plan that fit a filter, in the wanted order, with what a row shows of their order line."""
    jobs = plan.jobs.filter(_where(plan, wanted, calendar))
    if wanted.stage or wanted.team or wanted.week:
        jobs = jobs.filter(Exists(_work(plan, wanted)))
    if wanted.changed:
        jobs = jobs.filter(order_line__in=_changed_lines(changes, wanted.changed))
    order = SORTS.get(wanted.sort, SORTS["late"])
    queryset = jobs.select_related("order_line__order__customer", "order_line__style", "order_line__colour").order_by(*order)
    return queryset.reverse() if wanted.descending else queryset


def _where(plan: Plan, wanted: MonthFilter, calendar: WorkingCalendar) -> Q:
    where = Q()
    if wanted.state == RISK:
        where &= at_risk(plan, calendar)
    elif wanted.state in STATES:
        where &= Q(outcome=wanted.state)
    if wanted.reason:
        where &= Q(reason=wanted.reason) & (Q(reason_stage__code=wanted.reason_stage) if wanted.reason_stage else Q(reason_stage=None))
    if wanted.customer:
        where &= Q(order_line__order__customer=wanted.customer)
    for word in wanted.q.split():
        where &= (
            Q(order_line__order__number__icontains=word)
            | Q(order_line__order__po__icontains=word)
            | Q(order_line__style__code__icontains=word)
            | Q(order_line__colour__name__icontains=word)
            | Q(order_line__order__customer__name__icontains=word)
        )
    return where


def _work(plan: Plan, wanted: MonthFilter) -> QuerySet[PlanEntry]:
    """Entries of one job that make it fit: at the stage, with the team, in the week."""
    work = PlanEntry.objects.filter(plan=plan, order_line=OuterRef("order_line"))
    if wanted.stage:
        work = work.filter(stage__code=wanted.stage)
    if wanted.team:
        work = work.filter(team=wanted.team)
    if wanted.week:
        work = work.filter(day__range=(wanted.week, wanted.week + dt.timedelta(days=6)))
    return work


def _changed_lines(changes: JobChanges | None, kind: str) -> list[int]:
    if changes is None:
        return []
    return changes.lines(Kind(kind)) if kind in Kind.values else list(changes.marks)


@dataclass(frozen=True)
class Totals:
    """Sums over all rows that fit the filter, not only over the page."""

    jobs: int
    pairs: int
    late: int
    late_pairs: int
    left_out: int


def totals_of(jobs: QuerySet[PlanJob]) -> Totals:
    """One query."""
    found = jobs.order_by().aggregate(
        n=Count("pk"),
        total=Sum("pairs", default=0),
        late=Count("pk", filter=Q(outcome=Outcome.LATE)),
        late_total=Sum("late_pairs", default=0),
        left=Count("pk", filter=Q(outcome=Outcome.LEFT_OUT)),
    )
    return Totals(found["n"], found["total"], found["late"], found["late_total"], found["left"])


def month_rows(plan: Plan, jobs: list[PlanJob], floor: Floor, calendar: WorkingCalendar, changes: JobChanges | None) -> list[MonthRow]:
    """Rows for the jobs of one page: two queries, whatever the size of the plan."""
    windows = stage_windows(plan, [job.order_line_id for job in jobs])
    releases = release_states_of(jobs)
    rows = []
    for job in jobs:
        mine = windows.get(job.order_line_id, {})
        on_time = job.outcome == Outcome.ON_TIME and job.finish_on is not None
        rows.append(
            MonthRow(
                job=job,
                cells=tuple(stage_cell(mine.get(stage.pk), floor) for stage in floor.stages),
                slack=slack_days(calendar, job.finish_on, job.due_on) if on_time and job.finish_on else None,
                reason=reason_text(job, floor),
                release=releases.get(job.order_line.style_id),
                mark=changes.marks.get(job.order_line_id) if changes else None,
            )
        )
    return rows


def release_states_of(jobs: Iterable[PlanJob]) -> dict[int, ReleaseState]:
    """QC's word on the new styles among some jobs; an old style is not in it. One query, none without new styles."""
    new = {job.order_line.style_id for job in jobs if job.order_line.style.is_new}
    newest = latest_releases(new) if new else {}
    return {style: state_of(newest.get(style)) for style in new}
