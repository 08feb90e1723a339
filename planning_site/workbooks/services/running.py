"""Runs read workbooks against the database: one transaction for all files, good rows written, wrong rows named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core import clock
from planning_site.core.models import Plant, User
from planning_site.workbooks import registry
from planning_site.workbooks.guard import unknown_columns
from planning_site.workbooks.reading import BookReading, SheetReading
from planning_site.workbooks.registry import SheetKind
from planning_site.workbooks.results import Context, RowResult, RowState
from planning_site.workbooks.typed import Wrong

IMPORT_LOCK = 0x10AD  # advisory lock: imports write one after the other
Progress = Callable[[int], None]


@dataclass
class SheetOutcome:
    """One sheet as one kind, with the result of every record."""

    reading: SheetReading
    results: list[RowResult] = field(default_factory=list)


@dataclass
class FileOutcome:
    """A file's sheets with their results; `refused` is the sentence of a file that could not be taken at all."""

    name: str
    reading: BookReading | None = None
    sheets: list[SheetOutcome] = field(default_factory=list)
    refused: str = ""
    # sheets of other departments, left alone
    withheld: list[SheetReading] = field(default_factory=list)

    @property
    def results(self) -> list[RowResult]:
        """Results of all sheets."""
        return [result for sheet in self.sheets for result in sheet.results]

    @property
    def wrong(self) -> list[Wrong]:
        """Every wrong cell of the file in reading order, unread sheets at the end."""
        if self.refused:
            return [Wrong(sheet="", row=None, column="", value="", reason=self.refused)]
        named = [item for result in self.results for item in contract_named(result)]
        unread = [
            Wrong(
                sheet=item.sheet,
                row=item.header_row,
                column="",
                value="",
                reason=unknown_columns([cell.text for cell in item.cells]).message,
            )
            for item in (self.reading.unknown if self.reading else [])
        ]
        return [*named, *unread]


def contract_named(result: RowResult) -> list[Wrong]:
    """Return a row's wrong cells with the contract it speaks of, also where the cell was read before the contract's."""
    contract = str(result.record.values.get("contract") or "")
    return [item if item.contract or not contract else replace(item, contract=contract) for item in result.record.wrong]


def run(
    files: Sequence[FileOutcome],
    *,
    plant: Plant,
    by: User | None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    allowed: Callable[[SheetKind], bool] = lambda kind: True,
    progress: Progress = lambda percent: None,
    finish: Callable[[], None] = lambda: None,
) -> bool:
    """Plan and write every sheet of every file, lower priorities first, so that later kinds see what earlier ones made.

    Results are put into `files`. Tells whether anything stays written: not with `dry_run`, nor when `all_or_nothing` finds
    a wrong row. Sheets of kinds that are not `allowed` are withheld. `finish` runs in the transaction when it is going to be kept.
    The history names a file without its folder.
    """
    for file in files:
        if file.reading is not None:
            file.sheets = [SheetOutcome(reading) for reading in file.reading.sheets if allowed(reading.kind)]
            file.withheld = [reading for reading in file.reading.sheets if not allowed(reading.kind)]
    work = _work(files)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        for done, (kind, file, sheets) in enumerate(work):
            _take(kind, sheets, Context(by=by, plant=plant, today=clock.today(), file=PurePath(file.name).name))
            progress((done + 1) * 100 // len(work))
        keep = not dry_run and not (all_or_nothing and any(file.wrong for file in files))
        if keep:
            finish()
        else:
            transaction.set_rollback(True)
    return keep


def _work(files: Sequence[FileOutcome]) -> list[tuple[SheetKind, FileOutcome, list[SheetOutcome]]]:
    """Return what is to be done in order: per kind and file, all sheets of that kind together."""
    steps = []
    for kind in registry.kinds():
        for file in files:
            sheets = [sheet for sheet in file.sheets if sheet.reading.kind.code == kind.code]
            if sheets:
                steps.append((kind, file, sheets))
    return steps


def _take(kind: SheetKind, sheets: list[SheetOutcome], context: Context) -> None:
    """Plan all rows of one kind and file, then write the good ones."""
    records = [record for sheet in sheets for record in sheet.reading.records]
    results = kind.importer.plan(records, context)
    for result in results:
        if result.record.wrong:
            result.state = RowState.WRONG
    kind.importer.write([result for result in results if result.state in (RowState.NEW, RowState.CHANGED)], context)
    at = 0
    for sheet in sheets:
        sheet.results = results[at : at + len(sheet.reading.records)]
        at += len(sheet.reading.records)


def unknown_file(reading: BookReading) -> str:
    """Return the sentence for a file in which no sheet was recognised, "" when one was."""
    if reading.sheets:
        return ""
    if not reading.unknown and reading.hidden:
        return _("All sheets with data are hidden: %(names)s. Unhide what is to be imported.") % {
            "names": pgettext("list", ", ").join(reading.hidden)
        }
    seen = [cell.text for item in reading.unknown for cell in item.cells]
    return unknown_columns(seen).message
