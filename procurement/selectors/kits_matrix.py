"""The kit matrix: open jobs by the day they start, with what each part of them lacks (E4.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import pgettext_lazy

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.models import Plant
from procurement.models import JobKit, PartStage, StageOffset

State = JobKit.State
TIGHT = "tight"  # full, but only just
HELD_UP = ("short", "open", "late")

# filter key → words; the order is that of the page
STATES = {
    State.BROKEN: State.BROKEN.label,
    State.NONE: State.NONE.label,
    State.PROPORTIONAL: State.PROPORTIONAL.label,
    TIGHT: pgettext_lazy("kit", "only just"),
    State.FULL: State.FULL.label,
}
SHAPES = {State.BROKEN: "late", State.NONE: "late", State.PROPORTIONAL: "risk", TIGHT: "risk", State.FULL: "ok"}


@dataclass(frozen=True)
class KitFilter:
    """What a person wants to see. `within` is in working days from today on; None is everything."""

    q: str = ""
    state: str = ""
    part: str = ""
    within: int | None = None

    @property
    def is_active(self) -> bool:
        return bool(self.q or self.state or self.part)


@dataclass(frozen=True)
class Summary:
    """How many jobs of the window are in each state, their pairs, and when this was calculated."""

    counts: dict[str, int]
    jobs: int
    wanted: int
    at_start: int
    calculated_at: dt.datetime | None

    @property
    def chips(self) -> list[tuple[str, str, Any, int]]:
        """(filter, shape, words, jobs) of the states that occur."""
        return [(state, SHAPES[state], words, self.counts[state]) for state, words in STATES.items() if self.counts[state]]


def of_state(state: str) -> Q:
    """The jobs that the page shows under a state."""
    if state == TIGHT:
        return Q(state_at_start=State.FULL, is_tight=True)
    if state == State.FULL:
        return Q(state_at_start=State.FULL, is_tight=False)
    return Q(state_at_start=state)


def in_window(plant: Plant, wanted: KitFilter, calendar: WorkingCalendar, today: dt.date) -> QuerySet[JobKit]:
    """The jobs that start within the wanted working days, overdue ones included."""
    rows = JobKit.objects.filter(plant=plant)
    if wanted.within is not None:
        rows = rows.filter(starts_on__lte=calendar.add(today, wanted.within))
    return rows


def summary_of(rows: QuerySet[JobKit]) -> Summary:
    """One query."""
    counts = {state: Count("pk", filter=of_state(state)) for state in STATES}
    sums = rows.aggregate(
        **{f"n_{state}": count for state, count in counts.items()},
        jobs=Count("pk"),
        wanted_sum=Sum("wanted"),
        start_sum=Sum("pairs_at_start"),
        at=Max("calculated_at"),
    )
    return Summary(
        {state: sums[f"n_{state}"] for state in STATES}, sums["jobs"], sums["wanted_sum"] or 0, sums["start_sum"] or 0, sums["at"]
    )


def matching(rows: QuerySet[JobKit], wanted: KitFilter) -> QuerySet[JobKit]:
    """The rows of a filter, by start, with what the table names."""
    if wanted.state in STATES:
        rows = rows.filter(of_state(wanted.state))
    if wanted.part:
        held_up = Q()
        for state in HELD_UP:
            held_up |= Q(cells__contains={wanted.part: {"state": state}})
        rows = rows.filter(held_up)
    for word in wanted.q.split()[:3]:
        rows = rows.filter(
            Q(order_line__order__number__has_text=word)
            | Q(order_line__style__code__has_text=word)
            | Q(order_line__order__customer__name__has_text=word)
            | Q(missing__contains=[{"code": word}])
        )
    named = rows.select_related("order_line__order__customer", "order_line__style", "order_line__colour")
    return named.order_by("starts_on", "order_line__due_on", "order_line__order__number", "order_line__position")


def stage_names(*, english: bool) -> dict[str, str]:
    """Names of the stages by code, the first stage first. One query."""
    rows = StageOffset.objects.order_by("-days_before_due", "stage")
    return {row.stage: (row.name_en if english else row.name) or row.name for row in rows}


def parts_of(kits: Iterable[JobKit], stages: Sequence[str]) -> list[str]:
    """The parts that these jobs have, those of the first stage first. One query."""
    found = {part for kit in kits for part in kit.cells}
    known = {part: (stage, pk) for part, stage, pk in PartStage.objects.filter(part__in=found).values_list("part", "stage", "pk")}
    place = {code: n for n, code in enumerate(stages)}

    def rank(part: str) -> tuple[int, int, str]:
        stage, pk = known.get(part, ("", 0))
        return place.get(stage, len(place)), pk, part

    return sorted(found, key=rank)
