"""Where an order stands in the plans: the expected day of each line, and why it is not earlier."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max, Min, Sum

from orders.models import Order, OrderLine
from planning_site.core.calendar import WorkingCalendar
from planning_site.core.models import User
from quality.selectors import Tail, tails
from scheduling.models import Plan, PlanEntry, PlanJob, Team
from scheduling.selectors.floor import Floor
from scheduling.selectors.plans import Shelf, may_see_drafts, shelf_for
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.slack import RISK_DAYS, slack_days
from scheduling.selectors.windows import StageCell, stage_cell, stage_windows

Outcome = PlanJob.Outcome


@dataclass(frozen=True)
class Occurrence:
    """A published week or day plan that holds a line: which team makes how many pairs from when to when."""

    plan: Plan
    team: Team
    first: dt.date
    last: dt.date
    pairs: int


@dataclass(frozen=True)
class LineStanding:
    """One order line in the month plan; `job` is None where that plan was made before the line came in."""

    line: OrderLine
    job: PlanJob | None
    cells: tuple[StageCell | None, ...]  # in the order of the floor's stages
    slack: int | None
    reason: str
    occurrences: tuple[Occurrence, ...]
    tail: Tail

    @property
    def is_outdated(self) -> bool:
        """Whether the order was given other pairs or another due day after the plan was made."""
        return self.job is not None and (self.job.pairs, self.job.due_on) != (self.line.pairs, self.line.due_on)

    @property
    def at_risk(self) -> bool:
        """On time, with less than the buffer to spare."""
        return self.slack is not None and self.slack < RISK_DAYS


@dataclass(frozen=True)
class OrderStanding:
    """The order in the month plan that its reader may see."""

    plan: Plan
    newer_draft: Plan | None
    drafts_open: bool  # whether the reader may open that draft
    lines: tuple[LineStanding, ...]

    @property
    def worst(self) -> LineStanding | None:
        """The line that decides when the order can be shipped: one not planned, else the one that ends last."""
        known = [standing for standing in self.lines if standing.job]
        return max(known, key=_badness, default=None)

    @property
    def is_complete(self) -> bool:
        """Whether every line stands in the plan with a day."""
        return all(standing.job and standing.job.finish_on for standing in self.lines)


def _badness(standing: LineStanding) -> tuple[bool, int, dt.date]:
    job = standing.job
    if job is None:
        return False, 0, dt.date.min
    return job.outcome == Outcome.LEFT_OUT, job.late_days, job.finish_on or dt.date.max


def month_shelf(user: User) -> Shelf | None:
    """The month plan by which orders are answered: the published one of the newest period."""
    return shelf_for(user=user, horizon=Plan.Horizon.MONTH)


def order_standing(*, order: Order, user: User, shelf: Shelf, floor: Floor, calendar: WorkingCalendar) -> OrderStanding:
    """Six queries, whatever the number of lines."""
    lines = list(order.lines.select_related("style", "colour"))
    ids = [line.pk for line in lines]
    windows = stage_windows(shelf.plan, ids)
    jobs = {job.order_line_id: job for job in shelf.plan.jobs.filter(order_line__in=ids).select_related("order_line__style")}
    finer = _occurrences(shelf.plan, ids, floor)
    lacking = tails(lines)
    standings = []
    for line in lines:
        job, mine = jobs.get(line.pk), windows.get(line.pk, {})
        on_time = job is not None and job.outcome == Outcome.ON_TIME
        standings.append(
            LineStanding(
                line=line,
                job=job,
                cells=tuple(stage_cell(mine.get(stage.pk), floor) for stage in floor.stages),
                slack=slack_days(calendar, job.finish_on, job.due_on) if on_time and job and job.finish_on else None,
                reason=reason_text(job, floor, all_teams=True) if job else "",
                occurrences=tuple(finer.get(line.pk, ())),
                tail=lacking[line.pk],
            )
        )
    return OrderStanding(shelf.plan, shelf.newer_draft, may_see_drafts(user), tuple(standings))


def _occurrences(month: Plan, lines: list[int], floor: Floor) -> dict[int, list[Occurrence]]:
    """Published week and day plans that hold the lines, in order of time."""
    rows = (
        PlanEntry.objects.filter(
            order_line__in=lines,
            plan__plant=month.plant_id,
            plan__state=Plan.State.PUBLISHED,
            plan__horizon__in=[Plan.Horizon.WEEK, Plan.Horizon.DAY],
        )
        .order_by()
        .values("plan_id", "order_line_id", "team_id")
        .annotate(first=Min("day"), last=Max("day"), total=Sum("pairs"))
        .order_by("first", "last", "team_id")
    )
    found = list(rows)
    plans = Plan.objects.in_bulk({row["plan_id"] for row in found})
    out: dict[int, list[Occurrence]] = defaultdict(list)
    for row in found:
        team = floor.team.get(row["team_id"])
        if team is not None:
            out[row["order_line_id"]].append(Occurrence(plans[row["plan_id"]], team, row["first"], row["last"], row["total"]))
    return out
