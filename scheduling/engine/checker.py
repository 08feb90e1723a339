"""Judges a plan by the rules of the problem alone; shares no code with the search that made it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .access import Access, can_make, pair_price
from .facts import is_done, lag_after, left_to_make, made_pairs, start_day, taken_up, there
from .frozen import excused, frozen_by_task, frozen_minutes, frozen_pairs, place
from .plan import Entry
from .problem import Costs, Job, Line, Problem
from .tooling import Tooling, needs_tools, over_use

TOLERANCE = 1e-6  # minutes, relative to a day's capacity

BEFORE = -1  # finish of a job whose last pair was made before day 0

Made = dict[tuple[str, str], dict[int, int]]  # (job, stage) -> day -> pairs


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a plan breaks and what it costs. Jobs without any entry count as left out, not as an error."""

    errors: tuple[str, ...]
    left_out: tuple[str, ...]
    cost: float
    late_pair_days: float
    overtime_minutes: float
    changeovers: int
    splits: int
    wip_pair_days: int
    moved_pairs: int  # that stand where they did not stand in the base
    team_cost: float  # of outside teams and of teams that are not the preferred ones
    on_time: float
    finish: Mapping[str, int]  # job -> day of its last pair
    late_pairs: Mapping[str, int]  # job -> pairs finished after its due day, if any

    @property
    def feasible(self) -> bool:
        return not self.errors


def evaluate(problem: Problem, entries: Iterable[Entry]) -> Evaluation:
    """Check every rule of a plan and add up its cost; O(entries)."""
    jobs = {j.id: j for j in problem.jobs}
    lines = {line.id: line for line in problem.lines}
    errors: list[str] = []
    good, planned = _sift(problem, jobs, lines, entries, errors)
    made: Made = defaultdict(lambda: defaultdict(int))
    taken: Made = defaultdict(lambda: defaultdict(int))
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for e in good:
        made[e.job, e.stage][there(lines[e.line], e.day)] += e.pairs
        taken[e.job, e.stage][taken_up(lines[e.line], e.day)] += e.pairs
        used[e.job, e.stage].add(e.line)
    planned |= {name for name in {e.job for e in good} - planned if not _complete(problem, jobs[name], made)}
    frozen, free = frozen_by_task(problem), excused(problem)
    for job in problem.jobs:
        if job.id in planned:
            errors += _complete(problem, job, made)
            errors += _flow(problem, job, taken, made, {s.id: _unfed(job, s.id, frozen, free) for s in problem.stages} if free else {})
    errors += _tools(problem, good) + _lots(problem, good)
    overtime, changeovers = _loads(problem, jobs, lines, good, errors)
    splits = sum(len(v) - 1 for v in used.values())
    team_cost = sum(e.pairs * pair_price(lines[e.line], jobs[e.job]) for e in good)
    shop = Shop(overtime, changeovers, splits, _moved(problem, good), team_cost)
    return _sum_up(problem, made, planned, shop, errors)


def _sift(
    problem: Problem, jobs: Mapping[str, Job], lines: Mapping[str, Line], entries: Iterable[Entry], errors: list[str]
) -> tuple[list[Entry], set[str]]:
    """The entries that name what there is, and the jobs that are planned or done; notes what may not stand where it does."""
    held, access, tooling = frozen_pairs(problem), Access(problem), Tooling(problem)
    good: list[Entry] = []
    planned = {j.id for j in problem.jobs if is_done(problem, j)}
    for e in entries:
        if not _known(problem, jobs.get(e.job), lines.get(e.line), e, errors):
            continue
        good.append(e)
        stays = min(held[place(e)], e.pairs) if held else 0
        if stays:
            held[place(e)] -= stays
        if e.pairs > stays:  # what is frozen is a fact, whatever the rules say
            planned.add(e.job)
            _allowed(access, tooling, jobs[e.job], lines[e.line], e, errors)
    errors += [
        f"{pairs} frozen pairs of {job} are missing at {stage} on {line}, day {day}" for (job, stage, line, day), pairs in (+held).items()
    ]
    return good, planned


def _tools(problem: Problem, entries: Sequence[Entry]) -> list[str]:
    """Tools that make more pairs of a size on a day than they can."""
    if not needs_tools(problem):
        return []
    return [f"tool {tool}, size {size} on day {day}: {n} pairs, {room} possible" for tool, size, day, n, room in over_use(problem, entries)]


