"""Programs that the server's user cannot reach where they are installed run from a copy."""

import stat
import subprocess
from pathlib import Path

from planning_site.embedded.privileges import Runner
from planning_site.embedded.programs import broker_program, postgres_programs


class ShutOut(Runner):
    """The runner of a user who may not enter the environment's directory."""

    def can_execute(self, program: Path) -> bool:
        return False


def version(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def test_copies_run_as_the_originals_do(tmp_path: Path) -> None:
    original, copy = postgres_programs(Runner(), tmp_path), postgres_programs(ShutOut(), tmp_path)
    assert copy.is_relative_to(tmp_path)
    assert not original.is_relative_to(tmp_path)
    for name in ("initdb", "postgres"):
        assert version(copy / name) == version(original / name)
    broker = broker_program(ShutOut(), tmp_path)
    assert broker.is_relative_to(tmp_path)
    assert version(broker) == version(broker_program(Runner(), tmp_path))


def test_others_may_read_the_copies_whatever_the_umask_was(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir(mode=0o700)
    postgres_programs(ShutOut(), tmp_path)
    for path in (tmp_path / "programs").rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o044
        assert stat.S_IMODE(path.stat().st_mode) & wanted == wanted, path


def test_a_copy_of_another_release_is_replaced(tmp_path: Path) -> None:
    programs = postgres_programs(ShutOut(), tmp_path)
    (programs / "postgres").write_text("an older release")
    assert version(postgres_programs(ShutOut(), tmp_path) / "postgres").startswith("postgres (PostgreSQL)")
