"""The engine's commands. Status 0: a plan was written; 2: the input is wrong (or the arguments are)."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .ask import add_commands, between, count
from .plan import Plan, Progress


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
    solve.set_defaults(run=_solve)
    add_commands(commands)
    warm = commands.add_parser("warm", help="compile everything into the cache")
    warm.set_defaults(run=_warm)
    return parser


def _solve(options: argparse.Namespace) -> int:
    from .bench_format import read_problem_file, to_json  # parsing arguments needs none of the heavy parts

    problem = read_problem_file(options.instance)
    if isinstance(problem, tuple):
        plan = Plan(status="invalid", problems=problem, seed=options.seed)
    else:
        from .solve import solve

        plan = solve(
            problem,
            seconds=options.seconds,
            seed=options.seed,
            rounds=options.rounds,
            on_progress=_print_progress if options.progress else None,
        )
    try:
        options.output.write_text(json.dumps(to_json(plan), ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{options.output}: cannot be written: {error.strerror or error}\n")
        return 2
    for fault in plan.problems:
        sys.stderr.write(f"{options.instance}: {fault}\n")
    return 2 if plan.status == "invalid" else 0


def _print_progress(p: Progress) -> None:
    row = {
        "seconds": round(p.seconds, 2),
        "rounds": p.rounds,
        "cost": round(p.cost, 1),
        "late": p.late_jobs,
        "on_time": round(p.on_time, 4),
    }
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def _warm(options: argparse.Namespace) -> int:
    from .warm import warm

    warm()
    return 0
