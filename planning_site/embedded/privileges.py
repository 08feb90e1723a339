"""PostgreSQL refuses to run as root, and a broker need not: here root's servers get another user.

In a user namespace the server sees itself as `nobody` while its files stay root's, so no directory has to be opened for it.
Where the kernel or a container forbids that, the server's user is really changed and its data directory handed over.
"""

import contextlib
import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planning_site.embedded.errors import EmbeddedError

NOBODY = 65534


@dataclass(frozen=True)
class Runner:
    """How a server's program is run: the words before its command, the user it becomes, and the user its files belong to.

    None means the user that we are.
    """

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    owner: int | None = None

    def popen(self, command: Sequence[str], *, log: Path, stdin: bytes = b"") -> "subprocess.Popen[bytes]":
        """Start a server in a session of its own, so that a Ctrl-C at the terminal does not reach it."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*self.prefix, *command],
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
            )
        assert process.stdin is not None
        # If it ended before it read its configuration, whoever waits for it sees the exit and shows the log.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin)
        process.stdin.close()
        return process

    def run(self, command: Sequence[str], *, log: Path) -> int:
        """Run a program to its end, its output into the log, and return its exit status."""
        return self.popen(command, log=log).wait()

    def hand_over(self, path: Path) -> None:
        """Give a file or directory tree to the server's user, where that is another one than ours."""
        if self.owner is None:
            return
        for entry in [path, *path.rglob("*")]:
            if entry.lstat().st_uid != self.owner:
                os.chown(entry, self.owner, self.owner, follow_symlinks=False)

    def can_execute(self, program: Path) -> bool:
        """Say whether the server's user reaches and may execute the program."""
        return self._test("-x", program)

    def can_enter(self, directory: Path) -> bool:
        """Say whether the server's user reaches the directory and may write there."""
        return self._test("-w", directory) and self._test("-x", directory)

    def _test(self, flag: str, path: Path) -> bool:
        done = subprocess.run(
            [*self.prefix, "test", flag, str(path)],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )
        return done.returncode == 0


@functools.cache
def server_runner() -> Runner:
    """Return the way to run servers here: plainly for an ordinary user, under another user for root."""
    if os.geteuid() != 0:
        return Runner()
    unshare = shutil.which("unshare")
    if unshare is not None and os.environ.get("EMBEDDED_PRIVILEGES") != "setuid":
        prefix = (unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
        tried = subprocess.run([*prefix, "true"], check=False, stdin=subprocess.DEVNULL, capture_output=True)
        if tried.returncode == 0:
            return Runner(prefix=prefix, owner=0)
    return Runner(uid=NOBODY, owner=NOBODY)


def prepare_directory(runner: Runner, root: Path, directory: Path) -> None:
    """Create a server's data directory in VAR_DIR and make sure that the server's user can work there.

    Raises EmbeddedError if a folder above VAR_DIR keeps the server's user out; such folders are never opened.
    """
    if runner.uid is not None:
        # Only VAR_DIR itself, which is ours, lets others pass; what is secret in it has its own permissions.
        root.chmod(root.stat().st_mode | 0o011)
    directory.mkdir(mode=0o700, exist_ok=True)
    runner.hand_over(directory)
    if not runner.can_enter(directory):
        raise EmbeddedError(
            f"As root the database runs as another user, and that user cannot reach {root}. "
            "Set VAR_DIR to a directory that others may pass through, such as /var/lib/luyue, or run as an ordinary user."
        )
