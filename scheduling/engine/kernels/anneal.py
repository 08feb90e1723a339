"""Destroy and repair: take out a stage or a few jobs, put them in again, keep it if it is cheap enough."""

import math

from .cells import below, clear_task, commit, draw, take, undo
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, job_cost, take_lot
from .place import place, shop_cost
from .state import Desk, able_at, cell_at, group_at, job_at, piece_at, stage_at, task_at


@kernel
def smallest_piece(st: Desk, job: int) -> int:
    """A random least number of pairs per piece: it keeps scraps of a day from buying changeovers."""
    u = draw(st)
    return 1 + int(u * u * u * u * min(job_at(st, job).pairs, 800))


@kernel
def random_delay(st: Desk, job: int) -> int:
    """Days to hold a job back without making it late: what it leaves free early may help another."""
    slack = job_at(st, job).due - max(0, job_at(st, job).release) - st.lag * stage_at(st, st.n_stages - 1).depth
    u = draw(st)
    return int(u * u * u * slack) if slack > 1 else 0


@kernel
def late_cost(st: Desk, job: int) -> float:
    return job_at(st, job).weight * task_at(st, job * st.n_stages + st.n_stages - 1).late_sum * st.late_cost


@kernel
def try_stage(st: Desk, threshold: float) -> bool:
    """Make one stage of a job, or one piece of it, anew between its standing neighbours."""
    job, s = below(st, st.n_jobs), below(st, st.n_stages)
    if not job_at(st, job).planned:
        return False
    t = job * st.n_stages + s
    st.ceiling = shop_cost(st) + job_cost(st, job) + threshold
    st.ask_home = cell_at(st, piece_at(st, task_at(st, t).head).cell).line
    st.ask_smallest = smallest_piece(st, job)
    if draw(st) < 0.5:
        clear_task(st, t)
    else:
        take(st, random_piece(st, t))
    st.settled = late_cost(st, job)
    from_end = 1 if draw(st) < 0.5 else 0
    if not place(st, job, s, from_end, 1 + below(st, 4)):
        return False
    return shop_cost(st) + job_cost(st, job) <= st.ceiling


@kernel
def random_piece(st: Desk, t: int) -> int:
    p = task_at(st, t).head
    for _ in range(below(st, 6)):
        p = piece_at(st, p).task_behind if piece_at(st, p).task_behind >= 0 else task_at(st, t).head
    return int(p)


@kernel
def renew_job(st: Desk, job: int) -> bool:
    """Insert a cleared job, mostly from its leading stage, and settle what it costs."""
    st.ask_smallest = smallest_piece(st, job)
    st.delay = random_delay(st, job)
    good = insert_forward(st, job, 4) if draw(st) < 0.05 else insert_job(st, job, st.lead, 4)
    st.settled += job_cost(st, job)
    st.delay = 0
    return good


@kernel
def rival(st: Desk, job: int, s: int) -> int:
    """A piece of another job where this one could work, before it is done there; -1 if none was met."""
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
    return int(p) if piece_at(st, p).job != job else -1


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
def take_some(st: Desk, job: int, pairs: int, from_end: bool) -> None:
    """Take a job out, or about so many of its last or first pairs."""
    if pairs >= job_at(st, job).pairs or draw(st) < 0.3:
        clear_job(st, job)
    else:
        take_lot(st, job, max(1, pairs), from_end)


@kernel
def try_job(st: Desk, threshold: float) -> bool:
    """Put one job, or a lot of it, in anew."""
    job = below(st, st.n_jobs)
    if not job_at(st, job).planned:
        return False
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + threshold, 0.0
    take_some(st, job, below(st, job_at(st, job).pairs), draw(st) < 0.6)
    return renew_job(st, job) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def late_pairs(st: Desk, job: int) -> int:
    """Pairs finished after the due day."""
    total, p = 0, task_at(st, job * st.n_stages + st.n_stages - 1).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).day > job_at(st, job).due:
            total += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    return total


@kernel
def pairs_until(st: Desk, t: int, day: int) -> int:
    """Pairs of a task made by the end of a day."""
    total, p = 0, task_at(st, t).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).day <= day:
            total += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    return total


@kernel
def try_pair(st: Desk, threshold: float) -> bool:
    """A late job goes first, a rival that stood in its way after it."""
    job = late_job(st)
    s = st.lead if draw(st) < 0.6 else below(st, st.n_stages)
    p = rival(st, job, s)
    other = piece_at(st, p).job if p >= 0 else -1
    if other < 0 or not job_at(st, job).planned:
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold
    st.settled = 0.0
    take_some(st, other, pairs_until(st, piece_at(st, p).task, cell_at(st, piece_at(st, p).cell).day), False)
    take_some(st, job, late_pairs(st, job), True)
    return renew_job(st, job) and renew_job(st, other) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def anneal(st: Desk, heat: float, rounds: int) -> int:
    """Run rounds at one temperature; returns the rounds done (fewer if pieces run short)."""
    st.ask_tries, st.ask_roam = 12, st.days
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
        if good and st.overfull == 0:
            commit(st)
        else:
            undo(st)
    return rounds
