"""Jobs of uploaded files: uploaded → read → shown → approved → imported. Every step is claimed and may run twice or late.

A worker that dies leaves its job in `reading` or `importing`; the sweeper puts it back. Importing is one transaction that
also moves the job to `done`: it happened or it did not.
"""

import datetime as dt
import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.workbooks import guard
from planning_site.workbooks.models import ImportJob
from planning_site.workbooks.services import files, memory, remap, summary
from planning_site.workbooks.services.running import FileOutcome, run

logger = logging.getLogger(__name__)

State = ImportJob.State
STUCK_AFTER = dt.timedelta(minutes=12)  # longer than a task may run
MAX_ATTEMPTS = 3
KEPT_CORRECTIONS = 2_000
PROGRESS_SECONDS = 3_600
READ_PERCENT = 40


def upload(*, filename: str, data: bytes, plant: Plant, by: User, customer: str = "") -> ImportJob:
    """Keep an uploaded file and let it be read. Raises Refused when it is empty or too large to be looked at."""
    if not data:
        raise guard.refuse("empty")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise guard.refuse("too_large", limit=settings.UPLOAD_MAX_BYTES // (1024 * 1024))
    return ImportJob.objects.create(
        plant=plant,
        filename=filename[-200:] or "?",
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        requested_by=by,
        customer=customer,
        language=translation.get_language() or "",
    )


def imported_before(job: ImportJob) -> ImportJob | None:
    """Return the last job that imported the very same file, None when none did."""
    same = ImportJob.objects.filter(sha256=job.sha256, plant=job.plant_id, state=State.DONE).exclude(pk=job.pk)
    return same.select_related("requested_by").defer("content", "result").order_by("-finished_at").first()


def waiting() -> list[int]:
    """Return ids of jobs that wait for a worker, oldest first, after putting back those whose worker died."""
    sweep()
    return list(ImportJob.objects.filter(state__in=[State.UPLOADED, State.APPROVED]).order_by("id").values_list("pk", flat=True))


def sweep() -> None:
    """Put jobs of silent workers back, or give them up after several attempts."""
    silent = Q(claimed_at__lt=clock.now() - STUCK_AFTER)
    for claimed, queued in ((State.READING, State.UPLOADED), (State.IMPORTING, State.APPROVED)):
        stuck = ImportJob.objects.filter(silent, state=claimed)
        with translation.override(settings.LANGUAGE_CODE):
            given_up = _("Its worker stopped %(n)s times. Nothing was written.") % {"n": MAX_ATTEMPTS}
        stuck.filter(attempts__gte=MAX_ATTEMPTS).update(state=State.FAILED, error=given_up, finished_at=clock.now())
        stuck.filter(attempts__lt=MAX_ATTEMPTS).update(state=queued)


def execute(job_id: int) -> None:
    """Do whatever a waiting job waits for; nothing when somebody else has it."""
    for queued, claimed, work in ((State.UPLOADED, State.READING, _read), (State.APPROVED, State.IMPORTING, _import)):
        mine = ImportJob.objects.filter(pk=job_id, state=queued)
        if mine.update(state=claimed, claimed_at=clock.now(), attempts=F("attempts") + 1, percent=1):
            job = ImportJob.objects.select_related("plant", "requested_by").get(pk=job_id)
            with translation.override(job.language or settings.LANGUAGE_CODE):
                work(job)
            return


def _outcome(job: ImportJob) -> FileOutcome:
    """Read the job's file with what is known and what was said about this file."""
    known = memory.knowledge(customer=job.customer, own=job.mapping)
    outcome = files.read_file(job.filename, bytes(job.content), known, corrections=job.corrections)
    _progress(job, READ_PERCENT)
    return outcome


def _read(job: ImportJob) -> None:
    """Read the file and see, without keeping anything, what importing it would do."""
    started = time.monotonic()
    outcome = _outcome(job)
    if outcome.refused and not (outcome.reading and outcome.reading.unknown):
        _finish(job, State.READING, State.REFUSED, error=outcome.refused, result=summary.page_result(outcome))
        return
    if not outcome.refused:
        _run(job, outcome, dry_run=True)
    result = summary.page_result(outcome)
    _finish(job, State.READING, State.READY, result=result, kind=result["kind"] or "", seconds=time.monotonic() - started)


def _import(job: ImportJob) -> None:
    """Import the good rows; the job is done in the same transaction."""
    outcome = _outcome(job)
    if outcome.refused:
        _finish(job, State.IMPORTING, State.FAILED, error=outcome.refused)
        return

    def finish() -> None:
        result = summary.page_result(outcome)
        if not _finish(job, State.IMPORTING, State.DONE, result=result, kind=result["kind"] or ""):
            # Swept while we worked and taken by somebody else: our writes must not be kept beside his.
            raise TakenAwayError(job.pk)

    try:
        _run(job, outcome, finish=finish)
    except TakenAwayError:
        logger.warning("import job %s was taken by another worker", job.pk)


def _run(job: ImportJob, outcome: FileOutcome, **options: Any) -> None:
    """Run the job's file against the database: only what the departments of its owner may write."""
    owner = job.requested_by
    run(
        [outcome],
        plant=job.plant,
        by=owner,
        allowed=lambda kind: owner is not None and access.may_import(owner, kind.code),
        progress=lambda percent: _run_progress(job, percent),
        **options,
    )


class TakenAwayError(Exception):
    """Another worker has the job."""


def fail(job_id: int, reason: str) -> None:
    """Give a claimed job up after an error nobody expected; what it wrote was rolled back."""
    ImportJob.objects.filter(pk=job_id, state__in=[State.READING, State.IMPORTING]).update(
        state=State.FAILED, error=reason, finished_at=clock.now()
    )


def _finish(job: ImportJob, claimed: ImportJob.State, state: ImportJob.State, **values: Any) -> bool:
    """Move a job on if it is still ours; the time of the claim tells ours from a later one."""
    mine = ImportJob.objects.filter(pk=job.pk, state=claimed, claimed_at=job.claimed_at)
    return bool(mine.update(state=state, percent=100, finished_at=clock.now(), attempts=0, **values))


def _progress(job: ImportJob, percent: int) -> None:
    """Tell how far a job has come."""
    ImportJob.objects.filter(pk=job.pk, claimed_at=job.claimed_at).update(percent=percent)


def _run_progress(job: ImportJob, percent: int) -> None:
    """Tell it from inside the transaction, where a column would be seen only at its end."""
    cache.set(_progress_key(job.pk), READ_PERCENT + percent * (99 - READ_PERCENT) // 100, PROGRESS_SECONDS)


def percent_of(job: ImportJob) -> int:
    """Return how far a working job has come."""
    if job.state in (State.READING, State.IMPORTING) and job.percent >= READ_PERCENT:
        return max(job.percent, int(cache.get(_progress_key(job.pk), 0)))
    return job.percent


def _progress_key(job_id: int) -> str:
    return f"import-progress:{job_id}"


def approve(*, job: ImportJob) -> None:
    """Let the good rows be imported. Raises DomainError when the job is not ready or has no good row."""
    figures = job.result
    if job.state == State.READY and not figures.get("new") and not figures.get("changed"):
        raise DomainError(_("There is nothing to import: no row is new or changed."), "nothing")
    cache.delete(_progress_key(job.pk))
    transition(job, State.APPROVED)


def drop(*, job: ImportJob) -> None:
    """Import none of it. Raises DomainError when that is no longer possible."""
    transition(job, State.DROPPED)


def transition(job: ImportJob, state: ImportJob.State) -> None:
    """Move a job to another state if that move is allowed and nobody moved it meanwhile; raises DomainError."""
    allowed = state in ImportJob.TRANSITIONS[ImportJob.State(job.state)]
    moved = allowed and ImportJob.objects.filter(pk=job.pk, state=job.state).update(state=state, claimed_at=None, attempts=0, percent=0)
    if not moved:
        raise DomainError(_("That is no longer possible: somebody was faster. Load the page again."), "state")
    job.state = state


def correct(*, job: ImportJob, cells: Sequence[tuple[str, int, int, str]]) -> None:
    """Correct cells (sheet, row, column, text) and read the file again. Raises DomainError."""
    merged = {(sheet, row, column): text for sheet, row, column, text in job.corrections}
    merged.update({(sheet, row, column): text[:1_000] for sheet, row, column, text in cells})
    if len(merged) > KEPT_CORRECTIONS:
        raise DomainError(_("More than %(n)s corrections: correct the file itself.") % {"n": KEPT_CORRECTIONS}, "too_many")
    _again(job, corrections=[[*place, text] for place, text in merged.items()])


def explain(
    *,
    job: ImportJob,
    kind: str,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    numbers: str,
    days: str,
    customer: str,
    by: User,
    values: Mapping[str, Mapping[str, str]] | None = None,
    teach: bool = False,
) -> None:
    """Say what the columns of a file are, remember it for the customer, and read the file again. Raises DomainError.

    With `teach` the header words are understood in every later file too, whatever else its header says.
    """
    outcome = files.read_file(job.filename, bytes(job.content), memory.knowledge(customer=job.customer, own=job.mapping))
    if outcome.reading is None:
        raise DomainError(outcome.refused, "refused")
    own = remap.remap(outcome.reading, kind=kind, columns=columns, constants=constants, numbers=numbers, days=days, values=values)
    with transaction.atomic():
        for signature, said in own.items():
            memory.remember(signature=signature, customer=customer, remapping=memory.remapping_from(said), by=by)
        if teach:
            memory.teach(kind=kind, columns=columns, by=by)
        _again(job, mapping={**job.mapping, **own}, customer=customer)


def _again(job: ImportJob, **values: Any) -> None:
    """Put a shown job back to be read with other values."""
    for name, value in values.items():
        setattr(job, name, value)
    with transaction.atomic():
        transition(job, State.UPLOADED)
        job.save(update_fields=list(values))
