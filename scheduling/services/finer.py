"""Week and day plans: cut out of the published coarser plan, entry by entry; what cannot be taken over is on record."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from orders.sizes import largest_remainder
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from scheduling import horizons, standing
from scheduling.models import Plan, PlanEntry, PlanJob
from scheduling.services.drafts import Draft
from scheduling.size_shares import Lot, split_by_size

Horizon = Plan.Horizon
Sequence = tuple[int, int]  # order line, stage


def draft_finer(plant: Plant, horizon: str, period: dt.date, *, today: dt.date) -> Draft:
    """The week or day of a period out of the coarser plan in force; a day plan by size.

    Days up to today are past and not planned any more. Jobs whose order is not open any more are left out and named with that
    reason. Raises DomainError if the coarser plan is missing or has no work there.
    """
    coarser = standing.require_coarser(plant, horizon, period)
    days = horizons.open_days(horizon, period, today, calendar_of(plant))
    planned = list(coarser.entries.filter(day__in=days).order_by("team", "day", "position"))
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
        metrics["changed"] = _fill_sizes(coarser, entries, lines)
    return Draft(days[0], days[-1], entries, jobs, metrics, coarser)


def _lines(ids: Iterable[int]) -> Iterable[OrderLine]:
    return OrderLine.objects.filter(pk__in=set(ids)).select_related("order")


def _copies(entries: list[PlanEntry]) -> list[PlanEntry]:
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


def _fill_sizes(week: Plan, entries: list[PlanEntry], lines: dict[int, OrderLine]) -> list[dict[str, int]]:
    """Give each entry of the day its sizes, so that over all days of a job and stage they add up to the job's size run.

    Every day is split by the same table: all lots of the job at that stage, in the week as the week plan has them, before and after
    it as the month plan has them. Returns the jobs whose pairs were changed after they were planned; their size run is scaled to
    the pairs that were planned.
    """
    day = entries[0].day
    wanted: dict[Sequence, list[PlanEntry]] = defaultdict(list)
    for entry in entries:
        wanted[entry.order_line_id, entry.stage_id].append(entry)
    changed: dict[int, dict[str, int]] = {}
    for key, whole in _sequences(week, wanted).items():
        line, planned = lines[key[0]], sum(entry.pairs for entry in whole)
        if planned != line.pairs:
            changed[line.pk] = {"order_line": line.pk, "planned": planned, "ordered": line.pairs}
        run = line.sizes if planned == line.pairs else largest_remainder(line.sizes, planned)
        sizes = split_by_size(run, [Lot(lot.day, lot.pairs) for lot in whole])
        of_the_day = [size for lot, size in zip(whole, sizes, strict=True) if lot.day == day]
        for entry, size in zip(wanted[key], of_the_day, strict=True):
            entry.sizes = size
    return list(changed.values())


def _sequences(week: Plan, wanted: Iterable[Sequence]) -> dict[Sequence, list[PlanEntry]]:
    """All lots of the wanted jobs and stages, in the order of their days."""
    lines = {line for line, _stage in wanted}
    in_week = week.entries.filter(order_line__in=lines)
    around = PlanEntry.objects.none()
    if week.refines is not None:
        around = week.refines.entries.filter(order_line__in=lines).exclude(day__range=(week.first_day, week.last_day))
    out: dict[Sequence, list[PlanEntry]] = {key: [] for key in wanted}
    for entry in sorted([*in_week, *around], key=lambda e: (e.day, e.team_id, e.position)):
        if (entry.order_line_id, entry.stage_id) in out:
            out[entry.order_line_id, entry.stage_id].append(entry)
    return out
