"""Why a job is late or left out: read from the finished plan, by the rules in docs/engine.md.

The trace starts at the last pair of the last stage and goes back along the feeder whose last pairs came last. At each
stage the days between "all material was there" and "the last pair was made" are waiting days; what the lines able to
make the job did on those days says why it waited. The link that took most days stands first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from .checker import Evaluation
from .load import Load
from .plan import Entry, Reason
from .problem import Job, Problem

NAMED_JOBS = 5  # how many of the jobs that stood in the way are named

DayKind = Literal["capacity", "overtime", "sequence", "work"]


def unplannable(problem: Problem) -> dict[str, tuple[Reason, ...]]:
    """Jobs that have no route, no rate or no team somewhere, with every such place."""
    teams: dict[tuple[str, str], bool] = {}
    out = {}
    for job in problem.jobs:
        reasons = tuple(_missing(problem, job, teams))
        if reasons:
            out[job.id] = reasons
    return out


def _missing(problem: Problem, job: Job, teams: dict[tuple[str, str], bool]) -> Iterable[Reason]:
    if not job.minutes:
        yield Reason("no_route")
        return
    for stage in problem.stages:
        key = stage.id, job.family
        if key not in teams:
            teams[key] = any(
                line.stage == stage.id
                and (line.families is None or job.family in line.families)
                and sum(line.minutes) + sum(line.overtime) > 0
                for line in problem.lines
            )
        if stage.id not in job.minutes:
            yield Reason("no_rate", stage.id)
        if not teams[key]:
            yield Reason("no_team", stage.id)


def explain(problem: Problem, entries: Sequence[Entry], judged: Evaluation) -> dict[str, tuple[Reason, ...]]:
    """Reasons for every late job, and for every job left out although it has route, rates and teams."""
    load = Load(problem, entries)
    out = {}
    for job in problem.jobs:
        if job.id in judged.late_pairs:
            out[job.id] = _why_late(load, job)
        elif job.id not in judged.finish and not any(_missing(problem, job, {})):
            out[job.id] = (_why_left_out(load, job),)
    return out


def _why_late(load: Load, job: Job) -> tuple[Reason, ...]:
    links = []
    stage: str | None = load.last_stage
    while stage is not None:
        ready, feeder = load.material(job, stage)
        end = load.last_day(job.id, stage)
        if end > ready:
            links.append(_waiting(load, job, stage, ready, end))
        stage = feeder
    alone = load.finish_alone(job)
    doomed = (load.problem.days if alone is None else alone) - job.due
    if doomed > 0:
        kind: Literal["release", "work"] = "release" if job.release > 0 else "work"
        first = max(0, job.release)
        links.append(Reason(kind, None, (), first, alone, doomed))
    return tuple(sorted(links, key=lambda link: -link.days))


def _waiting(load: Load, job: Job, stage: str, ready: int, end: int) -> Reason:
    """The link for the days from `ready` to `end` at a stage: what the able lines did meanwhile, by majority of days."""
    lines = load.able(stage, job.family)
    kinds = Counter(_day_kind(load, job, stage, lines, day) for day in range(ready, end))
    kind = max(kinds, key=lambda k: (kinds[k], k))
    minutes: dict[str, float] = defaultdict(float)
    for day in range(ready, end):
        for line in lines:
            for other, used in load.work.get((line, day), ()):
                if other != job.id:
                    minutes[other] += used
    others = sorted(minutes, key=lambda name: (-minutes[name], name))[:NAMED_JOBS]
    return Reason(kind, stage, lines, ready, end - 1, end - ready, tuple(others))


def _day_kind(load: Load, job: Job, stage: str, lines: tuple[str, ...], day: int) -> DayKind:
    """One waiting day: lines full of others, full of the job itself, only overtime free, or regular time free."""
    pair = job.minutes[stage]
    if any(load.regular_left(line, day) >= pair + load.changeover(line) for line in lines):
        return "sequence"
    if any(load.room_left(line, day) >= pair + load.changeover(line) for line in lines):
        return "overtime"
    own = sum(used for line in lines for other, used in load.work.get((line, day), ()) if other == job.id)
    every = sum(used for line in lines for _, used in load.work.get((line, day), ()))
    return "work" if own > every / 2 else "capacity"


def _why_left_out(load: Load, job: Job) -> Reason:
    """The stage whose able lines have least left for the job within the days open to it."""
    first, last = max(0, job.release), load.problem.days - 1
    tail = load.problem.lag * max(load.depth.values())
    if first + tail > last:
        return Reason("release" if job.release > 0 else "horizon", None, (), first, last)

    def share(stage: str) -> float:
        start, end = load.open_days(job, stage)
        left = sum(max(0.0, load.room_left(line, d)) for line in load.able(stage, job.family) for d in range(start, end + 1))
        return left / (job.pairs * job.minutes[stage])

    stage = min((s.id for s in load.problem.stages), key=share)
    start, end = load.open_days(job, stage)
    lines = load.able(stage, job.family)
    minutes: dict[str, float] = defaultdict(float)
    for line in lines:
        for day in range(start, end + 1):
            for other, used in load.work.get((line, day), ()):
                minutes[other] += used
    others = sorted(minutes, key=lambda name: (-minutes[name], name))[:NAMED_JOBS]
    return Reason("horizon", stage, lines, start, end, 0, tuple(others))
