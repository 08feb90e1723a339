"""Setting and ending the factory's own ideas of a plan, and reading them for the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from scheduling.adapters.rules import GoFirst, InSequence, Rule, TeamWindow
from scheduling.models import PlanRule, PlanRuleLine

Kind = PlanRule.Kind
MOST_LINES = 30


def rules_of(plant: Plant, first_day: dt.date) -> list[Rule]:
    """What a plan that begins on a day has to follow; two queries, and one for each rule about a customer."""
    holds = Q(ended_at=None) & (Q(last_day=None) | Q(last_day__gte=first_day))
    rows = PlanRule.objects.filter(holds, plant=plant).select_related("style").prefetch_related("lines").order_by("id")
    return [_rule(row) for row in rows]


def _rule(row: PlanRule) -> Rule:
    lines: frozenset[int] = frozenset()
    if row.customer_id:
        open_lines = OrderLine.objects.filter(order__customer=row.customer_id, order__state=Order.State.OPEN)
        lines = frozenset(open_lines.values_list("pk", flat=True))
    if row.kind == Kind.FIRST or row.team_id is None:
        return GoFirst(lines)
    if row.kind == Kind.SEQUENCE:
        return InSequence(row.team_id, row.first_day, tuple(line.order_line_id for line in row.lines.all()))
    styles = frozenset([row.style.code] if row.style else [])
    families = frozenset([row.family] if row.family else [])
    return TeamWindow(row.team_id, row.kind == Kind.ONLY, row.first_day, row.last_day, lines, styles, families)


@transaction.atomic
def set_rule(*, plant: Plant, kind: str, why: str, by: User | None, lines: Sequence[OrderLine] = (), **values: Any) -> PlanRule:
    """Keep an idea for every plan from now on. Raises DomainError where something is missing or cannot be."""
    row = PlanRule(plant=plant, kind=kind, why=why.strip(), set_by=by, **values)
    _check(row, lines)
    row.full_clean()
    row.save(force_insert=True)
    PlanRuleLine.objects.bulk_create(PlanRuleLine(rule=row, position=place, order_line=line) for place, line in enumerate(lines, 1))
    audit.record(row, "set", by=by, values={"rule": (None, str(row))}, why=row.why)
    return row


@transaction.atomic
def end_rule(*, rule_id: int, by: User | None) -> PlanRule:
    """Let an idea go; plans that stand keep what they followed. Raises DomainError where it has ended already."""
    row = PlanRule.objects.select_for_update().get(pk=rule_id)
    if row.ended_at is not None:
        raise DomainError(_("This rule has ended already."), "ended")
    row.ended_at, row.ended_by = clock.now(), by
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(row, "end", by=by, values={"ended_at": (None, row.ended_at.isoformat())})
    return row


def _check(row: PlanRule, lines: Sequence[OrderLine]) -> None:
    """Raise DomainError for a rule that says too little, or what its team cannot do."""
    if not row.why:
        raise DomainError(_("Say why: others will ask when they see the plans."), "why")
    if row.kind == Kind.FIRST:
        if row.customer is None:
            raise DomainError(_("Say which customer."), "customer")
        return
    if row.team is None:
        raise DomainError(_("Say which team."), "team")
    if row.kind == Kind.SEQUENCE:
        _check_sequence(row, lines)
    elif not (row.customer or row.style or row.family):
        raise DomainError(_("Say for whom or what: a customer, a style or a family."), "what")


def _check_sequence(row: PlanRule, lines: Sequence[OrderLine]) -> None:
    if not 1 < len(lines) <= MOST_LINES:
        raise DomainError(_("A sequence has two to %(n)d orders.") % {"n": MOST_LINES}, "lines")
    families = row.team.families if row.team else None
    for line in lines:
        if families is not None and line.style.family not in families:
            raise DomainError(_("%(team)s does not make %(family)s.") % {"team": row.team, "family": line.style.family}, "family")
