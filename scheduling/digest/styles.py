"""New styles in words: what a release waits for now, who owes it, and when it is to be expected."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_site.core.departments import Department
from planning_site.core.templatetags import figures
from quality.selectors import Duty, OpenStyle


def waits_for(style: OpenStyle, today: dt.date) -> str:
    """What the release waits for now, and who owes it."""
    duty = style.first_open(today)
    if duty is None:
        return _("no pre-production plan") if style.plan is None else ""
    return _("waits for %(item)s: %(owner)s, %(day)s") % {"item": duty.step, "owner": owner_of(duty), "day": day_or_none(duty.due_on)}


def release_days(style: OpenStyle) -> str:
    """The expected day of the release beside the day on which it is needed; nothing without a plan."""
    if style.plan is None:
        return ""
    words = {"day": day_or_none(style.expected_on), "needed": figures.day(style.plan.required_on)}
    return _("release %(day)s, needed by %(needed)s") % words


def orders_of(style: OpenStyle) -> str:
    """`2 orders · 3,600 pairs`."""
    orders = ngettext("%(n)d order", "%(n)d orders", style.style.open_orders) % {"n": style.style.open_orders}
    return " · ".join([orders, _("%(pairs)s pairs") % {"pairs": figures.pairs(style.style.open_pairs)}])


def owner_of(duty: Duty) -> str:
    """The person who owes a step, else the department."""
    return duty.owner or str(Department(duty.step.department).label)


def day_or_none(day: dt.date | None) -> str:
    return figures.day(day) if day else _("no day")
