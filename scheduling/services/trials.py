"""The trial that answers a what-if: the base plan's own problem under its assumptions, planned with steady hands from the base plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from scheduling import adapters, engine
from scheduling.adapters.assumptions import Assumed, DueOn, MoreMinutes, ReadyBy
from scheduling.adapters.measures import measure_of
from scheduling.models import Assumption, WhatIf
from scheduling.services.drafts import Draft
from scheduling.services.month import draft_of, framed_of
from scheduling.services.searching import Watch, Wish, checked, loosened, session_of, steady
from scheduling.shared_teams import working_for

Kind = Assumption.Kind


def draft_what_if(what_if: WhatIf, *, wish: Wish, watch: Watch) -> Draft:
    """The trial of the assumptions as they stand. Raises DomainError where the base's input is not there, or a measure no longer fits."""
    rows = list(what_if.assumptions.select_related("stage", "team").order_by("id"))
    base = framed_of(what_if.base)
    framed = adapters.assume(base, assumed_of(rows))
    if watch.on_frame is not None:
        watch.on_frame(framed)
    measures, entries = measures_of(rows), adapters.known_entries(framed, adapters.works_of_plan(what_if.base))
    if len(measures) < len(rows):
        plan = steady(framed, loosened(framed, entries), wish, wish.part(1.0), watch)
        entries = plan.entries
    if measures:
        framed, plan = taken(framed, entries, measures)
    if plan.status == "partial" and len(plan.entries) == 0:
        raise DomainError(_("Nothing can be planned under these assumptions."), "nothing_left")
    draft = draft_of(framed, plan, wish)
    draft.metrics["assumptions"] = [row.pk for row in rows]
    return draft


def measures_of(rows: Sequence[Assumption]) -> list[tuple[int, list[dict[str, Any]]]]:
    """The proposed measures by order line, those for one line together, in the order of the rows."""
    by_line: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if row.kind == Kind.MEASURE and row.order_line_id:
            by_line.setdefault(row.order_line_id, []).append(row.detail)
    return list(by_line.items())


def taken(
    framed: adapters.Framed, entries: Sequence[engine.Entry], measures: Iterable[tuple[int, Sequence[Mapping[str, Any]]]]
) -> tuple[adapters.Framed, engine.Plan]:
    """The plan with the measures taken, and the problem with what they open; all other work stays where it is.

    Raises DomainError where a job no longer fits: a measure is proved for the plan as it stood.
    """
    session = session_of(framed, entries)
    for line, rows in measures:
        try:
            session = engine.apply_measure(session, str(line), *(measure_of(row, framed) for row in rows))
        except (ValueError, KeyError) as error:
            raise DomainError(
                _("A measure does not fit any more under the other assumptions. Take it out, or try it alone."), "measure"
            ) from error
    plan = engine.replan(session.problem, session.entries(), stability=1.0, seconds=0.0, reasons=True)
    return replace(framed, problem=session.problem), checked(plan)


def assumed_of(rows: Sequence[Assumption]) -> list[Assumed]:
    """The rows that change the problem itself; measures are applied to the plan afterwards."""
    out: list[Assumed] = []
    for row in rows:
        if row.kind == Kind.OVERTIME and row.first_day and row.last_day:
            out.append(MoreMinutes(_minutes(row), row.first_day, row.last_day))
        elif row.kind == Kind.READY and row.order_line_id and row.first_day:
            out.append(ReadyBy(row.order_line_id, row.stage.code if row.stage else None, row.first_day))
        elif row.kind == Kind.POSTPONE and row.order_line_id and row.first_day:
            out.append(DueOn(row.order_line_id, row.first_day))
    return out


def _minutes(row: Assumption) -> dict[int, float]:
    """Person-minutes a day by team: the hours of its people at its efficiency. A team that is not rated gets none."""
    teams = [row.team] if row.team else list(working_for(row.what_if.plant_id).filter(stage=row.stage))
    minutes = {team.pk: team.person_minutes(row.hours) for team in teams}
    return {pk: added for pk, added in minutes.items() if added is not None}
