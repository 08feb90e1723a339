"""Who uses the embedded servers: every user holds a shared lock on one file, and the last one out stops them.

The kernel drops the lock of a process however it ends, so a killed user never counts. Finding, starting and stopping happen
under a second, exclusive lock: nobody can begin to use the servers while the last user stops them. If the last user is killed, the
servers stay up until the next user finds them, uses them and stops them.
"""

import atexit
import contextlib
import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from planning_site.embedded.broker import Broker
from planning_site.embedded.paths import VarDir
from planning_site.embedded.postgres import Database
from planning_site.embedded.server import Server

SERVERS: dict[str, type[Server]] = {"DATABASE_URL": Database, "REDIS_URL": Broker}


class Lease:
    """The right to use an installation's servers, until it is released or the process ends."""

    def __init__(self, var: VarDir, descriptor: int | None) -> None:
        self.var = var
        self._descriptor = descriptor
        # A forked child inherits this object, but not the right to stop what its parent uses.
        self._owner = os.getpid()

    def release(self) -> bool:
        """Give the lease back and stop the servers if nobody else uses them; return whether they were stopped.

        May be called twice. Raises EmbeddedError if a server will not stop.
        """
        if self._descriptor is None or self._owner != os.getpid():
            return False
        descriptor, self._descriptor = self._descriptor, None
        with _undisturbed(), _exclusive(self.var.mutex):
            # Others take the lease under the mutex only, so nobody comes between.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                # All kinds: the last user need not be one that wanted them all.
                for kind in SERVERS.values():
                    kind(self.var).stop()
                return True
            finally:
                _unlock(descriptor)


def ensure() -> Lease:
    """Find or start a server for each of DATABASE_URL and REDIS_URL that is unset, and set the variable.

    The servers stop when the last process that called this has ended. Raises EmbeddedError with the reason if one cannot be started.
    """
    var = VarDir.from_environment()
    wanted = [name for name in SERVERS if not os.environ.get(name)]
    if not wanted:
        return Lease(var, None)
    var.create()
    with _exclusive(var.mutex):
        descriptor = os.open(var.lease, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        lease = Lease(var, descriptor)
        # Registered before the start: an interrupted start leaves servers, which the exit then stops.
        atexit.register(lease.release)
        found = {name: SERVERS[name](var).ensure() for name in wanted}
    os.environ.update(found)
    return lease


def stop_abandoned() -> int:
    """Stop the servers of VAR_DIR if nobody uses them; return 0 if none is left, 1 if somebody does."""
    var = VarDir.from_environment()
    if not var.lease.exists():
        return 0
    with _exclusive(var.mutex):
        descriptor = os.open(var.lease, os.O_RDWR)
    return 0 if Lease(var, descriptor).release() else 1


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file; wait for it as long as it takes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        _unlock(descriptor)


def _unlock(descriptor: int) -> None:
    """Drop the lock and close. Closing alone would leave it to a forked child that still has the same open file."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no Ctrl-C or SIGTERM interrupt what stops the servers; it takes seconds and ends by itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
