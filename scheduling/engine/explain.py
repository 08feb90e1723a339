"""Reasons with measures: for one late job, or for all of them within a time."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from .chain import chain_of
from .levers import AS_IT_IS, Bench, Opening, again, more_minutes, outsource, postpone, ready_by, sooner, take_out, wide_open
from .measures import Explanation, Link, Measure, Minutes
from .plan import Reason
from .problem import Problem
from .rooms import allowed_by, cut_rooms
from .session import Session

ROOMS, STARTS = ("capacity", "work"), ("ready", "release")  # links lifted by more minutes, and by an earlier day
LIFTED = ROOMS + STARTS
THREADS = 2
MANY = 20  # jobs from which on a second session is worth its making


def explain_job(session: Session, name: str) -> Explanation:
    """Why a job of the session's problem is late or left out, and what would help; KeyError if there is no such job.

    The session must have no open changes; it is left as it was.
    """
    if name not in session.number:
        job = next(j for j in session.problem.jobs if j.id == name)
        return Explanation(name, job.due, None, tuple(Link(r) for r in session.hopeless.get(name, ())))
    chain, job, finish = chain_of(session, name), session.job(name), session.finish(name)
    if finish is not None and finish <= job.due:
        return Explanation(name, job.due, finish, tuple(Link(r) for r in chain))
    bench = Bench(session, name)
    first = again(bench)
    links = [Link(reason, _lifted(bench, reason, first)) for reason in chain]
    found = [m for m in (first, outsource(bench), *(link.lifted for link in links)) if m is not None]
    for reason in [r for r in chain if r.kind == "capacity"][:2]:
        if not any(m.kind == "postpone" and m.punctual for m in found):
            found += postpone(bench, reason)
    helping = _best_first([m for m in dict.fromkeys(found) if finish is None or m.finish < finish])
    single = next((m for m in helping if m.punctual), None)
    together = (single,) if single is not None else _together(bench, chain)
    return Explanation(name, job.due, finish, tuple(links), tuple(helping), single, together)


def explain_all(session: Session, seconds: float = 10.0) -> tuple[Explanation, ...]:
    """Every late or left-out job, the dearest first; when the time is up the rest get their chains only.

    Two threads share the jobs, each in a session of its own: the kernels leave Python's lock alone.
    """
    names, end = _unhappy(session), time.monotonic() + seconds
    session.floor()
    others = [session] + [session.twin() for _ in range(THREADS - 1) if len(names) >= MANY]
    with ThreadPoolExecutor(len(others)) as pool:
        parts = list(pool.map(lambda i: [_explain_until(others[i], name, end) for name in names[i :: len(others)]], range(len(others))))
    return tuple(parts[i % len(others)][i // len(others)] for i in range(len(names)))


def _explain_until(session: Session, name: str, end: float) -> Explanation:
    """With measures if there is time left."""
    if time.monotonic() < end:
        return explain_job(session, name)
    job = next(j for j in session.problem.jobs if j.id == name)
    chain = tuple(Link(reason) for reason in chain_of(session, name))
    return Explanation(name, job.due, session.finish(name), chain, complete=False)


def _unhappy(session: Session) -> list[str]:
    """Late and left-out jobs, those that cost most first."""
    state, width = session.state, len(session.model.stages)
    late = state["jobs"]["weight"] * state["tasks"]["late_sum"].reshape(-1, width)[:, -1]
    late = (late + (state["jobs"]["planned"] == 0) * state["jobs"]["missing"])[: len(session.model.jobs)]
    known = [session.model.jobs[i].id for i in sorted((-late).nonzero()[0], key=lambda i: (-late[i], i))]
    weightless = [j.id for j in session.model.jobs if j.importance == 0 and (session.finish(j.id) or 0) > j.due]
    return [*session.hopeless, *dict.fromkeys([*known, *weightless])]


def _lifted(bench: Bench, reason: Reason, first: Measure | None) -> Measure | None:
    """What lifting one link alone would bring, by planning again without it."""
    if reason.kind in ("overtime", "sequence"):
        return first
    if reason.kind == "work" and reason.days <= 1:
        return None  # a day is the least that a stage takes
    if reason.kind in ROOMS:
        return more_minutes(bench, reason)
    if reason.kind in STARTS:
        return ready_by(bench, reason)
    return _thawed(bench, reason) if reason.kind == "frozen" else None


def _thawed(bench: Bench, reason: Reason) -> Measure | None:
    """The job's frozen entries at a stage may move."""
    wanted = Measure("frozen", 0, 0, 0.0, reason.stage)
    other = Session(adopt(bench.session.problem, bench.name, [wanted]), bench.session.entries())
    if bench.name not in other.number:
        return None
    trial = Bench(other, bench.name).attempt(AS_IT_IS)
    return bench.measure("frozen", trial, stage=reason.stage) if trial is not None else None


def _best_first(measures: Iterable[Measure]) -> list[Measure]:
    return sorted(measures, key=lambda m: (not m.punctual, m.cost if m.punctual else m.finish, m.cost, m.kind))


