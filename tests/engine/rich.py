"""A hypothesis strategy for small factories that use the optional fields of a problem, each with some chance."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from scheduling.engine import Costs, Entry, Job, Problem, Stage
from tests.engine.factories import problems


@st.composite
def rich_problems(draw: st.DrawFn) -> Problem:
    problem = draw(problems())
    stages = tuple(draw(staged(s)) for s in problem.stages)
    problem = replace(problem, stages=stages)
    problem = replace(problem, jobs=tuple(draw(dated(problem, job)) for job in problem.jobs))
    if draw(st.booleans()):
        problem = replace(problem, base=draw(entries(problem)), costs=Costs(move=draw(st.sampled_from([0.0, 0.5]))))
    return problem


@st.composite
def staged(draw: st.DrawFn, stage: Stage) -> Stage:
    return replace(stage, lags={f: draw(st.integers(0, 3)) for f in stage.after if draw(st.booleans())})


@st.composite
def dated(draw: st.DrawFn, problem: Problem, job: Job) -> Job:
    """Start days and pairs made before, as far as reports have come in: a later stage may have reported more than an earlier one."""
    more: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        more["ready"] = {s.id: draw(st.integers(-1, problem.days - 1)) for s in problem.stages if draw(st.booleans())}
    if draw(st.integers(0, 2)) == 0:
        some = st.integers(0, job.pairs)
        more["made"] = {s.id: draw(st.one_of(some, st.just(job.pairs))) for s in problem.stages if draw(st.booleans())}
        done = [s for s, pairs in more["made"].items() if pairs == job.pairs]
        more["minutes"] = {s: m for s, m in job.minutes.items() if s not in done or draw(st.booleans())}
    return replace(job, **more)


@st.composite
def entries(draw: st.DrawFn, problem: Problem) -> tuple[Entry, ...]:
    """A former plan: of these jobs and of others, on these days and on some that have gone by."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        line = draw(st.sampled_from(problem.lines))
        job = draw(st.sampled_from([j.id for j in problem.jobs] + ["gone"]))
        found.append(Entry(job, line.stage, line.id, draw(st.integers(-2, problem.days)), draw(st.integers(1, 40))))
    return tuple(found)
