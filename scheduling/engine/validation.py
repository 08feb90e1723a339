"""Says everything that is wrong with a problem at once; each small function checks one kind of thing."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from .plan import Fault
from .problem import Costs, Job, Line, Problem, Stage
from .validation_limits import MAX_DAYS, MAX_MINUTES, MAX_PAIRS
from .validation_teams import check_frozen, check_left, check_teams
from .validation_tools import check_tools


def check_problem(problem: Problem) -> tuple[Fault, ...]:
    """All faults of a problem, in a stable order; empty if it can be planned."""
    faults = [*_check_frame(problem), *_check_costs(problem.costs)]
    for kind, ids in (
        ("stage", (s.id for s in problem.stages)),
        ("line", (line.id for line in problem.lines)),
        ("job", (j.id for j in problem.jobs)),
    ):
        faults += _check_unique(kind, ids)
    graph = list(_check_graph(problem.stages))
    faults += graph
    known = {s.id for s in problem.stages}
    for line in problem.lines:
        faults += _check_line(line, problem.days, known)
    for job in problem.jobs:
        faults += _check_job(job, known)
    for i, entry in enumerate(problem.base):
        if not 1 <= entry.pairs <= MAX_PAIRS:
            faults.append(Fault(f"base number {i + 1}", "pairs", f"must be between 1 and {MAX_PAIRS}, not {entry.pairs}"))
    faults += check_teams(problem)
    faults += check_tools(problem)
    faults += check_frozen(problem)
    if not graph:
        faults += check_left(problem)
    return tuple(faults)


def _check_frame(problem: Problem) -> Iterator[Fault]:
    if not 1 <= problem.days <= MAX_DAYS:
        yield Fault("problem", "days", f"must be between 1 and {MAX_DAYS}, not {problem.days}")
    if not 0 <= problem.lag <= MAX_DAYS:
        yield Fault("problem", "lag", f"must be between 0 and {MAX_DAYS}, not {problem.lag}")
    if not 0 <= problem.smallest_lot <= MAX_PAIRS:
        yield Fault("problem", "smallest_lot", f"must be between 0 and {MAX_PAIRS}, not {problem.smallest_lot}")
    if not problem.stages:
        yield Fault("problem", "stages", "there is no stage")


def _check_costs(costs: Costs) -> Iterator[Fault]:
    for name in Costs.__dataclass_fields__:
        value = getattr(costs, name)
        if not (math.isfinite(value) and 0 <= value <= MAX_MINUTES):
            yield Fault("cost", name, f"must be a number from 0 to {MAX_MINUTES:g}, not {value}")


def _check_unique(kind: str, ids: Iterable[str]) -> Iterator[Fault]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield Fault(f"{kind} {name}", "id", f"appears {times} times")
        if not name:
            yield Fault(kind, "id", "is empty")


def _check_graph(stages: tuple[Stage, ...]) -> Iterator[Fault]:
    known = {s.id for s in stages}
    for stage in stages:
        for name in stage.after:
            if name not in known:
                yield Fault(f"stage {stage.id}", "after", f"unknown stage {name}")
        for name, lag in stage.lags.items():
            if name not in stage.after:
                yield Fault(f"stage {stage.id}", "lags", f"{name} does not feed it")
            if not 0 <= lag <= MAX_DAYS:
                yield Fault(f"stage {stage.id}", "lags", f"{name}: must be between 0 and {MAX_DAYS}, not {lag}")
    looping = _looping(stages)
    if looping:
        yield Fault(f"stage {looping[0]}", "after", "the stages run in a circle: " + ", ".join(looping))
        return
    fed = {name for s in stages for name in s.after}
    ends = [s.id for s in stages if s.id not in fed]
    if len(ends) > 1:
        yield Fault("problem", "stages", "more than one last stage: " + ", ".join(ends))


def _looping(stages: tuple[Stage, ...]) -> list[str]:
    """Stages that never become free of predecessors, i.e. lie on or behind a circle."""
    waiting = {s.id: set(s.after) for s in stages}
    known = set(waiting)
    while True:
        free = [s for s, after in waiting.items() if not (after & known & set(waiting))]
        if not free:
            return sorted(waiting)
        for s in free:
            del waiting[s]


def _check_line(line: Line, days: int, stages: set[str]) -> Iterator[Fault]:
    subject = f"line {line.id}"
    if line.stage not in stages:
        yield Fault(subject, "stage", f"unknown stage {line.stage}")
    for name, values in (("minutes", line.minutes), ("overtime", line.overtime)):
        if len(values) != days:
            yield Fault(subject, name, f"has {len(values)} days, the horizon has {days}")
        bad = next((d for d, v in enumerate(values) if not (math.isfinite(v) and 0 <= v <= MAX_MINUTES)), None)
        if bad is not None:
            yield Fault(subject, name, f"day {bad}: must be a number from 0 to {MAX_MINUTES:g}, not {values[bad]}")
    if not (math.isfinite(line.changeover) and 0 <= line.changeover <= MAX_MINUTES):
        yield Fault(subject, "changeover", f"must be a number from 0 to {MAX_MINUTES:g}, not {line.changeover}")


def _check_job(job: Job, stages: set[str]) -> Iterator[Fault]:
    subject = f"job {job.id}"
    if not 1 <= job.pairs <= MAX_PAIRS:
        yield Fault(subject, "pairs", f"must be between 1 and {MAX_PAIRS}, not {job.pairs}")
    if abs(job.release) > 10 * MAX_DAYS:
        yield Fault(subject, "release", f"lies out of reach: {job.release}")
    if abs(job.due) > 10 * MAX_DAYS:
        yield Fault(subject, "due", f"lies out of reach: {job.due}")
    if not (math.isfinite(job.weight) and 0 <= job.weight <= 1e6):
        yield Fault(subject, "weight", f"must be a number from 0 to 1000000, not {job.weight}")
    for stage, minutes in job.minutes.items():
        if stage not in stages:
            yield Fault(subject, "minutes", f"unknown stage {stage}")
        if not (math.isfinite(minutes) and 0 < minutes <= MAX_MINUTES):
            yield Fault(subject, "minutes", f"{stage}: must be more than 0 and at most {MAX_MINUTES:g}, not {minutes}")
    for stage, day in job.ready.items():
        if stage not in stages:
            yield Fault(subject, "ready", f"unknown stage {stage}")
        if abs(day) > 10 * MAX_DAYS:
            yield Fault(subject, "ready", f"{stage}: lies out of reach: {day}")
    for stage, pairs in job.made.items():
        if stage not in stages:
            yield Fault(subject, "made", f"unknown stage {stage}")
        if not 0 <= pairs <= job.pairs:
            yield Fault(subject, "made", f"{stage}: must be between 0 and the job's {job.pairs} pairs, not {pairs}")
