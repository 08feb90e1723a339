"""Says what is wrong with teams' prices and windows, and with frozen entries."""

import math
from collections import Counter
from collections.abc import Iterator

from .facts import distance, made_pairs
from .plan import Entry, Fault
from .problem import Job, Problem, Window
from .validation_limits import MAX_COST, MAX_DAYS, MAX_PAIRS, MOST_DISTANCES


def check_teams(problem: Problem) -> Iterator[Fault]:
    """Prices, windows and the lines that jobs name."""
    stages = {s.id for s in problem.stages}
    lines = {line.id: line.stage for line in problem.lines}
    for line in problem.lines:
        if not (math.isfinite(line.pair_cost) and 0 <= line.pair_cost <= MAX_COST):
            yield Fault(f"line {line.id}", "pair_cost", f"must be a number from 0 to {MAX_COST:g}, not {line.pair_cost}")
        for name, value, most in (
            ("minimum_lot", line.minimum_lot, MAX_PAIRS),
            ("out_days", line.out_days, MAX_DAYS),
            ("back_days", line.back_days, MAX_DAYS),
            ("smallest_lot", line.smallest_lot or 0, MAX_PAIRS),
        ):
            if not 0 <= value <= most:
                yield Fault(f"line {line.id}", name, f"must be between 0 and {most}, not {value}")
    if len(set(map(distance, problem.lines))) > MOST_DISTANCES:
        yield Fault("problem", "lines", f"lie at more than {MOST_DISTANCES} different distances")
    for kind, windows in (("bans", problem.bans), ("reserved", problem.reserved)):
        for i, window in enumerate(windows):
            yield from _check_window(f"{kind} number {i + 1}", window, lines, problem)
    for job in problem.jobs:
        yield from _check_wishes(job, stages, lines)


def _check_window(subject: str, window: Window, lines: dict[str, str], problem: Problem) -> Iterator[Fault]:
    if window.line not in lines:
        yield Fault(subject, "line", f"unknown line {window.line}")
    for name, day in (("first", window.first), ("last", window.last)):
        if day is not None and abs(day) > 10 * MAX_DAYS:
            yield Fault(subject, name, f"lies out of reach: {day}")
    if window.last is not None and window.last < window.first:
        yield Fault(subject, "last", f"lies before the first day: {window.last}")
    if not (window.jobs or window.styles or window.families or window.tags):
        yield Fault(subject, "jobs", "names no job, style, family or tag")


def _check_wishes(job: Job, stages: set[str], lines: dict[str, str]) -> Iterator[Fault]:
    subject = f"job {job.id}"
    if not (math.isfinite(job.priority) and 0 <= job.priority <= 1e6):
        yield Fault(subject, "priority", f"must be a number from 0 to 1000000, not {job.priority}")
    wished = [("only_lines", stage, named) for stage, named in job.only_lines.items()]
    wished += [("prefer", stage, wish.lines) for stage, wish in job.prefer.items()]
    for name, stage, named in wished:
        if stage not in stages:
            yield Fault(subject, name, f"unknown stage {stage}")
        for line in sorted(named):
            if lines.get(line) != stage:
                yield Fault(subject, name, f"{stage}: {line} is no line of this stage")
    for stage, wish in job.prefer.items():
        if not (math.isfinite(wish.cost) and 0 <= wish.cost <= MAX_COST):
            yield Fault(subject, "prefer", f"{stage}: cost must be a number from 0 to {MAX_COST:g}, not {wish.cost}")


def check_frozen(problem: Problem) -> Iterator[Fault]:
    """Names, days, pairs and rates of frozen entries."""
    jobs = {j.id: j for j in problem.jobs}
    lines = {line.id: line.stage for line in problem.lines}
    stages = {s.id for s in problem.stages}
    for i, e in enumerate(problem.frozen):
        yield from _check_entry(f"frozen number {i + 1}", e, jobs.get(e.job), lines, stages, problem.days)


def check_left(problem: Problem) -> Iterator[Fault]:
    """No more is frozen than a job has pairs left; needs a sound graph of stages, because later stages report for earlier ones."""
    jobs = {j.id: j for j in problem.jobs}
    total: Counter[tuple[str, str]] = Counter()
    for e in problem.frozen:
        total[e.job, e.stage] += e.pairs
    for (name, stage), pairs in total.items():
        if name in jobs and any(s.id == stage for s in problem.stages):
            left = jobs[name].pairs - made_pairs(problem, jobs[name])[stage]
            if pairs > left:
                yield Fault(f"job {name}", "frozen", f"{stage}: {pairs} pairs are frozen, {left} are left to make")


def _check_entry(subject: str, e: Entry, job: Job | None, lines: dict[str, str], stages: set[str], days: int) -> Iterator[Fault]:
    if job is None:
        yield Fault(subject, "job", f"unknown job {e.job}")
    elif e.stage in stages and e.stage not in job.minutes:
        yield Fault(subject, "stage", f"job {e.job} has no rate at {e.stage}")
    if e.stage not in stages:
        yield Fault(subject, "stage", f"unknown stage {e.stage}")
    if e.line not in lines:
        yield Fault(subject, "line", f"unknown line {e.line}")
    elif lines[e.line] != e.stage:
        yield Fault(subject, "line", f"{e.line} does not work at {e.stage}")
    if not 0 <= e.day < days:
        yield Fault(subject, "day", f"lies outside the horizon: {e.day}")
    if not 1 <= e.pairs <= MAX_PAIRS:
        yield Fault(subject, "pairs", f"must be between 1 and {MAX_PAIRS}, not {e.pairs}")
