"""The factory's own ideas of a plan in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.models import Plant
from planning_site.core.templatetags import figures
from scheduling.models import PlanRule
from scheduling.selectors.week import job_name

ENDED_SHOWN = 30
Kind = PlanRule.Kind


@dataclass(frozen=True)
class RuleRow:
    """A rule as a sentence, and its days."""

    rule: PlanRule
    text: str
    days: str


def rule_rows(plant: Plant, today: dt.date) -> tuple[list[RuleRow], list[RuleRow]]:
    """Rules that a plan of today follows, and the last that have ended; two queries."""
    related = ("team", "customer", "style", "set_by", "ended_by")
    rules = PlanRule.objects.filter(plant=plant).select_related(*related)
    rows = [_row(rule) for rule in rules.prefetch_related("lines__order_line__style", "lines__order_line__colour").order_by("-id")]
    standing = [row for row in rows if row.rule.holds_on(today)]
    return standing, [row for row in rows if not row.rule.holds_on(today)][:ENDED_SHOWN]


def _row(rule: PlanRule) -> RuleRow:
    first, last = figures.day(rule.first_day), figures.day(rule.last_day) if rule.last_day else ""
    return RuleRow(rule, _text(rule), f"{first}–{last}" if last else _("from %(day)s on") % {"day": first})


def _text(rule: PlanRule) -> str:
    what = " · ".join(str(part) for part in (rule.customer, rule.style, rule.family) if part)
    match rule.kind:
        case Kind.FIRST:
            return _("%(customer)s goes first") % {"customer": rule.customer}
        case Kind.ONLY:
            return _("%(team)s makes nothing but %(what)s") % {"team": rule.team, "what": what}
        case Kind.NEVER:
            return _("%(team)s makes no %(what)s") % {"team": rule.team, "what": what}
        case _:
            names = " → ".join(job_name(line.order_line) for line in rule.lines.all())
            return _("%(team)s: %(orders)s") % {"team": rule.team, "orders": names}
