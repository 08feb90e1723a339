"""The first plan: job by job in a given order."""

from .cells import commit, undo
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, job_cost, set_planned, total_cost
from .pick import late_pairs
from .place import shop_cost
from .state import BIG, MOST_LINES, Desk, Records, job_at

MOST_TRIED = 16  # lines for a stage, before a job that does not fit may have any


@kernel
def insert_somehow(st: Desk, job: int, way: int) -> bool:
    """Ways 0 to 2: from the leading stage, in lots behind it, with pieces of a tenth at least, or any; 3: forward; 4: from the end."""
    st.ask_tries = min(st.n_lines, MOST_TRIED) if way < 3 else st.n_lines
    st.delay = job_at(st, job).hold if way < 2 else 0
    st.ask_smallest = 1 + job_at(st, job).pairs // 10 if way < 2 else 1
    st.ask_lot = job_at(st, job).pairs * st.lot_share // 100 if way == 0 else 0
    if way < 3:
        return insert_job(st, job, st.lead, MOST_LINES)
    if way == 3:
        return insert_forward(st, job, MOST_LINES)
    return insert_job(st, job, st.n_stages - 1, MOST_LINES)


@kernel
def add_job(st: Desk, job: int) -> bool:
    """Plan a job that is left out; False leaves everything as it was. If lots make it late it is tried without."""
    set_planned(st, job, 1)
    st.ceiling, st.settled = BIG * BIG, 0.0
    in_lots = BIG * BIG
    for way in range(0 if st.lot_share > 10 else 1, 5):
        if insert_somehow(st, job, way) and st.overfull == 0:
            price = shop_cost(st) + job_cost(st, job)
            if way > 0 and price > in_lots:
                undo(st)
                if not insert_somehow(st, job, 0) or st.overfull > 0:
                    undo(st)
                    continue
            elif way == 0 and late_pairs(st, job) > 0:
                in_lots = price
                undo(st)
                continue
            commit(st)
            st.delay = st.ask_lot = 0
            return True
        undo(st)
    set_planned(st, job, 0)
    st.ask_lot = 0
    return False


@kernel
def construct(st: Desk, order: Records, roam: int) -> None:
    """Plan the jobs of an order that are left out, one by one; what does not fit stays out."""
    st.lead_home, st.lead_last = -1, 0
    st.ask_roam = roam
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
