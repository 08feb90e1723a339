"""By when could we have this: an order that is only asked for, tried in the plan in force in four ways."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from orders.models import OrderLine, Style
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.errors import DomainError
from scheduling import adapters, engine
from scheduling.adapters.problem import day_index
from scheduling.adapters.rows import REASONS, detail_of, kind_of
from scheduling.answers.tooling import Tools, tools_asked_for
from scheduling.answers.warm import warm
from scheduling.models import DateReservation, Plan, Stage, StyleRate
from scheduling.selectors.floor import Floor
from scheduling.selectors.reasons import Cause, sentence
from scheduling.selectors.why import lines_by_id

MOVES = 3  # jobs that may make room, and stay punctual
MOST_PAIRS = 200_000
ASKED = "asked"


@dataclass(frozen=True)
class Question:
    """Pairs of a style, startable from a day on, and the day on which they are wanted, where one is."""

    style: Style
    pairs: int
    starts_on: dt.date
    wanted_on: dt.date | None = None


@dataclass(frozen=True)
class WayAnswer:
    """The earliest day one way; None where the order does not fit into the plan's days at all.

    `late`: calendar days after the wanted day. `hours`: person-hours of overtime that it adds. `outside`: pairs by team. `moved`: jobs
    that make room and stay punctual.
    """

    way: DateReservation.Way
    finish_on: dt.date | None
    late: int
    hours: float
    outside: tuple[tuple[str, int], ...]
    moved: tuple[OrderLine, ...]
    cost: float


@dataclass(frozen=True)
class Answer:
    """All ways, the plan as it stands first; `limit`: what keeps that one from being earlier."""

    question: Question
    plan: Plan
    plain: WayAnswer
    others: tuple[WayAnswer, ...]
    limit: str
    is_estimated: bool  # minutes per pair are not known for every stage: those of the family were taken
    broken: tuple[DateReservation, ...] = ()  # reservations that the plan has no room for any more


def answer(question: Question, plan: Plan, floor: Floor, reservations: Sequence[DateReservation]) -> Answer:
    """Ask the plan. Raises DomainError where it cannot be asked: its input was not kept, or nothing is known of the style's family."""
    styles = [question.style, *(one.style for one in reservations)]
    rates, calendar = _rates([style.pk for style in styles]), calendar_of(plan.plant)
    with warm(plan) as held:
        known_of = _Known(held.framed, calendar, rates, tools_asked_for(plan.plant, styles, held.framed))
        session, broken = _reserved(held.session, known_of, reservations)
        wish = _wish(question, known_of, ASKED)
        promises = _asked(session, wish)
        lines = lines_by_id(int(job) for promise in promises for job in promise.moved if job.isdigit())
        ways = tuple(_way(promise, question, held.framed, floor, lines) for promise in promises)
        limit = _limit(session, wish, promises[0], question, held.framed, floor)
    known = rates.get(question.style.pk, {})
    estimated = any(stage.code not in known for stage in floor.stages)
    return Answer(question, plan, ways[0], ways[1:], limit, estimated, broken)


def _asked(session: engine.Session, wish: engine.Wish) -> tuple[engine.Promise, ...]:
    try:
        return engine.promise(session, wish, moves=MOVES)
    except engine.InvalidProblemError as error:
        message = _("No order of the plan has the style or its family %(family)s: enter minutes per pair first.")
        raise DomainError(message % {"family": wish.family}, "no_rate") from error


@dataclass(frozen=True)
class _Known:
    """What is known of the plan, and by style of what is asked for."""

    framed: adapters.Framed
    calendar: WorkingCalendar
    rates: Mapping[int, Mapping[str, float]]
    tools: Mapping[int, Tools]


def _reserved(
    session: engine.Session, known: _Known, reservations: Sequence[DateReservation]
) -> tuple[engine.Session, tuple[DateReservation, ...]]:
    """The plan with what is reserved standing in it; a reservation that ends later than promised is named, and stands all the same."""
    broken = []
    for one in reservations:
        question = Question(one.style, one.pairs, one.starts_on, one.wanted_on or one.promised_on)
        wish = _wish(question, known, f"reserved-{one.pk}")
        promises: dict[str, engine.Promise] = {promise.way: promise for promise in _asked(session, wish)}
        kept = promises[one.way] if promises[one.way].finish is not None else promises["as_is"]
        if kept.finish is None:
            broken.append(one)
            continue
        if known.framed.days[kept.finish] > one.promised_on:
            broken.append(one)
        session = engine.keep_promise(session, wish, kept)
    return session, tuple(broken)


def _wish(question: Question, known: _Known, name: str) -> engine.Wish:
    framed, style = known.framed, question.style
    rates = known.rates.get(style.pk, {})
    stages = {stage.id for stage in framed.problem.stages}
    tools = known.tools.get(style.pk)
    return engine.Wish(
        style=style.code,
        pairs=question.pairs,
        family=style.family,
        wanted=day_index(question.wanted_on, framed.days, known.calendar) if question.wanted_on else None,
        release=bisect_left(framed.days, question.starts_on),
        minutes=rates if stages <= rates.keys() else None,
        tools=tools.uses if tools else None,
        sizes=tools.run(question.pairs) if tools else None,
        id=name,
    )


def _way(promise: engine.Promise, question: Question, framed: adapters.Framed, floor: Floor, lines: Mapping[int, OrderLine]) -> WayAnswer:
    finish = None if promise.finish is None else framed.days[promise.finish]
    late = (finish - question.wanted_on).days if finish and question.wanted_on else 0
    names = {str(team.pk): team.name for team in floor.teams}
    return WayAnswer(
        way=DateReservation.Way(promise.way),
        finish_on=finish,
        late=max(0, late),
        hours=sum(part.minutes for part in promise.minutes) / 60,
        outside=tuple((names.get(team, team), pairs) for team, pairs in promise.outside.items()),
        moved=tuple(lines[int(job)] for job in promise.moved if job.isdigit() and int(job) in lines),
        cost=promise.cost,
    )


def _limit(
    session: engine.Session, wish: engine.Wish, plain: engine.Promise, question: Question, framed: adapters.Framed, floor: Floor
) -> str:
    """The longest link of the chain that leads to the day as the plan stands; the last of several as long."""
    reasons = plain.reasons if plain.finish is None else engine.chain_of(engine.keep_promise(session, wish, plain), wish.id)
    links = [reason for reason in reasons if reason.kind in REASONS and (reason.stage or reason.kind == "release")]
    known = max(links, key=lambda reason: reason.days, default=None)
    if known is None:
        return ""
    stage: Stage | None = floor.stage_by_code(known.stage or "")
    style = question.style
    return sentence(Cause(str(kind_of(known)), stage, detail_of(replace(known, jobs=()), framed), style.code, style.family), floor)


def _rates(styles: Sequence[int]) -> dict[int, dict[str, float]]:
    """Minutes per pair by style and stage, one query."""
    found: dict[int, dict[str, float]] = {}
    for style, stage, minutes in StyleRate.objects.filter(style__in=set(styles)).values_list("style_id", "stage__code", "minutes"):
        found.setdefault(style, {})[stage] = float(minutes)
    return found
