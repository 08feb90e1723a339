"""The board of new styles: styles × steps, as the page, its export and one's own items show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.models import User
from quality.models import PreparationPlan, Step, Trial
from quality.selectors.outlook import Cell, Outlook, releases_of
from quality.selectors.releases import ReleaseState, open_new_styles
from quality.selectors.steps import read_steps

Group = Step.Group


class View(TextChoices):
    """Which rows of the board."""

    MINE = "mine", pgettext_lazy("styles", "mine")
    LATE = "late", pgettext_lazy("styles", "late")
    TO_SIGN = "to_sign", pgettext_lazy("styles", "plan to sign")
    WITH_QC = "with_qc", pgettext_lazy("styles", "with QC")
    UNPLANNED = "unplanned", pgettext_lazy("styles", "no plan")
    RELEASED = "released", pgettext_lazy("styles", "released")


@dataclass(frozen=True)
class BoardRow:
    """A new style with its first order, what is open of it, and where it stands. `cells` follow the board's columns; None: no such step."""

    outlook: Outlook
    line: OrderLine
    pairs: int
    orders: int
    cells: tuple[Cell | None, ...]

    @property
    def style(self) -> Any:
        return self.outlook.style

    @property
    def due_on(self) -> dt.date:
        return self.line.due_on

    @property
    def chip(self) -> tuple[str, str]:
        """What the row says beside the style: a shape and a word; a plan that is not agreed before the state of the trial."""
        plan, trial, outlook = self.outlook.plan, self.outlook.trial, self.outlook
        if plan is None or outlook.is_released:
            return "", ""
        if plan.state != PreparationPlan.State.AGREED:
            return ("late" if plan.state == PreparationPlan.State.RETURNED else "wait"), str(plan.get_state_display())
        if outlook.state == ReleaseState.REDO:
            return "late", str(outlook.state.label)
        return ("risk", str(View.WITH_QC.label)) if trial is not None and trial.state == Trial.State.WITH_QC else ("", "")

    def fits(self, view: str, user: User) -> bool:
        """Whether the row belongs to a view; an unknown view has all."""
        plan = self.outlook.plan
        tests = {
            View.MINE: lambda: any(cell.owner == user for cell in self.outlook.cells) or (plan is not None and plan.tracker == user),
            View.LATE: lambda: bool(self.outlook.late),
            View.TO_SIGN: lambda: plan is not None and plan.state == PreparationPlan.State.PROPOSED and not self.outlook.is_released,
            View.WITH_QC: lambda: self.outlook.trial is not None and self.outlook.trial.state == "with_qc",
            View.UNPLANNED: lambda: plan is None and not self.outlook.is_released,
            View.RELEASED: lambda: self.outlook.is_released,
        }
        return tests[View(view)]() if view in View.values else True


@dataclass(frozen=True)
class Board:
    """All rows that the words leave, by due day, the columns' steps, and how many rows each view has."""

    steps: tuple[Step, ...]
    rows: list[BoardRow]
    user: User

    def of_view(self, view: str) -> list[BoardRow]:
        return [row for row in self.rows if row.fits(view, self.user)]

    @property
    def counts(self) -> list[tuple[View, int]]:
        """Views that have rows."""
        return [(view, n) for view in View if (n := len(self.of_view(view)))]

    @property
    def late_items(self) -> int:
        return sum(len(row.outlook.late) for row in self.rows)

    @property
    def due_today(self) -> int:
        today = clock.today()
        return sum(cell.is_open and cell.planned_on == today for row in self.rows for cell in row.outlook.cells)


def board(user: User, *, words: str = "", today: dt.date | None = None) -> Board:
    """New styles that open orders ask for. A dozen queries, however many styles."""
    found = list(open_new_styles(words=words))
    lines = _first_lines([style.pk for style in found])
    outlooks = releases_of(found, today=today)
    shown = {cell.step.code: cell.step for outlook in outlooks.values() for cell in outlook.cells}
    if not shown:
        shown = {step.code: step for step in read_steps().scheduled}
    steps = tuple(sorted(shown.values(), key=lambda step: step.position))
    rows = [
        BoardRow(outlooks[style.pk], lines[style.pk], style.open_pairs, style.open_orders, _cells(outlooks[style.pk], steps))
        for style in found
    ]
    return Board(steps, rows, user)


def _cells(outlook: Outlook, steps: Sequence[Step]) -> tuple[Cell | None, ...]:
    return tuple(outlook.by_code.get(step.code) for step in steps)


def _first_lines(style_ids: Sequence[int]) -> dict[int, OrderLine]:
    """The open line of each style that is due first. One query."""
    lines = OrderLine.objects.filter(style__in=style_ids, order__state="open").select_related("order__customer", "colour")
    return {line.style_id: line for line in lines.order_by("style_id", "due_on", "pk").distinct("style_id")}


@dataclass(frozen=True)
class MyItem:
    """Something that a person owes: a step of a style, soonest first."""

    outlook: Outlook
    cell: Cell


def my_items(user: User, *, today: dt.date | None = None) -> list[MyItem]:
    """The open steps that a person owns in styles that open orders ask for, late ones first, then by day."""
    styles = open_new_styles().filter(preparation__items__owner=user, preparation__items__done_on=None)
    outlooks = releases_of(styles, today=today)
    mine = [
        MyItem(outlook, cell)
        for outlook in outlooks.values()
        if not outlook.is_released
        for cell in outlook.cells
        if cell.is_open and cell.owner == user
    ]
    return sorted(mine, key=lambda row: (not row.cell.is_late, row.cell.item.forecast_on or row.cell.planned_on, row.outlook.style.code))
