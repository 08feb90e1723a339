"""A late item is named to the superior with its owner and the days it is late (C1). May run twice, late, or after a week of outage.

Who only waits for a late item is not named late: the item that holds him is, with its owner, and what waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Order
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from quality.models import Escalation, PlanItem, PreparationPlan, Step
from quality.notices import Notice, tell
from quality.people import people_of
from quality.schedule import distance
from quality.selectors.releases import release_states
from quality.selectors.steps import Steps, read_steps
from quality.services.announcing import note_release, slack_words
from quality.services.plans import lock_plan

AGAIN_AFTER = 3  # working days after which an item that is still late is named again
SUPERIORS = (Department.GM, Department.PLANNING)


@dataclass(frozen=True)
class Round:
    """What a run did."""

    escalated: list[Escalation]
    moved: int


@dataclass(frozen=True)
class LateItem:
    """An item that is late by itself, and the late ones that wait for it."""

    item: PlanItem
    holds: tuple[PlanItem, ...]


def escalate_late_items(*, now: dt.datetime) -> Round:
    """Name every late item once per step of lateness, and tell sales and planning of releases that moved because a day passed.

    A step is the first working day late, then every third. After an outage only the step that is due now is written, not those missed.
    """
    today = now.astimezone(clock.factory_zone()).date()
    escalated: list[Escalation] = []
    steps = read_steps()
    moved = 0
    for plan in _open_plans():
        calendar = calendar_of(plan.plant)
        if not calendar.is_working(today):
            continue
        with transaction.atomic():
            locked = lock_plan(plan.pk)
            before = locked.announced_on
            outlook = note_release(
                locked, by=None, why=_("A planned day has passed without a proof."), today=today, key=f"release-moved:{plan.pk}:{today}"
            )
            moved += before != locked.announced_on
            for late in _late_items(locked, steps, today):
                made = _escalate(late, calendar, today, now, slack_words(outlook.slack))
                escalated += [made] if made else []
    return Round(escalated, moved)


def _open_plans() -> list[PreparationPlan]:
    """Plans of styles that open orders ask for and that are not released."""
    plans = PreparationPlan.objects.filter(style__order_lines__order__state=Order.State.OPEN).distinct().select_related("plant", "style")
    found = list(plans.order_by("due_on", "pk"))
    states = release_states([plan.style_id for plan in found])
    return [plan for plan in found if not states[plan.style_id].is_released]


def _late_items(plan: PreparationPlan, steps: Steps, today: dt.date) -> list[LateItem]:
    """Needed items whose planned day has passed without a proof, each with the late ones that wait for it; these do not stand alone."""
    open_items = list(
        PlanItem.objects.filter(plan=plan, done_on=None, is_needed=True, step__group=Step.Group.ITEM)
        .select_related("step", "owner")
        .order_by("step__position")
    )
    for item in open_items:
        item.plan = plan
    late = {item.step.code: item for item in open_items if item.planned_on < today}
    before = {task.code: task.after for task in steps.tasks_for({item.step.code for item in open_items})}
    behind = {code: late.keys() & _all_before(code, before) for code in late}
    causes = [code for code in late if not behind[code]]
    return [LateItem(late[code], tuple(late[other] for other in late if code in behind[other])) for code in causes]


def _all_before(code: str, before: Mapping[str, Collection[str]]) -> set[str]:
    """Every open step that a step waits for, directly or through others."""
    found: set[str] = set()
    ahead = list(before.get(code, ()))
    while ahead:
        step = ahead.pop()
        if step not in found:
            found.add(step)
            ahead += before.get(step, ())
    return found


def _escalate(late: LateItem, calendar: WorkingCalendar, today: dt.date, now: dt.datetime, slack: str) -> Escalation | None:
    """Write the step that is due, unless it was written before."""
    item = late.item
    days_late = distance(item.planned_on, today, calendar)
    step = (days_late - 1) // AGAIN_AFTER
    values = {"days_late": days_late, "at": now}
    row, is_new = Escalation.objects.get_or_create(item=item, planned_on=item.planned_on, step=step, defaults=values)
    if not is_new:
        return None
    receivers = people_of(SUPERIORS)
    told = {user.pk for user, _department in receivers}
    people: list[User | None] = [item.owner, item.plan.tracker]
    receivers += [(user, Department(item.step.department)) for user in dict.fromkeys(people) if user and user.pk not in told]
    tell(key=f"late-item:{row.pk}", receivers=receivers, build=lambda: _notice(late, days_late, slack), rule_code="C1")
    return row


def _notice(late: LateItem, days_late: int, slack: str) -> Notice:
    item, plan = late.item, late.item.plan
    waiting = pgettext("list", ", ").join(str(other.step) for other in late.holds)
    words = {"style": plan.style, "item": item.step, "n": days_late}
    return Notice(
        title=_("%(style)s %(item)s is %(n)d working days late") % words,
        lead=_("Planned for %(day)s. Nothing was delivered that proves it.") % {"day": figures.longday(item.planned_on)},
        facts=(
            (_("owner"), str(item.owner or Department(item.step.department).label)),
            (_("tracker"), str(plan.tracker or "–")),
            *(((_("late because of it"), waiting),) if waiting else ()),
            (_("release needed by"), f"{figures.longday(plan.required_on)} · {slack}"),
            (_("first due"), figures.longday(plan.due_on)),
        ),
        url=reverse("quality:style", args=[plan.style_id]),
        link=_("Open the style"),
        shape="late",
    )
