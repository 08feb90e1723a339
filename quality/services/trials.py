"""The size-skip trial (C4): planned by planning once the items are there, measured in the workshops, handed to QC by lasting (C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Style, StyleColour
from orders.sizes import in_order
from planning_site.core import audit, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from planning_site.core.transitions import transition
from quality.models import PlanItem, PreparationPlan, Step, Trial, TrialStage
from quality.notices import Notice, tell
from quality.people import people_of, require
from quality.selectors.outlook import release_of
from quality.selectors.steps import read_steps
from quality.services.announcing import note_release
from quality.services.plans import lock_plan

State = Trial.State
PLANNERS = (Department.PLANNING, Department.TECHNICAL)
MAKERS = (Department.WORKSHOP, Department.PRODUCTION, Department.TECHNICAL, Department.QC)
HANDERS = (Department.WORKSHOP, Department.PRODUCTION, Department.TECHNICAL)
MAX_PAIRS = 500  # a trial is some dozens of pairs; more is a mistake of typing


@dataclass(frozen=True)
class Measured:
    """What a department measured: pairs made, people, minutes by the clock from the first pair to the last."""

    pairs: int
    people: int
    clock_minutes: Decimal


def plan_trial(
    *,
    style: Style,
    sizes: Mapping[str, int],
    days: Mapping[str, dt.date],
    by: User | None,
    colour: StyleColour | None = None,
    note: str = "",
    sheet_minutes: Mapping[str, Decimal] | None = None,
    today: dt.date | None = None,
) -> Trial:
    """Plan the next trial of a new style: a day for each department, by the code of its step (C4). The workshops are told.

    Raises DomainError: `not_planning`, `not_new`, `no_plan`, `running` while another trial is open, `released`, `sizes`, `closed_day`,
    `order_of_days` if a department comes before one that it waits for.
    """
    require(by, PLANNERS, _("Planning and technical plan trials."), "not_planning")
    today = today or clock.today()
    with transaction.atomic():
        plan = _plan_of(style)
        run = _checked_sizes(style, sizes)
        _check_days(plan, days)
        last = style.trials.order_by("-number").first()
        _check_may_begin(plan, last)
        trial = Trial(
            style=style, number=(last.number if last else 0) + 1, colour=colour, sizes=run, note=note.strip()[:300], created_by=by
        )
        trial.full_clean()
        trial.save()
        items = _plan_stages(trial, plan, days, sheet_minutes or {})
        PlanItem.objects.filter(pk__in=[item.pk for item in items]).update(forecast_on=None, is_open_ended=False)
        values = {"trial": (None, trial.number), "sizes": (None, run)}
        audit.record(plan, "plan trial", by=by, values=values, why=note.strip()[:300])
        note_release(plan, by=by, why=_("trial planned"), today=today, key=f"trial-planned:{trial.pk}")
        key, receivers = f"trial:{trial.pk}", people_of([Department.WORKSHOP, Department.QC])
        tell(key=key, receivers=receivers, build=lambda: _trial_notice(trial), rule_code="C4")
    return trial


def _plan_stages(trial: Trial, plan: PreparationPlan, days: Mapping[str, dt.date], sheet: Mapping[str, Decimal]) -> list[PlanItem]:
    """Write the day of every department that makes a share of the trial; gives the items of the plan that belong to trials."""
    items = {item.step.code: item for item in plan.items.select_related("step") if item.step.group == Step.Group.TRIAL}
    stages = [
        TrialStage(trial=trial, step=item.step, planned_on=days[code], sheet_minutes=sheet.get(code))
        for code, item in items.items()
        if code in days
    ]
    TrialStage.objects.bulk_create(stages)
    return list(items.values())


def report_stage(*, stage: TrialStage, measured: Measured, note: str, by: User | None, today: dt.date | None = None) -> TrialStage:
    """A department made its share and measured it. Reported again, the later figures count and the history keeps the earlier.

    Raises DomainError: `not_maker`, `items` while an item of the plan has no proof (C4 comes after C2), `state` once QC has the trial,
    `before` while a department that feeds it has not reported, `pairs`, `minutes`.
    """
    require(by, MAKERS, _("The workshops, production, technical and QC report trials."), "not_maker")
    today = today or clock.today()
    with transaction.atomic():
        plan = _plan_of(stage.trial.style)
        trial = Trial.objects.select_for_update().get(pk=stage.trial_id)
        locked = TrialStage.objects.select_related("step").get(pk=stage.pk)
        _check_reportable(plan, trial, locked, measured)
        before = (locked.pairs, locked.people, str(locked.clock_minutes))
        if trial.state == State.PLANNED:
            transition(trial, State.RUNNING)
            trial.save(update_fields=["state"])
        locked.done_on = locked.done_on or today
        locked.pairs, locked.people, locked.clock_minutes = measured.pairs, measured.people, measured.clock_minutes
        locked.note, locked.reported_at, locked.reported_by = note.strip()[:300], clock.now(), by
        locked.full_clean()
        locked.save()
        after = (locked.pairs, locked.people, str(locked.clock_minutes))
        audit.record(plan, "report trial", by=by, values={f"{trial.number} {locked.step.code}": (before, after)}, why=locked.note)
        note_release(plan, by=by, why=str(locked.step), today=today, key=f"trial-stage:{locked.pk}:{int(clock.now().timestamp())}")
    return locked


def hand_over(*, trial: Trial, by: User | None) -> Trial:
    """Lasting hands the trial's pairs to QC (C5). Raises DomainError: `not_maker`, `open_stages` while a department has not reported."""
    require(by, HANDERS, _("Lasting hands the pairs to QC."), "not_maker")
    with transaction.atomic():
        plan = _plan_of(trial.style)
        locked = Trial.objects.select_for_update().get(pk=trial.pk)
        waiting = [str(stage.step) for stage in locked.stages.select_related("step") if stage.done_on is None]
        if waiting:
            raise DomainError(_("Not reported yet: %(stages)s.") % {"stages": ", ".join(waiting)}, "open_stages")
        before = transition(locked, State.WITH_QC)
        locked.handed_over_at, locked.handed_over_by = clock.now(), by
        locked.save(update_fields=["state", "handed_over_at", "handed_over_by"])
        audit.record(plan, "hand to QC", by=by, values={f"trial {locked.number}": (before, locked.state)})
        receivers = people_of([Department.QC])
        tell(key=f"trial-qc:{locked.pk}", receivers=receivers, build=lambda: _handed_notice(locked), rule_code="C5")
    return locked


