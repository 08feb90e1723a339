"""What the tests of the outbox share: mails to people, and mail servers that break in a chosen place."""

import itertools
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from planning_site.core.models import User
from planning_site.outbox import services
from planning_site.outbox.models import Attachment, OutgoingMail
from tests import factories

_serial = itertools.count(1)


def person(*departments: str, address: str | None = None, **options: object) -> User:
    """Somebody with an address of one's own."""
    made = factories.user(*departments, **options)  # type: ignore[arg-type]
    made.email = f"{made.username}@factory.example" if address is None else address
    made.save(update_fields=["email"])
    return made


def mail(
    to: User | None = None, *, key: str = "", subject: str = "周计划", department: str = "", files: tuple[Attachment, ...] = ()
) -> OutgoingMail:
    """A new mail, written as every service writes it."""
    written = services.write_mail(
        key=key or f"test:{next(_serial)}",
        to_user=to or person(),
        subject=subject,
        text="第51周计划已发布。",
        html="<p>第51周计划已发布。</p>",
        attachments=files,
        department=department,
        rule_code="E4.1",
    )
    assert written is not None
    return written


def put(row: OutgoingMail, **values: object) -> OutgoingMail:
    """Put a mail into a state that only a crash or a server brings about."""
    OutgoingMail.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


@dataclass
class BrokenServer:
    """A mail server that stops answering at one command; for DATA, after it has the message.

    `reached` is set when it gets there. It then hangs up, or keeps the line open until the test is over.
    """

    port: int
    reached: threading.Event
    over: threading.Event

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Talk(socketserver.StreamRequestHandler):
    """As much SMTP as it takes to get to the command in question."""

    stop_at: ClassVar[str]
    hang_up: ClassVar[bool]
    broken: ClassVar[BrokenServer]

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            command = line.decode().split(":")[0].split()[0].upper()
            if command == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            if command == self.stop_at:
                self.broken.reached.set()
                if not self.hang_up:
                    self.broken.over.wait(60)
                return
            self.wfile.write(b"250 OK\r\n")


@contextmanager
def server_broken_at(command: str, *, hang_up: bool = True) -> Iterator[BrokenServer]:
    """Run such a server."""
    handler = type("Talk", (_Talk,), {"stop_at": command, "hang_up": hang_up})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        broken = BrokenServer(server.server_address[1], threading.Event(), threading.Event())
        handler.broken = broken  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield broken
        finally:
            broken.over.set()
            server.shutdown()
            thread.join()
