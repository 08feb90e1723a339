"""The trial that answers a what-if: the base plan's own problem under its assumptions, planned with steady hands from the base plan."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from scheduling import adapters
from scheduling.adapters.assumptions import Assumed, DueOn, MoreMinutes, ReadyBy
from scheduling.models import Assumption, Team, WhatIf
from scheduling.services.drafts import Draft
from scheduling.services.month import draft_of, framed_of
from scheduling.services.searching import Watch, Wish, loosened, steady

Kind = Assumption.Kind


def draft_what_if(what_if: WhatIf, *, wish: Wish, watch: Watch) -> Draft:
    """The trial of the assumptions as they stand. Raises DomainError where the base's input is not there, or a measure no longer fits."""
    rows = list(what_if.assumptions.select_related("stage", "team").order_by("id"))
    base = framed_of(what_if.base)
    framed = adapters.assume(base, assumed_of(rows))
    if watch.on_frame is not None:
        watch.on_frame(framed)
    entries = loosened(framed, adapters.known_entries(framed, adapters.works_of_plan(what_if.base)))
    plan = steady(framed, entries, wish, wish.seconds, watch)
    if plan.status == "partial" and len(plan.entries) == 0:
        raise DomainError(_("Nothing can be planned under these assumptions."), "nothing_left")
    draft = draft_of(framed, plan, wish)
    draft.metrics["assumptions"] = [row.pk for row in rows]
    return draft


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
    teams = [row.team] if row.team else list(Team.objects.filter(stage=row.stage, workshop__plant=row.what_if.plant_id))
    minutes = {team.pk: team.person_minutes(row.hours) for team in teams}
    return {pk: added for pk, added in minutes.items() if added is not None}
