"""The day plan by team: jobs in the order of work, pairs by size, target per hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orders.sizes import SizeRun, in_order, total
from scheduling.models import Plan, PlanEntry, PlanJob, Stage, Team
from scheduling.selectors.floor import Floor
from scheduling.selectors.instructions import Number, number_of


@dataclass(frozen=True)
class DayJob:
    """A job of a team on the day. `target` is pairs per hour, None where the team's hours or people are not known."""

    entry: PlanEntry
    job: PlanJob | None
    sizes: SizeRun
    hours: float | None
    target: float | None
    # (planned, ordered) pairs of the whole job, where the order was changed after the plan: the size run is scaled to what was planned
    changed: tuple[int, int] | None = None
    instruction: Number | None = None

    @property
    def number(self) -> str:
        """The instruction number, or the contract number of a job that has none yet."""
        return self.instruction.number if self.instruction else self.entry.order_line.order.number

    @property
    def is_late(self) -> bool:
        """Whether the job as a whole ends after its due day."""
        return self.job is not None and self.job.outcome == PlanJob.Outcome.LATE


@dataclass(frozen=True)
class TeamDay:
    """A team's day: its jobs in the order of work, sums by size, and how much of its regular minutes they take (0..1+)."""

    team: Team
    stage: Stage
    jobs: tuple[DayJob, ...]
    sizes: SizeRun
    pairs: int
    minutes: float
    load: float | None


def day_teams(plan: Plan, floor: Floor, teams: Iterable[int] | None = None) -> list[TeamDay]:
    """The teams of a day plan that have work, in the order of the route; two queries."""
    entries = plan.entries.select_related(
        "order_line__order__customer", "order_line__style", "order_line__colour", "order_line__instruction"
    ).order_by("team", "position")
    if teams is not None:
        entries = entries.filter(team__in=list(teams))
    by_team: dict[int, list[PlanEntry]] = defaultdict(list)
    for entry in entries:
        by_team[entry.team_id].append(entry)
    lines = {entry.order_line_id for mine in by_team.values() for entry in mine}
    jobs = {job.order_line_id: job for job in plan.jobs.filter(order_line__in=lines)}
    changed = {row["order_line"]: (row["planned"], row["ordered"]) for row in plan.metrics.get("changed", ())}
    known = _Known(jobs, changed)
    return [_team_day(team, floor.stage[team.stage_id], by_team[team.pk], known) for team in floor.teams if team.pk in by_team]


@dataclass(frozen=True)
class _Known:
    """What is known of the jobs of a day, by order line."""

    jobs: dict[int, PlanJob]
    changed: dict[int, tuple[int, int]]


def _team_day(team: Team, stage: Stage, entries: list[PlanEntry], known: _Known) -> TeamDay:
    capacity = team.minutes_a_day
    minutes = sum(entry.minutes for entry in entries)
    work = tuple(_day_job(entry, team, known) for entry in entries)
    return TeamDay(
        team=team,
        stage=stage,
        jobs=work,
        sizes=total(job.sizes for job in work),
        pairs=sum(entry.pairs for entry in entries),
        minutes=minutes,
        load=minutes / capacity if capacity else None,
    )


def _day_job(entry: PlanEntry, team: Team, known: _Known) -> DayJob:
    """Hours are the team's clock hours: person-minutes over people and efficiency."""
    hours = None
    if team.people and team.efficiency:
        hours = entry.minutes / (team.people * 60 * float(team.efficiency / Decimal(100)))
    line = entry.order_line_id
    return DayJob(
        entry=entry,
        job=known.jobs.get(line),
        sizes=in_order(entry.sizes or {}),
        hours=hours,
        target=entry.pairs / hours if hours else None,
        changed=known.changed.get(line),
        instruction=number_of(entry.order_line),
    )
