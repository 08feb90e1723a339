"""Pre-production plans: made on receipt of the first order of a new style, changed with a reason, reviewed by technical (C1, E2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine, Style
from planning_site.core import audit, clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from planning_site.core.transitions import transition
from quality.models import PlanItem, PreparationPlan, Step
from quality.notices import Notice, tell
from quality.people import people_of, require
from quality.schedule import scheduled
from quality.selectors.releases import release_states
from quality.selectors.steps import Steps, read_steps
from quality.services.announcing import note_release

State = PreparationPlan.State


@dataclass(frozen=True)
class ItemChange:
    """What a planner wants of an item."""

    planned_on: dt.date
    owner: User | None
    is_needed: bool = True


def first_open_line(style: Style) -> OrderLine | None:
    """The line of an open order that is due first."""
    lines = OrderLine.objects.filter(style=style, order__state=Order.State.OPEN).select_related("order")
    return lines.order_by("due_on", "order__number", "position").first()


def required_day(due_on: dt.date, steps: Steps, calendar: WorkingCalendar) -> dt.date:
    """The last day on which a release still lets the first order be made in time."""
    return calendar.add(calendar.previous_working(due_on, before=False), -steps.production_days)


def make_plan(
    *, style: Style, by: User | None, tracker: User | None = None, today: dt.date | None = None, first_day: dt.date | None = None
) -> PreparationPlan:
    """Make the pre-production plan of a new style, worked back from the first due day over working days, and give it to technical (C1, E2).

    `first_day` is the day on which work may begin, today unless given. Raises DomainError if the style is not new (`not_new`), has a
    plan (`planned`), no open order asks for it (`no_order`), or a person of another department asks (`not_planning`).
    """
    require(by, [Department.PLANNING], _("Planning makes the pre-production plan."), "not_planning")
    today = today or clock.today()
    with transaction.atomic():
        # two makers of one plan: the second waits here and then sees the first one's
        style = Style.objects.select_for_update().get(pk=style.pk)
        line = first_open_line(style)
        _check_makeable(style, line)
        assert line is not None
        plant = line.order.plant
        steps, calendar = read_steps(), calendar_of(plant)
        required = required_day(line.due_on, steps, calendar)
        days = scheduled(steps.tasks, calendar, first=first_day or today, last=required).days
        plan = PreparationPlan(
            plant=plant,
            style=style,
            order=line.order,
            due_on=line.due_on,
            required_on=required,
            announced_on=max(days.values(), default=None),
            tracker=tracker or (by if by is not None and Department.PLANNING in by.departments else None),
            created_by=by,
        )
        plan.full_clean()
        plan.save()
        PlanItem.objects.bulk_create(
            [PlanItem(plan=plan, step=step, planned_on=days[step.code], owner=step.owner) for step in steps.scheduled]
        )
        audit.record(plan, "plan", by=by, values={"due": (None, line.due_on), "release needed by": (None, required)})
        _ask_technical(plan)
    return plan


def _check_makeable(style: Style, line: OrderLine | None) -> None:
    if not style.is_new:
        raise DomainError(_("%(style)s was made before and needs no pre-production plan.") % {"style": style}, "not_new")
    if PreparationPlan.objects.filter(style=style).exists():
        raise DomainError(_("%(style)s has its pre-production plan already.") % {"style": style}, "planned")
    if line is None:
        raise DomainError(_("No open order asks for %(style)s.") % {"style": style}, "no_order")


def make_missing_plans(*, today: dt.date | None = None) -> list[PreparationPlan]:
    """Make the plan of every new style that an open order asks for and that has none; a second run finds nothing to do."""
    wanted = Style.objects.filter(is_new=True, order_lines__order__state=Order.State.OPEN, preparation=None).distinct()
    states = release_states(list(wanted.values_list("pk", flat=True)))
    made = []
    for style in wanted.order_by("code"):
        if states[style.pk].is_released:
            continue
        try:
            made.append(make_plan(style=style, by=None, today=today))
        except DomainError as error:
            if error.code not in ("planned", "no_order"):  # somebody was faster; anything else is a fault
                raise
    return made


def change_plan(
    *,
    plan: PreparationPlan,
    version: int,
    items: Mapping[int, ItemChange],
    tracker: User | None,
    why: str,
    by: User | None,
    today: dt.date | None = None,
) -> PreparationPlan:
    """Change days, owners and the tracker of a plan; technical signs it anew. A change of nothing writes nothing.

    Raises DomainError: `not_planning`, `conflict` if somebody saved it since, `no_reason`, `closed_day` for a planned day that is not
    worked, `done` for a changed day of an item that is delivered.
    """
    require(by, [Department.PLANNING], _("Planning changes the pre-production plan."), "not_planning")
    today = today or clock.today()
    with transaction.atomic():
        locked = lock_plan(plan.pk, version)
        before = {item.pk: item for item in locked.items.select_related("step", "owner")}
        values = _changed_items(before, items, calendar_of(locked.plant))
        if locked.tracker_id != (tracker.pk if tracker else None):
            values["tracker"] = (str(locked.tracker or ""), str(tracker or ""))
        if not values:
            return locked
        if not why.strip():
            raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
        locked.tracker = tracker
        _propose_again(locked)
        locked.version += 1
        locked.save(update_fields=["tracker", "state", "version"])
        PlanItem.objects.bulk_update(before.values(), ["planned_on", "owner", "is_needed", "forecast_on", "is_open_ended"])
        audit.record(locked, "change", by=by, values=values, why=why.strip()[:300])
        note_release(locked, by=by, why=why.strip(), today=today, key=f"preparation:{locked.pk}:v{locked.version}")
        _ask_technical(locked)
    return locked


def _changed_items(
    before: Mapping[int, PlanItem], wanted: Mapping[int, ItemChange], calendar: WorkingCalendar
) -> dict[str, tuple[object, object]]:
    """Put what is wanted into the items, in memory, and return what changed."""
    values: dict[str, tuple[object, object]] = {}
    for pk, change in wanted.items():
        item = before[pk]
        if change.planned_on != item.planned_on:
            if item.done_on:
                raise DomainError(_("%(item)s is delivered; its planned day stays.") % {"item": item.step}, "done")
            if not calendar.is_working(change.planned_on):
                words = {"item": item.step, "day": figures.longday(change.planned_on)}
                raise DomainError(_("%(item)s: nobody works on %(day)s.") % words, "closed_day")
            values[item.step.code] = (item.planned_on, change.planned_on)
            item.planned_on, item.forecast_on, item.is_open_ended = change.planned_on, None, False
        if (change.owner.pk if change.owner else None) != item.owner_id:
            values[f"{item.step.code} owner"] = (str(item.owner or ""), str(change.owner or ""))
            item.owner = change.owner
        if change.is_needed != item.is_needed and item.step.group != Step.Group.REPORT:  # nothing is released without QC's report
            values[f"{item.step.code} needed"] = (item.is_needed, change.is_needed)
            item.is_needed = change.is_needed
    return values


def review_plan(*, plan: PreparationPlan, version: int, agreed: bool, note: str, by: User | None) -> PreparationPlan:
    """Technical signs the plan, or sends it back with a reason (C1). Raises DomainError: `not_technical`, `conflict`, `no_reason`."""
    require(by, [Department.TECHNICAL], _("Technical signs the pre-production plan."), "not_technical")
    note = " ".join(note.split())
    if not agreed and not note:
        raise DomainError(_("Say why it is sent back."), "no_reason")
    with transaction.atomic():
        locked = lock_plan(plan.pk, version)
        before = transition(locked, State.AGREED if agreed else State.RETURNED)
        locked.reviewed_by, locked.reviewed_at, locked.review_note = by, clock.now(), note[:300]
        locked.version += 1
        locked.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_note", "version"])
        audit.record(locked, "review", by=by, values={"state": (before, locked.state)}, why=note[:300])
        if not agreed:
            receivers = people_of([Department.PLANNING])
            key = f"preparation-returned:{locked.pk}:v{locked.version}"
            tell(key=key, receivers=receivers, build=lambda: _returned_notice(locked), rule_code="C1")
    return locked


def follow_due_days(*, today: dt.date | None = None) -> list[PreparationPlan]:
    """Take over the first due day of the open orders where it moved; the needed release moves with it. May run at any time."""
    moved = []
    calendars: dict[int, WorkingCalendar] = {}
    steps = read_steps()
    for plan in PreparationPlan.objects.select_related("style", "plant").order_by("pk"):
        line = first_open_line(plan.style)
        if line is None or line.due_on == plan.due_on:
            continue
        calendar = calendars.setdefault(plan.plant_id, calendar_of(plan.plant))
        with transaction.atomic():
            locked = lock_plan(plan.pk)
            values = {"due": (locked.due_on, line.due_on)}
            locked.due_on, locked.required_on = line.due_on, required_day(line.due_on, steps, calendar)
            locked.version += 1
            locked.save(update_fields=["due_on", "required_on", "version"])
            audit.record(locked, "follow due day", by=None, values=values, why=str(line.order))
        moved.append(locked)
    return moved


def lock_plan(pk: int, version: int | None = None) -> PreparationPlan:
    """The plan, locked until the transaction ends. Raises DomainError (`conflict`) if it is no longer of that version."""
    plans = PreparationPlan.objects.select_for_update(of=("self",)).select_related("style", "plant", "tracker")
    plan = plans.get(pk=pk)
    if version is not None and plan.version != version:
        raise DomainError(_("Not saved: the plan of %(style)s was changed in the meantime.") % {"style": plan.style}, "conflict")
    return plan


def _propose_again(plan: PreparationPlan) -> None:
    if plan.state != State.PROPOSED:
        transition(plan, State.PROPOSED)


def _ask_technical(plan: PreparationPlan) -> None:
    """Technical reviews and signs (C1)."""
    key = f"preparation-review:{plan.pk}:v{plan.version}"
    tell(key=key, receivers=people_of([Department.TECHNICAL]), build=lambda: _review_notice(plan), rule_code="C1")


def _review_notice(plan: PreparationPlan) -> Notice:
    items = plan.items.filter(is_needed=True).select_related("step", "owner").order_by("planned_on", "step__position")
    late = plan.announced_on is not None and plan.announced_on > plan.required_on
    return Notice(
        title=_("%(style)s: pre-production plan to sign") % {"style": plan.style},
        lead=_("First due %(due)s, release needed by %(required)s.")
        % {"due": figures.longday(plan.due_on), "required": figures.longday(plan.required_on)},
        facts=tuple((str(item.step), " ".join([figures.longday(item.planned_on), str(item.owner or "")]).strip()) for item in items),
        url=reverse("quality:style", args=[plan.style_id]),
        link=_("Sign, or send back"),
        shape="late" if late else "risk",
    )


def _returned_notice(plan: PreparationPlan) -> Notice:
    return Notice(
        title=_("%(style)s: pre-production plan sent back") % {"style": plan.style},
        lead=plan.review_note,
        facts=((_("sent back by"), str(plan.reviewed_by)),),
        url=reverse("quality:style", args=[plan.style_id]),
        link=_("Open the plan"),
    )
