"""Whole jobs: what they cost, taking them out, putting them in stage by stage."""

from .cells import clear_task, closed, movable, put, take
from .jit import kernel
from .place import place, shop_cost
from .state import Desk, bond_at, cell_at, job_at, piece_at, stage_at, task_at


@kernel
def job_cost(st: Desk, job: int) -> float:
    """Late pairs and work in progress of a job; a job left out costs its `missing`."""
    if not job_at(st, job).planned:
        return float(job_at(st, job).missing)
    stages = st.n_stages
    base = job * stages
    entered = task_at(st, base).day_sum
    end = base
    for s in range(stages):
        if stage_at(st, s).is_root:
            entered = min(entered, task_at(st, base + s).day_sum)
        if stage_at(st, s).is_last:
            end = base + s
    late = job_at(st, job).weight * task_at(st, end).late_sum * st.late_cost
    return float(late + (task_at(st, end).day_sum - entered) * st.wip_cost)


@kernel
def total_cost(st: Desk) -> float:
    cost = shop_cost(st)
    for job in range(st.n_jobs):
        cost += job_cost(st, job)
    return cost


@kernel
def clear_job(st: Desk, job: int) -> None:
    stages = st.n_stages
    for t in range(job * stages, job * stages + stages):
        clear_task(st, t)


@kernel
def outermost(st: Desk, t: int, from_end: bool) -> int:
    """The piece of a task with the last (or first) day that may be taken away; -1 if there is none."""
    p = task_at(st, t).head
    best, day = -1, -1 if from_end else st.days
    while movable(st, p):
        other = cell_at(st, piece_at(st, p).cell).day
        if (other > day) if from_end else (other < day):
            best, day = p, other
        p = piece_at(st, p).task_behind
    return best


@kernel
def take_lot(st: Desk, job: int, pairs: int, from_end: bool) -> None:
    """Take the last (or first) pairs of a job out of every stage; the rest still flows."""
    for t in range(job * st.n_stages, job * st.n_stages + st.n_stages):
        left = pairs
        while left > 0:
            p = outermost(st, t, from_end)
            if p < 0:
                break
            piece = piece_at(st, p)
            take(st, p)
            if piece.pairs > left:
                put(st, t, job, piece.cell, piece.pairs - left, piece.before)
            left -= min(left, piece.pairs)


@kernel
def set_planned(st: Desk, job: int, planned: int) -> None:
    st.left_out += job_at(st, job).planned - planned
    job_at(st, job).planned = planned


@kernel
def insert_job(st: Desk, job: int, lead: int, most: int) -> bool:
    """Place all stages of a cleared job: the leading stage, then what it feeds, then the rest backwards."""
    stages = st.n_stages
    base = job * stages
    st.ask_home, st.ask_last = st.lead_home, st.lead_last
    if not place(st, job, lead, 0, most):
        return False
    st.ask_home, st.ask_last = -1, 0
    st.ask_smallest = max(st.ask_smallest, st.ask_lot)
    for s in range(stages):
        if bond_at(st, lead * st.n_stages + s).linked and not place(st, job, s, 0, most):
            return False
    for x in range(stages):
        s = stages - 1 - x
        if not closed(st, base + s) and not place(st, job, s, 1, most):
            return False
    return True


@kernel
def insert_forward(st: Desk, job: int, most: int) -> bool:
    """Place all stages of a cleared job from its first stages on; finds room where `insert_job` does not."""
    st.ask_home, st.ask_last = -1, 0
    for s in range(st.n_stages):  # noqa: SIM110 - generators do not compile
        if not place(st, job, s, 0, most):
            return False
    return True
