"""What planning reads from the database, at one moment: open order lines, rates, teams, the route and the calendar."""

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.db import connection, transaction

from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant
from quality.selectors import passed_pairs
from scheduling.adapters.gates import NOTHING, Waiting, read_waiting
from scheduling.adapters.tooling import ToolFacts, Tooling, Uses, read_tooling, run_of
from scheduling.models import Stage, StyleRate, Team


@dataclass(frozen=True)
class StageFacts:
    id: int
    code: str
    after: tuple[str, ...]


@dataclass(frozen=True)
class TeamFacts:
    """A rated team. Minutes are person-minutes; `changeover` too: the wall-clock minutes during which the whole team stands still."""

    id: int
    stage: str
    minutes: float
    overtime: float
    changeover: float
    families: frozenset[str] | None


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
    with one_moment():
        teams, unrated = _teams(plant)
        stages = _stages()
        codes = frozenset(stage.code for stage in stages)
        waiting, tooling = read_waiting(plant, today or clock.today(), codes), read_tooling(plant, codes)
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


def _teams(plant: Plant) -> tuple[tuple[TeamFacts, ...], tuple[tuple[int, str], ...]]:
    """The rated teams that have any time at all, and the unrated ones by name. An unrated team is not a team of no minutes."""
    rated, unrated = [], []
    for team in Team.objects.filter(workshop__plant=plant).select_related("stage"):
        minutes, overtime = team.minutes_a_day, team.overtime_minutes
        if minutes is None or overtime is None or team.people is None or team.efficiency is None:
            unrated.append((team.pk, team.name))
        elif minutes + overtime > 0:
            standstill = team.stage.changeover_minutes * team.people * float(team.efficiency) / 100
            families = None if team.families is None else frozenset(team.families)
            rated.append(TeamFacts(team.pk, team.stage.code, minutes, overtime, standstill, families))
    return tuple(rated), tuple(unrated)


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
