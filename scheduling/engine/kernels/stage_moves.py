"""Moves that make one stage anew, between the standing stages before and behind it."""

from .cells import below, clear_task, draw, movable, take
from .jit import kernel
from .jobs import job_cost
from .pick import able_on, in_cell, near_piece, on_other_line, piece_beside_kin, random_piece, smallest_piece, some_task, split_task
from .place import place, shop_cost
from .state import MOST_PICKED, Desk, cell_at, job_at, pick_at, piece_at, task_at

MOST_DAYS = 4  # of a line that are taken out at once


@kernel
def late_cost(st: Desk, job: int) -> float:
    return job_at(st, job).weight * task_at(st, job * st.n_stages + st.n_stages - 1).late_sum * st.late_cost


@kernel
def try_stage(st: Desk, threshold: float) -> bool:
    """Make one stage of a job, or one piece of it, anew between its standing neighbours."""
    t = some_task(st)
    job = t // st.n_stages
    if not job_at(st, job).planned or not movable(st, task_at(st, t).head):
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + threshold
    st.ask_tries, st.ask_roam, st.ask_last = st.tries, st.roam, 0
    st.ask_home = cell_at(st, piece_at(st, task_at(st, t).head).cell).line
    st.ask_smallest = smallest_piece(st, job)
    if draw(st) < 0.5:
        clear_task(st, t)
    else:
        take(st, random_piece(st, t))
    st.settled = late_cost(st, job)
    from_end = 1 if draw(st) < 0.5 else 0
    if not place(st, job, t - job * st.n_stages, from_end, 1 + below(st, 4)):
        return False
    return shop_cost(st) + job_cost(st, job) <= st.ceiling


@kernel
def take_from_line(st: Desk, t: int, line: int) -> None:
    """Take all that a line has of a task, but for what is frozen."""
    p = task_at(st, t).head
    while movable(st, p):
        n = piece_at(st, p).task_behind
        if cell_at(st, piece_at(st, p).cell).line == line:
            take(st, p)
        p = n


@kernel
def try_swap(st: Desk, threshold: float, by_style: bool) -> bool:
    """A stage of a job takes the place of a piece of another job, rather beside its own style; that one goes elsewhere."""
    t = some_task(st)
    job = t // st.n_stages
    if not job_at(st, job).planned or not movable(st, task_at(st, t).head):
        return False
    p = random_piece(st, t)
    q = piece_beside_kin(st, t) if by_style else near_piece(st, p)
    if not movable(st, q) or piece_at(st, q).job == job or not task_at(st, piece_at(st, q).task).loose:
        return False
    u, other = piece_at(st, q).task, piece_at(st, q).job
    here, there = cell_at(st, piece_at(st, p).cell).line, cell_at(st, piece_at(st, q).cell).line
    if not able_on(st, t, there):
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold
    if draw(st) < 0.7:
        clear_task(st, t)
    else:
        take(st, p)
    v = draw(st)
    if v < 0.4:
        clear_task(st, u)
    elif v < 0.7:
        take(st, q)
    else:
        take_from_line(st, u, there)
    st.ask_roam, st.ask_last = st.roam, 0
    if not renew_stage(st, t, other, there, 2):
        return False
    if not renew_stage(st, u, job, here if able_on(st, u, here) else -1, st.tries):
        return False
    return shop_cost(st) + job_cost(st, job) + job_cost(st, other) <= st.ceiling


@kernel
def try_join(st: Desk, threshold: float) -> bool:
    """What one line has of a split stage goes to another of its lines; a job that is in the way there takes the place."""
    t = split_task(st)
    job = t // st.n_stages
    if not job_at(st, job).planned or not movable(st, task_at(st, t).head):
        return False
    p = random_piece(st, t)
    home = on_other_line(st, p)
    if home < 0:
        return False
    here, there = cell_at(st, piece_at(st, p).cell).line, cell_at(st, piece_at(st, home).cell).line
    beside = p if draw(st) < 0.5 else home
    day = cell_at(st, piece_at(st, beside).cell).day + below(st, 3) - 1
    q = in_cell(st, there * st.days + day) if 0 <= day < st.days else -1
    if not movable(st, q) or piece_at(st, q).job == job or not task_at(st, piece_at(st, q).task).loose:
        return False
    u, other = piece_at(st, q).task, piece_at(st, q).job
    if not able_on(st, u, here):
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold
    take_from_line(st, t, here)
    if draw(st) < 0.5:
        take(st, q)
    else:
        take_from_line(st, u, there)
    st.ask_roam, st.ask_last = st.roam, 0
    if not renew_stage(st, t, other, there, 0) or not renew_stage(st, u, job, here, below(st, 2)):
        return False
    return shop_cost(st) + job_cost(st, job) + job_cost(st, other) <= st.ceiling


