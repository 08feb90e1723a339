"""Where each new style stands before mass production, what is to be expected, and who holds it: for pages, mails and planning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, prefetch_related_objects

from orders.models import Style
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import User
from quality.models import PlanItem, PreparationPlan, Step, StyleRelease, Trial, TrialStage
from quality.schedule import Progress, distance, expected, slack
from quality.selectors.releases import ReleaseState, latest_releases, state_of
from quality.selectors.steps import Steps, read_steps

Group = Step.Group


@dataclass(frozen=True)
class Cell:
    """A step of a style: planned, expected, done. `days_late` is working days behind the plan, by the proof or by what is expected."""

    item: PlanItem
    planned_on: dt.date
    expected_on: dt.date | None
    done_on: dt.date | None
    days_late: int
    today: dt.date
    owner: User | None
    version: int = 0
    escalated: int = 0  # working days late when it was last named to the superior
    is_held: bool = False  # a step of the trial, or the report, that waits for another step

    @property
    def step(self) -> Step:
        return self.item.step

    @property
    def is_open(self) -> bool:
        return self.item.is_needed and self.done_on is None

    @property
    def is_overdue(self) -> bool:
        """Whether the planned day has passed without a proof."""
        return self.is_open and self.planned_on < self.today

    @property
    def is_late(self) -> bool:
        """Whether its owner is behind the plan: overdue, announced for later, or without a day. Who waits for others is not late."""
        announced = self.item.is_open_ended or (self.item.forecast_on or self.planned_on) > self.planned_on
        return self.is_open and (announced or (self.is_overdue and not self.is_held))

    @property
    def is_pushed(self) -> bool:
        """Whether something that it waits for comes too late for its plan."""
        return self.is_open and not self.is_late and (self.days_late > 0 or self.expected_on is None)

    @property
    def shape(self) -> str:
        """The shape of the state: `done`, `late`, `risk` (due today, or pushed by another), `wait`, empty where it is not needed."""
        if not self.item.is_needed:
            return ""
        if self.done_on is not None:
            return "done"
        if self.is_late:
            return "late"
        return "risk" if self.planned_on == self.today or self.is_pushed else "wait"


@dataclass(frozen=True)
class Outlook:
    """A style before mass production. `expected_on` is the day of its release as it looks now, None if nobody can name one.

    A released style has `released_on`; one that was made before needs no release and has neither. `slack` is working days between
    the expected and the needed release, negative if too late.
    """

    style: Style
    state: ReleaseState
    plan: PreparationPlan | None
    cells: tuple[Cell, ...]
    release: StyleRelease | None
    trial: Trial | None
    expected_on: dt.date | None
    slack: int | None

    @property
    def is_released(self) -> bool:
        return self.state.is_released

    @property
    def released_on(self) -> dt.date | None:
        """The day of QC's signature, where it opened mass production."""
        if self.release is None or not self.is_released:
            return None
        return self.release.signed_at.astimezone(clock.factory_zone()).date()

    @property
    def slack_late(self) -> int:
        """Working days too late, 0 if not."""
        return max(-(self.slack or 0), 0)

    @property
    def items(self) -> list[Cell]:
        """The items that technical owes (C2)."""
        return [cell for cell in self.cells if cell.step.group == Group.ITEM]

    @property
    def missing(self) -> list[Cell]:
        """Needed items without a proof."""
        return [cell for cell in self.items if cell.is_open]

    @property
    def late(self) -> list[Cell]:
        """Steps behind their plan of a style that is not released."""
        return [] if self.is_released else [cell for cell in self.cells if cell.is_late]

    @property
    def holds(self) -> list[Cell]:
        """What holds the release: the open steps, those without a day first, then by the day they are expected."""
        if self.is_released:
            return []
        far = dt.date.max
        return sorted((cell for cell in self.cells if cell.is_open), key=lambda cell: cell.expected_on or far, reverse=True)

    @property
    def first_open(self) -> Cell | None:
        """The step that everything waits for now: the first open one, a late one before others."""
        opened = [cell for cell in self.cells if cell.is_open]
        return next((cell for cell in opened if cell.is_late), opened[0] if opened else None)

    @cached_property
    def by_code(self) -> dict[str, Cell]:
        return {cell.step.code: cell for cell in self.cells}


def release_of(style: Style, *, today: dt.date | None = None) -> Outlook:
    """Where one style stands."""
    return releases_of([style], today=today)[style.pk]


def release_from(style: Style, reports: Sequence[StyleRelease], trials: Sequence[Trial], *, today: dt.date | None = None) -> Outlook:
    """Where a new style stands, whose reports and trials are read already, newest first, and perhaps its plan. Four queries at the most."""
    plan = getattr(style, "preparation", None)
    if plan is None:
        return Outlook(style, state_of(reports[0] if reports else None), None, (), next(iter(reports), None), None, None, None)
    prefetch_related_objects([plan], Prefetch("items", queryset=_items()))
    newest, last = next(iter(reports), None), next(iter(trials), None)
    return _outlook(style, newest, plan, last, read_steps(), calendar_of(plan.plant), today or clock.today())


