"""Why a job is late or left out: calculated from the finished plan, by the rules in docs/engine.md.

For each late job: when would it be finished in what the other jobs leave of the able lines, overtime included, and
when if it had the lines of one stage after the other, feeders first, to itself? The days that each stage gains are the delay
that lack of capacity there causes.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from .access import Access, can_make, minimum_lots
from .checker import Evaluation
from .facts import left_to_make, start_day
from .load import NAMED_JOBS, Days, Load, day_done, flow
from .plan import Entry, Reason, ReasonKind
from .problem import Job, Problem
from .tooling import Tooling


class Known:
    """What is looked up once for all jobs of a problem. teams: whether anybody can make a kind of job."""

    def __init__(self, problem: Problem) -> None:
        self.teams: dict[tuple[object, ...], bool] = {}
        self.minimums, self.tooling = minimum_lots(problem), Tooling(problem)


def unplannable(problem: Problem) -> dict[str, tuple[Reason, ...]]:
    """Jobs that have no route, no rate, no team or no tools somewhere, with every such place."""
    known = Known(problem)
    found = {job.id: tuple(_missing(problem, job, known)) for job in problem.jobs}
    return {job: reasons for job, reasons in found.items() if reasons}


def _missing(problem: Problem, job: Job, known: Known) -> Iterable[Reason]:
    left = left_to_make(problem, job)
    if not job.minutes and any(left.values()):
        yield Reason("no_route")
        return
    for stage in problem.stages:
        if not left[stage.id]:
            continue
        if stage.id not in job.minutes:
            yield Reason("no_rate", stage.id)
        if not _has_team(problem, stage.id, job, known):
            yield Reason("no_team", stage.id)
        elif job.tools.get(stage.id) and (missing := _tools_missing(problem, stage.id, job, known.tooling)):
            yield Reason("no_tools", stage.id, tools=missing)


def _tools_missing(problem: Problem, stage: str, job: Job, tooling: Tooling) -> tuple[tuple[str, str], ...]:
    """Tools and sizes that lack on the line, of those that may make the job, windows aside, that lacks fewest."""
    able = (line.id for line in problem.lines if can_make(line, stage, job))
    return min((tooling.missing(job, stage, line) for line in able), key=len, default=())


def _has_team(problem: Problem, stage: str, job: Job, known: Known) -> bool:
    """True if some line may make the job at the stage and has minutes on any day that is open to it."""
    key = stage, job.family, job.only_lines.get(stage), bisect_right(known.minimums, job.pairs)
    if key not in known.teams:
        able = (line for line in problem.lines if can_make(line, stage, job))
        known.teams[key] = any(sum(line.minutes) + sum(line.overtime) > 0 for line in able)
    if not (known.teams[key] and (problem.bans or problem.reserved)):
        return known.teams[key]
    access = Access(problem)
    able = (line for line in problem.lines if can_make(line, stage, job))
    return any((access.open_days(line.id, job) & (np.array(line.minutes) + line.overtime > 0)).any() for line in able)


def explain(problem: Problem, entries: Sequence[Entry], judged: Evaluation) -> dict[str, tuple[Reason, ...]]:
    """Reasons for every late job, and for every job left out although it has route, rates and teams."""
    unhappy = [j for j in problem.jobs if j.id in judged.late_pairs or j.id not in judged.finish]
    if not unhappy:
        return {}
    load, known = Load(problem, entries), Known(problem)
    out = {}
    for job in unhappy:
        if job.id in judged.late_pairs:
            out[job.id] = _why_late(load, job)
        elif not any(_missing(problem, job, known)):
            out[job.id] = (_why_left_out(load, job),)
    return out


def _why_late(load: Load, job: Job) -> tuple[Reason, ...]:
    """Links by the days each costs at the end, most first; "overtime" or "sequence" if the job could be punctual as things stand.

    The stages are given their lines to themselves one after the other, feeders first: a stage that had to wait anyway costs nothing.
    """
    before = _made(load, job, ())
    last = load.stages[-1]
    left = load.left(job, last)
    possible = earliest = day_done(before[last], left)
    if possible <= job.due:
        return (_unused(load, job, possible),)
    links = []
    for place, stage in enumerate(load.stages, 1):
        alone = _made(load, job, load.stages[:place])
        days, earliest = earliest - day_done(alone[last], left), day_done(alone[last], left)
        if days > 0:
            links.append(load.taken(job, stage, load.ready(job, stage, before), alone[stage] > before[stage], days))
        before = alone
    if earliest > job.due:
        kind: ReasonKind = "release" if job.release > 0 else "work"
        links.append(Reason(kind, None, (), max(0, job.release), earliest, earliest - job.due))
    return tuple(sorted(links, key=lambda link: -link.days))


def _made(load: Load, job: Job, freed: Collection[str]) -> dict[str, Days]:
    """Pairs made by the end of each day at each stage, where the lines of the freed stages make nothing else."""
    made: dict[str, Days] = {}
    for stage in load.stages:
        made[stage] = flow(load.ready(job, stage, made), load.pace(job, stage, "all" if stage in freed else "free"))
    return made


def _unused(load: Load, job: Job, possible: int) -> Reason:
    """The job could be punctual beside the others: with overtime that costs more than it saves, or by another sequence."""
    made: dict[str, Days] = {}
    worst: tuple[int, str] = (0, load.stages[-1])
    for stage in load.stages:
        ready = load.ready(job, stage, made)
        made[stage] = flow(ready, load.pace(job, stage, "calm"))
        lost = int((flow(ready, load.pace(job, stage, "free")) - made[stage]).sum())
        worst = max(worst, (lost, stage))
    calm = day_done(made[load.stages[-1]], load.left(job, load.stages[-1]))
    stage = worst[1]
    rows = load.able(stage, job)
    kind: ReasonKind = "overtime" if calm > job.due else "sequence"
    return Reason(kind, stage, load.names(rows), max(0, job.release), possible, max(0, calm - job.due))


def _why_left_out(load: Load, job: Job) -> Reason:
    """The days do not suffice: for the route itself, for the work, or at the stage with least left for the job."""
    days = load.problem.days
    first = max(0, job.release)
    if first + max(load.depth.values()) >= days:
        return Reason("release" if job.release > 0 else "horizon", None, (), first, days - 1)

    def share(stage: str) -> float:
        start, end = max(start_day(job, stage), first + load.depth[stage]), days - load.tail[stage]
        return float(load.pace(job, stage, "free")[start:end].sum() / load.left(job, stage))

    stage = min((s for s in load.stages if load.left(job, s)), key=share)
    start, end = max(start_day(job, stage), first + load.depth[stage]), days - 1 - load.tail[stage]
    rows, left = load.able(stage, job), load.left(job, stage)
    lacking = load.tools_lacking(job, stage, np.where(np.arange(days) < start, 0, left))
    named = load.others(job, rows, start, end, NAMED_JOBS)
    return Reason("horizon", stage, load.names(rows), start, end, 0, named, tuple(lacking))
