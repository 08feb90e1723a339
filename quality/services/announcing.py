"""Who hears at once when a style's release moves: sales and planning, in the transaction of the fact that moves it (C1, C3)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from quality.models import Delay, PlanItem, PreparationPlan
from quality.notices import Notice, tell
from quality.people import people_of
from quality.selectors.outlook import Outlook, release_of

TOLD = (Department.SALES, Department.PLANNING)
MOVED = "release moved"


def note_release(plan: PreparationPlan, *, by: User | None, why: str, today: dt.date, key: str = "") -> Outlook:
    """Look at the release again after something changed; keep the day, and tell sales and planning if it moved to later or to no day.

    `key` names the fact for the mails' keys; without one nobody is told, because the caller does.
    """
    now = release_of(plan.style, today=today)
    before, after = plan.announced_on, now.expected_on
    if now.is_released or before == after:
        return now
    plan.announced_on = after
    plan.save(update_fields=["announced_on"])
    audit.record(plan, MOVED, by=by, values={"expected release": (before, after)}, why=why[:300])
    later = after is None or (before is not None and after > before)
    if key and later:
        tell(key=key, receivers=people_of(TOLD), build=lambda: moved_notice(plan, before, now, why), rule_code="C3")
    return now


def moved_notice(plan: PreparationPlan, before: dt.date | None, now: Outlook, why: str) -> Notice:
    """The release of a style moved; by what."""
    return Notice(
        title=_("%(style)s: release %(day)s instead of %(before)s")
        % {"style": plan.style, "day": day_or_none(now.expected_on), "before": day_or_none(before)},
        lead=why,
        facts=(*_hits(plan), *_need(plan, now)),
        url=reverse("quality:style", args=[plan.style_id]),
        link=_("Open the style"),
        shape="late" if now.slack is None or now.slack < 0 else "risk",
    )


def delay_notice(delay: Delay, item: PlanItem, now: Outlook) -> Notice:
    """An item does not come on its day (C3)."""
    plan = item.plan
    words = {"style": plan.style, "item": item.step, "day": day_or_none(delay.day_after), "before": figures.day(delay.day_before)}
    return Notice(
        title=_("%(style)s %(item)s: %(day)s instead of %(before)s") % words,
        lead=delay.reason,
        facts=(
            (_("cause"), str(delay.get_cause_display())),
            (_("reported by"), str(delay.by or _("the program"))),
            (pgettext("style", "release"), f"{day_or_none(delay.release_before)} → {day_or_none(delay.release_after)}"),
            *_hits(plan),
            *_need(plan, now),
        ),
        url=reverse("quality:style", args=[plan.style_id]),
        link=_("Open the style"),
        shape="late" if now.slack is None or now.slack < 0 else "risk",
    )


def _hits(plan: PreparationPlan) -> tuple[tuple[str, str], ...]:
    """Whom it hits: the open orders of the style."""
    lines = list(plan.style.order_lines.filter(order__state="open").select_related("order__customer").order_by("due_on", "pk"))
    named = [f"{line.order.number} {line.order.customer} {figures.pairs(line.pairs)}" for line in lines[:5]]
    more = len(lines) - len(named)
    if more:
        named.append(ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more})
    return ((_("orders"), "; ".join(named)),) if named else ()


def _need(plan: PreparationPlan, now: Outlook) -> tuple[tuple[str, str], ...]:
    return ((_("release needed by"), f"{figures.longday(plan.required_on)} · {slack_words(now.slack)}"),)


def slack_words(slack: int | None) -> str:
    """`3 working days to spare`, `2 working days too late`, `no day can be named`."""
    if slack is None:
        return _("no day can be named")
    if slack < 0:
        return ngettext("%(n)d working day too late", "%(n)d working days too late", -slack) % {"n": -slack}
    return ngettext("%(n)d working day to spare", "%(n)d working days to spare", slack) % {"n": slack}


def day_or_none(day: dt.date | None) -> str:
    return figures.day(day) if day else _("no day")
