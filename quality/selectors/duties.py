"""What people owe new styles, and what was said about it: for everybody's inbox, in one query however many styles there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.models import User
from quality.models import Delay, ItemVersion, PlanItem, PreparationPlan, Step, StyleRelease, Trial, TrialProblem, TrialStage
from quality.schedule import distance, slack
from quality.selectors.releases import STATE_OF_RESULT, ReleaseState, open_new_styles

Group, Result = Step.Group, StyleRelease.Result
OPEN_TRIALS = (Trial.State.PLANNED, Trial.State.RUNNING)


@dataclass(frozen=True)
class Said:
    """The last “cannot, because” of an item (C3), while it holds."""

    at: dt.datetime
    by: str
    reason: str
    day_after: dt.date | None
    release_before: dt.date | None
    release_after: dt.date | None


@dataclass(frozen=True)
class Unsigned:
    """A delivered version without a file: it counts when technical has signed it (C2)."""

    number: int
    note: str
    at: dt.datetime
    by_id: int | None
    by: str


@dataclass(frozen=True)
class Duty:
    """An open step of a plan. `due_on` is its forecast or plan, of a department of the trial the day of the trial that is planned."""

    item_id: int
    step: Step
    owner_id: int | None
    owner: str
    planned_on: dt.date
    due_on: dt.date | None
    said: Said | None
    unsigned: Unsigned | None

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the planned day has passed without a proof, whatever was said since."""
        return self.planned_on < today

    def days_late(self, today: dt.date, calendar: WorkingCalendar) -> int:
        """Working days since the planned day."""
        return distance(self.planned_on, today, calendar)

    def is_late(self, today: dt.date) -> bool:
        """Overdue, or announced for a later day or for none."""
        return self.is_overdue(today) or self.due_on is None or self.due_on > self.planned_on


@dataclass(frozen=True)
class OpenStyle:
    """A new style that is not released, with what is open of its plan. `style` has open_orders, open_pairs, first_due and customers."""

    style: Any
    plan: PreparationPlan | None
    duties: tuple[Duty, ...]

    @property
    def state(self) -> ReleaseState:
        return STATE_OF_RESULT[Result(self.style.newest_result)] if self.style.newest_result else ReleaseState.WAITING

    @property
    def expected_on(self) -> dt.date | None:
        """The day of the release that sales and planning were told last; None if nobody can name one."""
        return self.plan.announced_on if self.plan else None

    def slack(self, calendar: WorkingCalendar) -> int | None:
        """Working days between the expected and the needed release, negative if too late."""
        return slack(self.expected_on, self.plan.required_on, calendar) if self.plan and self.expected_on else None

    @property
    def items(self) -> list[Duty]:
        """Open items, which technical owes (C2)."""
        return [duty for duty in self.duties if duty.step.group == Group.ITEM]

    @property
    def actionable(self) -> list[Duty]:
        """Open steps that somebody may work on now: items, departments of a trial that is planned, the report while QC has the pairs."""
        groups = {Group.ITEM} | ({Group.TRIAL} if self.style.trial_state in OPEN_TRIALS else set())
        groups |= {Group.REPORT} if self.is_with_qc else set()
        return [duty for duty in self.duties if duty.step.group in groups]

    @property
    def is_with_qc(self) -> bool:
        """Whether QC has the pairs of a trial to judge (C5)."""
        return bool(self.style.trial_state == Trial.State.WITH_QC)

    @property
    def waits_for_trial(self) -> bool:
        """Whether all items are there and no trial is planned: the first, or the one after a trial that failed (C4)."""
        return self.plan is not None and not self.items and self.style.trial_state in (None, Trial.State.FAILED)

    def first_open(self, today: dt.date) -> Duty | None:
        """What everything waits for now: of the steps that may be worked on the first late one, else the first; else the first open."""
        found = self.actionable or list(self.duties)
        return next((duty for duty in found if duty.is_late(today)), found[0] if found else None)


