"""The chain of a late job: from its last pair backwards, link by link, to the day on which it could begin.

Everything else standing: f(s) is the day on which stage s could be done in what the other jobs leave (overtime included), its
feeders going as fast as f allows; e(s) the same if s had its able lines to itself. Then the days between the finish and the job's
start are covered without a gap: what the plan itself gave away, capacity f(s) - e(s), work e(s) - input, and so on back through
the feeder that comes last, until a release, a ready day or day 0.
"""

from dataclasses import dataclass

from .facts import lag_after, start_day, there
from .load import Days, Load, day_done, flow
from .plan import Reason, ReasonKind
from .problem import Job
from .session import Session


@dataclass(frozen=True, slots=True)
class Pace:
    """Of one stage: pairs that may be made by the end of each day, would be beside the others, and would be without them."""

    ready: Days
    beside: Days
    alone: Days


def chain_of(session: Session, name: str) -> tuple[Reason, ...]:
    """Links from the finish backwards; their days add up to the days between the job's start and its finish.

    Of a job that is left out the finish counts as the first day behind the horizon. Empty for a job that is not in the plan's problem.
    """
    if name not in session.number:
        return session.hopeless.get(name, ())
    load, job = session.floor(), session.job(name)
    paces = _paces(load, job)
    end = session.finish(name)
    finish = end if end is not None else session.problem.days
    possible = _done(load, job, paces, load.stages[-1])
    links = []
    if finish > possible:
        links.append(_given_away(load, job, possible, finish))
    stage: str | None = load.stages[-1]
    while stage is not None:
        stage = _walk_back(load, job, paces, stage, links)
    return tuple(links)


def _paces(load: Load, job: Job) -> dict[str, Pace]:
    made: dict[str, Days] = {}
    paces = {}
    for stage in load.stages:
        ready = load.ready(job, stage, made)
        made[stage] = flow(ready, load.pace(job, stage, "free"))
        paces[stage] = Pace(ready, made[stage], flow(ready, load.pace(job, stage, "all")))
    return paces


def _done(load: Load, job: Job, paces: dict[str, Pace], stage: str) -> int:
    return day_done(paces[stage].beside, load.left(job, stage))


def _given_away(load: Load, job: Job, possible: int, finish: int) -> Reason:
    """The job could be done earlier beside the others: in regular time too ("sequence"), or with overtime only."""
    made: dict[str, Days] = {}
    for stage in load.stages:
        made[stage] = flow(load.ready(job, stage, made), load.pace(job, stage, "calm"))
    last = load.stages[-1]
    calm = day_done(made[last], load.left(job, last))
    lines = {line.id: line for line in load.problem.lines}
    held = [e for e in load.problem.frozen if e.job == job.id and there(lines[e.line], e.day) + load.tail[e.stage] >= finish]
    if held:
        return Reason("frozen", held[-1].stage, (held[-1].line,), possible, finish, finish - possible)
    kind: ReasonKind = "sequence" if calm <= max(job.due, possible) else "overtime"
    return Reason(kind, None, (), possible, finish, finish - possible)


def _walk_back(load: Load, job: Job, paces: dict[str, Pace], stage: str, links: list[Reason]) -> str | None:
    """Add the links of a stage; the feeder that came last, None at the beginning."""
    left, pace = load.left(job, stage), paces[stage]
    done, alone = _done(load, job, paces, stage), day_done(pace.alone, left)
    if left and done > alone:
        links.append(load.taken(job, stage, pace.ready, pace.alone > pace.beside, done - alone))
    begun, start = _input_there(load, job, paces, stage), start_day(job, stage)
    feeder, there = begun if begun else (None, 0)
    since = max(start, there) if left else there
    if left and alone > since:
        rows = load.able(stage, job)
        links.append(Reason("work", stage, load.names(rows), since, alone, alone - since))
    if feeder is not None and (there >= start or not left):
        return feeder
    if start > 0 and left:
        kind: ReasonKind = "ready" if job.ready.get(stage, 0) > max(0, job.release) else "release"
        links.append(Reason(kind, stage if kind == "ready" else None, (), 0, start, start))
    return None


def _input_there(load: Load, job: Job, paces: dict[str, Pace], stage: str) -> tuple[str, int] | None:
    """The feeder whose pairs come last, and the day on which its last pair is made; None if no feeder has anything to make."""
    by_name = {s.id: s for s in load.problem.stages}
    days = [(_done(load, job, paces, f) + lag_after(load.problem, by_name[stage], f), f) for f in load.feeders[stage] if load.left(job, f)]
    if not days:
        return None
    feeder = max(days)[1]
    return feeder, _done(load, job, paces, feeder)