@kernel
def renew_stage(st: Desk, t: int, other: int, home: int, tries: int) -> bool:
    """Place what is missing of a task, first on the line `home`; another job is open too."""
    job = t // st.n_stages
    st.settled = late_cost(st, job) + late_cost(st, other)
    st.ask_tries, st.ask_home = tries, home
    st.ask_smallest = smallest_piece(st, job)
    return place(st, job, t - job * st.n_stages, 1 if draw(st) < 0.5 else 0, 1 + below(st, 3))


@kernel
def is_picked(st: Desk, n: int, t: int) -> bool:
    for i in range(n):  # noqa: SIM110 - generators do not compile
        if pick_at(st, i).task == t:
            return True
    return False


@kernel
def pick_days(st: Desk, line: int, day: int, last: int) -> int:
    """Note in `picks` what tasks that may be moved a line works on from one day to another; their number."""
    n = 0
    for c in range(line * st.days + day, line * st.days + last + 1):
        p, end = cell_at(st, c).head, cell_at(st, c).tail
        while p >= 0 and n < MOST_PICKED:
            t = piece_at(st, p).task
            if task_at(st, t).loose and movable(st, p) and not is_picked(st, n, t):
                pick_at(st, n).task = t
                n += 1
            p = -1 if p == end else piece_at(st, p).behind
    return n


@kernel
def take_picked(st: Desk, n: int, line: int, day: int, last: int) -> None:
    """Take the pieces of the picked tasks from a line's days."""
    for c in range(line * st.days + day, line * st.days + last + 1):
        p, end = cell_at(st, c).head, cell_at(st, c).tail
        while p >= 0:
            behind = -1 if p == end else piece_at(st, p).behind
            if movable(st, p) and is_picked(st, n, piece_at(st, p).task):
                take(st, p)
            p = behind


@kernel
def next_picked(st: Desk, n: int, r: int, style: int) -> int:
    """Bring a task to place r of the picks: one of a style, or a random one of those behind."""
    x = r + below(st, n - r)
    for y in range(r, n):
        if job_at(st, pick_at(st, y).task // st.n_stages).style == style:
            x = y
            break
    t = pick_at(st, x).task
    pick_at(st, x).task = pick_at(st, r).task
    pick_at(st, r).task = t
    return int(t)


@kernel
def picked_cost(st: Desk, n: int, late_only: bool) -> float:
    """What the jobs of the picked tasks cost; or only for being late, as far as they stand."""
    cost = 0.0
    for i in range(n):
        job = pick_at(st, i).task // st.n_stages
        cost += late_cost(st, job) if late_only else job_cost(st, job)
    return cost


@kernel
def try_block(st: Desk, threshold: float) -> bool:
    """What a line does on some days in a row is put in again in another order, style by style."""
    t = some_task(st)
    job = t // st.n_stages
    if not job_at(st, job).planned or not movable(st, task_at(st, t).head):
        return False
    cell = cell_at(st, piece_at(st, random_piece(st, t)).cell)
    line, day = cell.line, cell.day
    last = min(st.days - 1, day + below(st, MOST_DAYS))
    n = pick_days(st, line, day, last)
    if n < 2:
        return False
    st.ceiling = shop_cost(st) + picked_cost(st, n, False) + threshold
    take_picked(st, n, line, day, last)
    return renew_picked(st, n, line) and shop_cost(st) + picked_cost(st, n, False) <= st.ceiling


@kernel
def renew_picked(st: Desk, n: int, line: int) -> bool:
    """Place what is missing of the picked tasks, one by one in a random order, a style's tasks after each other."""
    st.ask_roam, st.ask_last = st.roam, 0
    style = -1
    for r in range(n):
        t = next_picked(st, n, r, style)
        job = t // st.n_stages
        style = job_at(st, job).style
        st.settled = picked_cost(st, n, True)
        st.ask_tries, st.ask_home = 4 * below(st, 2), line
        st.ask_smallest = smallest_piece(st, job)
        if not place(st, job, t - job * st.n_stages, 1 if draw(st) < 0.5 else 0, 1 + below(st, 2)):
            return False
    return True
