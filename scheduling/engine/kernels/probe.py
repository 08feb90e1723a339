"""What would be if: jobs taken out and put in again inside an open trial that can be undone to any mark."""

from .cells import closed, link, unlink
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, set_planned
from .state import BIG, MOST_LINES, Desk, cell_at, job_at, piece_at, slip_at, task_at

SEED = 88172645463325252


@kernel
def rewind(st: Desk, mark: int) -> None:
    """Undo the journal down to a mark."""
    while st.n_notes > mark:
        st.n_notes -= 1
        note = slip_at(st, st.n_notes).note
        if note > 0:
            unlink(st, note - 1)
            slip_at(st, st.n_free).free = note - 1
            st.n_free += 1
        else:
            link(st, -note - 1, piece_at(st, -note - 1).before)


@kernel
def take_job(st: Desk, job: int) -> None:
    clear_job(st, job)
    set_planned(st, job, 0)


@kernel
def prepare_job(st: Desk, roam: int, smallest: int) -> None:
    """Any price, every line; ties are always broken in the same way."""
    st.rng = SEED
    st.ceiling, st.settled, st.delay, st.lead_home, st.lead_last = BIG * BIG, 0.0, 0, -1, 0
    st.ask_tries, st.ask_roam, st.ask_smallest, st.ask_lot = st.n_lines, roam, smallest, 0


@kernel
def put_some_way(st: Desk, job: int, way: int, most: int) -> bool:
    """0: from the leading stage; 1: forward; 2: from the end."""
    if way == 1:
        return insert_forward(st, job, most)
    return insert_job(st, job, st.lead if way == 0 else st.n_stages - 1, most)


@kernel
def put_job(st: Desk, job: int, most: int, roam: int, smallest: int) -> bool:
    """Plan a job that is left out: from the leading stage, forward, or from the end; False leaves everything as it was."""
    mark, overfull = st.n_notes, st.overfull
    set_planned(st, job, 1)
    for way in range(3):
        prepare_job(st, roam, smallest)
        if put_some_way(st, job, way, most) and st.overfull <= overfull:
            return True
        rewind(st, mark)
    set_planned(st, job, 0)
    return False


@kernel
def put_eagerly(st: Desk, job: int) -> bool:
    """As `put_job`; of the ways the one with least late pair-days is taken, the first that has none at once."""
    mark, overfull = st.n_notes, st.overfull
    last = job * st.n_stages + st.n_stages - 1
    best, late = -1, BIG
    set_planned(st, job, 1)
    for way in range(2):
        prepare_job(st, 0, 1)
        if put_some_way(st, job, way, MOST_LINES) and st.overfull <= overfull:
            if task_at(st, last).late_sum == 0:
                return True
            if task_at(st, last).late_sum < late:
                best, late = way, float(task_at(st, last).late_sum)
                if way == 1:
                    return True
        rewind(st, mark)
    if best >= 0:
        prepare_job(st, 0, 1)
        return put_some_way(st, job, best, MOST_LINES)
    set_planned(st, job, 0)
    return put_job(st, job, MOST_LINES, 0, 1)


@kernel
def last_day(st: Desk, t: int) -> int:
    """The day on which the last pair of a task is there; -1 if not all of its pairs stand."""
    if not closed(st, t):
        return -1
    day, p = -1, task_at(st, t).head
    while p >= 0:
        day = max(day, cell_at(st, piece_at(st, p).cell).there)
        p = piece_at(st, p).task_behind
    return int(day)


@kernel
def finish_day(st: Desk, job: int) -> int:
    """The day of a job's last pair; -1 if it is left out."""
    if not job_at(st, job).planned:
        return -1
    return int(last_day(st, job * st.n_stages + st.n_stages - 1))
