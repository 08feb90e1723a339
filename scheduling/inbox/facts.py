"""What an inbox is made of, read once per request and only as far as the reader's departments need it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, QuerySet, Subquery

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from planning_site.outbox.selectors import needing_a_person
from planning_site.workbooks.models import ImportJob
from scheduling.digest.facts import Facts
from scheduling.models import Plan, PlanRun
from scheduling.notices.receivers import CLAUSES

NEWS_DAYS = dt.timedelta(days=7)
PLANS_SHOWN = 8


@dataclass
class InboxFacts(Facts):
    """The facts of the morning digest and those that only somebody at the screen can act on."""

    user: User

    @property
    def departments(self) -> frozenset[Department]:
        """Whose work it is; an administrator sees everybody's."""
        return frozenset(Department) if self.user.is_superuser else self.user.departments

    @cached_property
    def broken_runs(self) -> list[PlanRun]:
        """The last run of each horizon where it failed within the last week; a later one that went well settles it."""
        newest = PlanRun.objects.filter(plant=OuterRef("plant"), horizon=OuterRef("horizon")).order_by("-pk").values("pk")[:1]
        runs = PlanRun.objects.filter(plant__in=self.plants, pk=Subquery(newest), state=PlanRun.State.FAILED)
        return list(runs.filter(finished_at__gt=clock.now() - NEWS_DAYS))

    @cached_property
    def stuck_mails(self) -> int:
        """Mails that failed, or of which nobody knows whether they left."""
        return needing_a_person()

    @cached_property
    def drafts(self) -> list[Plan]:
        """Drafts that are newer than what stands published for a period that is not over; the newest of each period."""
        drafts = Plan.objects.filter(plant__in=self.plants, state=Plan.State.DRAFT, last_day__gte=self.day)
        newest = drafts.order_by("plant_id", "horizon", "period", "-version").distinct("plant_id", "horizon", "period")
        return list(newest.select_related("created_by"))

    @cached_property
    def waiting_imports(self) -> list[ImportJob]:
        """Files that the reader uploaded and that wait for a decision: read and not written, or failed."""
        states = [ImportJob.State.READY, ImportJob.State.FAILED]
        jobs = ImportJob.objects.filter(requested_by=self.user, state__in=states, requested_at__gt=clock.now() - NEWS_DAYS)
        return list(jobs.defer("content", "corrections", "mapping"))

    @cached_property
    def issued_plans(self) -> list[Plan]:
        """The published plans of the last seven days that were issued to the reader's departments; planning sees all of its own."""
        horizons = [
            horizon
            for horizon, clauses in CLAUSES.items()
            if Department.PLANNING in self.departments or any(not self.departments.isdisjoint(receivers) for receivers in clauses.values())
        ]
        plans = Plan.objects.filter(plant__in=self.plants, state=Plan.State.PUBLISHED, horizon__in=horizons)
        recent = plans.filter(published_at__gt=clock.now() - NEWS_DAYS).select_related("published_by")
        return list(recent.order_by("-published_at")[:PLANS_SHOWN])

    def next_due(self) -> OrderLine | None:
        """The first open order line that is due after the days an inbox shows."""
        lines: QuerySet[OrderLine] = self._open_lines.filter(due_on__gt=self.until, order__state=Order.State.OPEN)
        return lines.order_by("due_on", "order__number", "position").first()


def facts_for(user: User) -> InboxFacts:
    """The facts of today; new is what came since the beginning of the last working day before."""
    plant, today = default_plant(), clock.today()
    since = clock.at(calendar_of(plant).previous_working(today), dt.time.min)
    return InboxFacts(day=today, since=since, plants=(plant,), user=user)
