"""Reads files given together and imports them: what the command, the demo and the jobs share."""

from collections.abc import Sequence
from typing import Any

from planning_site.core.models import Plant, User
from planning_site.workbooks import guard, reading, registry
from planning_site.workbooks.book import Book
from planning_site.workbooks.registry import Knowledge
from planning_site.workbooks.sandbox.limits import DEFAULT, Limits
from planning_site.workbooks.services import memory
from planning_site.workbooks.services.running import FileOutcome, Progress, run, unknown_file


def read_file(name: str, data: bytes, known: Knowledge, limits: Limits = DEFAULT, corrections: Sequence[Any] = ()) -> FileOutcome:
    """Read one file; a refusal is an outcome, not an error. `corrections` are [sheet, row, column, text] each."""
    try:
        book = guard.read(data, name, limits)
    except guard.Refused as refusal:
        return FileOutcome(name, refused=refusal.message)
    if corrections:
        book = reading.correct(book, {(sheet, row, column): text for sheet, row, column, text in corrections})
    return _recognised(book, known)


def read_again(outcome: FileOutcome, known: Knowledge) -> FileOutcome:
    """Recognise a file's sheets once more, knowing more; a file that could not be opened stays refused."""
    return outcome if outcome.reading is None else _recognised(outcome.reading.book, known)


def _recognised(book: Book, known: Knowledge) -> FileOutcome:
    """Return the outcome of a book that was read."""
    found = reading.read_book(book, registry.kinds(), known)
    return FileOutcome(book.name, reading=found, refused=unknown_file(found))


def import_files(
    files: Sequence[tuple[str, bytes]],
    *,
    plant: Plant,
    by: User | None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    shift_days: int = 0,
    progress: Progress = lambda percent: None,
) -> list[FileOutcome]:
    """Read and import files given together, in one transaction; they may depend on each other in any order.

    `shift_days` moves every date read by so many days. A refused file leaves the others alone.
    """
    known = memory.knowledge(shift_days=shift_days)
    outcomes = [read_file(name, data, known) for name, data in files]
    readable = [outcome for outcome in outcomes if not outcome.refused]
    run(readable, plant=plant, by=by, dry_run=dry_run, all_or_nothing=all_or_nothing, progress=progress)
    return outcomes