def _loads(
    problem: Problem, jobs: Mapping[str, Job], lines: Mapping[str, Line], entries: Iterable[Entry], errors: list[str]
) -> tuple[float, int]:
    """Overtime and changeovers of all lines; notes days that are too full."""
    work: dict[str, list[Entry]] = defaultdict(list)
    for e in entries:
        work[e.line].append(e)
    minutes = frozen_minutes(problem)
    loads = [_load(lines[name], jobs, work[name], minutes, errors) for name in sorted(work)]
    return sum(more for more, _changes in loads), sum(changes for _more, changes in loads)


def _known(problem: Problem, job: Job | None, line: Line | None, e: Entry, errors: list[str]) -> bool:
    """Names exist, the line works at the stage, the day is in the horizon, there are pairs and a rate."""
    if job is None or line is None or all(e.stage != s.id for s in problem.stages):
        errors.append(f"unknown job, line or stage in {e}")
        return False
    if line.stage != e.stage:
        errors.append(f"{e.line} does not work at {e.stage}")
    if e.pairs < 1:
        errors.append(f"{e.job} at {e.stage} on day {e.day}: {e.pairs} pairs")
        return False
    if not 0 <= e.day < problem.days:
        errors.append(f"{e.job} at {e.stage} on day {e.day}: outside the horizon")
        return False
    if e.stage not in job.minutes:
        errors.append(f"{e.job} has no rate at {e.stage}")
        return False
    return True


def _allowed(access: Access, tooling: Tooling, job: Job, line: Line, e: Entry, errors: list[str]) -> None:
    """The line may make the job and has the tools, the day is open to it, and the job may have started."""
    if line.stage == e.stage and not can_make(line, e.stage, job):
        errors.append(f"{e.line} cannot make {job.family} ({e.job})")
    if there(line, e.day) >= access.days:
        errors.append(f"{e.job} at {e.stage} on day {e.day}: comes back from {e.line} behind the horizon")
    if not tooling.has(job, e.stage, e.line):
        errors.append(f"{e.line} does not have the tools for {e.job}")
    if not access.is_open(line.id, job, e.day):
        errors.append(f"{e.line} is closed to {e.job} on day {e.day}")
    if e.day - line.out_days < start_day(job, e.stage):
        errors.append(f"{e.job} at {e.stage} on day {e.day}: before it is released and ready")


def _lots(problem: Problem, entries: Iterable[Entry]) -> list[str]:
    """A line makes a stage of a job with its minimum lot at least, or all that is left, unless part of it is frozen there."""
    least = {line.id: line.minimum_lot for line in problem.lines if line.minimum_lot}
    if not least:
        return []
    jobs = {j.id: j for j in problem.jobs}
    held = {(e.job, e.stage, e.line) for e in problem.frozen}
    lots: dict[tuple[str, str, str], int] = defaultdict(int)
    for e in entries:
        if e.line in least and (e.job, e.stage, e.line) not in held:
            lots[e.job, e.stage, e.line] += e.pairs
    left = {key: min(least[key[2]], left_to_make(problem, jobs[key[0]])[key[1]]) for key in lots}
    return [
        f"{line} makes {n} pairs of {job} at {stage}, at least {left[job, stage, line]}"
        for (job, stage, line), n in lots.items()
        if n < left[job, stage, line]
    ]


def _unfed(
    job: Job, stage: str, frozen: Mapping[tuple[str, str], Mapping[int, int]], free: Mapping[tuple[str, str], int]
) -> dict[int, int]:
    """Frozen pairs by day that nobody has to feed."""
    until = free.get((job.id, stage), -1)
    return {day: pairs for day, pairs in frozen.get((job.id, stage), {}).items() if day <= until}


def _complete(problem: Problem, job: Job, made: Made) -> list[str]:
    """A planned job is made completely at every stage."""
    before = made_pairs(problem, job)
    sums = {s.id: before[s.id] + sum(made[job.id, s.id].values()) for s in problem.stages}
    return [f"{job.id} at {s}: {n} of {job.pairs} pairs" for s, n in sums.items() if n != job.pairs]


