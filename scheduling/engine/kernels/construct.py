"""The first plan: job by job in a given order."""

from .cells import commit, undo
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, set_planned, total_cost
from .state import BIG, MOST_LINES, Desk, Records, job_at


@kernel
def insert_somehow(st: Desk, job: int, way: int) -> bool:
    """Ways 0 and 1: from the leading stage, with pieces of a tenth at least, or any; 2: forward; 3: from the end."""
    st.delay = job_at(st, job).hold if way == 0 else 0
    st.ask_smallest = 1 + job_at(st, job).pairs // 10 if way == 0 else 1
    if way < 2:
        return insert_job(st, job, st.lead, MOST_LINES)
    if way == 2:
        return insert_forward(st, job, MOST_LINES)
    return insert_job(st, job, st.n_stages - 1, MOST_LINES)


@kernel
def add_job(st: Desk, job: int) -> bool:
    """Plan a job that is left out; False leaves everything as it was."""
    set_planned(st, job, 1)
    st.ceiling, st.settled = BIG * BIG, 0.0
    for way in range(4):
        if insert_somehow(st, job, way) and st.overfull == 0:
            commit(st)
            st.delay = 0
            return True
        undo(st)
    set_planned(st, job, 0)
    return False


@kernel
def construct(st: Desk, order: Records, roam: int) -> None:
    """Plan the jobs of an order that are left out, one by one; what does not fit stays out."""
    st.lead_home, st.lead_last = -1, 0
    st.ask_tries, st.ask_roam = st.n_lines, roam
    for x in range(order.shape[0]):
        if st.n_free < st.reserve:
            return
        if not job_at(st, order[x]).planned:
            add_job(st, order[x])


@kernel
def rebuild(st: Desk, order: Records) -> float:
    """Plan all jobs anew in another order; the cost. The same order always gives the same plan."""
    for job in range(st.n_jobs):
        if job_at(st, job).planned:
            clear_job(st, job)
            set_planned(st, job, 0)
            commit(st)
    st.rng = 88172645463325252
    construct(st, order, 0)
    return total_cost(st)
