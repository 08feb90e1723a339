"""The commands that ask a plan something; each prints one JSON object. Status 0: there is an answer, 2: the input is wrong."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .plan import Entry, Fault

if TYPE_CHECKING:
    from .problem import Problem
    from .session import Session

Answer = dict[str, Any]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Every command reads an instance and a plan of it."""
    replan = _command(commands, "replan", "make a former plan fit what has changed, and move little", _replan)
    replan.add_argument("--stability", type=between(0.0, 1.0), default=0.7, help="from 0, the best plan, to 1, keep the plan (0.7)")
    replan.add_argument("--seconds", type=between(0.0, 1e6), default=0.2, help="how long to improve what had to change (0.2)")
    replan.add_argument("--seed", type=count, default=0)
    replan.add_argument("-o", "--output", type=Path, metavar="PLAN", help="where to write the plan; its entries are printed otherwise")
    promise = _command(commands, "promise", "by when an order could be done", _promise)
    promise.add_argument("--style", required=True)
    promise.add_argument("--pairs", type=count, required=True)
    promise.add_argument("--wanted", type=int, metavar="DAY", help="the day by which it should be there")
    promise.add_argument("--family", help="of a new style")
    promise.add_argument("--release", type=int, default=0, metavar="DAY", help="the first day on which it may start (0)")
    promise.add_argument("--weight", type=between(0.0, 1e6), default=1.0, help="how much a late pair-day counts (1)")
    promise.add_argument("--minutes", type=_rate, action="append", metavar="STAGE=MINUTES", help="per pair, of a style without known rates")
    promise.add_argument("--moves", type=count, default=3, help="jobs that may make room, all of them punctual after that (3)")
    reasons = _command(commands, "reasons", "why jobs are late or left out, and what would help", _reasons)
    reasons.add_argument("--job", help="this one only")
    reasons.add_argument("--seconds", type=between(0.0, 1e6), default=10.0, help="after which no more measures are tried (10)")
    overload = _command(commands, "overload", "weeks with too much work, and how the plan gets by", _overload)
    overload.add_argument("--week", type=count, default=6, help="days that make a week (6)")
    idle = _command(commands, "idle", "days on which teams have time, and what would fit", _idle)
    idle.add_argument("--least", type=between(0.0, 1e6), default=60.0, help="minutes that a day must have left (60)")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, run: Callable[[argparse.Namespace], Answer]
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("instance", type=Path)
    parser.add_argument("plan", type=Path)
    parser.set_defaults(run=lambda options: _print(run, options))
    return parser


def between(low: float, high: float) -> Callable[[str], float]:
    """A number from low to high."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low:g} to {high:g}, not {text}")
        return value

    return number


def count(text: str) -> int:
    """A whole number of at least 0."""
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {text}")
    return value


def _rate(text: str) -> tuple[str, float]:
    stage, _, minutes = text.rpartition("=")
    if not stage:
        raise argparse.ArgumentTypeError(f"must be STAGE=MINUTES, not {text}")
    return stage, float(minutes)


class WrongInputError(ValueError):
    """What is wrong with the files or with the question."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def _print(run: Callable[[argparse.Namespace], Answer], options: argparse.Namespace) -> int:
    from .session import InvalidProblemError

    try:
        answer = run(options)
    except (WrongInputError, InvalidProblemError) as error:
        answer = _refused(error.faults)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 2 if answer["status"] == "invalid" else 0


def _refused(faults: tuple[Fault, ...]) -> Answer:
    from .answers_format import plain

    return {"status": "invalid", "problems": plain(faults)}


def _read(options: argparse.Namespace) -> "tuple[Problem, tuple[Entry, ...]]":
    """Both files; all faults of both at once."""
    from .answers_format import read_entries_file
    from .bench_format import read_problem_file
    from .problem import Problem

    problem, plan = read_problem_file(options.instance), read_entries_file(options.plan)
    faults = () if isinstance(problem, Problem) else problem
    faults += tuple(x for x in plan if isinstance(x, Fault))
    if faults or not isinstance(problem, Problem):
        raise WrongInputError(faults)
    return problem, tuple(x for x in plan if isinstance(x, Entry))


def _open(options: argparse.Namespace) -> "tuple[Session, Answer]":
    """The plan, and the head of the answer: what of the plan could not stand."""
    from .answers_format import plain
    from .session import Session

    session = Session(*_read(options))
    return session, {"status": "complete"} | ({"dropped": plain(session.dropped)} if session.dropped else {})


def _replan(options: argparse.Namespace) -> Answer:
    from .bench_format import to_json
    from .replan import replan

    problem, entries = _read(options)
    plan = to_json(replan(problem, entries, stability=options.stability, seconds=options.seconds, seed=options.seed, reasons=True))
    if options.output is None or plan["status"] == "invalid":
        return plan
    try:
        options.output.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise WrongInputError((Fault("output", "", f"{options.output}: cannot be written: {error.strerror or error}"),)) from error
    return {name: value for name, value in plan.items() if name != "entries"}


def _promise(options: argparse.Namespace) -> Answer:
    from .answers_format import plain
    from .measures import Wish
    from .promise import promise

    session, answer = _open(options)
    minutes = dict(options.minutes) if options.minutes else None
    wish = Wish(options.style, options.pairs, options.family, options.wanted, options.weight, options.release, minutes)
    return answer | {"promises": plain(promise(session, wish, options.moves))}


def _reasons(options: argparse.Namespace) -> Answer:
    from .answers_format import plain
    from .explain import explain_all, explain_job

    session, answer = _open(options)
    if options.job is None:
        found = explain_all(session, options.seconds)
    elif any(job.id == options.job for job in session.problem.jobs):
        found = (explain_job(session, options.job),)
    else:
        raise WrongInputError((Fault(f"job {options.job}", "", "is not part of the problem"),))
    if not all(each.complete for each in found):
        answer["status"] = "partial"
    return answer | {"jobs": plain(found)}


def _overload(options: argparse.Namespace) -> Answer:
    from .answers_format import plain
    from .overload import overload, remedies

    if options.week < 1:
        raise WrongInputError((Fault("week", "", "must have at least a day"),))
    session, answer = _open(options)
    excess = overload(session.problem, week=options.week)
    return answer | {"overload": plain(excess), "remedies": plain(remedies(session, week=options.week))}


def _idle(options: argparse.Namespace) -> Answer:
    from .answers_format import plain
    from .idle import idle

    session, answer = _open(options)
    return answer | {"idle": plain(idle(session, least=options.least))}
