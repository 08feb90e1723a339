"""One connection to the mail server, and what its answers mean: left, refused for now, refused for good, or nobody knows."""

import contextlib
import email.errors
import hashlib
import smtplib
from types import TracebackType
from typing import Self, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import MIMEMixin, sanitize_address

from planning_site.outbox.models import OutgoingMail

ENCODING = "utf-8"
ANSWERS = range(200, 600)
TAKEN = range(200, 300)
PERMANENT = range(500, 600)
CLOSING = 421  # the server says goodbye: the line is dead, whatever it was asked
TOO_BIG = 552


class DeliveryError(Exception):
    """A mail did not simply leave. The text is the server's or the system's own words."""


class UnreachableError(DeliveryError):
    """No line to the server, or it does not let us in. No mail will leave for now."""


class TemporaryError(DeliveryError):
    """Not taken this time (4xx, or the line broke before the message was handed over)."""


class PermanentError(DeliveryError):
    """Refused for good (5xx), or a message that cannot be written."""


class UnclearError(DeliveryError):
    """The line broke after the message was handed over and before it was confirmed: it may have left."""


def message_id(key: str) -> str:
    """The Message-ID of a mail: always the same for the same key, so that a double can be recognised."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def build(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The message as it goes out. Reads the attachments."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to_address],
        headers={"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.attachments.all():
        message.attach(file.filename, bytes(file.content), file.content_type)
    return message


class Postman:
    """Carries messages over one connection, opened with the first and reopened if the server hangs up.

    with Postman() as postman:
        postman.send(build(mail))      # raises one of the errors above
    """

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._hang_up()

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand one message to the server. Returning means that the server has taken it."""
        try:
            raw = cast(MIMEMixin, message.message()).as_bytes(linesep="\r\n")
            sender = sanitize_address(message.from_email, ENCODING)
            receiver = sanitize_address(message.to[0], ENCODING)
        except (ValueError, email.errors.MessageError) as error:
            raise PermanentError(str(error)) from error
        line = self._open_line()
        if line is None:  # a backend for developers, such as a file or the console
            self._backend.send_messages([message])
        else:
            self._address(line, sender, receiver, len(raw))
            self._hand_over(line, raw)

    def _open_line(self) -> smtplib.SMTP | None:
        try:
            self._backend.open()
            line = self._backend.connection if isinstance(self._backend, EmailBackend) else None
            if line is None:
                return None
            line.ehlo_or_helo_if_needed()
        except OSError as error:  # every SMTP error is one too
            self._hang_up()
            raise UnreachableError(_words(error)) from error
        return line

    def _address(self, line: smtplib.SMTP, sender: str, receiver: str, size: int) -> None:
        """Say who writes to whom. Whatever goes wrong here, nothing has left."""
        try:
            answer = line.mail(sender, [f"size={size}"] if line.has_extn("size") else [])
            if answer[0] in PERMANENT and answer[0] != TOO_BIG:
                # The sender is the same for all mail: this is about us, not about this mail.
                raise UnreachableError(_reason(*answer))
            self._check(answer)
            self._check(line.rcpt(receiver))
        except OSError as error:
            self._hang_up()
            raise TemporaryError(_words(error)) from error

    def _hand_over(self, line: smtplib.SMTP, raw: bytes) -> None:
        """Send the message. If the line breaks before the answer, nobody knows whether it was taken."""
        try:
            answer = line.data(raw)
        except smtplib.SMTPDataError as error:  # the server did not want to hear it
            answer = (error.smtp_code, _bytes(error.smtp_error))
        except OSError as error:
            self._hang_up()
            raise UnclearError(_words(error)) from error
        if answer[0] not in ANSWERS:
            self._hang_up()
            raise UnclearError(_reason(*answer))
        self._check(answer)

    def _check(self, answer: tuple[int, bytes]) -> None:
        """Turn the server's refusal into an error, and leave the line ready for the next message."""
        code, _said = answer
        if code in TAKEN:
            return
        self._reset(code)
        raise (PermanentError if code in PERMANENT else TemporaryError)(_reason(*answer))

    def _reset(self, code: int) -> None:
        line = getattr(self._backend, "connection", None)
        try:
            if code == CLOSING or line is None:
                self._hang_up()
            else:
                line.rset()
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        # Whether our goodbye is heard changes nothing: every mail has had its answer by now.
        with contextlib.suppress(OSError):
            self._backend.close()


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def _reason(code: int, words: bytes) -> str:
    return f"{code} {words.decode(errors='replace')}"


def _words(error: OSError) -> str:
    """What an error says, with its kind where it says nothing."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
