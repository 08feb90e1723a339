"""What the tests of the outbox share: mails to people, and mail servers that break in a chosen place."""

import itertools
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


class _Talk(socketserver.StreamRequestHandler):
    """As much SMTP as it takes to hang up after a given command."""

    hang_up_at: ClassVar[str] = ""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            command = line.decode().split(":")[0].split()[0].upper()
            if command == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            if command == self.hang_up_at:
                return
            self.wfile.write(b"250 OK\r\n")


@contextmanager
def server_that_hangs_up_at(command: str) -> Iterator[int]:
    """A mail server that closes the line instead of answering a command; for DATA, after it has the message. Yields its port."""
    handler = type("Talk", (_Talk,), {"hang_up_at": command})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
