"""What both servers have in common: find the running one, or start one on a free port, and stop it."""

import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from planning_site.embedded import ports, processes
from planning_site.embedded.errors import EmbeddedError, WrongPasswordError
from planning_site.embedded.paths import VarDir
from planning_site.embedded.privileges import Runner, prepare_directory, server_runner

READY_SECONDS = 60.0
RETRY_SECONDS = 25.0
RETRY_PAUSE = 0.3
OTHER_SERVER_SECONDS = 3.0
LOG_LINES = 12
LOG_BYTES = 10_000_000


def say(sentence: str) -> None:
    """Tell the person at the keyboard something. Standard output belongs to the command that runs."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


class Server(ABC):
    """One embedded server of an installation. Its methods are called with the installation's mutex held."""

    label: str
    first_port: int
    instead: str

    def __init__(self, var: VarDir) -> None:
        self.var = var
        self.runner: Runner = server_runner()

    @property
    @abstractmethod
    def directory(self) -> Path:
        """The data directory, which is the server's working directory as well."""

    @property
    def log(self) -> Path:
        """The file that the server's output goes to."""
        return self.var.log / f"{self.label}.log"

    @abstractmethod
    def recorded(self) -> tuple[int, int] | None:
        """Return process id and port of the server that was started last, dead or alive; None if none is recorded."""

    @abstractmethod
    def forget(self) -> None:
        """Remove the record of a server that is gone."""

    @abstractmethod
    def is_ready(self, port: int) -> bool:
        """Say whether our server answers on the port and serves our directory.

        Raises WrongPasswordError if a server answers that does not know our password.
        """

    @abstractmethod
    def url(self, port: int) -> str:
        """Return the URL under which the site reaches the server."""

    @abstractmethod
    def prepare(self) -> None:
        """Create what must be there before the first start."""

    @abstractmethod
    def launch(self, port: int) -> "subprocess.Popen[bytes]":
        """Start the server's process on the port."""

    @abstractmethod
    def complete(self, port: int) -> None:
        """Create in the running server what the site expects there. Called after each start."""

    @abstractmethod
    def stop_process(self, pid: int) -> bool:
        """End the server's process without loss; return whether it has gone."""

    def ensure(self) -> str:
        """Return the URL of the running server, started if need be. Raises EmbeddedError if it cannot be started."""
        port = self.find()
        if port is None:
            port = self.start()
        return self.url(port)

    def find(self) -> int | None:
        """Return the port of our running server. One that is just starting or stopping is waited for."""
        record = self.recorded()
        if record is None:
            return None
        pid, port = record
        if not processes.serves(pid, self.directory):
            self.forget()
            return None
        if processes.wait_until(lambda: self.is_ready(port) or not processes.is_alive(pid), READY_SECONDS):
            return port if processes.is_alive(pid) else None
        raise EmbeddedError(f"The {self.label} (process {pid}) runs but does not answer on port {port}. {self.log_tail()}")

    def start(self) -> int:
        """Start the server on the first free port and return the port."""
        prepare_directory(self.runner, self.var.root, self.directory)
        self._turn_log()
        self.prepare()
        for port in ports.free_from(self.first_port):
            if self._start_on(port):
                if port != self.first_port:
                    say(f"Port {self.first_port} is taken; the {self.label} listens on {port}.")
                self.complete(port)
                return port
        raise EmbeddedError(f"No free port for the {self.label} from {self.first_port} upwards. Free one, or set {self.instead}.")

    def _start_on(self, port: int) -> bool:
        """Start on this port; False if another process took the port meanwhile.

        What a killed server left behind (its children, its shared memory) goes away within seconds, so a failed start is repeated.
        """
        give_up = time.monotonic() + RETRY_SECONDS
        while True:
            process = self.launch(port)
            try:
                if self._comes_up(process, port):
                    return True
            except BaseException:
                self.stop_process(process.pid)
                raise
            if not ports.is_free(port):
                return False
            if time.monotonic() > give_up:
                raise EmbeddedError(f"The {self.label} does not start (exit status {process.returncode}). {self.log_tail()}")
            time.sleep(RETRY_PAUSE)

    def _comes_up(self, process: "subprocess.Popen[bytes]", port: int) -> bool:
        """Wait until the new server answers (True) or has ended (False)."""

        def has_ended() -> bool:
            return process.poll() is not None

        def answers() -> bool:
            try:
                return self.is_ready(port)
            except WrongPasswordError:
                # Another installation was quicker to take the port, and our process ends at once; or our own data
                # belong to another password.
                if processes.wait_until(has_ended, OTHER_SERVER_SECONDS):
                    return False
                raise

        if not processes.wait_until(lambda: has_ended() or answers(), READY_SECONDS):
            raise EmbeddedError(f"The {self.label} does not answer {READY_SECONDS:.0f} s after its start. {self.log_tail()}")
        return not has_ended()

    def stop(self) -> None:
        """Stop the server if it runs. Raises EmbeddedError if it will not go."""
        record = self.recorded()
        if record is None:
            return
        pid, _ = record
        if processes.serves(pid, self.directory) and not self.stop_process(pid):
            raise EmbeddedError(f"The {self.label} (process {pid}) does not stop. {self.log_tail()}")
        self.forget()

    def _turn_log(self) -> None:
        """Keep the log small: a long one becomes the previous one."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))

    def log_tail(self) -> str:
        """Return a sentence with the last lines of the log."""
        if not self.log.exists():
            return "It wrote no log."
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return f"The end of {self.log}:\n" + "\n".join(lines)
