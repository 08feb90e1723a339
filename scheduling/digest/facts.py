"""What the digests of a day are made of, read once for everybody. Days are the factory's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from orders.models import Order, OrderLine
from planning_site.core.models import Plant
from procurement import selectors as procurement
from procurement.models import PurchaseOrderLine
from quality import selectors as quality
from scheduling import horizons, standing
from scheduling.models import Plan, PlanJob, PlanRun
from scheduling.selectors.floor import Floor, floor_of

AHEAD = dt.timedelta(days=3)  # "the next three days", as the inbox has them


@dataclass(frozen=True)
class LateLine:
    """An open order line that will end, or already is, after its due day. `job` is None if no plan in force knows it."""

    line: OrderLine
    job: PlanJob | None
    floor: Floor


@dataclass
class Facts:
    """Read lazily and kept: a factory without buyers never asks for arrivals."""

    day: dt.date
    since: dt.datetime
    plants: tuple[Plant, ...]

    @property
    def until(self) -> dt.date:
        """The last of the next three days."""
        return self.day + AHEAD

    @cached_property
    def new_orders(self) -> list[Order]:
        """Open orders that came in since the last digest, with their lines."""
        orders = Order.objects.filter(plant__in=self.plants, state=Order.State.OPEN, created_at__gt=self.since)
        return list(orders.select_related("customer__salesperson", "salesperson").prefetch_related("lines").order_by("number"))

    @cached_property
    def new_plans(self) -> list[Plan]:
        """Plans that were published since the last digest and still stand."""
        plans = Plan.objects.filter(plant__in=self.plants, state=Plan.State.PUBLISHED, published_at__gt=self.since)
        return list(plans.select_related("published_by").order_by("published_at"))

    @cached_property
    def failed_runs(self) -> list[PlanRun]:
        """Plan runs that failed since the last digest."""
        runs = PlanRun.objects.filter(plant__in=self.plants, state=PlanRun.State.FAILED, finished_at__gt=self.since)
        return list(runs.order_by("finished_at"))

    @cached_property
    def due_lines(self) -> list[OrderLine]:
        """Open order lines that are due today or in the next three days."""
        return list(self._open_lines.filter(due_on__range=(self.day, self.until)).order_by("due_on", "order__number", "position"))

    @cached_property
    def finish_days(self) -> dict[int, dt.date]:
        """The expected finish of each line that is due soon, by the month plans in force."""
        jobs = PlanJob.objects.filter(plan__in=[plan for plan in self._months.values() if plan], order_line__in=self.due_lines)
        return {line: finish for line, finish in jobs.values_list("order_line_id", "finish_on") if finish}

    @cached_property
    def late_lines(self) -> list[LateLine]:
        """Open lines that are late by the plan in force or by the calendar, the earliest due day first."""
        late = {}
        for plant, plan in self._months.items():
            floor = floor_of(plant)
            for job in _missed(plan) if plan else ():
                late[job.order_line_id] = LateLine(job.order_line, job, floor)
            for line in self._open_lines.filter(order__plant=plant, due_on__lt=self.day).exclude(pk__in=late):
                late[line.pk] = LateLine(line, None, floor)
        return sorted(late.values(), key=lambda row: (row.line.due_on, row.line.order.number, row.line.position))

    @cached_property
    def day_plans(self) -> list[tuple[Plant, Plan | None]]:
        """Today's published day plan of each plant, or None where there is none."""
        return [(plant, standing.published_plan(plant, Plan.Horizon.DAY, self.day)) for plant in self.plants]

    @cached_property
    def week_plans(self) -> list[tuple[Plant, Plan | None]]:
        """This week's published plan of each plant, or None where there is none."""
        monday = horizons.week_of(self.day)
        return [(plant, standing.published_plan(plant, Plan.Horizon.WEEK, monday)) for plant in self.plants]

    @cached_property
    def arriving(self) -> list[PurchaseOrderLine]:
        """Material that suppliers promised for today or the next three days."""
        return [line for plant in self.plants for line in procurement.arriving(plant, first=self.day, last=self.until)]

    @cached_property
    def overdue_material(self) -> list[PurchaseOrderLine]:
        """Material whose promised day has passed."""
        return [line for plant in self.plants for line in procurement.overdue(plant, today=self.day)]

    @cached_property
    def unconfirmed_material(self) -> list[PurchaseOrderLine]:
        """Material on order without a day that the supplier stands by."""
        return [line for plant in self.plants for line in procurement.unconfirmed(plant)]

    @cached_property
    def unreleased_styles(self) -> list[quality.OpenStyle]:
        """New styles with open orders that QC has not released, with what they wait for, those due first first. One query."""
        return quality.unreleased()

    @cached_property
    def _months(self) -> dict[Plant, Plan | None]:
        return {plant: standing.month_plan_in_force(plant) for plant in self.plants}

    @property
    def _open_lines(self) -> QuerySet[OrderLine]:
        lines = OrderLine.objects.filter(order__plant__in=self.plants, order__state=Order.State.OPEN)
        return lines.select_related("order__customer__salesperson", "order__salesperson", "style", "colour")


def _missed(plan: Plan) -> QuerySet[PlanJob]:
    """The late and unplanned jobs of a plan whose orders are still open."""
    jobs = plan.jobs.exclude(outcome=PlanJob.Outcome.ON_TIME).filter(order_line__order__state=Order.State.OPEN)
    return jobs.select_related(
        "order_line__order__customer__salesperson", "order_line__order__salesperson", "order_line__style", "order_line__colour"
    )