def unreleased() -> list[OpenStyle]:
    """The new styles that open orders ask for and that QC has not released, those due first first. One query."""
    newest = Trial.objects.filter(style=OuterRef("pk")).order_by("-number")
    reports = StyleRelease.objects.filter(style=OuterRef("pk")).order_by("-signed_at", "-id")
    seller = Coalesce("order_lines__order__salesperson", "order_lines__order__customer__salesperson")
    styles = open_new_styles().annotate(
        customers=ArrayAgg("order_lines__order__customer__name", distinct=True, default=[]),
        sellers=ArrayAgg(seller, distinct=True, default=[]),
        report_note=Subquery(reports.values("note")[:1]),
        trial_id=Subquery(newest.values("pk")[:1]),
        trial_number=Subquery(newest.values("number")[:1]),
        trial_state=Subquery(newest.values("state")[:1]),
        handed_over_at=Subquery(newest.values("handed_over_at")[:1]),
        plan_items=ArraySubquery(_items()),
    )
    waiting = styles.filter(Q(newest_result=None) | Q(newest_result=Result.REDO)).select_related("preparation__reviewed_by")
    return [_open_style(style) for style in waiting]


def _items() -> QuerySet[Any, Any]:
    """The needed steps of a style's plan as JSON, with the last word, the newest version and the trial's day of each."""
    said = Delay.objects.filter(item=OuterRef("pk")).order_by("-at", "-pk")
    version = ItemVersion.objects.filter(item=OuterRef("pk")).order_by("-number")
    stages = TrialStage.objects.filter(step=OuterRef("step"), trial__style=OuterRef("plan__style"))
    stage = stages.exclude(trial__state=Trial.State.FAILED).order_by("-trial__number")
    words = JSONObject(
        at="at", by=_name("by"), reason="reason", day_after="day_after", release_before="release_before", release_after="release_after"
    )
    delivered = JSONObject(
        number="number", state="state", note="note", at="delivered_at", by_id="delivered_by_id", by=_name("delivered_by")
    )
    step = JSONObject(**{name: f"step__{name}" for name in ("code", "name", "name_en", "group", "department")})
    whole = JSONObject(
        pk="pk",
        step=step,
        owner_id="owner_id",
        owner=_name("owner"),
        planned_on="planned_on",
        forecast_on="forecast_on",
        is_open_ended="is_open_ended",
        done_on="done_on",
        said=Subquery(said.values(json=words)[:1]),
        version=Subquery(version.values(json=delivered)[:1]),
        trial_day=Subquery(stage.values("planned_on")[:1]),
        trial_done=Subquery(stage.values("done_on")[:1]),
    )
    found = PlanItem.objects.filter(plan__style=OuterRef("pk"), is_needed=True)
    return found.order_by("step__position", "pk").values(json=whole)


def _name(path: str) -> Any:
    """How a person is called, as `User.__str__` does."""
    return Coalesce(NullIf(F(f"{path}__display_name"), Value("")), F(f"{path}__username"))


def _open_style(style: Any) -> OpenStyle:
    rows = [row for row in style.plan_items if row["done_on"] is None and row["trial_done"] is None]
    return OpenStyle(style, getattr(style, "preparation", None), tuple(_duty(row) for row in rows))


def _duty(row: dict[str, Any]) -> Duty:
    planned = dt.date.fromisoformat(row["trial_day"] or row["planned_on"])
    due = None if row["is_open_ended"] else _day(row["forecast_on"]) or planned
    return Duty(row["pk"], Step(**row["step"]), row["owner_id"], row["owner"] or "", planned, due, _said(row), _unsigned(row["version"]))


def _said(item: dict[str, Any]) -> Said | None:
    """What was said of an item; nothing once planning has changed its day."""
    row = item["said"]
    if row is None or not (item["is_open_ended"] if row["day_after"] is None else item["forecast_on"] == row["day_after"]):
        return None
    before, after = _day(row["release_before"]), _day(row["release_after"])
    return Said(dt.datetime.fromisoformat(row["at"]), row["by"] or "", row["reason"], _day(row["day_after"]), before, after)


def _unsigned(row: dict[str, Any] | None) -> Unsigned | None:
    """The newest version of an item that is not done, unless it was sent back: it has no file, or the item were done."""
    if row is None or row["state"] != ItemVersion.State.SUBMITTED:
        return None
    return Unsigned(row["number"], row["note"], dt.datetime.fromisoformat(row["at"]), row["by_id"], row["by"] or "")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def open_problems(*, until: dt.date, of: User | None = None) -> list[TrialProblem]:
    """Problems of trials to be put right by that day, first due first: everybody's, or one owner's. One query."""
    problems = TrialProblem.objects.filter(Q() if of is None else Q(owner=of), closed_at=None, due_on__lte=until)
    return list(problems.select_related("trial__style", "owner").order_by("due_on", "pk"))
