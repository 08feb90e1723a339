"""A real SMTP server in the test process, which keeps what it is sent and can be told to refuse."""

import email
import email.policy
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Delivery:
    """One message as it went over the wire."""

    sender: str
    recipients: list[str]
    message: "EmailMessage[Any, Any]"


@dataclass
class Mailbox:
    """What the server was sent, and what it is to answer.

    `refusals` maps a recipient to the answer it gets, such as "550 No such user" or "451 Try again later"; `answer` is given
    after the message itself.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        """Accept or refuse a recipient."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, unless the server is to refuse it."""
        if self.answer.startswith("2"):
            content = cast(bytes, envelope.content)
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.deliveries.append(Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), message))
        return self.answer


class SmtpServer:
    """The running server; `mailbox` is what tests look at."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self.mailbox, hostname=HOST, port=self.port)

    @property
    def url(self) -> str:
        """The address as EMAIL_URL takes it."""
        return f"smtp://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening: from now on a connection is refused."""
        self._controller.stop(no_assert=True)
