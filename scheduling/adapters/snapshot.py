"""What planning reads from the database, at one moment: open order lines, rates, teams, the route and the calendar."""

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import connection, transaction

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant
from quality.selectors import passed_pairs
from scheduling.adapters.gates import NOTHING, Waiting, read_waiting
from scheduling.adapters.tooling import ToolFacts, Tooling, Uses, read_tooling, run_of
from scheduling.models import Stage, StyleRate, Team, TeamLoan
from scheduling.shared_teams import Minutes, left_over, standing_loans, taken_by_others, working_for


@dataclass(frozen=True)
class StageFacts:
    id: int
    code: str
    after: tuple[str, ...]


def always(_day: dt.date) -> bool:
    """A plant's own team works whenever the plant does."""
    return True


@dataclass(frozen=True)
class TeamFacts:
    """A rated team. Minutes are person-minutes; `changeover` too: the wall-clock minutes during which the whole team stands still.

    A team that several plants share: `taken` has what other plants' plans in force take of a day, `works_on` says whether it works for
    this plant on one.
    """

    id: int
    stage: str
    minutes: float
    overtime: float
    changeover: float
    families: frozenset[str] | None
    taken: Mapping[dt.date, float] = field(default_factory=dict)
    works_on: Callable[[dt.date], bool] = always

    def minutes_on(self, day: dt.date) -> tuple[float, float]:
        """Regular and overtime minutes that the plant can plan on a working day of its own."""
        if not self.works_on(day):
            return 0.0, 0.0
        taken = self.taken.get(day, 0.0)
        # going over to the other plant's style and back costs a changeover that neither plan counts
        return left_over(self.minutes, self.overtime, taken + self.changeover if taken else 0.0)


@dataclass(frozen=True)
class LineFacts:
    """An open order line. `rates` gives the minutes per pair by stage code, for the stages whose minutes are known.

    `weight` is how much a late pair-day of its customer counts: 1 unless planning has said otherwise. `sizes` and `tools` (by stage) of a
    job that needs tools: the pairs of each size that they make on a day are counted.
    """

    id: int
    style: str
    family: str
    pairs: int
    ordered_on: dt.date
    due_on: dt.date
    rates: Mapping[str, float]
    weight: float = 1.0
    waiting: Waiting = NOTHING
    passed: int = 0  # pairs that passed the final inspection: finished, whatever else is reported
    sizes: Mapping[str, int] = field(default_factory=dict)
    tools: Uses = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One consistent reading. `unrated` names (id, name) the teams left out because people, hours or efficiency are unknown;
    `unrated_tools` the tools of open jobs that limit nothing because nobody wrote down how often they turn.
    """

    calendar: WorkingCalendar
    stages: tuple[StageFacts, ...]
    teams: tuple[TeamFacts, ...]
    unrated: tuple[tuple[int, str], ...]
    lines: tuple[LineFacts, ...]
    tools: tuple[ToolFacts, ...] = ()
    unrated_tools: tuple[str, ...] = ()


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """All queries inside see the database as it stood at the first of them. Inside a caller's transaction: as that one sees it."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read_snapshot(plant: Plant, today: dt.date | None = None) -> Snapshot:
    """Everything that a month plan of the plant depends on, in a fixed number of queries; gates as they look on the day it is made."""
    today = today or clock.today()
    with one_moment():
        teams, unrated = _teams(plant, today)
        stages = _stages()
        codes = frozenset(stage.code for stage in stages)
        waiting, tooling = read_waiting(plant, today, codes), read_tooling(plant, codes)
        lines, vague = _tooled(_unfinished(_lines(plant, waiting)), tooling)
        return Snapshot(calendar_of(plant), stages, teams, unrated, lines, tooling.tools, vague)


