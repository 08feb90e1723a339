"""Processes known by their id only: are they alive, are they ours, and how do they end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll the condition until it holds or the seconds have passed; return whether it holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def is_alive(pid: int) -> bool:
    """Say whether the process runs. A zombie does not: it holds no port, no lock and no memory."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # The state follows the command's name, which is in brackets and may itself hold brackets.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self").exists()
    return state not in "ZX"


def serves(pid: int, directory: Path) -> bool:
    """Say whether the live process was started for the data directory.

    Both servers are given their directory as a word of the command line. A process that merely got the number of a dead server was not.
    """
    if not is_alive(pid):
        return False
    try:
        if Path("/proc/self").exists():
            return os.fsencode(directory) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    found = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(directory) in found.stdout


def reap(pid: int) -> None:
    """Collect the exit status if the process was our child; leave it to its parent otherwise."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def stop(pid: int, steps: list[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn until the process has gone, waiting the seconds beside it; return whether it has gone."""

    def gone() -> bool:
        reap(pid)
        return not is_alive(pid)

    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if wait_until(gone, seconds):
            return True
    return gone()
