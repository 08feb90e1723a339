"""One slot per test process: its own test database and its own broker database on the servers that all share."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SLOTS = range(1, 16)  # a Redis of one's own has sixteen databases, and number 0 is not for tests


@dataclass(frozen=True)
class Slot:
    """A number that no other live test process has, until this one ends, however it ends."""

    number: int
    descriptor: int

    @property
    def database(self) -> str:
        """Name of the test database."""
        return f"test_luyue_{self.number}"

    def database_url(self, url: str) -> str:
        """Return the server's address with the test database as its path."""
        return urlsplit(url)._replace(path=f"/{self.database}").geturl()

    def redis_url(self, url: str) -> str:
        """Return the broker's address with this slot's database as its path."""
        return urlsplit(url)._replace(path=f"/{self.number}").geturl()

    def leave(self) -> None:
        """Let another process have the number."""
        os.close(self.descriptor)


def take_slot(directory: Path) -> Slot:
    """Take the lowest number that is free. Raises RuntimeError if all are taken."""
    for number in SLOTS:
        descriptor = os.open(directory / f"test-slot-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return Slot(number, descriptor)
    raise RuntimeError(f"All {len(SLOTS)} test slots in {directory} are taken by running tests.")