def mark_minutes_taken(*, trial: Trial, by: User | None) -> Trial:
    """Keep who took the measured minutes over as the style's rates; whoever keeps the rates calls it in the same transaction.

    Raises DomainError (`not_measured`) while a department's minutes are missing.
    """
    with transaction.atomic():
        plan = _plan_of(trial.style)
        locked = Trial.objects.select_for_update().get(pk=trial.pk)
        minutes = {stage.step.code: stage.minutes_per_pair for stage in locked.stages.select_related("step")}
        if not minutes or None in minutes.values():
            raise DomainError(_("The trial is not measured at every stage."), "not_measured")
        locked.minutes_taken_at, locked.minutes_taken_by = clock.now(), by
        locked.save(update_fields=["minutes_taken_at", "minutes_taken_by"])
        audit.record(plan, "take minutes over", by=by, values={code: (None, str(value)) for code, value in minutes.items()})
    return locked


def _plan_of(style: Style) -> PreparationPlan:
    """The plan of the style, locked. Raises DomainError (`no_plan`)."""
    if not style.is_new:
        raise DomainError(_("%(style)s was made before and needs no trial.") % {"style": style}, "not_new")
    found = PreparationPlan.objects.filter(style=style).values_list("pk", flat=True).first()
    if found is None:
        raise DomainError(_("%(style)s has no pre-production plan yet.") % {"style": style}, "no_plan")
    return lock_plan(found)


def _checked_sizes(style: Style, sizes: Mapping[str, int]) -> dict[str, int]:
    foreign = [size for size in sizes if size not in style.sizes]
    if foreign:
        words = {"style": style, "sizes": ", ".join(foreign)}
        raise DomainError(_("%(style)s is not made in size %(sizes)s.") % words, "sizes")
    run = in_order({size: pairs for size, pairs in sizes.items() if pairs})
    if not run or min(run.values()) < 1 or sum(run.values()) > MAX_PAIRS:
        raise DomainError(_("A trial takes at least one pair and at most %(n)d.") % {"n": MAX_PAIRS}, "sizes")
    return run