def _together(bench: Bench, chain: tuple[Reason, ...]) -> tuple[Measure, ...]:
    """Several links lifted at once, as few as are needed; each measure with what it and those before it bring."""
    lifts = [r for r in chain if r.kind in LIFTED and (r.kind != "work" or r.days > 1)]
    if not _punctual(bench, lifts):
        lifts = [*(r for r in lifts if r.kind in STARTS), *_everywhere(bench)]
        if not _punctual(bench, lifts):
            return ()
    for reason in list(lifts):
        rest = [r for r in lifts if r is not reason]
        if _punctual(bench, rest):
            lifts = rest
    return _in_steps(bench, _named(bench, lifts))


def _everywhere(bench: Bench) -> list[Reason]:
    """Every stage up to the due day, as if it were a link."""
    last = max(0, min(bench.job.due, bench.session.problem.days - 1))
    return [Reason("capacity", stage, (), 0, last) for stage in bench.session.model.stages]


def _opened(bench: Bench, lifts: Iterable[Reason]) -> Opening:
    """All these links lifted: minutes doubled, start days gone."""
    rows = list(lifts)
    job = bench.job
    for reason in rows:
        if reason.kind in STARTS:
            job = sooner(job, reason.stage, 0)
    opening = wide_open(bench, [r for r in rows if r.kind in ROOMS])
    return replace(opening, job=job if job is not bench.job else None)


def _punctual(bench: Bench, lifts: list[Reason]) -> bool:
    trial = bench.attempt(_opened(bench, lifts))
    return trial is not None and trial.finish <= bench.job.due


def _named(bench: Bench, lifts: list[Reason]) -> tuple[Measure, ...]:
    """Measures that open no more than planning with all the links lifted takes: minutes by stage, ready days as late as they may be."""
    trial = bench.attempt(_opened(bench, lifts))
    if trial is None:
        return ()
    stage_of = {line.id: line.stage for line in bench.session.problem.lines}
    by_stage: dict[str, list[Minutes]] = {}
    for m in trial.beyond:
        by_stage.setdefault(stage_of[m.line], []).append(m)
    wanted = [
        Measure("extra", 0, 0, 0.0, stage, tuple(dict.fromkeys(m.line for m in minutes)), minutes=tuple(minutes))
        for stage, minutes in by_stage.items()
    ]
    starts = [Measure("ready", 0, 0, 0.0, r.stage, day=0) for r in lifts if r.kind in STARTS]
    for i, reason in enumerate([r for r in lifts if r.kind in STARTS]):
        others = (*wanted, *starts[:i], *starts[i + 1 :])
        starts[i] = ready_by(bench, reason, others) or starts[i]
    return (*wanted, *starts)


def _in_steps(bench: Bench, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """The measures one after the other, each planned with those before it; none if all of them together do not make the job punctual."""
    steps: list[Measure] = []
    for i in range(len(measures)):
        trial = bench.attempt(bench.opening(measures[: i + 1]))
        if trial is None:
            return ()
        late = max(0, trial.finish - bench.job.due)
        steps.append(replace(measures[i], finish=trial.finish, late_days=late, cost=round(trial.cost, 4)))
    return tuple(steps) if steps and steps[-1].punctual else ()


def adopt(problem: Problem, name: str, measures: Iterable[Measure]) -> Problem:
    """The problem with what measures for a job open: further overtime, earlier ready days."""
    lines, rows = {line.id: list(line.overtime) for line in problem.lines}, list(measures)
    jobs = {job.id: job for job in problem.jobs}
    for m in rows:
        if m.kind == "extra":
            for part in m.minutes:
                lines[part.line][part.day] += part.minutes
        elif m.kind == "ready":
            jobs[name] = sooner(jobs[name], m.stage, m.day or 0)
    thawed = {m.stage for m in rows if m.kind == "frozen"}
    frozen = tuple(e for e in problem.frozen if e.job != name or e.stage not in thawed)
    changed = tuple(replace(line, overtime=tuple(lines[line.id])) for line in problem.lines)
    return replace(problem, lines=changed, jobs=tuple(jobs[j.id] for j in problem.jobs), frozen=frozen)


def apply_measure(session: Session, name: str, *measures: Measure) -> Session:
    """A session of its own in which the measures for a job are taken and the job is planned again: it finishes as they say.

    Its problem is the changed one. ValueError if the job does not fit, which no measure of an explanation of this plan brings about.
    """
    problem = adopt(session.problem, name, measures)
    other = Session(problem, session.entries())
    after = tuple(dict.fromkeys(job for m in measures for job in m.jobs))
    cells, (overtime, outside) = other.state["cells"], allowed_by(measures)
    room, cut = cells["room"].copy(), cut_rooms(problem, cells, overtime=overtime, outside=outside)
    take_out(other, name, bool(measures) and all(m.late_only for m in measures))
    for each in after:
        other.remove(each)
    other.set_room(np.arange(len(cut)), cut)
    if not other.insert_eagerly(name) or not all(other.insert(each) for each in after) or not other.ease():
        raise ValueError(f"job {name} does not fit with these measures")
    other.set_room(np.arange(len(room)), room)
    other.keep()
    return other
