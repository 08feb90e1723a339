"""A second opinion on plans: the rules and the cost of docs/engine-format.md written down anew, sharing no code with the engine.

Slow and plain. Frozen pairs are facts: they may break rules, planned ones may not.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from scheduling.engine import Entry, Job, Line, Problem, Stage, Tool, Window

Where = tuple[str, str, str, int]


def breaches(problem: Problem, entries: Iterable[Entry]) -> list[str]:
    """Every rule that a plan breaks; empty if it may be worked."""
    entries = list(entries)
    return [
        *frozen_stands(problem, entries),
        *places(problem, entries),
        *amounts(problem, entries),
        *minutes(problem, entries),
        *flow(problem, entries),
        *tool_caps(problem, entries),
        *outside_lots(problem, entries),
    ]


def at(e: Entry) -> Where:
    return e.job, e.stage, e.line, e.day


def frozen_of(problem: Problem) -> Counter[Where]:
    found: Counter[Where] = Counter()
    for e in problem.frozen:
        found[at(e)] += e.pairs
    return found


def planned_of(problem: Problem, entries: list[Entry]) -> Counter[Where]:
    """Pairs by place that are not frozen there."""
    found: Counter[Where] = Counter()
    for e in entries:
        found[at(e)] += e.pairs
    return found - frozen_of(problem)


def jobs_of(problem: Problem) -> dict[str, Job]:
    return {j.id: j for j in problem.jobs}


def lines_of(problem: Problem) -> dict[str, Line]:
    return {x.id: x for x in problem.lines}


def frozen_stands(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    standing: Counter[Where] = Counter()
    for e in entries:
        standing[at(e)] += e.pairs
    for where, pairs in (frozen_of(problem) - standing).items():
        yield f"{pairs} frozen pairs gone from {where}"


def places(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    jobs, lines = jobs_of(problem), lines_of(problem)
    for job_id, stage, line_id, day in planned_of(problem, entries):
        job, line = jobs[job_id], lines[line_id]
        where = f"{job_id} on {line_id}, day {day}"
        if not 0 <= day < problem.days:
            yield f"{where}: no such day"
        if day - line.out_days < max(0, job.release, job.ready.get(stage, 0)):
            yield f"{where}: too early"
        if day + line.back_days > problem.days - 1:
            yield f"{where}: back too late"
        if job.pairs < line.minimum_lot:
            yield f"{where}: too small a job"
        if line.stage != stage or stage not in job.minutes:
            yield f"{where}: wrong stage"
        if line.families is not None and job.family not in line.families:
            yield f"{where}: wrong family"
        if stage in job.only_lines and line_id not in job.only_lines[stage]:
            yield f"{where}: another line is laid down"
        if any(holds(w, line_id, day) and names(w, job) for w in problem.bans):
            yield f"{where}: banned"
        kept = [w for w in problem.reserved if holds(w, line_id, day)]
        if kept and not any(names(w, job) for w in kept):
            yield f"{where}: reserved"


def holds(window: Window, line: str, day: int) -> bool:
    return window.line == line and window.first <= day and (window.last is None or day <= window.last)


def names(window: Window, job: Job) -> bool:
    return bool({job.id} & window.jobs or {job.style} & window.styles or {job.family} & window.families or job.tags & window.tags)


def reported(problem: Problem, job: Job) -> dict[str, int]:
    """Pairs made before by stage: at least what any stage behind has made."""
    made = {s.id: job.made.get(s.id, 0) for s in problem.stages}
    for _ in problem.stages:
        for stage in problem.stages:
            for feeder in stage.after:
                made[feeder] = max(made[feeder], made[stage.id])
    return made


def taken_up(problem: Problem, entries: list[Entry]) -> set[str]:
    """Jobs of which anything is planned beyond what is frozen."""
    return {where[0] for where in planned_of(problem, entries)}


def amounts(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    """A job that is taken up is made completely."""
    total: Counter[tuple[str, str]] = Counter()
    for e in entries:
        if e.pairs < 1:
            yield f"no pairs in {e}"
        total[e.job, e.stage] += e.pairs
    for name in sorted(taken_up(problem, entries)):
        job = jobs_of(problem)[name]
        for stage, before in reported(problem, job).items():
            if before + total[name, stage] != job.pairs:
                yield f"{name} at {stage}: {before + total[name, stage]} of {job.pairs}"


def by_line(problem: Problem, entries: list[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for day in range(problem.days):
        for e in entries:
            if e.day == day:
                found[e.line].append(e)
    return found


def worked(problem: Problem, entries: list[Entry]) -> tuple[dict[tuple[str, int], float], int]:
    """Minutes by line and day, and changeovers."""
    jobs, used, changeovers = jobs_of(problem), defaultdict(float), 0
    for line, work in by_line(problem, entries).items():
        for before, e in zip([None, *work], work, strict=False):
            if before is not None and jobs[before.job].style != jobs[e.job].style:
                changeovers += 1
                used[line, e.day] += lines_of(problem)[line].changeover
            used[line, e.day] += e.pairs * jobs[e.job].minutes[e.stage]
    return used, changeovers


def minutes(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    frozen, _ = worked(problem, list(problem.frozen))
    for (line, day), n in worked(problem, entries)[0].items():
        room = lines_of(problem)[line].minutes[day] + lines_of(problem)[line].overtime[day]
        if n > max(room, frozen.get((line, day), 0.0)) * (1 + 1e-6):
            yield f"{line} works {n} of {room} minutes on day {day}"


def run_of(job: Job) -> dict[str, int]:
    return {size: n for size, n in job.sizes.items() if n} or {"": job.pairs}


def first_pairs(run: dict[str, int], pairs: int) -> dict[str, int]:
    """Sizes of the first pairs of a job: each size in turn takes its share of what is left, halves rounded up."""
    left, found = sum(run.values()), {}
    for size, n in run.items():
        found[size] = math.floor(Fraction(pairs * n, left) + Fraction(1, 2))
        pairs, left = pairs - found[size], left - n
    return found


def sized(problem: Problem, job: Job, stage: str, entries: list[Entry]) -> dict[tuple[str, int], Counter[str]]:
    """Pairs by size by line and day of a job at a stage; the numbers of the pairs rise by day and line."""
    order = {x.id: i for i, x in enumerate(problem.lines)}
    number, run = reported(problem, job)[stage], run_of(job)
    found: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for e in sorted((e for e in entries if (e.job, e.stage) == (job.id, stage)), key=lambda e: (e.day, order[e.line])):
        before, after = first_pairs(run, number), first_pairs(run, number + e.pairs)
        number += e.pairs
        for size in run:
            found[e.line, e.day][size] += after[size] - before[size]
    return found


def flow(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    """No pair of any size is worked on before its feeders have made one more of the size; frozen pairs may run ahead."""
    for name in sorted(taken_up(problem, entries)):
        job = jobs_of(problem)[name]
        held = any(e.job == name for e in problem.frozen)
        for stage in problem.stages:
            for feeder in stage.after:
                lag = stage.lags.get(feeder, problem.lag)
                yield from fed(problem, job, stage, feeder, lag, entries, run_of(job) if not held else {"": job.pairs})


def fed(problem: Problem, job: Job, stage: Stage, feeder: str, lag: int, entries: list[Entry], sizes: dict[str, int]) -> Iterator[str]:
    before = reported(problem, job)
    for size in sizes:
        taken, there = at_start(job, before[stage.id], size), at_start(job, before[feeder], size)
        takes, gives, held = Counter[int](), Counter[int](), Counter[int]()
        lines = lines_of(problem)
        for (line, day), pairs in sized(problem, job, stage.id, entries).items():
            takes[max(0, day - lines[line].out_days)] += pairs[size] if size in run_of(job) else sum(pairs.values())
        for (line, day), pairs in sized(problem, job, feeder, entries).items():
            gives[day + lines[line].back_days] += pairs[size] if size in run_of(job) else sum(pairs.values())
        for e in problem.frozen:
            held[max(0, e.day - lines[e.line].out_days)] += e.pairs if (e.job, e.stage) == (job.id, stage.id) else 0
        facts = before[stage.id]
        for day in range(problem.days):
            taken, there, facts = taken + takes[day], there + gives[day - lag], facts + held[day]
            if taken > max(there, facts if sum(held.values()) else 0):
                yield f"{job.id} at {stage.id}, size {size}: {taken} by day {day}, {there} there"


def at_start(job: Job, pairs: int, size: str) -> int:
    return first_pairs(run_of(job), pairs)[size] if size in run_of(job) else pairs


def outside_lots(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    """A team with a minimum lot makes so many pairs of a stage of a job, or all that are left, unless some are frozen there."""
    lots: Counter[tuple[str, str, str]] = Counter()
    for e in entries:
        lots[e.job, e.stage, e.line] += e.pairs
    for (name, stage, line), pairs in lots.items():
        job = jobs_of(problem)[name]
        least = min(lines_of(problem)[line].minimum_lot, job.pairs - reported(problem, job)[stage])
        if pairs < least and not any((e.job, e.stage, e.line) == (name, stage, line) for e in problem.frozen):
            yield f"{line} makes {pairs} of {name}, at least {least}"


def tool_caps(problem: Problem, entries: list[Entry]) -> Iterator[str]:
    used, facts = tool_use(problem, entries), tool_use(problem, list(problem.frozen))
    for (tool, place, size, day), pairs in used.items():
        room = made_a_day(next(t for t in problem.tools if t.id == tool), place, size, day)
        if pairs > max(room, facts[tool, place, size, day]):
            yield f"{tool} at {place}, size {size}, day {day}: {pairs} pairs, {room} possible"


Pool = tuple[str, frozenset[str] | None, str, int]


def tool_use(problem: Problem, entries: list[Entry]) -> Counter[Pool]:
    """Pairs by tool, place, size of the tool, and day; a size without tools of its own takes those for all sizes."""
    used: Counter[Pool] = Counter()
    for job in problem.jobs:
        for stage, needed in job.tools.items():
            for (line, day), pairs in sized(problem, job, stage, entries).items():
                for tool in (t for t in problem.tools if t.id in needed):
                    place = next((s.lines for s in tool.stock if s.lines is not None and line in s.lines), None)
                    own = {size for s in tool.stock if s.lines == place for size in s.pieces}
                    for size, n in pairs.items():
                        used[tool.id, place, size if size in own else "", day] += n
    return used


def made_a_day(tool: Tool, place: frozenset[str] | None, size: str, day: int) -> int:
    pieces = sum(s.pieces.get(size, 0) for s in tool.stock if s.lines == place and s.first <= day and (s.last is None or day <= s.last))
    return math.floor(Fraction(tool.turns).limit_denominator(1000) * pieces * tool.pairs_per_turn)


def cost(problem: Problem, entries: Iterable[Entry]) -> float:
    """The objective of what stands in the plan; jobs without a pair at the last stage cost only what they do on the lines."""
    entries, c, lines, jobs = list(entries), problem.costs, lines_of(problem), jobs_of(problem)
    used, changeovers = worked(problem, entries)
    overtime = sum(max(0.0, n - lines[line].minutes[day]) for (line, day), n in used.items())
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for e in entries:
        shared[e.job, e.stage].add(e.line)
    splits = sum(len(found) - 1 for found in shared.values())
    teams = sum(e.pairs * price(lines[e.line], jobs[e.job]) for e in entries)
    return (
        sum(job_cost(problem, job, entries) for job in problem.jobs if whole(problem, job, entries))
        + c.overtime * overtime
        + c.changeover * changeovers
        + c.split * splits
        + c.move * moved(problem, entries)
        + teams
    )


def price(line: Line, job: Job) -> float:
    wish = job.prefer.get(line.stage)
    return line.pair_cost + (wish.cost if wish and line.id not in wish.lines else 0.0)


def whole(problem: Problem, job: Job, entries: list[Entry]) -> bool:
    total: Counter[str] = Counter()
    for e in entries:
        total[e.stage] += e.pairs if e.job == job.id else 0
    return all(n + total[s] == job.pairs for s, n in reported(problem, job).items())


def job_cost(problem: Problem, job: Job, entries: list[Entry]) -> float:
    feeders = {f for s in problem.stages for f in s.after}
    (last,) = (s.id for s in problem.stages if s.id not in feeders)
    before = reported(problem, job)
    back = {x.id: x.back_days for x in problem.lines}
    done = [(e.day + back[e.line], e.pairs) for e in entries if (e.job, e.stage) == (job.id, last)]
    late = sum(max(0, day - job.due) * pairs for day, pairs in done)
    entered = [
        sum((e.day + back[e.line]) * e.pairs for e in entries if (e.job, e.stage) == (job.id, s.id))
        for s in problem.stages
        if not s.after and (before[s.id] or any((e.job, e.stage) == (job.id, s.id) for e in entries))
    ]
    if not done:
        return 0.0
    wip = sum(day * pairs for day, pairs in done) - min(entered, default=0)
    return problem.costs.late * job.weight * job.priority * late + problem.costs.wip * wip


def moved(problem: Problem, entries: list[Entry]) -> int:
    old: Counter[Where] = Counter()
    new: Counter[Where] = Counter()
    for e in problem.base:
        old[at(e)] += e.pairs
    for e in entries:
        if any(key[:2] == (e.job, e.stage) for key in old):
            new[at(e)] += e.pairs
    return (new - old).total()
