"""The engine's commands. Status 0: a plan was written; 2: the input is wrong (or the arguments are)."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

from .ask import add_commands, between, count
from .plan import Entry, Fault, Plan, Progress

if TYPE_CHECKING:
    from .problem import Problem


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit status."""
    options = _parser().parse_args(arguments)
    status: int = options.run(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduling.engine", description="Finite-capacity planning of a shoe factory.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    solve = commands.add_parser("solve", help="plan an instance file")
    solve.add_argument("instance", type=Path)
    solve.add_argument("-o", "--output", type=Path, required=True, metavar="PLAN", help="where to write the plan")
    solve.add_argument("--seconds", type=between(0.0, 1e6), help="how long to improve the first plan")
    solve.add_argument("--rounds", type=count, help="improve by exactly this many rounds: the same plan every time")
    solve.add_argument("--seed", type=count, default=0)
    solve.add_argument("--progress", action="store_true", help="print a JSON line now and then")
    solve.add_argument("--base", type=Path, metavar="OLD", help="a former plan, to be kept as far as it is worth it")
    solve.add_argument("--stability", type=between(0.0, 1.0), default=0.5, help="from 0, the best plan, to 1, keep the plan (0.5)")
    solve.set_defaults(run=_solve)
    add_commands(commands)
    warm = commands.add_parser("warm", help="compile everything into the cache")
    warm.set_defaults(run=_warm)
    return parser


def _solve(options: argparse.Namespace) -> int:
    from .answers_format import read_entries_file
    from .bench_format import read_problem_file, to_json  # parsing arguments needs none of the heavy parts
    from .problem import Problem

    asked = stop_on_signals()
    problem = read_problem_file(options.instance)
    faults = () if isinstance(problem, Problem) else problem
    old = read_entries_file(options.base) if options.base is not None else ()
    faults += tuple(x for x in old if isinstance(x, Fault))
    if faults or not isinstance(problem, Problem):
        plan = Plan(status="invalid", problems=faults, seed=options.seed)
    else:
        plan = _plan(options, problem, tuple(x for x in old if isinstance(x, Entry)), asked.is_set)
    try:
        options.output.write_text(json.dumps(to_json(plan), ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{options.output}: cannot be written: {error.strerror or error}\n")
        return 2
    for fault in plan.problems:
        sys.stderr.write(f"{options.instance}: {fault}\n")
    return 2 if plan.status == "invalid" else 0


def _plan(options: argparse.Namespace, problem: "Problem", old: tuple[Entry, ...], stop: Callable[[], bool]) -> Plan:
    """A new plan, or the old one made to fit and then improved."""
    report = _print_progress if options.progress else None
    if options.base is None:
        from .solve import solve

        limits = options.seconds, options.rounds
        return solve(problem, seconds=limits[0], rounds=limits[1], seed=options.seed, on_progress=report, should_stop=stop)
    from .replan import replan

    dial, seconds, rounds = options.stability, options.seconds, options.rounds
    seconds = 0.0 if seconds is None and rounds is None else seconds
    return replan(
        problem,
        old,
        stability=dial,
        seconds=seconds,
        seed=options.seed,
        rounds=rounds,
        reasons=True,
        on_progress=report,
        should_stop=stop,
    )


def stop_on_signals() -> Event:
    """Set on SIGINT and SIGTERM: the search ends and its best plan is written. The second signal ends the program."""
    asked = Event()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)

    if current_thread() is main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask)
    return asked


def _print_progress(p: Progress) -> None:
    row = {
        "seconds": round(p.seconds, 2),
        "rounds": p.rounds,
        "cost": round(p.cost, 1),
        "late": p.late_jobs,
        "on_time": round(p.on_time, 4),
        "bound": round(p.bound, 1),
    }
    try:
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read along has left; the plan is still wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _warm(options: argparse.Namespace) -> int:
    from .warm import warm

    warm()
    return 0
