"""`solve`: the one door to the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from .arrays import build, read_entries
from .checker import evaluate
from .facts import is_done
from .frozen import contradictions
from .lots import consolidate
from .plan import Entry, JobOutcome, Plan, Progress, Reason
from .problem import Problem
from .reasons import explain, unplannable
from .resume import resumed
from .search import Limits, Search, load_code
from .stays import hold_to
from .validation import check_problem


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    seed: int = 0,
    rounds: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Sequence[Entry] | None = None,
    on_best: Callable[[Callable[[], tuple[Entry, ...]]], None] | None = None,
) -> Plan:
    """Plan a problem: a good plan at once, then better ones while the caller allows.

    seconds, rounds: limits of the search; with neither, the first plan is returned. The same problem, seed and rounds
    (without seconds) give the same plan. should_stop is asked about every 0.02 s. Wrong input gives "invalid"; nothing raises.
    start: entries of an earlier plan to go on from; what of it cannot stand is planned anew. on_best is called when there is a better
    plan, every half second at the most, with a function that gives its entries.
    """
    faults = check_problem(problem)
    if faults:
        return Plan(status="invalid", problems=faults, seed=seed)
    hopeless = unplannable(problem)
    jobs = tuple(j for j in problem.jobs if j.id not in hopeless and not is_done(problem, j))
    model = build(problem, jobs, seed)
    hold_to(model, problem.base, problem.costs.move)
    load_code(model)
    search = Search(model, Limits(seconds, rounds, should_stop, on_progress, on_best), seed)
    best = search.run(resumed(model, start) if start else None) if jobs else model.state["pieces"]
    plan = _judged(problem, consolidate(problem, read_entries(model, best)), hopeless)
    return replace(plan, rounds=search.rounds, seconds=search.seconds, seed=seed)


def _judged(problem: Problem, entries: tuple[Entry, ...], hopeless: Mapping[str, tuple[Reason, ...]]) -> Plan:
    """The plan that entries are: its costs by the rules alone, what becomes of each job, and why."""
    judged = evaluate(problem, entries)
    reasons = explain(problem, entries, judged) | dict(hopeless)
    outcomes = tuple(_outcome(j.id, judged.finish, judged.late_pairs, j.due, reasons.get(j.id, ())) for j in problem.jobs)
    return Plan(
        status="partial" if judged.left_out else "complete",
        entries=entries,
        outcomes=outcomes,
        cost=judged.cost,
        late_pair_days=judged.late_pair_days,
        overtime_minutes=judged.overtime_minutes,
        changeovers=judged.changeovers,
        splits=judged.splits,
        wip_pair_days=judged.wip_pair_days,
        moved_pairs=judged.moved_pairs,
        team_cost=judged.team_cost,
        warnings=contradictions(problem),
        on_time=judged.on_time,
    )


def _outcome(job: str, finish: Mapping[str, int], late_pairs: Mapping[str, int], due: int, reasons: tuple[Reason, ...]) -> JobOutcome:
    if job not in finish:
        return JobOutcome(job, "left_out", None, 0, 0, reasons)
    late = max(0, finish[job] - due) if job in late_pairs else 0
    return JobOutcome(job, "late" if late else "on_time", finish[job], late, late_pairs.get(job, 0), reasons)