def _tooled(lines: tuple[LineFacts, ...], tooling: Tooling) -> tuple[tuple[LineFacts, ...], tuple[str, ...]]:
    """The lines with sizes and tools where their style has tools, and the unrated tools that they need. One query, or none."""
    if not (tooling.uses or tooling.unrated):
        return lines, ()
    rows = OrderLine.objects.filter(pk__in=[line.id for line in lines]).values_list("pk", "style_id", "sizes")
    known = {pk: (style, sizes) for pk, style, sizes in rows}
    vague = {name for line in lines for name in tooling.unrated.get(known[line.id][0], ())}
    found = []
    for line in lines:
        style, sizes = known[line.id]
        uses, run = tooling.uses.get(style, {}), run_of(sizes, line.pairs)
        found.append(replace(line, sizes=run, tools=uses) if uses and run else line)
    return tuple(found), tuple(sorted(vague))


def _unfinished(lines: tuple[LineFacts, ...]) -> tuple[LineFacts, ...]:
    """The lines that lack pairs, with what has passed. What failed an inspection is not among it, and is made again. One query."""
    passed = {line: sum(run.values()) for line, run in passed_pairs([line.id for line in lines]).items()}
    return tuple(replace(line, passed=passed.get(line.id, 0)) for line in lines if passed.get(line.id, 0) < line.pairs)


def _stages() -> tuple[StageFacts, ...]:
    stages = Stage.objects.prefetch_related("after")
    return tuple(StageFacts(s.pk, s.code, tuple(sorted(fed_by.code for fed_by in s.after.all()))) for s in stages)


def _teams(plant: Plant, today: dt.date) -> tuple[tuple[TeamFacts, ...], tuple[tuple[int, str], ...]]:
    """The rated teams that have any time at all, and the unrated ones by name. An unrated team is not a team of no minutes."""
    loans = {loan.team_id: loan for loan in standing_loans(plant, today)}
    known = working_for(plant).select_related("stage", "workshop__plant")
    teams = [team for team in known if team.workshop.plant_id == plant.pk or team.pk in loans]
    taken = taken_by_others(plant, [team.pk for team in teams if team.is_lent], today)
    owners = {team.workshop.plant_id: team.workshop.plant for team in teams if team.pk in loans}
    calendars = {pk: calendar_of(owner) for pk, owner in owners.items()}
    rated, unrated = [], []
    for team in teams:
        if team.minutes_a_day is None or team.overtime_minutes is None:
            unrated.append((team.pk, team.name))
        elif team.minutes_a_day + team.overtime_minutes > 0:
            rated.append(_rated(team, taken, loans.get(team.pk), calendars.get(team.workshop.plant_id)))
    return tuple(rated), tuple(unrated)


def _rated(team: Team, taken: Minutes, loan: TeamLoan | None, calendar: WorkingCalendar | None) -> TeamFacts:
    return TeamFacts(
        id=team.pk,
        stage=team.stage.code,
        minutes=team.minutes_a_day or 0.0,
        overtime=team.overtime_minutes or 0.0,
        changeover=team.person_minutes(Decimal(team.stage.changeover_minutes) / 60) or 0.0,
        families=None if team.families is None else frozenset(team.families),
        taken=taken.get(team.pk, {}),
        works_on=always if loan is None or calendar is None else _lent(loan, calendar),
    )


def _lent(loan: TeamLoan, calendar: WorkingCalendar) -> Callable[[dt.date], bool]:
    """A team that was lent works on the days of its loan on which its own plant does."""
    return lambda day: loan.first_day <= day and (loan.last_day is None or day <= loan.last_day) and calendar.is_working(day)


def _lines(plant: Plant, waiting: Mapping[int, Waiting]) -> tuple[LineFacts, ...]:
    lines = OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN).order_by("due_on", "id")
    fields = ("id", "style_id", "style__code", "style__family", "pairs", "order__ordered_on", "due_on")
    rows = list(lines.values_list(*fields))
    rates: dict[int, dict[str, float]] = defaultdict(dict)
    known = StyleRate.objects.filter(style__in={row[1] for row in rows}).order_by("style", "stage__position")
    for style, stage, minutes in known.values_list("style_id", "stage__code", "minutes"):
        rates[style][stage] = float(minutes)
    return tuple(
        LineFacts(pk, code, family, pairs, ordered_on, due_on, rates.get(style, {}), waiting=waiting.get(pk, NOTHING))
        for pk, style, code, family, pairs, ordered_on, due_on in rows
    )
