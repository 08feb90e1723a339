"""Too much and too little: weeks with more work than there are minutes and how the plan gets by (B3a), and windows without work (B4)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import OrderLine
from planning_site.core.templatetags import figures
from scheduling import adapters, engine
from scheduling.answers.warm import warm
from scheduling.models import Plan, Stage, Team
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import NAMED_TEAMS
from scheduling.selectors.why import lines_by_id
from scheduling.selectors.windows import span

WEEK = 6  # working days
ORDERS_NAMED = 4
IDLE_LEAST = 8 * 60.0  # person-minutes of a day, below which nobody would chase an order for it
IDLE_SHOWN = 80


@dataclass(frozen=True)
class Remedy:
    """One of the four ways in the factory's order: inside, overtime, outsourcing, postpone. Hours are person-hours of work that moves."""

    kind: str
    hours: float
    pairs: int
    orders: int
    cost: float
    teams: tuple[str, ...] = ()
    late_days: int = 0  # working days, of the job that gets latest

    @property
    def label(self) -> str:
        """What is done."""
        match self.kind:
            case "inside":
                return _("made earlier, in regular hours")
            case "overtime":
                return _("in overtime")
            case "outsourcing":
                return _("by outside teams")
            case _:
                return _("later than due")


@dataclass(frozen=True)
class Overload:
    """A week in which a stage has more work than its own teams have regular minutes, with the orders behind it and the ways out.

    `families`: those that are short, empty where all are.
    """

    first: dt.date
    last: dt.date
    stage: Stage | None
    families: tuple[str, ...]
    needed: float  # person-hours
    excess: float
    lines: tuple[OrderLine, ...]
    remedies: tuple[Remedy, ...]

    @property
    def days(self) -> str:
        """The days of the week in short."""
        return span(self.first, self.last)

    @property
    def text(self) -> str:
        """As a mail says it."""
        ways = pgettext("list", ", ").join(f"{remedy.label} {figures.pairs(remedy.hours)}" for remedy in self.remedies)
        words = {"days": self.days, "stage": self.stage or "", "hours": figures.pairs(self.excess), "ways": ways or _("no way found yet")}
        return _("%(days)s %(stage)s: %(hours)s person-hours too much; %(ways)s") % words


@dataclass(frozen=True)
class IdleWindow:
    """Days in a row on which a team has regular hours left, and the pairs of each family that would fit. `is_open`: to the plan's end."""

    team: Team | None
    first: dt.date
    last: dt.date
    hours: float
    pairs: tuple[tuple[str, int], ...]
    is_open: bool

    @property
    def days(self) -> str:
        """From when to when."""
        return _("from %(day)s on") % {"day": figures.day(self.first)} if self.is_open else span(self.first, self.last)

    @property
    def text(self) -> str:
        """As a mail says it."""
        fits = pgettext("list", ", ").join(f"{family} {figures.pairs(count)}" for family, count in self.pairs)
        words = {"team": self.team or "", "days": self.days, "hours": figures.pairs(self.hours), "fits": fits}
        return _("%(team)s %(days)s: %(hours)s person-hours; pairs that fit: %(fits)s") % words


@dataclass(frozen=True)
class CapacityView:
    """What a plan says about too much and too little; totals in the factory's order of measures."""

    overloads: tuple[Overload, ...]
    totals: tuple[Remedy, ...]
    idle: tuple[IdleWindow, ...]
    idle_count: int

    @property
    def excess(self) -> float:
        """Person-hours too much, all weeks and stages together."""
        return sum(row.excess for row in self.overloads)

    @property
    def idle_hours(self) -> float:
        """Person-hours without work in windows that end."""
        return sum(row.hours for row in self.idle if not row.is_open)


def capacity_view(plan: Plan, floor: Floor) -> CapacityView:
    """Ask the engine about a month plan. Raises DomainError if the plan's input was not kept."""
    with warm(plan) as held:
        session, framed = held.session, held.framed
        excesses = engine.overload(framed.problem, week=WEEK)
        found = engine.remedies(session, week=WEEK) if excesses else ()
        windows = engine.idle(session, least=IDLE_LEAST)
    lines = lines_by_id(int(job) for excess in excesses for job in excess.jobs[:ORDERS_NAMED])
    by_week: dict[tuple[str, int], list[engine.Remedy]] = defaultdict(list)
    for remedy in found:
        by_week[remedy.stage, remedy.from_week].append(remedy)
    idle = [_idle(window, framed, floor) for window in windows]
    idle.sort(key=lambda row: (row.is_open, -row.hours, row.first))
    return CapacityView(
        overloads=tuple(_overload(excess, by_week[excess.stage, excess.week], framed, floor, lines) for excess in excesses),
        totals=_summed(found, floor),
        idle=tuple(idle[:IDLE_SHOWN]),
        idle_count=len(idle),
    )


def _overload(
    excess: engine.Excess, found: Sequence[engine.Remedy], framed: adapters.Framed, floor: Floor, lines: Mapping[int, OrderLine]
) -> Overload:
    first = excess.week * WEEK
    return Overload(
        first=framed.days[first],
        last=framed.days[min(first + WEEK, len(framed.days)) - 1],
        stage=floor.stage_by_code(excess.stage),
        families=() if {job.family for job in framed.problem.jobs} <= set(excess.families) else excess.families,
        needed=excess.needed / 60,
        excess=excess.excess / 60,
        lines=tuple(lines[int(job)] for job in excess.jobs[:ORDERS_NAMED] if int(job) in lines),
        remedies=_summed(found, floor),
    )


def _summed(found: Iterable[engine.Remedy], floor: Floor) -> tuple[Remedy, ...]:
    """By kind, in the factory's order of measures (B3a)."""
    kinds: dict[str, list[engine.Remedy]] = {"inside": [], "overtime": [], "outsourcing": [], "postpone": []}
    for remedy in found:
        kinds[remedy.kind].append(remedy)
    return tuple(
        Remedy(
            kind=kind,
            hours=sum(row.minutes for row in rows) / 60,
            pairs=sum(row.pairs for row in rows),
            orders=len({row.job for row in rows}),
            cost=sum(row.cost for row in rows),
            teams=_named([int(line) for row in rows for line in (*row.lines, *(part.line for part in row.opened))], floor),
            late_days=max(row.late_days for row in rows),
        )
        for kind, rows in kinds.items()
        if rows
    )


def _named(ids: Sequence[int], floor: Floor) -> tuple[str, ...]:
    """The first teams by name, and how many more."""
    names = floor.team_names(ids)
    more = len(names) - NAMED_TEAMS
    return (*names[:NAMED_TEAMS], *([f"+{more}"] if more > 0 else []))


def _idle(window: engine.Idle, framed: adapters.Framed, floor: Floor) -> IdleWindow:
    return IdleWindow(
        team=floor.team.get(int(window.line)),
        first=framed.days[window.first_day],
        last=framed.days[window.last_day],
        hours=window.minutes / 60,
        pairs=tuple((family, count) for family, count in window.pairs.items() if count),
        is_open=window.last_day >= len(framed.days) - 1,
    )
