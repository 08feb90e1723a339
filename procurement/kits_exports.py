"""Kits and chase lists as Excel: the matrix, the matching detail list (配套明细表), and who has to bring what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core import clock
from planning_site.workbooks.writing import Column, SheetContent, table_workbook, workbook
from procurement.models import JobKit
from procurement.selectors import kits_detail, kits_matrix
from procurement.selectors.kits_chase import ChaseRow, View

AMOUNT = "#,##0.###"


def kit_workbook(kits: Sequence[JobKit], stages: Mapping[str, str]) -> bytes:
    """Sheet 1 the jobs, sheet 2 their materials by size."""
    meta = [_("Day: %(day)s") % {"day": clock.today().isoformat()}]
    parts = kits_matrix.parts_of(kits, list(stages))
    jobs = SheetContent(_("Shortages and kits"), _job_columns(parts), _job_rows(kits, parts, stages), meta=meta)
    detail = SheetContent(_("Matching detail list"), _detail_columns(), _detail_rows(kits), meta=meta)
    return workbook([jobs, detail])


def _job_columns(parts: Sequence[str]) -> list[Column]:
    return [
        Column(_("Starts"), 12, "date"),
        Column(_("Stage"), 8),
        Column(_("Contract no."), 18),
        Column(_("Style no."), 12),
        Column(_("Colour"), 8),
        Column(_("Customer"), 18),
        Column(_("Pairs"), 9, "int"),
        Column(_("Kit pairs now"), 10, "int"),
        Column(_("Kit pairs at the start"), 10, "int"),
        Column(_("State"), 10),
        Column(_("Full kit on"), 12, "date"),
        *(Column(part, 12) for part in parts),
    ]


def _job_rows(kits: Sequence[JobKit], parts: Sequence[str], stages: Mapping[str, str]) -> Iterator[list[Any]]:
    for kit in kits:
        line = kit.order_line
        yield [
            kit.starts_on,
            stages.get(kit.stage, kit.stage),
            f"{line.order.number}/{line.position}",
            line.style.code,
            line.colour.name,
            line.order.customer.name,
            kit.wanted,
            kit.pairs_now,
            kit.pairs_at_start,
            kit.get_state_at_start_display(),
            clock.today() if kit.is_ready_now else kit.ready_on,
            *(_cell(kit.cells.get(part)) for part in parts),
        ]


def _cell(cell: Mapping[str, Any] | None) -> str:
    """A cell of the matrix in words."""
    if cell is None:
        return ""
    state, words = cell["state"], {"missing": cell.get("missing", ""), "unit": cell.get("unit", ""), "day": cell.get("day", "")[5:]}
    if state == "here":
        return pgettext("material", "here")
    if state in ("coming", "tight"):
        return _("comes %(day)s") % words
    if state == "open":
        return _("no day, %(missing)s %(unit)s missing") % words
    return _("%(missing)s %(unit)s missing") % words


def _detail_columns() -> list[Column]:
    return [
        Column(_("Contract no."), 18),
        Column(_("Part"), 10),
        Column(_("Material"), 16),
        Column(pgettext("material", "Name"), 14),
        Column(_("Size"), 6),
        Column(_("Unit"), 8),
        Column(_("Needed"), 12, "decimal", number_format=AMOUNT),
        Column(_("In stock for it"), 12, "decimal", number_format=AMOUNT),
        Column(_("Issued"), 12, "decimal", number_format=AMOUNT),
        Column(_("Missing"), 12, "decimal", number_format=AMOUNT),
        Column(_("Arrives"), 12, "date"),
        Column(_("Supplier"), 16),
        Column(_("Kit pairs"), 9, "int"),
    ]


def _detail_rows(kits: Sequence[JobKit]) -> Iterator[list[Any]]:
    for row in kits_detail.detail_rows(kits):
        requirement, line, figures = row.requirement, row.kit.order_line, row.figures
        material = requirement.material
        yield [
            f"{line.order.number}/{line.position}",
            requirement.parts,
            material.code,
            material.name,
            requirement.size,
            material.unit,
            figures.need,
            figures.stock,
            figures.issued,
            figures.lacks,
            row.arrives_on,
            material.supplier.name if material.supplier else "",
            row.kit_pairs,
        ]


def chase_workbook(view: View, rows: Sequence[ChaseRow], stages: Mapping[str, str]) -> bytes:
    """What is missing, by when, and who brings it."""
    columns = [
        Column(_("Needed on"), 12, "date"),
        Column(_("Starts"), 12, "date"),
        Column(_("Stage"), 8),
        Column(_("Contract no."), 18),
        Column(_("Style no."), 12),
        Column(_("Colour"), 8),
        Column(_("Material"), 16),
        Column(pgettext("material", "Name"), 14),
        Column(_("Missing"), 12, "decimal", number_format=AMOUNT),
        Column(_("Unit"), 8),
        Column(_("Sizes"), 30),
        Column(_("Purchase order"), 20),
        Column(_("Promised for"), 12, "date"),
        Column(_("Supplier"), 16),
        Column(_("Contact"), 20),
        Column(_("Asked last"), 30),
    ]
    title = f"{view.code} {view.label}"
    return table_workbook(title, columns, (_chase_row(row, stages) for row in rows), meta=[f"{clock.today():%Y-%m-%d}"])


def _chase_row(row: ChaseRow, stages: Mapping[str, str]) -> list[Any]:
    suppliers = {line.supplier.pk: line.supplier for line in row.lines if line.supplier} or (
        {row.material.supplier.pk: row.material.supplier} if row.material.supplier else {}
    )
    return [
        row.needed_on,
        row.starts_on,
        stages.get(row.stage, row.stage),
        f"{row.job.order.number}/{row.job.position}",
        row.job.style.code,
        row.job.colour.name,
        row.material.code,
        row.material.name,
        row.missing,
        row.material.unit,
        ", ".join(f"{size}: {quantity:g}" for size, quantity in row.sizes.items()),
        ", ".join(dict.fromkeys(line.number for line in row.lines)),
        row.arrives_on,
        ", ".join(supplier.name for supplier in suppliers.values()),
        ", ".join(f"{supplier.contact} {supplier.phone}".strip() for supplier in suppliers.values()),
        asked(row),
    ]


def asked(row: ChaseRow) -> str:
    """`12-08 陆采购: comes on Friday`, or nothing."""
    if row.chase is None:
        return ""
    day: dt.date = row.chase.at.astimezone(clock.factory_zone()).date()
    return f"{day:%m-%d} {row.chase.by}: {row.chase.answer}"
