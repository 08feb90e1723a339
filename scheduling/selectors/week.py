"""The week plan as a grid: stages, their teams, each team's jobs, pairs by day, load, hand-over and changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Max, Q

from orders.models import OrderLine
from planning_site.core.calendar import WorkingCalendar
from scheduling.models import Plan, PlanEntry, PlanJob, Stage, Team
from scheduling.selectors.changes import Mark, Row, RowChanges, Stay, row_changes
from scheduling.selectors.floor import Floor
from scheduling.selectors.instructions import Number, number_of

# D5: material for the week plan is in the warehouse two working days before it is used.
MATERIAL_DAYS_BEFORE_USE = 2
DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class DaySum:
    """Pairs of a stage on a day; load is minutes wanted of the regular minutes, 0..1+, None where no capacity is known.

    `is_planned` is False for days that had passed when the plan was made, and for days after its last.
    """

    day: dt.date
    is_working: bool
    is_planned: bool
    pairs: int
    load: float | None


@dataclass(frozen=True)
class HandOver:
    """Until when a row's input has to be there, and from where: the feeding stage, or the warehouse where none feeds it."""

    stage: Stage | None
    day: dt.date


@dataclass(frozen=True)
class WeekRow:
    """A team's share of a job: pairs by day (Monday first), this week and of the whole job."""

    line: OrderLine
    job: PlanJob | None
    by_day: tuple[int, ...]
    pairs: int
    whole: int
    hand_over: HandOver | None
    mark: Mark | None
    instruction: Number | None = None

    @property
    def number(self) -> str:
        """The instruction number, or the contract number of a job that has none yet."""
        return self.instruction.number if self.instruction else self.line.order.number

    @property
    def is_late(self) -> bool:
        """Whether the job as a whole ends after its due day."""
        return self.job is not None and self.job.outcome == PlanJob.Outcome.LATE


@dataclass(frozen=True)
class TeamBlock:
    """A team and its jobs of the week in the order of work."""

    team: Team
    rows: tuple[WeekRow, ...]


@dataclass(frozen=True)
class StageBlock:
    """A stage with the sums of its days; `idle` names teams without work, `unrated` those whose capacity is not known."""

    stage: Stage
    teams: tuple[TeamBlock, ...]
    days: tuple[DaySum, ...]
    idle: tuple[Team, ...]
    unrated: tuple[Team, ...]

    @property
    def pairs(self) -> int:
        """Pairs of the week."""
        return sum(day.pairs for day in self.days)

    @property
    def team_count(self) -> int:
        """Teams of the stage, with work or without."""
        return len(self.teams) + len(self.idle)


@dataclass(frozen=True)
class WeekGrid:
    """The whole week. `lines` holds every order line that it shows, and those that only the version before still had."""

    days: tuple[dt.date, ...]
    stages: tuple[StageBlock, ...]
    changes: RowChanges | None
    lines: Mapping[int, OrderLine] = field(repr=False)


def week_days(plan: Plan) -> tuple[dt.date, ...]:
    """Monday to Sunday of the plan's week."""
    return tuple(plan.period + dt.timedelta(days=n) for n in range(DAYS_OF_WEEK))


class Work(NamedTuple):
    """A plan entry without the weight of a model: a week has a thousand of them."""

    order_line_id: int
    stage_id: int
    team_id: int
    day: dt.date
    pairs: int
    minutes: float


def week_grid(plan: Plan, floor: Floor, calendar: WorkingCalendar, base: Plan | None) -> WeekGrid:
    """Read a week plan: three queries, whatever its size, and two more with a version to compare it with.

    `floor` must know the route.
    """
    works = [Work(*row) for row in plan.entries.order_by("day", "team", "position").values_list(*Work._fields)]
    changes = _changes(plan, base, _stays(work[:4] for work in works)) if base else None
    planned = {work.order_line_id for work in works}
    gone = {row[0] for row in changes.cancelled} if changes else set()
    jobs = _jobs(plan, planned)
    lines = {pk: job.order_line for pk, job in jobs.items()} | _lines((planned | gone) - jobs.keys())
    rows = _Rows(
        days=week_days(plan),
        first_day=plan.first_day,
        last_day=plan.last_day,
        lines=lines,
        jobs=jobs,
        ends=_ends(plan, planned),
        floor=floor,
        calendar=calendar,
        changes=changes,
    )
    by_team: dict[int, list[Work]] = defaultdict(list)
    for work in works:
        by_team[work.team_id].append(work)
    blocks = tuple(_stage_block(stage, floor, by_team, rows) for stage in floor.stages)
    return WeekGrid(rows.days, tuple(block for block in blocks if block.team_count), changes, lines)


SHOWN_OF_LINE = ("order", "style", "colour", "instruction")


def _jobs(plan: Plan, planned: Iterable[int]) -> dict[int, PlanJob]:
    """The jobs of a plan by order line, each with what a row shows of its line."""
    rows = plan.jobs.filter(order_line__in=list(planned)).select_related(*(f"order_line__{name}" for name in SHOWN_OF_LINE))
    return {job.order_line_id: job for job in rows.defer("reason_detail", "order_line__sizes")}


