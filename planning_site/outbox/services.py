"""What others do with mail: write it beside the fact that it tells, and decide by hand about one that did not simply leave.

    services.write_mail(key=f"plan:{plan.pk}:user-{user.pk}", to_user=user, subject=..., text=..., html=..., attachments=[file])

Nothing is sent here. `planning_site.outbox.delivery` does that later, outside every transaction.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import may_become, transition
from planning_site.outbox.delivery import deliver
from planning_site.outbox.models import Attachment, MailRound, OutgoingMail

__all__ = ["Mail", "deliver", "mark_sent", "may_requeue", "open_round", "requeue", "store_attachment", "write_mail", "write_many"]

State = OutgoingMail.State
SUBJECT_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail to write. `key` says which fact it tells to whom; the address is the user's unless one is given.

    `department` is the department on whose behalf the person gets it; `rule_code` names the clauses of the procedure, such as `E1b`.
    """

    key: str
    subject: str
    text: str
    html: str = ""
    to_user: User | None = None
    to_address: str = ""
    department: str = ""
    rule_code: str = ""
    attachments: Sequence[Attachment] = ()


def store_attachment(*, filename: str, content: bytes, content_type: str) -> Attachment:
    """Keep a file for mails to come. The same name and content is stored once, however many mails carry it."""
    digest = hashlib.sha256(filename.encode() + b"\0" + content).hexdigest()
    values = {"filename": filename, "content_type": content_type, "content": content, "size": len(content)}
    return Attachment.objects.get_or_create(sha256=digest, defaults=values)[0]


def write_mail(
    *,
    key: str,
    subject: str,
    text: str,
    html: str = "",
    to_user: User | None = None,
    to_address: str = "",
    department: str = "",
    rule_code: str = "",
    attachments: Sequence[Attachment] = (),
) -> OutgoingMail | None:
    """Write one mail in the caller's transaction. Returns None, and writes nothing, if the key has been used before."""
    mail = Mail(
        key=key,
        subject=subject,
        text=text,
        html=html,
        to_user=to_user,
        to_address=to_address,
        department=department,
        rule_code=rule_code,
        attachments=attachments,
    )
    return next(iter(write_many([mail])), None)


def write_many(mails: Iterable[Mail]) -> list[OutgoingMail]:
    """Write mails in the caller's transaction and return those that are new; a key that was used before is passed over."""
    wanted = {mail.key: mail for mail in mails}
    with atomic():
        rows = [_row(pk, mail) for pk, mail in zip(_reserve_ids(len(wanted)), wanted.values(), strict=True)]
        OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        # Our ids were reserved: a row that bears one is ours, a missing one lost to an older row with its key.
        written = list(OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
        links = OutgoingMail.attachments.through
        links._default_manager.bulk_create(
            [links(outgoingmail_id=row.pk, attachment_id=file.pk) for row in written for file in wanted[row.key].attachments]
        )
    return written


def _reserve_ids(count: int) -> list[int]:
    """Take ids from the table's sequence. An insert that may be refused does not report which rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [OutgoingMail._meta.db_table, count])
        return [row[0] for row in cursor.fetchall()]


def _row(pk: int, mail: Mail) -> OutgoingMail:
    return OutgoingMail(
        pk=pk,
        key=mail.key,
        rule_code=mail.rule_code,
        to_user=mail.to_user,
        to_address=mail.to_address or (mail.to_user.email if mail.to_user else ""),
        department=mail.department,
        subject=" ".join(mail.subject.split())[:SUBJECT_LENGTH],
        text=mail.text,
        html=mail.html,
    )


def open_round(*, kind: str, day: dt.date) -> MailRound | None:
    """Take on the mails of a kind and day in the caller's transaction; None if they have been written before.

    Whoever comes second waits for the first to commit; if the first fails, the second takes over.
    """
    made, is_new = MailRound.objects.get_or_create(kind=kind, day=day, defaults={"at": clock.now()})
    return made if is_new else None


def requeue(*, mail_id: int, by: User) -> OutgoingMail:
    """Send a mail (again): one that failed, was kept, may or may not have left, or waits for its next attempt.

    It goes to the address that the person has now. Raises DomainError if it cannot be sent or its state does not allow it.
    """
    with atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        before, old_address = mail.state, mail.to_address
        if not may_requeue(mail):
            raise DomainError(_("A mail in state “%(state)s” is not sent again.") % {"state": mail.get_state_display()}, "transition")
        if not settings.EMAIL_URL:
            raise DomainError(_("No mail server is set, so nothing can be sent."), "no_mail_server")
        mail.to_address = (mail.to_user.email if mail.to_user else "") or mail.to_address
        if not mail.to_address:
            raise DomainError(_("%(person)s has no e-mail address.") % {"person": mail.to_user}, "no_address")
        mail.state, mail.attempts, mail.retry_at, mail.claimed_at, mail.error = State.QUEUED, 0, None, None, ""
        mail.save(update_fields=["state", "to_address", "attempts", "retry_at", "claimed_at", "error"])
        values = {"state": (before, State.QUEUED.value)}
        if old_address != mail.to_address:
            values["to_address"] = (old_address, mail.to_address)
        audit.record(mail, "resend", by=by, values=values)
    return mail


def may_requeue(mail: OutgoingMail) -> bool:
    """Whether a person may send it (again). One that is being sent belongs to its worker."""
    if mail.state == State.QUEUED:
        return mail.retry_at is not None  # it waits for its next attempt; otherwise its turn comes within a minute
    return mail.state != State.SENDING and may_become(mail, State.QUEUED)


def mark_sent(*, mail_id: int, by: User) -> OutgoingMail:
    """Settle that an uncertain mail did arrive, as a person found out. Raises DomainError for a mail in any other state."""
    with atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.state != State.UNCERTAIN:
            raise DomainError(_("Only an uncertain mail is marked as sent by hand."), "transition")
        before = transition(mail, State.SENT)
        mail.sent_at = mail.claimed_at
        mail.save(update_fields=["state", "sent_at"])
        audit.record(mail, "mark sent", by=by, values={"state": (before, State.SENT.value)})
    return mail
