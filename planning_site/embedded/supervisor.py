"""Runs the site's own processes side by side and ends them together.

Each has a session of its own, so a Ctrl-C at the terminal reaches the supervisor alone, which then ends them in order; and where the
kernel can (Linux), each is told to end when the supervisor is killed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from planning_site.embedded.processes import POLL_SECONDS, wait_until

STOP_SECONDS = 5.0
KILL_SECONDS = 1.0
TETHER = str(Path(__file__).with_name("tether.py"))


@dataclass(frozen=True)
class Program:
    """A process to run: its short name, its command and the open files it is handed."""

    name: str
    command: Sequence[str]
    files: tuple[int, ...] = ()


class Output:
    """Standard output shared by several writers, line by line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def line(self, text: str) -> None:
        """Write one line. A reader who has gone away is no reason to stop the site."""
        with self._lock, contextlib.suppress(BrokenPipeError):
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()


@contextlib.contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C, SIGTERM and a closed terminal into an event. A second one hurries nothing: the end takes seconds anyway."""
    requested = threading.Event()

    def request(number: int, frame: FrameType | None) -> None:
        requested.set()

    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield requested
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """A set of programs that live and end together."""

    def __init__(self, environment: Mapping[str, str], output: Output) -> None:
        self.environment = dict(environment)
        self.output = output
        self._children: list[tuple[Program, subprocess.Popen[str]]] = []
        self._pumps: list[threading.Thread] = []

    def start(self, programs: Sequence[Program]) -> None:
        """Start the programs and show their output, each line with the program's name before it."""
        for program in programs:
            self._children.append((program, self._spawn(program)))
        width = max(len(program.name) for program in programs)
        for program, process in self._children:
            assert process.stdout is not None
            pump = threading.Thread(target=self._pump, args=(f"{program.name:<{width}} |", process.stdout), daemon=True)
            pump.start()
            self._pumps.append(pump)

    def died(self) -> tuple[str, int] | None:
        """Return name and exit status of a program that has ended, or None while all run."""
        for program, process in self._children:
            status = process.poll()
            if status is not None:
                return program.name, status
        return None

    def stop(self) -> None:
        """Ask all to end, wait, and kill what is left, children of children included."""
        for _, process in self._children:
            if process.poll() is None:
                process.terminate()
        wait_until(lambda: all(process.poll() is not None for _, process in self._children), STOP_SECONDS)
        for program, process in self._children:
            if process.poll() is None:
                self.output.line(
                    f"{program.name} does not end within {STOP_SECONDS:.0f} s and is killed; its work is taken up again later."
                )
            with contextlib.suppress(ProcessLookupError):
                # The group outlives its leader where a child of it is left.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pump in self._pumps:
            pump.join(KILL_SECONDS)

    def run_to_end(self, program: Program, stop: threading.Event) -> int | None:
        """Run one program to its end, its output shown; return its exit status, or None if a stop was requested first."""
        process = self._spawn(program)
        assert process.stdout is not None
        pump = threading.Thread(target=self._pump, args=(f"{program.name} |", process.stdout), daemon=True)
        pump.start()
        try:
            while process.poll() is None and not stop.is_set():
                time.sleep(POLL_SECONDS)
            return process.poll()
        finally:
            if process.poll() is None:
                process.terminate()
                wait_until(lambda: process.poll() is not None, STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            pump.join(KILL_SECONDS)

    def output_of(self, command: Sequence[str]) -> str:
        """Run a short command and return what it prints. Raises CalledProcessError if it fails."""
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True, start_new_session=True
        )
        return done.stdout

    def _spawn(self, program: Program) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-I", "-S", TETHER, str(os.getpid()), *program.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=program.files,
            start_new_session=True,
        )

    def _pump(self, prefix: str, lines: IO[str]) -> None:
        for line in lines:
            self.output.line(f"{prefix} {line.rstrip()}")
