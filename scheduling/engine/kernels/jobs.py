"""Whole jobs: what they cost, taking them out, putting them in stage by stage."""

from .cells import clear_task
from .jit import kernel
from .place import place, shop_cost
from .state import Desk, bond_at, job_at, stage_at, task_at


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
def set_planned(st: Desk, job: int, planned: int) -> None:
    st.left_out += job_at(st, job).planned - planned
    job_at(st, job).planned = planned


@kernel
def insert_job(st: Desk, job: int, lead: int, most: int) -> bool:
    """Place all stages of a cleared job: the leading stage, then what it feeds, then the rest backwards."""
    stages = st.n_stages
    base = job * stages
    st.ask_home = -1
    if not place(st, job, lead, 0, most):
        return False
    for s in range(stages):
        if bond_at(st, lead * st.n_stages + s).steps > 0 and not place(st, job, s, 0, most):
            return False
    for x in range(stages):
        s = stages - 1 - x
        if task_at(st, base + s).head < 0 and not place(st, job, s, 1, most):
            return False
    return True


@kernel
def insert_forward(st: Desk, job: int, most: int) -> bool:
    """Place all stages of a cleared job from its first stages on; finds room where `insert_job` does not."""
    st.ask_home = -1
    for s in range(st.n_stages):  # noqa: SIM110 - generators do not compile
        if not place(st, job, s, 0, most):
            return False
    return True
