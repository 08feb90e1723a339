"""A hypothesis strategy for small factories that use the optional fields of a problem, each with some chance."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from scheduling.engine import Costs, Entry, Job, Line, Preference, Problem, Stage, Tool, ToolStock, Window
from scheduling.engine.facts import left_to_make
from tests.engine.factories import problems


@st.composite
def rich_problems(draw: st.DrawFn) -> Problem:
    problem = draw(problems())
    stages = tuple(draw(staged(s)) for s in problem.stages)
    problem = replace(problem, stages=stages, smallest_lot=draw(st.sampled_from([0, 0, 12])))
    problem = replace(problem, jobs=tuple(draw(dated(problem, job)) for job in problem.jobs))
    if draw(st.booleans()):
        problem = replace(problem, jobs=tuple(draw(wishing(problem, job)) for job in problem.jobs))
        problem = replace(problem, lines=tuple(draw(priced(line)) for line in problem.lines))
    if draw(st.booleans()):
        windows = st.lists(window(problem), max_size=3).map(tuple)
        problem = replace(problem, bans=draw(windows), reserved=draw(windows))
    if draw(st.booleans()):
        problem = replace(problem, tools=draw(tools(problem)))
        problem = replace(problem, jobs=tuple(draw(tooled(problem, job)) for job in problem.jobs))
    if draw(st.booleans()):
        problem = replace(problem, frozen=draw(frozen(problem)))
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


TAGS = ("vip", "sample")


@st.composite
def wishing(draw: st.DrawFn, problem: Problem, job: Job) -> Job:
    """Tags, priority, lines laid down and lines preferred."""
    more: dict[str, Any] = {"tags": frozenset(draw(st.lists(st.sampled_from(TAGS), max_size=1)))}
    more["priority"] = draw(st.sampled_from([1.0, 0.0, 5.0]))
    only, prefer = {}, {}
    for stage in problem.stages:
        lines = st.lists(st.sampled_from([line.id for line in problem.lines if line.stage == stage.id]), min_size=1, unique=True)
        if draw(st.integers(0, 5)) == 0:
            only[stage.id] = frozenset(draw(lines))
        if draw(st.integers(0, 5)) == 0:
            prefer[stage.id] = Preference(frozenset(draw(lines)), draw(st.sampled_from([0.0, 0.3, 4.0])))
    return replace(job, only_lines=only, prefer=prefer, **more)


@st.composite
def priced(draw: st.DrawFn, line: Line) -> Line:
    """Some teams have a price; some lie outside, with transport and a minimum lot."""
    line = replace(line, pair_cost=draw(st.sampled_from([0.0, 0.0, 0.7])))
    if draw(st.integers(0, 2)):
        return line
    days = st.integers(0, 2)
    return replace(line, out_days=draw(days), back_days=draw(days), minimum_lot=draw(st.sampled_from([0, 5, 30])), smallest_lot=8)


SIZES = ("37", "38", "39", "40")


@st.composite
def tools(draw: st.DrawFn, problem: Problem) -> tuple[Tool, ...]:
    """A last for everybody that may lack a size, dies at two places, a mould that comes later."""
    lasts = {size: draw(st.integers(0 if size == "40" else 1, 8)) for size in SIZES[: draw(st.integers(2, 4))]}
    later = ToolStock({"": draw(st.integers(1, 6))}, first=draw(st.integers(0, problem.days)))
    places = [line.id for line in problem.lines]
    cut = draw(st.integers(1, len(places)))
    dies = (
        ToolStock({"": draw(st.integers(0, 40)), "38": draw(st.integers(1, 20))}, frozenset(places[:cut])),
        ToolStock({"": draw(st.integers(1, 40))}, frozenset(places[cut:]) or frozenset(places[:1]), 0, draw(st.sampled_from([None, 3]))),
    )
    return (
        Tool("last", (ToolStock(lasts),), draw(st.sampled_from([1.0, 2.5, 6.0]))),
        Tool("die", dies if cut < len(places) else dies[:1], 1.0, draw(st.integers(1, 2))),
        Tool("mould", (ToolStock({size: draw(st.integers(1, 3)) for size in SIZES}), later)),
    )


@st.composite
def tooled(draw: st.DrawFn, problem: Problem, job: Job) -> Job:
    """Some jobs have sizes, some need a tool or two at one stage or several."""
    named = draw(st.lists(st.sampled_from(SIZES), unique=True, max_size=min(job.pairs, 4)))
    cuts = sorted(draw(st.lists(st.integers(0, job.pairs), min_size=len(named) - 1, max_size=len(named) - 1))) if named else []
    sizes = {size: b - a for size, a, b in zip(named, [0, *cuts], [*cuts, job.pairs], strict=True)} if named else {}
    needs = {}
    for stage in problem.stages:
        if draw(st.integers(0, 2)) == 0:
            needs[stage.id] = frozenset(draw(st.lists(st.sampled_from([t.id for t in problem.tools]), min_size=1, max_size=2)))
    return replace(job, sizes=sizes, tools=needs)


@st.composite
def window(draw: st.DrawFn, problem: Problem) -> Window:
    first = draw(st.integers(-1, problem.days))
    named: dict[str, Any] = {
        "jobs": frozenset({"j0"}),
        "styles": frozenset({"s1"}),
        "families": frozenset({"boot"}),
        "tags": frozenset(TAGS[:1]),
    }
    some = draw(st.lists(st.sampled_from(sorted(named)), min_size=1, max_size=2, unique=True))
    last = draw(st.one_of(st.none(), st.integers(first, problem.days + 1)))
    return Window(draw(st.sampled_from([line.id for line in problem.lines])), first, last, **{name: named[name] for name in some})


@st.composite
def frozen(draw: st.DrawFn, problem: Problem) -> tuple[Entry, ...]:
    """Entries of known jobs on any line of a stage, no more than is left; not always such as could be fed or fit."""
    left = {j.id: left_to_make(problem, j) for j in problem.jobs}
    found = []
    for _ in range(draw(st.integers(0, 5))):
        line, day = draw(st.sampled_from(problem.lines)), draw(st.integers(0, problem.days - 1))
        able = [j.id for j in problem.jobs if left[j.id][line.stage] and line.stage in j.minutes]
        if able:
            job = draw(st.sampled_from(able))
            pairs = draw(st.integers(1, left[job][line.stage]))
            left[job][line.stage] -= pairs
            found.append(Entry(job, line.stage, line.id, min(day, draw(st.integers(0, 4))), pairs))
    return tuple(found)


@st.composite
def entries(draw: st.DrawFn, problem: Problem) -> tuple[Entry, ...]:
    """A former plan: of these jobs and of others, on these days and on some that have gone by."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        line = draw(st.sampled_from(problem.lines))
        job = draw(st.sampled_from([j.id for j in problem.jobs] + ["gone"]))
        found.append(Entry(job, line.stage, line.id, draw(st.integers(-2, problem.days)), draw(st.integers(1, 40))))
    return tuple(found)