def _flow(problem: Problem, job: Job, taken: Made, made: Made, unfed: Mapping[str, Mapping[int, int]]) -> list[str]:
    """By the end of a day a stage has taken up no more than what each feeding stage had there a lag before, excused pairs aside."""
    errors = []
    before = made_pairs(problem, job)
    for stage in problem.stages:
        for feeder in stage.after:
            ready, total, lag = made[job.id, feeder], before[stage.id], lag_after(problem, stage, feeder)
            for day, pairs in sorted(taken[job.id, stage.id].items()):
                total += pairs
                given = before[feeder] + sum(q for d, q in ready.items() if d <= day - lag)
                excuse = before[stage.id] + sum(q for d, q in unfed.get(stage.id, {}).items() if d <= day)
                if total > max(given, excuse):
                    errors.append(f"{job.id} at {stage.id} on day {day}: {total} pairs, but {feeder} had {given} ready")
                    break
    return errors


def _load(
    line: Line, jobs: Mapping[str, Job], entries: list[Entry], frozen: Mapping[tuple[str, int], float], errors: list[str]
) -> tuple[float, int]:
    """Overtime minutes and changeovers of a line; its minutes of a day hold work and changeovers, or else what is frozen."""
    minutes: dict[int, float] = defaultdict(float)
    style, changeovers = None, 0
    for e in sorted(entries, key=lambda e: e.day):  # stable: the order of work within a day stays
        job = jobs[e.job]
        if style is not None and job.style != style:
            changeovers += 1
            minutes[e.day] += line.changeover
        style = job.style
        minutes[e.day] += e.pairs * job.minutes[e.stage]
    overtime = 0.0
    for day, m in minutes.items():
        room = max(line.minutes[day] + line.overtime[day], frozen.get((line.id, day), 0.0))
        if m > room * (1 + TOLERANCE):
            errors.append(f"{line.id} on day {day}: {m:.1f} minutes of work, {room} available")
        overtime += max(0.0, m - line.minutes[day])
    return overtime, changeovers


def _moved(problem: Problem, entries: Iterable[Entry]) -> int:
    """Pairs that stand on a line and day where they did not stand in the base, of the jobs and stages that it holds."""
    old: dict[tuple[str, str, str, int], int] = defaultdict(int)
    new: dict[tuple[str, str, str, int], int] = defaultdict(int)
    for e in problem.base:
        old[e.job, e.stage, e.line, e.day] += e.pairs
    held = {key[:2] for key in old}
    for e in entries:
        if (e.job, e.stage) in held:
            new[e.job, e.stage, e.line, e.day] += e.pairs
    return sum(max(0, pairs - old.get(key, 0)) for key, pairs in new.items())


@dataclass(frozen=True, slots=True)
class Shop:
    """What a plan costs on the lines: minutes, numbers, pairs, cost."""

    overtime: float
    changeovers: int
    splits: int
    moved: int
    team_cost: float

    def cost(self, c: Costs) -> float:
        lines = c.overtime * self.overtime + c.changeover * self.changeovers + c.split * self.splits
        return lines + c.move * self.moved + self.team_cost


def _sum_up(problem: Problem, made: Made, planned: set[str], shop: Shop, errors: list[str]) -> Evaluation:
    """The objective: weighted late pair-days, overtime, changeovers, splits, work in progress."""
    fed = {name for s in problem.stages for name in s.after}
    last = next(s.id for s in problem.stages if s.id not in fed)
    roots = [s.id for s in problem.stages if not s.after]
    late, wip, on_time = 0.0, 0, 0
    finish: dict[str, int] = {}
    late_pairs: dict[str, int] = {}
    for job in problem.jobs:
        done = made.get((job.id, last), {})
        if job.id not in planned:
            continue
        if not done:
            finish[job.id] = BEFORE
            on_time += 1
            continue
        finish[job.id] = max(done)
        if finish[job.id] > job.due:
            late += job.importance * sum(q * max(0, day - job.due) for day, q in done.items())
            late_pairs[job.id] = sum(q for day, q in done.items() if day > job.due)
        else:
            on_time += 1
        before = made_pairs(problem, job)
        entered = [sum(d * q for d, q in made[job.id, s].items()) for s in roots if made.get((job.id, s)) or before[s]]
        wip += sum(d * q for d, q in done.items()) - min(entered, default=0)
    c = problem.costs
    cost = c.late * late + c.wip * wip + shop.cost(c)
    left_out = tuple(j.id for j in problem.jobs if j.id not in planned)
    share = on_time / len(problem.jobs) if problem.jobs else 1.0
    numbers = (late, shop.overtime, shop.changeovers, shop.splits, wip, shop.moved, shop.team_cost, share)
    return Evaluation(tuple(errors), left_out, cost, *numbers, finish, late_pairs)
