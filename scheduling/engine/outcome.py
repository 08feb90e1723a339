"""A plan read out of the search's state at once: sums from the state, entries of the base plan taken over where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Model
from .checker import BEFORE, evaluate
from .facts import is_done
from .frozen import contradictions
from .kernels import state as k
from .kernels.jobs import total_cost
from .loading import read_rows
from .plan import Entry, JobOutcome, Plan, Reason
from .reasons import explain


@dataclass(frozen=True, slots=True)
class Base:
    """Entries of a former plan and their rows (task, cell, pairs), in the same order."""

    rows: k.Records
    entries: Sequence[Entry]


def plan_of(
    model: Model, hopeless: Mapping[str, tuple[Reason, ...]], base: Base | None = None, *, reasons: bool = False, **more: Any
) -> Plan:
    """The plan that stands in a state, cost and outcomes with it, as `evaluate` would judge it; `more` goes to the plan as it is.

    cost leaves out what moving pairs costs; moved_pairs are those that stand elsewhere than in the base. reasons: of late jobs too.
    """
    problem, state = model.problem, model.state
    rows = read_rows(state)
    entries = read_entries_fast(model, rows, base)
    why = dict(hopeless)
    finish, late = _finish(model, rows)
    planned = (state["jobs"]["planned"] > 0) & _whole(model)
    if reasons or not planned[: len(model.jobs)].all():
        why |= explain(problem, entries, evaluate(problem, entries))
    outcomes = _outcomes(model, finish, late, planned, why)
    return Plan(
        status="partial" if any(o.state == "left_out" for o in outcomes) else "complete",
        entries=entries,
        outcomes=outcomes,
        **_sums(model, planned),
        moved_pairs=int(state.value("moves")),
        warnings=contradictions(problem),
        on_time=sum(o.state == "on_time" for o in outcomes) / len(outcomes) if outcomes else 1.0,
        **more,
    )


def _whole(model: Model) -> k.Records:
    """By job, ghosts included: whether all pairs stand. Frozen entries may make a job whole that could not be planned."""
    tasks = model.state["tasks"]
    whole: k.Records = (tasks["placed"] == tasks["quota"]).reshape(-1, len(model.stages)).all(axis=1)
    return whole


def _sums(model: Model, planned: k.Records) -> dict[str, Any]:
    """Cost and its parts."""
    state, width = model.state, len(model.stages)
    jobs, tasks = state["jobs"], state["tasks"]
    day_sums = tasks["day_sum"].reshape(-1, width)
    roots = state["stages"]["is_root"] > 0
    ghosts = np.arange(len(jobs)) >= len(model.jobs)
    late = (jobs["weight"] * tasks["late_sum"].reshape(-1, width)[:, -1]) * planned
    held = (day_sums[:, -1] - day_sums[:, roots].min(axis=1)) * planned if len(jobs) else late
    c = model.problem.costs
    cost = (
        float(total_cost(state.desk) + (c.late * late + c.wip * held)[ghosts].sum())
        - float(state.value("moves")) * float(state.value("move_cost"))
        - float(jobs["missing"][: len(model.jobs)][~planned[: len(model.jobs)]].sum())
    )
    return {
        "cost": cost,
        "late_pair_days": float(late.sum()),
        "overtime_minutes": float(state.value("overtime")) / k.SCALE,
        "changeovers": int(state.value("changeovers")),
        "splits": int(state.value("splits")),
        "wip_pair_days": int(held.sum()),
        "team_cost": float(state.value("team_cost")) / k.SCALE,
    }


def _finish(model: Model, rows: k.Records) -> tuple[k.Records, k.Records]:
    """By job: day of the last pair, and pairs finished after the due day."""
    width, jobs = len(model.stages), model.state["jobs"]
    last = rows[rows[:, 0] % width == width - 1]
    job, day = last[:, 0] // width, model.state["cells"]["there"][last[:, 1]]
    finish = np.full(len(jobs), -1, np.int64)
    np.maximum.at(finish, job, day)
    late = np.bincount(job, last[:, 2] * (day > jobs["due"][job]), len(jobs))
    return finish, late.astype(np.int64)


def _outcomes(
    model: Model, finish: k.Records, late: k.Records, planned: k.Records, why: Mapping[str, tuple[Reason, ...]]
) -> tuple[JobOutcome, ...]:
    known = {j.id: i for i, j in enumerate(model.jobs + model.ghosts)}
    ends, pairs, stands = finish.tolist(), late.tolist(), planned.tolist()
    found = []
    for job in model.problem.jobs:
        i = known.get(job.id, -1)
        if i < 0 and is_done(model.problem, job):
            found.append(JobOutcome(job.id, "on_time", BEFORE, 0, 0))
        elif i < 0 or not stands[i]:
            found.append(JobOutcome(job.id, "left_out", None, 0, 0, why.get(job.id, ())))
        else:
            days = max(0, ends[i] - job.due)
            found.append(JobOutcome(job.id, "late" if days else "on_time", ends[i], days, pairs[i], why.get(job.id, ())))
    return tuple(found)


def read_entries_fast(model: Model, rows: k.Records, base: Base | None) -> tuple[Entry, ...]:
    """Entries of rows (task, cell, pairs); those of the base are taken over where one says the same."""
    found = np.empty(len(rows), object)
    fresh = np.ones(len(rows), bool)
    if base is not None and len(base.rows):
        cells = len(model.state["cells"])
        keys = base.rows[:, 0].astype(np.int64) * cells + base.rows[:, 1]
        order = np.argsort(keys, kind="stable")
        wanted = rows[:, 0].astype(np.int64) * cells + rows[:, 1]
        at = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
        fresh = (keys[at] != wanted) | (base.rows[at, 2] != rows[:, 2])
        known = np.empty(len(base.entries), object)
        known[:] = base.entries
        found[~fresh] = known[at[~fresh]]
    width, days, problem, jobs = len(model.stages), model.problem.days, model.problem, model.jobs + model.ghosts
    for i in np.flatnonzero(fresh).tolist():
        task, cell, pairs = rows[i].tolist()
        found[i] = Entry(jobs[task // width].id, model.stages[task % width], problem.lines[cell // days].id, cell % days, pairs)
    return tuple(found.tolist())
