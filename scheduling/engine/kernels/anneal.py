"""Destroy and repair: take out a stage or a few jobs, put them in again, keep it if it is cheap enough."""

import math

from .cells import below, clear_task, commit, draw, undo
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, job_cost
from .place import place, shop_cost
from .state import Desk, able_at, cell_at, group_at, job_at, piece_at, stage_at, task_at


@kernel
def smallest_piece(st: Desk, job: int) -> int:
    """A random least number of pairs per piece: it keeps scraps of a day from buying changeovers."""
    u = draw(st)
    if u < 0.2:
        return 1
    return max(1, int((u - 0.2) * job_at(st, job).pairs))


@kernel
def late_cost(st: Desk, job: int) -> float:
    return job_at(st, job).weight * task_at(st, job * st.n_stages + st.n_stages - 1).late_sum * st.late_cost


@kernel
def try_stage(st: Desk, threshold: float) -> bool:
    """Make one stage of a job anew between its standing neighbours."""
    job, s = below(st, st.n_jobs), below(st, st.n_stages)
    if not job_at(st, job).planned:
        return False
    t = job * st.n_stages + s
    st.ceiling = shop_cost(st) + job_cost(st, job) + threshold
    st.settled = 0.0 if stage_at(st, s).is_last else late_cost(st, job)
    st.ask_home = cell_at(st, piece_at(st, task_at(st, t).head).cell).line
    st.ask_smallest = smallest_piece(st, job)
    clear_task(st, t)
    from_end = 1 if draw(st) < 0.5 else 0
    if not place(st, job, s, from_end, 1 + below(st, 4)):
        return False
    return shop_cost(st) + job_cost(st, job) <= st.ceiling


@kernel
def renew_job(st: Desk, job: int) -> bool:
    """Insert a cleared job, mostly from its leading stage, and settle what it costs."""
    st.ask_smallest = smallest_piece(st, job)
    u = draw(st)
    lead = below(st, st.n_stages) if u < 0.3 else st.lead
    good = insert_forward(st, job, 4) if u < 0.1 else insert_job(st, job, lead, 4)
    st.settled += job_cost(st, job)
    return good


@kernel
def rival(st: Desk, job: int, s: int) -> int:
    """A job that works where this one could, before it is done there; -1 if none was met."""
    t = job * st.n_stages + s
    group = task_at(st, t).group
    n = group_at(st, group + 1).first - group_at(st, group).first
    head = task_at(st, t).head
    if head < 0 or n == 0:
        return -1
    first = max(0, job_at(st, job).release) + st.lag * stage_at(st, s).depth
    last = cell_at(st, piece_at(st, head).cell).day
    line = able_at(st, group_at(st, group).first + below(st, n)).line
    reach = min(last - first, 25)
    day = last - below(st, reach + 1) if reach >= 0 else last
    c = line * st.days + day
    p = cell_at(st, c).head
    if p < 0:
        return -1
    for _ in range(below(st, 4)):
        if p == cell_at(st, c).tail:
            break
        p = piece_at(st, p).behind
    other = piece_at(st, p).job
    return int(other) if other != job else -1


@kernel
def late_job(st: Desk) -> int:
    """A random job, rather a late one."""
    job = below(st, st.n_jobs)
    for _ in range(4):
        base = job * st.n_stages
        if job_at(st, job).planned and task_at(st, base + st.n_stages - 1).late_sum > 0:
            break
        job = below(st, st.n_jobs)
    return job


@kernel
def try_job(st: Desk, threshold: float) -> bool:
    """Put one job in anew."""
    job = below(st, st.n_jobs)
    if not job_at(st, job).planned:
        return False
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + threshold, 0.0
    clear_job(st, job)
    return renew_job(st, job) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def try_pair(st: Desk, threshold: float) -> bool:
    """A late job goes first, a rival that stood in its way after it."""
    job = late_job(st)
    s = st.lead if draw(st) < 0.6 else below(st, st.n_stages)
    other = rival(st, job, s)
    if other < 0 or not job_at(st, job).planned:
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold
    st.settled = 0.0
    clear_job(st, other)
    clear_job(st, job)
    return renew_job(st, job) and renew_job(st, other) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def anneal(st: Desk, heat: float, rounds: int) -> int:
    """Run rounds at one temperature; returns the rounds done (fewer if pieces run short)."""
    st.ask_tries = 12
    for r in range(rounds):
        if st.n_free < st.reserve:
            return r
        threshold = -heat * math.log(1.0 - draw(st))
        u = draw(st)
        if u < 0.7:
            good = try_stage(st, threshold)
        elif u < 0.85:
            good = try_job(st, threshold)
        else:
            good = try_pair(st, threshold)
        if good:
            commit(st)
        else:
            undo(st)
    return rounds
