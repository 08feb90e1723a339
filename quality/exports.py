"""Form 14: the trial plan and size-skip trial report of new styles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core import clock
from planning_site.workbooks.writing import Column, table_workbook
from quality.models import Step, Trial
from quality.selectors import Cell
from quality.selectors.board import BoardRow
from quality.selectors.trials import trials_of
from quality.wording import answer, owner_of

Group = Step.Group


def trial_form(rows: Iterable[BoardRow], steps: Sequence[Step]) -> bytes:
    """An .xlsx workbook: a row per style with each item's planned day, actual day, owner and version, the trial and QC's report."""
    rows = list(rows)
    newest: dict[int, Trial] = {}
    for trial in trials_of([row.style for row in rows]):
        newest.setdefault(trial.style_id, trial)
    items = [step for step in steps if step.group == Group.ITEM]
    stages = [step for step in steps if step.group == Group.TRIAL]
    return table_workbook(
        _("Pre-production and size-skip trials"),
        [*_first_columns(), *_item_columns(items), *_trial_columns(stages), *_last_columns()],
        [_row(row, items, stages, newest.get(row.style.pk)) for row in rows],
        meta=[_("Day: %(day)s") % {"day": clock.today().isoformat()}],
    )


def _first_columns() -> list[Column]:
    return [
        Column(_("Style"), 12),
        Column(_("Customer"), 18),
        Column(_("Pairs"), 9, "int"),
        Column(_("Due"), 11, "date"),
        Column(_("Release needed by"), 11, "date"),
        Column(_("Plan signed by technical"), 16),
    ]


def _item_columns(items: Sequence[Step]) -> list[Column]:
    heads = (("planned", 11, "date"), ("actual", 11, "date"), ("owner", 10, "text"), ("version", 7, "text"))
    words = {"planned": _("planned day"), "actual": _("actual day"), "owner": _("owner"), "version": _("version")}
    return [Column(f"{step} {words[name]}", width, kind) for step in items for name, width, kind in heads]  # type: ignore[arg-type]


def _trial_columns(stages: Sequence[Step]) -> list[Column]:
    columns = [Column(_("Trial no."), 7, "int"), Column(_("Trial sizes and pairs"), 22), Column(_("Trial pairs"), 8, "int")]
    for step in stages:
        columns += [Column(_("%(stage)s trial day") % {"stage": step}, 11, "date")]
        columns += [Column(_("%(stage)s minutes a pair") % {"stage": step}, 9, "decimal")]
    return columns


def _last_columns() -> list[Column]:
    return [
        Column(_("Problems"), 50),
        Column(_("QC's result"), 14),
        Column(_("Signed by"), 12),
        Column(_("Ready for production on"), 12, "date"),
        Column(_("Planning told at"), 16),
        Column(_("State"), 40),
    ]


def _row(row: BoardRow, items: Sequence[Step], stages: Sequence[Step], trial: Trial | None) -> list[Any]:
    outlook, plan = row.outlook, row.outlook.plan
    signed = f"{plan.reviewed_by} {_minute(plan.reviewed_at)}" if plan and plan.state == plan.State.AGREED else ""
    cells: list[Any] = [row.style.code, row.line.order.customer.name, row.pairs, row.due_on, plan.required_on if plan else None, signed]
    for step in items:
        cells += _item_cells(outlook.by_code.get(step.code))
    measured = {stage.step.code: stage for stage in trial.stages.all()} if trial else {}
    run = " ".join(f"{size}×{pairs}" for size, pairs in trial.sizes.items()) if trial else ""
    cells += [trial.number, run, trial.pairs] if trial else [None, "", None]
    for step in stages:
        stage, cell = measured.get(step.code), outlook.by_code.get(step.code)
        day = (stage.done_on or stage.planned_on) if stage else cell.planned_on if cell else None
        cells += [day, stage.minutes_per_pair if stage else None]
    problems = "; ".join(_problem(problem) for problem in trial.problems.all()) if trial else ""
    release = outlook.release
    told = _minute(release.signed_at) if release else ""
    result = [str(release.get_result_display()), str(release.signed_by)] if release else ["", ""]
    return [*cells, problems, *result, outlook.released_on or outlook.expected_on, told, answer(outlook)]


def _item_cells(cell: Cell | None) -> list[Any]:
    if cell is None or not cell.item.is_needed:
        return [None, None, "", ""]
    return [cell.planned_on, cell.done_on, owner_of(cell), f"v{cell.version}" if cell.version else ""]


def _problem(problem: Any) -> str:
    """`dies · heel: too tight (Chen, 2026-12-08, closed)`."""
    state = pgettext("problem", "closed") if problem.closed_at else pgettext("problem", "open")
    return f"{problem.get_kind_display()} · {problem.place}: {problem.text} ({problem.owner}, {problem.due_on.isoformat()}, {state})"


def _minute(at: dt.datetime | None) -> str:
    return f"{at.astimezone(clock.factory_zone()):%Y-%m-%d %H:%M}" if at else ""
