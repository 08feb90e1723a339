"""Compiles every kernel into the cache, so that no later process has to wait for it."""

import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from .kernels.cache import cache_folder, cache_root

STAMP = "complete"


def warm() -> bool:
    """True if something had to be compiled. Looks at a stamp first, so that a warm call costs next to nothing."""
    folder = cache_folder()
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text() == _conditions():
        return False
    _compile()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{STAMP}.{os.getpid()}"
    fresh.write_text(_conditions())
    fresh.replace(stamp)
    _drop_old(cache_root(), folder)
    return True


def _conditions() -> str:
    """Compiled code holds for this Python, numba, processor and state of the sources."""
    stamps = [f"{p.name}:{p.stat().st_mtime_ns}" for p in sorted((Path(__file__).parent / "kernels").glob("*.py"))]
    return "\n".join([platform.python_version(), version("numba"), version("numpy"), platform.machine(), _processor(), *stamps])


def _processor() -> str:
    """The processor's model and abilities where the system tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return "".join(sorted({line for line in lines if line.startswith(("model name", "flags"))}))


def _compile() -> None:
    """Plan a factory small enough to take no time; every kernel is reached."""
    from .problem import Costs, Job, Line, Problem, Stage
    from .replan import replan
    from .session import Session
    from .solve import solve

    stages = (Stage("cut"), Stage("stitch", ("cut",)))
    lines = tuple(Line(f"{s.id}{i}", s.id, (480.0,) * 4, (60.0,) * 4, None, 15.0) for s in stages for i in range(2))
    jobs = tuple(Job(f"j{i}", f"s{i}", "shoe", 50, 0, 1, 1.0, {"cut": 4.0, "stitch": 12.0}) for i in range(3))
    problem = Problem(4, 1, stages, lines, jobs, Costs())
    entries = solve(problem, rounds=20).entries
    late = Job("late", "s1", "shoe", 400, 0, 0, 3.0, {"cut": 4.0, "stitch": 12.0})
    replan(Problem(4, 1, stages, lines, (*jobs, late), Costs()), entries, seconds=None, rounds=10)
    session = Session(problem, entries)
    with session.trial():
        session.remove("j0")
        session.insert("j0")
        session.with_problem(problem)
    session.keep()
    session.finish("j0")


def _drop_old(root: Path, current: Path) -> None:
    """Remove compiled code of former sources."""
    for folder in root.glob("kernels-*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)
