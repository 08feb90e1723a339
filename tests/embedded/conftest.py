"""Installations of their own, each in a temporary VAR_DIR."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
import redis

from planning_site.embedded.paths import PROJECT_ROOT, VarDir
from planning_site.embedded.processes import is_alive, wait_until

GONE_SECONDS = 20.0
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL")


@dataclass
class Holder:
    """A process that holds a lease."""

    process: "subprocess.Popen[str]"
    database_url: str
    redis_url: str
    errors: Path

    def leave(self) -> None:
        """Let the process end by itself, and wait until it has."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.process.wait() == 0, self.errors.read_text()

    def kill(self) -> None:
        """Let nothing run at its end."""
        self.process.kill()
        self.process.wait()


@dataclass
class Installation:
    """A VAR_DIR, the processes that use it and what is asked of them."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def var(self) -> VarDir:
        """The files of the installation."""
        return VarDir(self.root)

    def spawn(self, *command: str) -> "tuple[subprocess.Popen[str], Path]":
        """Start a Python command in this installation, nothing else named in its environment; return it and its errors' file."""
        unset = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        errors = self.root.parent / f"{self.root.name}-errors-{len(self.started)}"
        with errors.open("w") as sink:
            process = subprocess.Popen(
                [sys.executable, *command],
                env=unset | {"VAR_DIR": str(self.root), "PYTHONUNBUFFERED": "1"} | self.environment,
                cwd=PROJECT_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
            )
        self.started.append(process)
        return process, errors

    def hold(self, *arguments: str) -> Holder:
        """Start a holder and wait until it has its addresses."""
        return self.answer(*self.spawn("-m", "tests.embedded.holder", *arguments))

    def answer(self, process: "subprocess.Popen[str]", errors: Path) -> Holder:
        """Wait until a spawned holder has its addresses."""
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, errors.read_text()
        urls = json.loads(line)
        return Holder(process, urls["DATABASE_URL"], urls["REDIS_URL"], errors)

    def refusal(self) -> str:
        """Start a holder that is to fail and return what it says."""
        process, errors = self.spawn("-m", "tests.embedded.holder")
        process.communicate()
        assert process.returncode != 0
        return errors.read_text()

    def processes(self) -> dict[int, str]:
        """Every live process that was started for this VAR_DIR, with its command."""
        found = {}
        needle = os.fsencode(self.root)
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if (needle in command or b"VAR_DIR=" + needle in environment.split(b"\0")) and is_alive(int(entry.name)):
                found[int(entry.name)] = command.replace(b"\0", b" ").decode()
        return found

    def server_pids(self) -> tuple[int, int]:
        """Process ids of the database and the broker."""
        database = int((self.var.database / "postmaster.pid").read_text().split()[0])
        return database, int(json.loads(self.var.broker_state.read_text())["pid"])

    def kill_everything(self) -> None:
        """kill -9 every process of the installation."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def assert_no_process(self) -> None:
        """Nothing of the installation runs."""
        assert wait_until(lambda: not self.processes(), GONE_SECONDS), self.processes()


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a transaction of its own and return its rows."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def broker(url: str) -> "redis.Redis":
    """A client of the broker."""
    return redis.Redis.from_url(url, decode_responses=True)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """One installation; whatever is left of it is killed."""
    made = Installation(tmp_path / "var")
    yield made
    made.kill_everything()


@pytest.fixture
def other_installation(tmp_path: Path) -> Iterator[Installation]:
    """A second installation on the same machine."""
    made = Installation(tmp_path / "other")
    yield made
    made.kill_everything()
