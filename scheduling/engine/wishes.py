"""An order that somebody asks for, as a job of the problem: style, family and rates are looked up in what is known."""

from collections.abc import Iterable
from dataclasses import replace

from .measures import Wish
from .plan import Fault
from .problem import Job, Problem
from .tooling import size_counts, size_run


def job_of(problem: Problem, wish: Wish, due: int | None = None) -> Job | tuple[Fault, ...]:
    """The job that a wish stands for, due on `due`, on the day it wants, or at the end of the horizon; or what is wrong with the wish.

    Family and minutes per pair are those of the first job of the style; of a style that is new the minutes are the mean of the
    family's pairs. Everything a caller states goes before that. Pairs, days and rates are checked with the problem, by `check_problem`.
    """
    subject, faults = f"job {wish.id}", list[Fault]()
    if any(job.id == wish.id for job in problem.jobs):
        faults.append(Fault(subject, "id", "is the id of a job of the problem"))
    like = next((job for job in problem.jobs if job.style == wish.style and job.minutes), None)
    family = wish.family or (like.family if like is not None else None)
    minutes = wish.minutes
    if minutes is None:
        minutes = dict(like.minutes) if like is not None else _mean_minutes(j for j in problem.jobs if j.family == family)
    if family is None:
        faults.append(Fault(subject, "family", f"is needed: no job has the style {wish.style}"))
    elif not minutes:
        faults.append(Fault(subject, "minutes", f"are needed: no job has the style {wish.style} or the family {family}"))
    if family is None or faults:
        return tuple(faults)
    day = due if due is not None else wish.wanted if wish.wanted is not None else problem.days - 1
    job = Job(wish.id, wish.style, family, wish.pairs, wish.release, day, wish.weight, minutes, ready=wish.ready)
    return _tooled(job, wish, problem)


def _tooled(job: Job, wish: Wish, problem: Problem) -> Job:
    """The job with the tools and sizes that are asked for, or those of its style."""
    alike = [other for other in problem.jobs if other.style == job.style]
    tools = wish.tools if wish.tools is not None else next((other.tools for other in alike if other.tools), {})
    sizes = wish.sizes
    if sizes is None:
        run = next((size_run(other) for other in alike if other.sizes), {}) if tools else {}
        sizes = dict(zip(run, size_counts(list(run.values()), job.pairs), strict=True))
    return replace(job, tools=tools, sizes=sizes)


def _mean_minutes(jobs: Iterable[Job]) -> dict[str, float]:
    """Minutes per pair and stage, the mean over the pairs of the jobs that have a rate there."""
    minutes: dict[str, float] = {}
    pairs: dict[str, int] = {}
    for job in jobs:
        for stage, each in job.minutes.items():
            minutes[stage] = minutes.get(stage, 0.0) + each * job.pairs
            pairs[stage] = pairs.get(stage, 0) + job.pairs
    return {stage: minutes[stage] / pairs[stage] for stage in minutes}
