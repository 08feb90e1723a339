"""Measures what the engine answers about one plan: replanning, reasons, promises, overload and idle time.

    python -m tests.bench.answers INSTANCE.json PLAN.json [--anew SECONDS]

Prints a line of JSON per question. milliseconds: on the clock, after a first call that loads the compiled code; processor: of all
threads. For replanning the first two days of the plan are frozen; moved is the share of the pairs of jobs in both plans, those that
the change names aside, that stand elsewhere; against: cost against a plan made anew in so many seconds with the same days frozen.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from scheduling.engine import (
    Entry,
    Job,
    Line,
    Problem,
    Session,
    Wish,
    evaluate,
    explain_all,
    idle,
    overload,
    promise,
    remedies,
    replan,
    solve,
)
from scheduling.engine.answers_format import read_entries_file
from scheduling.engine.bench_format import read_problem_file

T = TypeVar("T")
FROZEN = 2  # days
STABILITY, SECONDS = 0.7, 0.1


@dataclass(frozen=True, slots=True)
class Change:
    """What happened: the problem as it is now, the plan as it was, and the jobs it is about."""

    name: str
    problem: Problem
    entries: tuple[Entry, ...]
    jobs: frozenset[str]


def freeze(problem: Problem, entries: tuple[Entry, ...]) -> Problem:
    return replace(problem, frozen=tuple(e for e in entries if e.day < FROZEN), base=())


def changes(problem: Problem, entries: tuple[Entry, ...]) -> Iterator[Change]:
    """A rush order, a team down for three days, a sole six days late, and the next morning with ten reports that say something else."""
    like = problem.jobs[len(problem.jobs) // 50]
    rush = replace(like, id="rush", pairs=1200, release=FROZEN, due=15, weight=3.0)
    yield Change("rush order", freeze(replace(problem, jobs=(*problem.jobs, rush)), entries), entries, frozenset({"rush"}))
    team = max((line for line in problem.lines), key=lambda line: sum(e.pairs for e in entries if e.line == line.id and 2 <= e.day < 5))
    lines = tuple(_down(line, range(FROZEN, FROZEN + 3)) if line is team else line for line in problem.lines)
    yield Change("team down 3 days", freeze(replace(problem, lines=lines), entries), entries, frozenset())
    first = {(e.job, e.stage): e.day for e in sorted(entries, key=lambda e: -e.day)}
    stage = problem.stages[-2].id
    late = next(j for j in problem.jobs if 5 <= first[j.id, stage] <= 8)
    jobs = tuple(replace(j, ready={**j.ready, stage: first[j.id, stage] + 6}) if j is late else j for j in problem.jobs)
    yield Change("sole 6 days late", freeze(replace(problem, jobs=jobs), entries), entries, frozenset({late.id}))
    yield _next_morning(problem, entries)


def _down(line: Line, days: range) -> Line:
    minutes, overtime = ([0.0 if d in days else m for d, m in enumerate(row)] for row in (line.minutes, line.overtime))
    return replace(line, minutes=tuple(minutes), overtime=tuple(overtime))


def _next_morning(problem: Problem, entries: tuple[Entry, ...]) -> Change:
    """Day 0 is over: all of it was made, but for ten jobs that made half of their pairs."""
    today = [e for e in entries if e.day == 0]
    short = set(list(dict.fromkeys(e.job for e in today))[:10])
    made: dict[str, Counter[str]] = {}
    for e in today:
        made.setdefault(e.job, Counter())[e.stage] += e.pairs // 2 if e.job in short else e.pairs
    jobs = tuple(_a_day_later(j, made.get(j.id, Counter())) for j in problem.jobs)
    lines = tuple(replace(line, minutes=line.minutes[1:], overtime=line.overtime[1:]) for line in problem.lines)
    left = tuple(replace(e, day=e.day - 1) for e in entries if e.day > 0)
    held = tuple(e for e in left if e.day < FROZEN and e.job not in short)
    now = replace(problem, days=problem.days - 1, lines=lines, jobs=jobs, frozen=held, base=())
    return Change("ten reports", now, left, frozenset(short))


def _a_day_later(job: Job, made: Counter[str]) -> Job:
    sums = {s: job.made.get(s, 0) + made[s] for s in {*job.made, *made}}
    return replace(job, release=job.release - 1, due=job.due - 1, ready={s: d - 1 for s, d in job.ready.items()}, made=sums)


def moved(change: Change, new: tuple[Entry, ...]) -> float:
    """Share of the pairs of jobs in both plans that stand on another line or day, those aside that the change is about."""

    def places(entries: tuple[Entry, ...]) -> Counter[tuple[str, str, str, int]]:
        found: Counter[tuple[str, str, str, int]] = Counter()
        for e in entries:
            found[e.job, e.stage, e.line, e.day] += e.pairs
        return found

    now = places(new)
    known = {e.job for e in new} - change.jobs
    before = Counter({place: n for place, n in places(change.entries).items() if place[0] in known})
    return 1 - sum((before & now).values()) / max(1, before.total())


def timed(call: Callable[[], T]) -> tuple[T, dict[str, Any]]:
    clock, processor = time.perf_counter(), time.process_time()
    answer = call()
    spent = time.perf_counter() - clock, time.process_time() - processor
    return answer, {"milliseconds": round(1000 * spent[0]), "processor": round(1000 * spent[1])}


def measure_replan(change: Change, anew: float | None) -> dict[str, Any]:
    plan, times = timed(lambda: replan(change.problem, change.entries, stability=STABILITY, seconds=SECONDS, seed=1))
    judged = evaluate(change.problem, plan.entries)
    row = {"question": f"replan: {change.name}", **times, "cost": round(plan.cost, 1), "moved": round(moved(change, plan.entries), 6)}
    if anew is not None:
        other = solve(change.problem, seconds=anew, seed=1).cost
        row |= {"anew": round(other, 1), "against": round(plan.cost / other - 1, 4)}
    return row | {"status": plan.status, "errors": list(judged.errors[:3])}


def measure(problem: Problem, entries: tuple[Entry, ...], anew: float | None = None) -> Iterator[dict[str, Any]]:
    """One row per question."""
    cases = list(changes(problem, entries))
    replan(cases[0].problem, entries, seconds=SECONDS)
    yield from (measure_replan(change, anew) for change in cases)
    session, times = timed(lambda: Session(problem, entries))
    yield {"question": "session", **times, "dropped": len(session.dropped)}
    explanations, times = timed(lambda: explain_all(session, 60.0))
    helped = sum(bool(e.single or e.together) for e in explanations)
    yield {"question": "reasons of all late jobs", **times, "jobs": len(explanations), "with a way to be punctual": helped}
    for number, pairs in ((100, 1200), (7, 60), (500, 4000)):
        job = problem.jobs[number % len(problem.jobs)]
        found, times = timed(partial(promise, session, Wish(job.style, pairs)))
        yield {"question": f"promise of {pairs} pairs", **times, "finish": {p.way: p.finish for p in found}}
    excess, times = timed(lambda: overload(problem))
    yield {"question": "overload", **times, "weeks and stages": len(excess), "minutes": round(sum(e.excess for e in excess))}
    ways, times = timed(lambda: remedies(session))
    left = overload(problem, remedies=ways)
    yield {"question": "remedies", **times, "kinds": dict(Counter(r.kind for r in ways)), "weeks and stages left": len(left)}
    windows, times = timed(lambda: idle(session))
    yield {"question": "idle", **times, "windows": len(windows)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the engine's answers about a plan.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--anew", type=float, metavar="SECONDS", help="also make each changed plan anew in so many seconds")
    options = parser.parse_args()
    problem, entries = read_problem_file(options.instance), read_entries_file(options.plan)
    if not isinstance(problem, Problem):
        sys.exit("\n".join(map(str, problem)))
    for row in measure(problem, tuple(e for e in entries if isinstance(e, Entry)), options.anew):
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
