"""What an inbox is made of, read once per request, in as few queries as can be, and only what the reader's departments need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum, Window

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from planning_site.outbox.selectors import needing_a_person
from planning_site.workbooks.models import ImportJob
from procurement import selectors as procurement
from procurement.models import PurchaseOrderLine
from quality import selectors as quality
from quality.models import TrialProblem
from scheduling import horizons
from scheduling.digest.facts import AHEAD, LateLine
from scheduling.models import InstructionReceiver, Plan, PlanHit, PlanJob, PlanRun
from scheduling.notices.receivers import CLAUSES
from scheduling.selectors.floor import Floor, teams_of
from scheduling.selectors.hits import hits_of
from scheduling.selectors.instructions import waiting_for

NEWS_DAYS = dt.timedelta(days=7)
ORDERS_SHOWN = 8
Horizon, State, Outcome = Plan.Horizon, Plan.State, PlanJob.Outcome


@dataclass
class InboxFacts:
    """The facts of a day for one reader. `since` is when the last working day before began; what came after it is new."""

    user: User
    plant: Plant
    day: dt.date
    since: dt.datetime
    calendar: WorkingCalendar

    @property
    def until(self) -> dt.date:
        """The last of the next three days."""
        return self.day + AHEAD

    @property
    def departments(self) -> frozenset[Department]:
        """Whose work it is; an administrator sees everybody's."""
        return frozenset(Department) if self.user.is_superuser else self.user.departments

    # plans

    @cached_property
    def _plans(self) -> list[Plan]:
        """Every month plan that stands, what else stands or waits for days from today on, and what was published within a week."""
        wanted = Q(state=State.PUBLISHED, horizon=Horizon.MONTH) | Q(last_day__gte=self.day)
        wanted |= Q(state=State.PUBLISHED, published_at__gt=clock.now() - NEWS_DAYS)
        plans = Plan.objects.filter(wanted, plant=self.plant).exclude(state=State.SUPERSEDED)
        return list(plans.select_related("created_by", "published_by").order_by("-period", "-version"))

    def standing(self, horizon: str, period: dt.date) -> Plan | None:
        """The plan that the departments work by in a period that is not over."""
        return next((p for p in self._plans if (p.horizon, p.period, p.state) == (horizon, period, State.PUBLISHED)), None)

    @cached_property
    def month_plan(self) -> Plan | None:
        """The month plan in force: that of the latest month."""
        return next((plan for plan in self._plans if plan.horizon == Horizon.MONTH and plan.state == State.PUBLISHED), None)

    @property
    def drafts(self) -> list[Plan]:
        """The newest draft of each period that is not over."""
        newest: dict[tuple[str, dt.date], Plan] = {}
        for plan in self._plans:
            if plan.state == State.DRAFT:
                newest.setdefault((plan.horizon, plan.period), plan)
        return list(newest.values())

    @property
    def is_day_plan_missing(self) -> bool:
        """Whether no day plan stands for today although a week plan says that there is work."""
        has_week = self.standing(Horizon.WEEK, horizons.week_of(self.day)) is not None
        return has_week and self.standing(Horizon.DAY, self.day) is None

    @property
    def issued_plans(self) -> list[Plan]:
        """The plans of the last seven days that were issued to the reader's departments, newest first; planning sees all of its own."""
        horizons_read = {
            horizon
            for horizon, clauses in CLAUSES.items()
            if Department.PLANNING in self.departments or any(not self.departments.isdisjoint(receivers) for receivers in clauses.values())
        }
        earliest = clock.now() - NEWS_DAYS
        dated = [(plan.published_at, plan) for plan in self._plans if plan.published_at and plan.published_at > earliest]
        return [plan for _at, plan in sorted(dated, key=lambda pair: pair[0], reverse=True) if plan.horizon in horizons_read]

    @cached_property
    def broken_runs(self) -> list[PlanRun]:
        """The last run of each horizon where it failed within the last week; a later one that went well settles it."""
        newest = PlanRun.objects.filter(plant=OuterRef("plant"), horizon=OuterRef("horizon")).order_by("-pk").values("pk")[:1]
        runs = PlanRun.objects.filter(plant=self.plant, pk=Subquery(newest), state=PlanRun.State.FAILED)
        return list(runs.filter(finished_at__gt=clock.now() - NEWS_DAYS))

    # orders

    @cached_property
    def floor(self) -> Floor:
        """The teams with their stages, and the stages that the first reasons name beside them. One query."""
        teams = teams_of(self.plant)
        stages = {team.stage for team in teams} | {job.reason_stage for job in self._jobs.values() if job.reason_stage}
        return Floor(tuple(sorted(stages, key=lambda stage: (stage.position, stage.code))), teams)

    @cached_property
    def _jobs(self) -> dict[int, PlanJob]:
        """By order line: the jobs of the month plan in force that are not in time, or due by the last of the next days."""
        if self.month_plan is None:
            return {}
        jobs = self.month_plan.jobs.filter(order_line__order__state=Order.State.OPEN)
        wanted = jobs.filter(~Q(outcome=Outcome.ON_TIME) | Q(order_line__due_on__lte=self.until))
        path = "order_line__order__"
        lines = wanted.select_related(f"{path}customer", "order_line__style", "order_line__colour", "reason_stage")
        return {job.order_line_id: job for job in lines}

    @cached_property
    def _near_lines(self) -> list[OrderLine]:
        """Open lines that are overdue or due by the last of the next days, in no job that was read already."""
        return list(self.open_lines.filter(due_on__lte=self.until).exclude(pk__in=self._jobs))

    @property
    def late_lines(self) -> list[LateLine]:
        """Lines that are late by the calendar or by the plan in force."""
        late = [
            LateLine(job.order_line, job, self.floor)
            for job in self._jobs.values()
            if job.outcome != Outcome.ON_TIME or job.order_line.due_on < self.day
        ]
        return late + [LateLine(line, None, self.floor) for line in self._near_lines if line.due_on < self.day]

    @property
    def due_lines(self) -> list[tuple[OrderLine, dt.date | None]]:
        """Lines that are due today or in the next days and not late, with the day the plan in force finishes them."""
        planned = [(job.order_line, job.finish_on) for job in self._jobs.values() if job.outcome == Outcome.ON_TIME]
        unplanned: list[tuple[OrderLine, dt.date | None]] = [(line, None) for line in self._near_lines]
        return [(line, finish) for line, finish in [*planned, *unplanned] if line.due_on >= self.day]

    def next_due(self) -> OrderLine | None:
        """The first open order line that is due after the days an inbox shows."""
        return self.open_lines.filter(due_on__gt=self.until).order_by("due_on", "order__number", "position").first()

    @cached_property
    def new_orders(self) -> list[Any]:
        """The first of the new orders by due day, each with `pairs`, `due_on` and `total`, how many there are in all."""
        orders = Order.objects.filter(plant=self.plant, state=Order.State.OPEN, created_at__gt=self.since)
        summed = orders.annotate(pairs=Sum("lines__pairs"), due_on=Min("lines__due_on"), total=Window(Count("pk")))
        return list(summed.select_related("customer").order_by("due_on", "number")[:ORDERS_SHOWN])

    @property
    def open_lines(self) -> QuerySet[OrderLine]:
        lines = OrderLine.objects.filter(order__plant=self.plant, order__state=Order.State.OPEN)
        return lines.select_related("order__customer", "style", "colour")

    # what else waits

    @cached_property
    def stuck_mails(self) -> int:
        """Mails that failed, or of which nobody knows whether they left."""
        return needing_a_person()

    @cached_property
    def waiting_imports(self) -> list[ImportJob]:
        """Files that the reader uploaded and that wait for a decision: read and not written, or failed."""
        states = [ImportJob.State.READY, ImportJob.State.FAILED]
        jobs = ImportJob.objects.filter(requested_by=self.user, state__in=states, requested_at__gt=clock.now() - NEWS_DAYS)
        return list(jobs.defer("content", "corrections", "mapping"))

    @cached_property
    def material(self) -> list[PurchaseOrderLine]:
        """Material whose promised day has passed, or is today or one of the next days."""
        arriving = procurement.arriving(self.plant, first=self.day, last=self.until)
        return [*procurement.overdue(self.plant, today=self.day), *arriving]

    @cached_property
    def hits(self) -> list[PlanHit]:
        """Late material and late approvals that hit jobs of the plans in force (D5, C3)."""
        return hits_of(self.plant)

    @cached_property
    def instructions(self) -> list[InstructionReceiver]:
        """Versions of instruction orders that the reader has still to acknowledge (E3), oldest first."""
        return waiting_for(self.user)

    # new styles

    @cached_property
    def styles(self) -> list[quality.OpenStyle]:
        """New styles with open orders that QC has not released, those due first first."""
        return quality.unreleased()

    @cached_property
    def problems(self) -> list[TrialProblem]:
        """Problems of trials that are due by the last of the next days (C4): technical sees all, others their own."""
        of = None if Department.TECHNICAL in self.departments else self.user
        return quality.open_problems(until=self.until, of=of)


def facts_for(user: User) -> InboxFacts:
    """The facts of today."""
    plant, today = default_plant(), clock.today()
    calendar = calendar_of(plant)
    since = clock.at(calendar.previous_working(today), dt.time.min)
    return InboxFacts(user=user, plant=plant, day=today, since=since, calendar=calendar)