def releases_of(styles: Iterable[Style], *, today: dt.date | None = None) -> dict[int, Outlook]:
    """Where styles stand, by id; eight queries, however many styles. The working days are those of their plans' plant."""
    found = {style.pk: style for style in styles}
    new = [pk for pk, style in found.items() if style.is_new]
    releases = latest_releases(new)
    plans = {plan.style_id: plan for plan in plans_of(new)} if new else {}
    trials = latest_trials(new) if new else {}
    today = today or clock.today()
    steps = read_steps() if plans else Steps(())
    calendars = {plan.plant_id: plan.plant for plan in plans.values()}
    worked = {pk: calendar_of(plant) for pk, plant in calendars.items()}
    return {
        pk: _outlook(
            style, releases.get(pk), plans.get(pk), trials.get(pk), steps, worked.get(plans[pk].plant_id) if pk in plans else None, today
        )
        for pk, style in found.items()
    }


def plans_of(style_ids: Collection[int]) -> list[PreparationPlan]:
    """The plans of styles with their items, steps and owners, and the number of versions of each item. Two queries."""
    plans = PreparationPlan.objects.filter(style__in=style_ids).select_related(
        "style", "tracker", "reviewed_by", "order__customer", "plant"
    )
    return list(plans.prefetch_related(Prefetch("items", queryset=_items())))


def _items() -> QuerySet[Any, Any]:
    """Items with their step, owner, newest version's number, and how late they were when they were last named to the superior."""
    found = PlanItem.objects.select_related("step", "owner")
    return found.annotate(last_version=Max("versions__number"), escalated=Max("escalations__days_late")).order_by("step__position")


def latest_trials(style_ids: Collection[int]) -> dict[int, Trial]:
    """The newest trial of each style with its stages. Two queries."""
    stages = TrialStage.objects.select_related("step").order_by("step__position")
    newest = Trial.objects.filter(style__in=style_ids).order_by("style_id", "-number").distinct("style_id")
    return {trial.style_id: trial for trial in newest.prefetch_related(Prefetch("stages", queryset=stages))}


def _outlook(
    style: Style,
    release: StyleRelease | None,
    plan: PreparationPlan | None,
    trial: Trial | None,
    steps: Steps,
    calendar: WorkingCalendar | None,
    today: dt.date,
) -> Outlook:
    state = state_of(release) if style.is_new else ReleaseState.OLD
    if plan is None or calendar is None:
        return Outlook(style, state, None, (), release, trial, None, None)
    items = list(plan.items.all())
    progress = {item.step.code: _progress(item, trial, release, state) for item in items if item.is_needed}
    tasks = steps.tasks_for(progress.keys())
    days = expected(tasks, progress, calendar, today=today)
    held = {task.code for task in tasks if any(progress[code].done_on is None for code in task.after)}
    cells = tuple(_cell(item, progress.get(item.step.code), days, calendar, today, item.step.code in held) for item in items)
    on = None if state.is_released or None in days.values() else max((day for day in days.values() if day), default=None)
    spare = slack(on, plan.required_on, calendar) if on else None
    return Outlook(style, state, plan, cells, release, trial, on, spare)


def _progress(item: PlanItem, trial: Trial | None, release: StyleRelease | None, state: ReleaseState) -> Progress:
    """Where an item stands. The newest trial speaks for the steps of the trial, QC's signature for the report."""
    step = item.step
    if step.group == Group.REPORT:
        signed = release.signed_at.astimezone(clock.factory_zone()).date() if release and state.is_released else None
        return Progress(item.planned_on, item.forecast_on, item.is_open_ended, signed)
    if step.group == Group.TRIAL and trial is not None and trial.state != Trial.State.FAILED:
        stage = next((stage for stage in trial.stages.all() if stage.step_id == step.pk), None)
        if stage is not None:
            return Progress(stage.planned_on, item.forecast_on, item.is_open_ended, stage.done_on)
    return Progress(item.planned_on, item.forecast_on, item.is_open_ended, item.done_on)


def _cell(
    item: PlanItem, now: Progress | None, days: Mapping[str, dt.date | None], calendar: WorkingCalendar, today: dt.date, waits: bool
) -> Cell:
    version, escalated = getattr(item, "last_version", None) or 0, getattr(item, "escalated", None) or 0
    if now is None:
        return Cell(item, item.planned_on, None, item.done_on, 0, today, item.owner, version, escalated)
    likely = days.get(item.step.code)
    end = now.done_on or likely
    # a day that was promised and has passed counts from the working day after it
    late = distance(now.planned_on, end, calendar) if end else 0
    is_held = waits and item.step.group != Group.ITEM
    return Cell(item, now.planned_on, likely, now.done_on, late, today, item.owner, version, escalated, is_held)