def _check_may_begin(plan: PreparationPlan, last: Trial | None) -> None:
    if last is not None and last.is_open:
        raise DomainError(_("Trial %(n)d is not finished yet.") % {"n": last.number}, "running")
    if release_of(plan.style).is_released:
        raise DomainError(_("%(style)s is released already.") % {"style": plan.style}, "released")


def _check_days(plan: PreparationPlan, days: Mapping[str, dt.date]) -> None:
    """Every department of the plan has a worked day, none before the one that feeds it."""
    calendar = calendar_of(plan.plant)
    needed = {item.step.code: item.step for item in plan.items.select_related("step") if item.is_needed}
    stages = {code: step for code, step in needed.items() if step.group == Step.Group.TRIAL}
    missing = [str(step) for code, step in stages.items() if code not in days]
    if missing or not days.keys() <= stages.keys():
        raise DomainError(_("Give a day to each department: %(stages)s.") % {"stages": ", ".join(missing or days)}, "days")
    for code, day in days.items():
        if not calendar.is_working(day):
            words = {"item": stages[code], "day": figures.longday(day)}
            raise DomainError(_("%(item)s: nobody works on %(day)s.") % words, "closed_day")
    for task in read_steps().tasks_for(needed):
        for before in task.after & stages.keys():
            if task.code in days and days[task.code] < days[before]:
                words = {"stage": stages[task.code], "before": stages[before]}
                raise DomainError(_("%(stage)s cannot come before %(before)s.") % words, "order_of_days")


def _check_reportable(plan: PreparationPlan, trial: Trial, stage: TrialStage, measured: Measured) -> None:
    if trial.state not in (State.PLANNED, State.RUNNING):
        raise DomainError(_("Trial %(n)d is with QC; nothing is changed any more.") % {"n": trial.number}, "state")
    missing = [str(cell.step) for cell in release_of(plan.style).missing]
    if missing:
        raise DomainError(_("The trial waits for: %(items)s.") % {"items": ", ".join(missing)}, "items")
    done = {other.step.code for other in trial.stages.select_related("step") if other.done_on}
    here = {other.step.code: other.step for other in trial.stages.select_related("step")}
    task = next((task for task in read_steps().tasks_for(here) if task.code == stage.step.code), None)
    waiting = [str(here[code]) for code in sorted(task.after - done)] if task else []
    if waiting:
        raise DomainError(_("Not reported yet: %(stages)s.") % {"stages": ", ".join(waiting)}, "before")
    if not 1 <= measured.pairs <= trial.pairs:
        raise DomainError(_("The trial is of %(n)d pairs.") % {"n": trial.pairs}, "pairs")
    if measured.people < 1 or measured.clock_minutes <= 0:
        raise DomainError(_("People and minutes are more than 0."), "minutes")


def _trial_notice(trial: Trial) -> Notice:
    stages = trial.stages.select_related("step").order_by("step__position")
    sizes = " ".join(f"{size}×{pairs}" for size, pairs in trial.sizes.items())
    return Notice(
        title=_("%(style)s: trial %(n)d") % {"style": trial.style, "n": trial.number},
        lead=_("Sizes and pairs: %(sizes)s") % {"sizes": sizes},
        facts=tuple((str(stage.step), figures.longday(stage.planned_on)) for stage in stages),
        url=reverse("quality:trial", args=[trial.pk]),
        link=_("Open the trial sheet"),
    )


def _handed_notice(trial: Trial) -> Notice:
    return Notice(
        title=_("%(style)s: trial %(n)d waits for QC's report") % {"style": trial.style, "n": trial.number},
        lead=_("No signature, no mass production."),
        facts=((_("handed over by"), str(trial.handed_over_by or "")), (_("pairs"), figures.pairs(trial.pairs))),
        url=reverse("quality:trial", args=[trial.pk]),
        link=_("Open the trial sheet"),
    )
