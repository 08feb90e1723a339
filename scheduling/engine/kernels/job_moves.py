"""Moves that take whole jobs, or lots of them, out of all stages and put them in again."""

from .cells import below, draw
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, job_cost, take_lot
from .pick import late_job, late_pairs, pairs_until, rival, smallest_piece, some_job, taken_from
from .place import shop_cost
from .state import Desk, cell_at, job_at, piece_at, task_at


@kernel
def aim(st: Desk, job: int, day: int, line: int) -> None:
    """Let the next placing of a job start at the leading stage on that day or later, that line tried first."""
    st.lead_home = line
    st.delay = max(0, day - task_at(st, job * st.n_stages + st.lead).first)


@kernel
def take_some(st: Desk, job: int, pairs: int, from_end: bool) -> None:
    """Take a job out, or about so many of its last or first pairs."""
    if pairs >= job_at(st, job).pairs or draw(st) < 0.3:
        clear_job(st, job)
    else:
        take_lot(st, job, max(1 + job_at(st, job).pairs // 16, pairs), from_end)


@kernel
def renew_job(st: Desk, job: int, roam: int) -> bool:
    """Insert what is missing of a job, mostly from its leading stage, and settle what it costs."""
    st.ask_tries = 1 + st.tries // 2
    st.ask_smallest = smallest_piece(st, job)
    st.ask_roam = st.days if st.lead_last else roam
    good = insert_forward(st, job, 4) if draw(st) < 0.05 else insert_job(st, job, st.lead, 4)
    st.settled += job_cost(st, job)
    st.delay = 0
    return good


@kernel
def try_job(st: Desk, threshold: float) -> bool:
    """Put one job, or a lot of it, in anew, some days earlier or later."""
    job = some_job(st)
    if not job_at(st, job).planned:
        return False
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + threshold, 0.0
    take_some(st, job, below(st, job_at(st, job).pairs), draw(st) < 0.6)
    day, line = taken_from(st, job, 0)
    aim(st, job, day - 8 + below(st, 13), line)
    st.lead_last = 1 if draw(st) < 0.3 else 0
    return renew_job(st, job, 1 + below(st, 16)) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def try_pair(st: Desk, threshold: float) -> bool:
    """A late job, or its late pairs, go in first and earlier; a rival that stood in the way goes in after it."""
    job = late_job(st)
    if not job_at(st, job).planned:
        return False
    p = rival(st, job, st.lead if draw(st) < 0.6 else below(st, st.n_stages))
    if p < 0 or not job_at(st, piece_at(st, p).job).loose:
        return False
    other = piece_at(st, p).job
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold, 0.0
    take_some(st, other, pairs_until(st, piece_at(st, p).task, cell_at(st, piece_at(st, p).cell).day), False)
    other_day, other_line = taken_from(st, other, 0)
    mark = st.n_notes
    take_some(st, job, late_pairs(st, job), True)
    day, line = taken_from(st, job, mark)
    aim(st, job, day - below(st, 16), line)
    st.lead_last = 0
    if not renew_job(st, job, 1 + below(st, 16)):
        return False
    aim(st, other, other_day - 2 + below(st, 13), other_line)
    st.lead_last = 1 if draw(st) < 0.5 else 0
    return renew_job(st, other, 1 + below(st, 16)) and shop_cost(st) + st.settled <= st.ceiling
