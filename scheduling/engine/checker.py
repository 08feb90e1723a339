"""Judges a plan by the rules of the problem alone; shares no code with the search that made it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .facts import is_done, lag_after, made_pairs, start_day
from .plan import Entry
from .problem import Job, Line, Problem

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
    stages = {s.id for s in problem.stages}
    good = [e for e in entries if _known(problem.days, stages, jobs.get(e.job), lines.get(e.line), e, errors)]
    made: Made = defaultdict(lambda: defaultdict(int))
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    work: dict[str, list[Entry]] = defaultdict(list)
    for e in good:
        made[e.job, e.stage][e.day] += e.pairs
        used[e.job, e.stage].add(e.line)
        work[e.line].append(e)
    planned = {e.job for e in good} | {j.id for j in problem.jobs if is_done(problem, j)}
    for job in problem.jobs:
        if job.id in planned:
            errors += _complete(problem, job, made)
            errors += _flow(problem, job, made)
    overtime, changeovers = 0.0, 0
    for name in sorted(work):
        more, changes = _load(lines[name], jobs, work[name], errors)
        overtime, changeovers = overtime + more, changeovers + changes
    splits = sum(len(v) - 1 for v in used.values())
    moved = _moved(problem, good)
    return _sum_up(problem, made, planned, overtime, changeovers, splits, moved, errors)


def _known(days: int, stages: set[str], job: Job | None, line: Line | None, e: Entry, errors: list[str]) -> bool:
    """Names exist, the line works at the stage and can make the family, the day is allowed, there are pairs."""
    if job is None or line is None or e.stage not in stages:
        errors.append(f"unknown job, line or stage in {e}")
        return False
    if line.stage != e.stage:
        errors.append(f"{e.line} does not work at {e.stage}")
    if line.families is not None and job.family not in line.families:
        errors.append(f"{e.line} cannot make {job.family} ({e.job})")
    if e.pairs < 1:
        errors.append(f"{e.job} at {e.stage} on day {e.day}: {e.pairs} pairs")
        return False
    if not start_day(job, e.stage) <= e.day < days:
        errors.append(f"{e.job} at {e.stage} on day {e.day}: before it is released and ready or outside the horizon")
        return False
    if e.stage not in job.minutes:
        errors.append(f"{e.job} has no rate at {e.stage}")
        return False
    return True


def _complete(problem: Problem, job: Job, made: Made) -> list[str]:
    """A planned job is made completely at every stage."""
    before = made_pairs(problem, job)
    sums = {s.id: before[s.id] + sum(made[job.id, s.id].values()) for s in problem.stages}
    return [f"{job.id} at {s}: {n} of {job.pairs} pairs" for s, n in sums.items() if n != job.pairs]


def _flow(problem: Problem, job: Job, made: Made) -> list[str]:
    """By the end of a day a stage has made no more than what each feeding stage had made a lag before."""
    errors = []
    before = made_pairs(problem, job)
    for stage in problem.stages:
        for feeder in stage.after:
            ready, total, lag = made[job.id, feeder], before[stage.id], lag_after(problem, stage, feeder)
            for day, pairs in sorted(made[job.id, stage.id].items()):
                total += pairs
                there = before[feeder] + sum(q for d, q in ready.items() if d <= day - lag)
                if total > there:
                    errors.append(f"{job.id} at {stage.id} on day {day}: {total} pairs, but {feeder} had {there} ready")
                    break
    return errors


def _load(line: Line, jobs: Mapping[str, Job], entries: list[Entry], errors: list[str]) -> tuple[float, int]:
    """Overtime minutes and changeovers of a line; its minutes of a day hold work and changeovers."""
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
        room = line.minutes[day] + line.overtime[day]
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


def _sum_up(
    problem: Problem, made: Made, planned: set[str], overtime: float, changeovers: int, splits: int, moved: int, errors: list[str]
) -> Evaluation:
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
            late += job.weight * sum(q * max(0, day - job.due) for day, q in done.items())
            late_pairs[job.id] = sum(q for day, q in done.items() if day > job.due)
        else:
            on_time += 1
        before = made_pairs(problem, job)
        entered = [sum(d * q for d, q in made[job.id, s].items()) for s in roots if made.get((job.id, s)) or before[s]]
        wip += sum(d * q for d, q in done.items()) - min(entered, default=0)
    c = problem.costs
    cost = c.late * late + c.overtime * overtime + c.changeover * changeovers + c.split * splits + c.wip * wip + c.move * moved
    left_out = tuple(j.id for j in problem.jobs if j.id not in planned)
    share = on_time / len(problem.jobs) if problem.jobs else 1.0
    return Evaluation(tuple(errors), left_out, cost, late, overtime, changeovers, splits, wip, moved, share, finish, late_pairs)