def _lines(ids: Iterable[int]) -> dict[int, OrderLine]:
    """Order lines that the plan has no job of, with what a row shows of them; no query for none."""
    return OrderLine.objects.select_related(*SHOWN_OF_LINE).defer("sizes").in_bulk(list(ids))


def _stays(works: Iterable[tuple[int, int, int, dt.date]]) -> dict[Row, Stay]:
    out: dict[Row, Stay] = {}
    for line, stage, team, day in works:
        known = out.get((line, stage, team))
        out[line, stage, team] = Stay(min(known.first, day), max(known.last, day)) if known else Stay(day, day)
    return out


def _changes(plan: Plan, base: Plan, now: Mapping[Row, Stay]) -> RowChanges:
    """Days that had passed when this version was made are no difference: it does not plan them any more."""
    works = base.entries.filter(day__gte=plan.first_day).order_by().values_list("order_line_id", "stage_id", "team_id", "day")
    return row_changes(base, now, _stays(works))


def _ends(plan: Plan, lines: Iterable[int]) -> dict[tuple[int, int], dt.date]:
    """Last day of each job at each stage, from this plan and from the month plan that it refines (for what was done before)."""
    wanted = Q(plan=plan) | Q(plan=plan.refines_id) if plan.refines_id else Q(plan=plan)
    rows = PlanEntry.objects.filter(wanted, order_line__in=list(lines)).order_by().values("order_line_id", "stage_id")
    return {(row["order_line_id"], row["stage_id"]): row["last"] for row in rows.annotate(last=Max("day"))}


@dataclass(frozen=True)
class _Rows:
    """What every row of a grid is built from."""

    days: tuple[dt.date, ...]
    first_day: dt.date
    last_day: dt.date
    lines: dict[int, OrderLine]
    jobs: dict[int, PlanJob]
    ends: dict[tuple[int, int], dt.date]
    floor: Floor
    calendar: WorkingCalendar
    changes: RowChanges | None

    def build(self, stage: Stage, team: Team, line_id: int, entries: list[Work]) -> WeekRow:
        """The row of one team and job."""
        by_day = [0] * DAYS_OF_WEEK
        for entry in entries:
            by_day[(entry.day - self.days[0]).days] += entry.pairs
        job, line = self.jobs.get(line_id), self.lines[line_id]
        return WeekRow(
            line=line,
            job=job,
            by_day=tuple(by_day),
            pairs=sum(by_day),
            whole=job.pairs if job else line.pairs,
            hand_over=self._hand_over(stage, line_id, min(entry.day for entry in entries)),
            mark=self.changes.marks.get((line_id, stage.pk, team.pk)) if self.changes else None,
            instruction=number_of(line),
        )

    def _hand_over(self, stage: Stage, line_id: int, start: dt.date) -> HandOver | None:
        """The feeding stage that ends last, or the day by which the warehouse must have the material."""
        feeding = [(self.ends[line_id, before.pk], before) for before in stage.after.all() if (line_id, before.pk) in self.ends]
        if feeding:
            day, last = max(feeding, key=lambda item: (item[0], item[1].position))
            return HandOver(self.floor.stage[last.pk], day)
        if stage.after.all():  # its feeding stages were finished before this plan
            return None
        return HandOver(None, self.calendar.add(start, -MATERIAL_DAYS_BEFORE_USE))


def _stage_block(stage: Stage, floor: Floor, by_team: Mapping[int, list[Work]], rows: _Rows) -> StageBlock:
    teams = floor.teams_of(stage)
    blocks = []
    for team in teams:
        jobs: dict[int, list[Work]] = {}
        for entry in by_team.get(team.pk, ()):
            jobs.setdefault(entry.order_line_id, []).append(entry)
        if jobs:
            blocks.append(TeamBlock(team, tuple(rows.build(stage, team, line, entries) for line, entries in jobs.items())))
    return StageBlock(
        stage=stage,
        teams=tuple(blocks),
        days=_day_sums(teams, by_team, rows),
        idle=tuple(team for team in teams if not by_team.get(team.pk)),
        unrated=tuple(team for team in teams if not team.is_rated),
    )


def _day_sums(teams: list[Team], by_team: Mapping[int, list[Work]], rows: _Rows) -> tuple[DaySum, ...]:
    capacity = sum(team.minutes_a_day or 0.0 for team in teams)
    pairs: dict[dt.date, int] = defaultdict(int)
    minutes: dict[dt.date, float] = defaultdict(float)
    for team in teams:
        for entry in by_team.get(team.pk, ()):
            pairs[entry.day] += entry.pairs
            minutes[entry.day] += entry.minutes
    return tuple(
        DaySum(
            day=day,
            is_working=(working := rows.calendar.is_working(day)),
            is_planned=rows.first_day <= day <= rows.last_day,
            pairs=pairs[day],
            load=minutes[day] / capacity if capacity and working else None,
        )
        for day in rows.days
    )


def job_name(line: OrderLine) -> str:
    """Style and colour: how people on the floor call a job."""
    return f"{line.style} {line.colour}"
