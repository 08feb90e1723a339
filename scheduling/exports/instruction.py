"""Form 7, the instruction order: one sheet per order, with its head, material specification, packaging and approvals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from planning_site.core.templatetags import figures
from planning_site.workbooks.writing import Column, SheetContent, workbook
from scheduling.instructions import Contents, Material
from scheduling.instructions.wording import proof_lines
from scheduling.models import InstructionVersion


def instructions_workbook(versions: Sequence[InstructionVersion]) -> tuple[str, bytes]:
    """File name and content in the language that is active; one sheet per version, and a list of all in front if there are several."""
    sheets = [_sheet(version) for version in versions]
    if len(versions) > 1:
        sheets.insert(0, _list(versions))
        name = f"{versions[0].instruction.number}_{versions[-1].instruction.number}.xlsx"
    else:
        name = f"{versions[0].instruction.number}-v{versions[0].version}.xlsx"
    return name, workbook(sheets)


def _list(versions: Sequence[InstructionVersion]) -> SheetContent:
    columns = [
        Column(_("Instruction no."), 14),
        Column(_("Version"), 8),
        Column(_("Due"), 11, "date"),
        Column(_("Customer"), 18),
        Column(_("Contract no."), 16),
        Column(_("Company style no."), 12),
        Column(_("Colour"), 9),
        Column(_("Quantity"), 10, "int", total=True),
    ]
    rows = []
    for version in versions:
        c = Contents.from_json(version.content)
        rows.append([c.number, f"v{version.version}", c.due_on, c.customer, c.contract, c.style, c.colour, c.pairs])
    return SheetContent(_("Instruction orders"), columns, rows, total_label=_("Total"))


def _sheet(version: InstructionVersion) -> SheetContent:
    contents = Contents.from_json(version.content)
    return SheetContent(
        title=f"{_('Instruction order')} {contents.number} v{version.version}",
        name=contents.number,
        meta=list(_head(version, contents)),
        columns=_columns(contents),
        rows=_rows(contents),
    )


def _head(version: InstructionVersion, c: Contents) -> Iterator[str]:
    """The lines above the table: the form's head, as labelled values."""
    sizes = " ".join(f"{size}/{pairs}" for size, pairs in c.sizes.items())
    lines = (
        ((_("Due"), f"{c.due_on:%Y-%m-%d}"), (_("Customer"), c.customer), (_("Contract no."), c.contract), (_("Customer PO"), c.po)),
        ((_("Company style no."), c.style), (_("Colour"), c.colour), (_("Quantity"), _("%(pairs)s pairs") % {"pairs": f"{c.pairs:,}"})),
        ((_("Size run"), sizes),),
        ((_("Last no."), c.last_no), (_("Die no."), c.die_no), (_("Sole no."), c.sole_no)),
        tuple((line.name, line.text) for line in proof_lines(c)),
        ((_("Packing"), c.packing), (_("Notes"), c.notes)),
        (
            (
                _("Issued"),
                f"{figures.factory_day(version.issued_at):%Y-%m-%d} {figures.hour(version.issued_at)} {version.issued_by or ''}".strip(),
            ),
        ),
    )
    for line in lines:
        yield "   ".join(f"{label}{_(': ')}{value or figures.MISSING}" for label, value in line)


def _columns(contents: Contents) -> list[Column]:
    sizes = _sizes(contents)
    return [
        Column(_("Part"), 10),
        Column(_("Material"), 14),
        Column(_("Specification"), 16),
        Column(_("Colour"), 9),
        Column(_("Unit"), 8),
        Column(_("Usage per pair"), 10, "decimal", number_format="#,##0.####"),
        Column(_("Loss, percent"), 8, "decimal"),
        Column(_("Total usage"), 12, "decimal", number_format="#,##0.###"),
        *[Column(size, 8, "decimal", number_format="#,##0.###") for size in sizes],
        Column(_("Kind"), 10),
    ]


def _rows(contents: Contents) -> Iterator[list[Any]]:
    sizes = _sizes(contents)
    for kind, materials in ((_("Material"), contents.specification), (_("Packaging"), contents.packaging)):
        for row in materials:
            yield _row(row, sizes, kind)


def _row(row: Material, sizes: Sequence[str], kind: str) -> list[Any]:
    by_size = [row.by_size.get(size) for size in sizes]
    return [row.part, row.name, row.code, row.colour, row.unit, row.per_pair, row.loss_percent, row.total, *by_size, kind]


def _sizes(contents: Contents) -> list[str]:
    """Sizes of the run, where some material is kept by size."""
    return list(contents.sizes) if any(row.by_size for row in contents.materials) else []
