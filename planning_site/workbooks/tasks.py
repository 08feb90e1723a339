"""Work on uploaded files: beat starts `drain` every few seconds, the upload page starts `work` at once."""

import logging

from celery import shared_task
from django.utils.translation import gettext as _

from planning_site.workbooks.services import jobs

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, soft_time_limit=540, time_limit=600)  # type: ignore[untyped-decorator]
def drain() -> None:
    """Work on everything that waits: what the broker lost is found here."""
    for job_id in jobs.waiting():
        _work(job_id)


@shared_task(acks_late=True, soft_time_limit=540, time_limit=600)  # type: ignore[untyped-decorator]
def work(job_id: int) -> None:
    """Work on one job."""
    _work(job_id)


def _work(job_id: int) -> None:
    """Execute a job; an error nobody expected is shown on its page, and raised for the log."""
    done = False
    try:
        jobs.execute(job_id)
        done = True
    finally:
        if not done:
            jobs.fail(job_id, _("An unexpected error stopped it. Nothing was written. The log of the worker says more."))
