"""Delivery: queued → sending (claimed and committed) → sent, failed, uncertain, or queued again for later.

Any number of workers may deliver at the same time. A worker that dies while sending leaves its mail in `sending`; after a while it is
uncertain, for it may have left, and a person decides. Only one step is not repeatable, the sending itself, and it lies between two commits.
"""

import datetime as dt
import logging

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet

from planning_site.core import clock
from planning_site.outbox.models import OutgoingMail
from planning_site.outbox.smtp import DeliveryError, PermanentError, Postman, UnclearError, UnreachableError, build

logger = logging.getLogger(__name__)

State = OutgoingMail.State
BATCH = 200  # mails of one drain: the next one is never far away
DRAIN_FOR = dt.timedelta(minutes=4)  # then the worker is free for something else
STUCK_AFTER = dt.timedelta(minutes=15)  # longer than a worker may take over a whole drain
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
MAX_ATTEMPTS = 30  # with these pauses, a little more than a day


def deliver() -> int:
    """Send what waits, oldest first, over one connection; return how many mails the server took.

    Without a mail server everything that waits is kept, to be read on its page. Raises RuntimeError inside a transaction, which would
    stay open while the server takes its time, and could undo the record of a mail that has left.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Mail is sent outside every transaction.")
    mark_uncertain()
    waiting = OutgoingMail.objects.filter(state=State.QUEUED)
    if not settings.EMAIL_URL:
        waiting.update(state=State.KEPT)
        return 0
    waiting.filter(to_address="").update(state=State.KEPT)
    return _drain(until=clock.now() + DRAIN_FOR)


def _drain(*, until: dt.datetime) -> int:
    sent = 0
    with Postman() as postman:
        for mail_id in _due()[:BATCH]:
            mail = _claim(mail_id) if clock.now() < until else None
            if mail is None:
                continue
            try:
                sent += _send(postman, mail)
            except UnreachableError:
                break  # the others would fare no better; the next drain tries again
    return sent


def mark_uncertain() -> int:
    """Set aside mails whose worker has been silent for too long: they may have left, so they are never sent again by themselves."""
    stuck = OutgoingMail.objects.filter(state=State.SENDING, claimed_at__lt=clock.now() - STUCK_AFTER)
    found = stuck.update(state=State.UNCERTAIN, error="The worker stopped while sending.")
    if found:
        logger.warning("%s mails are uncertain: their worker stopped while sending", found)
    return found


def _due() -> "QuerySet[OutgoingMail, int]":
    now = clock.now()
    due = OutgoingMail.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=State.QUEUED)
    return due.order_by("id").values_list("pk", flat=True)


def _claim(mail_id: int) -> OutgoingMail | None:
    """Take a mail, unless somebody else has it. The claim is committed before anything is sent."""
    at = clock.now()
    queued = OutgoingMail.objects.filter(pk=mail_id, state=State.QUEUED)
    if not queued.update(state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1):
        return None
    return OutgoingMail.objects.get(pk=mail_id)


def _send(postman: Postman, mail: OutgoingMail) -> bool:
    """Send a claimed mail and record what came of it. Raises UnreachableError after putting it back."""
    try:
        postman.send(build(mail))
    except DeliveryError as error:
        logger.warning("mail %s was not sent: %s", mail.pk, error)
        _record_fault(mail, error)
        if isinstance(error, UnreachableError):
            raise
        return False
    # Should the sweeper have given this mail up meanwhile, we know better now.
    _mine(mail, State.SENDING, State.UNCERTAIN).update(state=State.SENT, sent_at=clock.now(), retry_at=None, error="")
    return True


def _record_fault(mail: OutgoingMail, error: DeliveryError) -> None:
    claimed = _mine(mail, State.SENDING)
    words = str(error)
    if isinstance(error, UnclearError):
        claimed.update(state=State.UNCERTAIN, error=words)
    elif isinstance(error, PermanentError) or mail.attempts >= MAX_ATTEMPTS:
        claimed.update(state=State.FAILED, error=words, retry_at=None)
    else:
        claimed.update(state=State.QUEUED, error=words, retry_at=clock.now() + pause_after(mail.attempts), claimed_at=None)


def _mine(mail: OutgoingMail, *states: OutgoingMail.State) -> QuerySet[OutgoingMail]:
    """The row of a mail as long as it is ours: the time of the claim tells ours from a later one."""
    return OutgoingMail.objects.filter(pk=mail.pk, claimed_at=mail.claimed_at, state__in=states)


def pause_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts: a minute, then twice as long each time, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 10)), LONGEST_PAUSE)
