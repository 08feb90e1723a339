"""A real Celery worker in a process of its own, on the test database and the test broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from planning_site.celery import app

# Includes compiling the engine, where a change of it was not followed by `make setup`.
START_SECONDS = 120.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05


class Worker:
    """The worker process and what it wrote."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment = dict(environment)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker and wait until it answers. Raises AssertionError with its log if it does not."""
        command = [sys.executable, "-m", "celery", "-A", "planning_site", "worker", "--concurrency=1", "--loglevel=INFO"]
        command += ["--without-gossip", "--without-mingle"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=os.environ | self.environment, stdout=output, stderr=output, start_new_session=True
            )
        self.wait_until(lambda: bool(app.control.ping(timeout=0.3)), "the worker answers", START_SECONDS)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Poll until the condition holds. Raises AssertionError with the worker's log if it does not, or if the worker has died."""
        end = time.monotonic() + seconds
        while not condition():
            alive = self.process is not None and self.process.poll() is None
            if not alive or time.monotonic() > end:
                state = "alive" if alive else "dead"
                raise AssertionError(f"Waited in vain until {what}; the worker is {state}. Its log:\n{self.log.read_text()[-4000:]}")
            time.sleep(POLL_SECONDS)

    def become_idle(self) -> None:
        """Throw waiting messages away and wait until no task runs, so that the next test starts from nothing."""
        app.control.purge()
        inspector = app.control.inspect(timeout=0.3)
        self.wait_until(lambda: not any((inspector.active() or {"": [1]}).values()), "no task runs")

    def kill(self) -> None:
        """Kill the worker and its children at once, as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop the worker as the site does."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
