"""Frozen entries: facts that stand whatever the plan is.

They are not judged by start day, family, windows or minutes: what was laid down stands, a cell that they overfill has no room
left, and `contradictions` says so. Only the flow asks for more. A frozen entry has to be fed like any other, unless facts alone
show that this cannot be: it is then *excused*, with all frozen entries of the job and stage before it, and nobody has to feed them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from .access import Access, can_make
from .facts import lag_after, made_pairs, start_day, taken_up, there
from .plan import Entry, Fault
from .problem import Job, Line, Problem
from .tooling import Tooling, needs_tools, over_use

Place = tuple[str, str, str, int]  # job, stage, line, day
Task = tuple[str, str]  # job, stage


def place(entry: Entry) -> Place:
    return entry.job, entry.stage, entry.line, entry.day


def frozen_pairs(problem: Problem) -> Counter[Place]:
    """Frozen pairs by place."""
    found: Counter[Place] = Counter()
    for e in problem.frozen:
        found[place(e)] += e.pairs
    return found


def without_frozen(problem: Problem, entries: Iterable[Entry]) -> list[Entry]:
    """The entries of a plan, less the pairs that are frozen in their places."""
    if not problem.frozen:
        return list(entries)
    left = frozen_pairs(problem)
    planned = []
    for e in entries:
        held = min(left[place(e)], e.pairs)
        if held:
            left[place(e)] -= held
        if e.pairs > held:
            planned.append(Entry(e.job, e.stage, e.line, e.day, e.pairs - held))
    return planned


def frozen_minutes(problem: Problem) -> dict[tuple[str, int], float]:
    """Minutes by line and day that the frozen entries need, with the changeovers between them."""
    jobs = {j.id: j for j in problem.jobs}
    changeover = {line.id: line.changeover for line in problem.lines}
    minutes: dict[tuple[str, int], float] = defaultdict(float)
    style: dict[str, str] = {}
    for e in sorted(problem.frozen, key=lambda e: e.day):
        job = jobs[e.job]
        if style.setdefault(e.line, job.style) != job.style:
            minutes[e.line, e.day] += changeover[e.line]
        style[e.line] = job.style
        minutes[e.line, e.day] += e.pairs * job.minutes[e.stage]
    return minutes


def frozen_by_task(problem: Problem) -> dict[Task, dict[int, int]]:
    """Frozen pairs of each job and stage that has any, by the day on which they are taken up."""
    return _frozen_by(problem, taken_up)


def _frozen_by(problem: Problem, when: Callable[[Line, int], int]) -> dict[Task, dict[int, int]]:
    lines = {line.id: line for line in problem.lines}
    found: dict[Task, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for e in problem.frozen:
        found[e.job, e.stage][when(lines[e.line], e.day)] += e.pairs
    return found


def excused(problem: Problem) -> dict[Task, int]:
    """The last day on which frozen entries of a job and stage run ahead of all that can be there; absent if they never do."""
    frozen, done = frozen_by_task(problem), _frozen_by(problem, there)
    jobs = {j.id: j for j in problem.jobs}
    return {task: day for task in frozen for day in (_last_gap(problem, jobs[task[0]], task[1], frozen, done),) if day >= 0}


def _last_gap(problem: Problem, job: Job, stage: str, frozen: dict[Task, dict[int, int]], done: dict[Task, dict[int, int]]) -> int:
    """The last day on which more is frozen than the feeders can have made, even if nothing but lags and start days held them up."""
    made, first = made_pairs(problem, job), _first_days(problem, job)
    by_name = {s.id: s for s in problem.stages}
    total, gap = made[stage], -1
    for day, pairs in sorted(frozen[job.id, stage].items()):
        total += pairs
        for feeder in by_name[stage].after:
            until = day - lag_after(problem, by_name[stage], feeder)
            standing = done.get((job.id, feeder), {})
            given = made[feeder] + sum(n for d, n in standing.items() if d <= until)
            if first[feeder] <= until:
                given += job.pairs - made[feeder] - sum(standing.values())
            if total > given:
                gap = day
    return gap


def _first_days(problem: Problem, job: Job) -> dict[str, int]:
    """The earliest day by stage on which pairs can be made that are neither made nor frozen yet."""
    made = made_pairs(problem, job)
    by_name = {s.id: s for s in problem.stages}
    days: dict[str, int] = {}

    def first(stage: str) -> int:
        if stage not in days:
            waits = [f for f in by_name[stage].after if made[f] <= made[stage]]
            days[stage] = max([start_day(job, stage), *(first(f) + lag_after(problem, by_name[stage], f) for f in waits)])
        return days[stage]

    return {s.id: first(s.id) for s in problem.stages}


def contradictions(problem: Problem) -> tuple[Fault, ...]:
    """What frozen entries and reports say that cannot be or should not be; the plan is made around it."""
    return (*_early_reports(problem), *_odd_places(problem), *_overfull(problem), *_short_tools(problem), *_unfed(problem))


def _early_reports(problem: Problem) -> Iterator[Fault]:
    for job in problem.jobs:
        if job.made:
            for stage, pairs in made_pairs(problem, job).items():
                if pairs > job.made.get(stage, 0):
                    yield Fault(f"job {job.id}", "made", f"{stage}: {pairs} pairs are reported further on, {job.made.get(stage, 0)} here")


def _odd_places(problem: Problem) -> Iterator[Fault]:
    access = Access(problem)
    jobs, lines = {j.id: j for j in problem.jobs}, {line.id: line for line in problem.lines}
    for i, e in enumerate(problem.frozen):
        job, subject = jobs[e.job], f"frozen number {i + 1}"
        if not can_make(lines[e.line], e.stage, job):
            yield Fault(subject, "line", f"{e.line} may not make job {e.job}")
        if not access.is_open(e.line, job, e.day):
            yield Fault(subject, "day", f"{e.line} is closed to job {e.job} on day {e.day}")
        if e.day - lines[e.line].out_days < start_day(job, e.stage):
            yield Fault(subject, "day", f"job {e.job} may not start at {e.stage} before day {start_day(job, e.stage)}")
        if there(lines[e.line], e.day) >= problem.days:
            yield Fault(subject, "day", f"job {e.job} comes back from {e.line} behind the horizon")


def _overfull(problem: Problem) -> Iterator[Fault]:
    lines = {line.id: line for line in problem.lines}
    for (line, day), minutes in sorted(frozen_minutes(problem).items()):
        room = lines[line].minutes[day] + lines[line].overtime[day]
        if minutes > room * (1 + 1e-6):
            yield Fault(f"line {line}", "frozen", f"day {day}: {minutes:.0f} minutes are frozen, there are {room:.0f}")


def _short_tools(problem: Problem) -> Iterator[Fault]:
    if problem.frozen and needs_tools(problem):
        tooling, jobs = Tooling(problem), {j.id: j for j in problem.jobs}
        for i, e in enumerate(problem.frozen):
            if not tooling.has(jobs[e.job], e.stage, e.line):
                yield Fault(f"frozen number {i + 1}", "line", f"{e.line} does not have the tools for job {e.job}")
        for tool, size, day, pairs, room in over_use(problem, problem.frozen):
            yield Fault(f"tool {tool}", "frozen", f"size {size}, day {day}: {pairs} pairs are frozen, {room} can be made")


def _unfed(problem: Problem) -> Iterator[Fault]:
    for (job, stage), day in excused(problem).items():
        yield Fault(f"job {job}", "frozen", f"{stage}: until day {day} more is frozen than the stages before can have made")
