"""Week and day plans: cut out of the published coarser plan, entry by entry; what cannot be taken over is on record."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import horizons, standing
from scheduling.models import Plan, PlanEntry, PlanJob, Stage
from scheduling.services.day_kits import cut_to_kits, read_kits
from scheduling.services.day_sizes import fill_sizes
from scheduling.services.drafts import Draft
from scheduling.services.gatekeeping import leave_out_job

Horizon = Plan.Horizon


def draft_finer(plant: Plant, horizon: str, period: dt.date, *, today: dt.date) -> Draft:
    """The week or day of a period out of the coarser plan in force; a day plan by size.

    Days up to today are past and not planned any more. Jobs whose order is not open any more are left out and named with that
    reason. Raises DomainError if the coarser plan is missing or has no work there.
    """
    coarser = standing.require_coarser(plant, horizon, period)
    days = horizons.open_days(horizon, period, today, calendar_of(plant))
    planned = list(_planned(coarser, days).order_by("team", "day", "position"))
    lines = {line.pk: line for line in _lines(entry.order_line_id for entry in planned)}
    is_open = {pk: line.order.state == Order.State.OPEN for pk, line in lines.items()}
    entries = _copies([entry for entry in planned if is_open[entry.order_line_id]])
    if not entries:
        message = _("%(plan)s has no work from %(day)s on that can still be planned.")
        raise DomainError(message % {"plan": coarser, "day": period}, "no_work")
    jobs = _jobs(coarser, is_open)
    metrics: dict[str, Any] = {
        "jobs": sum(is_open.values()),
        "late_jobs": sum(job.outcome == PlanJob.Outcome.LATE for job in jobs),
        "left_out": len(is_open) - sum(is_open.values()),
    }
    if horizon == Horizon.DAY:
        metrics["changed"] = fill_sizes(coarser, entries, lines)
        entries = _matching(plant, entries, lines, jobs, metrics, today)
    return Draft(days[0], days[-1], entries, jobs, metrics, coarser)


def _matching(
    plant: Plant, entries: list[PlanEntry], lines: dict[int, OrderLine], jobs: list[PlanJob], metrics: dict[str, Any], today: dt.date
) -> list[PlanEntry]:
    """E4.2, E4.4: the entries with full or matching kits of released styles. A job with nothing left says why."""
    stages = dict(Stage.objects.values_list("pk", "code"))
    wanted = {pk: line for pk, line in lines.items() if any(entry.order_line_id == pk for entry in entries)}
    kits = read_kits(plant, entries[0].day, entries, wanted, today)
    kept, cuts = cut_to_kits(entries, kits, stages)
    metrics["cut"] = [cut.to_json(stages) for cut in cuts]
    staying = {entry.order_line_id for entry in kept}
    for job in jobs:
        if job.order_line_id in wanted and job.order_line_id not in staying:
            leave_out_job(job, kits.gates[job.order_line_id].gates)
    metrics["left_out"] += len(wanted) - len(staying)
    return _copies(kept, with_sizes=True)


def has_work(plant: Plant, horizon: str, period: dt.date, *, today: dt.date) -> bool:
    """Whether the coarser plan in force has work of open orders in the week or day, so that `draft_finer` can make a plan of it."""
    coarser = standing.coarser_plan(plant, horizon, period)
    days = horizons.open_days(horizon, period, today, calendar_of(plant))
    return coarser is not None and _planned(coarser, days).filter(order_line__order__state=Order.State.OPEN).exists()


def _planned(coarser: Plan, days: list[dt.date]) -> QuerySet[PlanEntry]:
    return coarser.entries.filter(day__in=days)


def _lines(ids: Iterable[int]) -> Iterable[OrderLine]:
    return OrderLine.objects.filter(pk__in=set(ids)).select_related("order", "style", "colour")


def _copies(entries: list[PlanEntry], *, with_sizes: bool = False) -> list[PlanEntry]:
    """The same work in the same order, counted from 1 by team and day."""
    positions: dict[tuple[int, dt.date], int] = defaultdict(int)
    copies = []
    for entry in entries:
        positions[entry.team_id, entry.day] += 1
        copies.append(
            PlanEntry(
                order_line_id=entry.order_line_id,
                stage_id=entry.stage_id,
                team_id=entry.team_id,
                day=entry.day,
                position=positions[entry.team_id, entry.day],
                pairs=entry.pairs,
                minutes=entry.minutes,
                sizes=entry.sizes if with_sizes else None,
            )
        )
    return copies


def _jobs(coarser: Plan, is_open: dict[int, bool]) -> list[PlanJob]:
    """What the coarser plan says about the jobs, except those that were taken out here."""
    jobs = []
    for job in coarser.jobs.filter(order_line__in=is_open).order_by("id"):
        copy = PlanJob(order_line_id=job.order_line_id, pairs=job.pairs, due_on=job.due_on)
        if is_open[job.order_line_id]:
            for name in ("finish_on", "outcome", "late_days", "late_pairs", "reason", "reason_stage_id", "reason_detail"):
                setattr(copy, name, getattr(job, name))
        else:
            copy.outcome, copy.reason = PlanJob.Outcome.LEFT_OUT, PlanJob.Reason.NOT_OPEN
        jobs.append(copy)
    return jobs
