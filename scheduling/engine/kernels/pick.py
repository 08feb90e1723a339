"""Choosing what a move takes out: jobs, pieces, and what stands where they might go."""

from .cells import any_job, below, draw, movable
from .jit import kernel
from .state import Desk, able_at, cell_at, group_at, job_at, kin_at, loose_at, piece_at, slip_at, stage_at, task_at

REACH = 6  # days around a piece within which its task looks for another place
BESIDE = 12  # pieces of one style in a row that are passed over


@kernel
def some_job(st: Desk) -> int:
    """A random job of those that may be moved as a whole."""
    if st.n_focus > 0:
        return any_job(st)
    return int(loose_at(st, below(st, st.loose_jobs)).job)


@kernel
def some_task(st: Desk) -> int:
    """A random task of those that may be moved."""
    if st.n_focus > 0:
        return any_job(st) * st.n_stages + below(st, st.n_stages)
    return int(loose_at(st, below(st, st.loose_tasks)).task)


@kernel
def smallest_piece(st: Desk, job: int) -> int:
    """A random least number of pairs per piece: it keeps scraps of a day from buying changeovers."""
    u = draw(st)
    return 1 + int(u * u * u * u * min(job_at(st, job).pairs, 800))


@kernel
def random_piece(st: Desk, t: int) -> int:
    """A piece of a task that has one that may be taken away."""
    p = task_at(st, t).head
    for _ in range(below(st, 6)):
        n = piece_at(st, p).task_behind
        p = n if movable(st, n) else task_at(st, t).head
    return int(p)


@kernel
def able_on(st: Desk, t: int, line: int) -> bool:
    """True if a line can make a task."""
    group = task_at(st, t).group
    for x in range(group_at(st, group).first, group_at(st, group + 1).first):  # noqa: SIM110 - generators do not compile
        if able_at(st, x).line == line:
            return True
    return False


@kernel
def in_cell(st: Desk, c: int) -> int:
    """One of the first pieces of a cell; -1 if it is empty."""
    p = cell_at(st, c).head
    if p < 0:
        return -1
    for _ in range(below(st, 4)):
        if p == cell_at(st, c).tail:
            break
        p = piece_at(st, p).behind
    return int(p)


@kernel
def near_piece(st: Desk, p: int) -> int:
    """A random piece where the task of piece p could work, some days around it; -1 if there is none."""
    group = task_at(st, piece_at(st, p).task).group
    first = group_at(st, group).first
    line = able_at(st, first + below(st, group_at(st, group + 1).first - first)).line
    day = cell_at(st, piece_at(st, p).cell).day + below(st, 2 * REACH + 1) - REACH
    return in_cell(st, line * st.days + day) if 0 <= day < st.days else -1


@kernel
def piece_beside_kin(st: Desk, t: int) -> int:
    """A piece of another style that stands beside pieces of a task's style at its stage; -1 if none was met."""
    job = t // st.n_stages
    s = t - job * st.n_stages
    own = job_at(st, job)
    other = kin_at(st, own.kin + below(st, own.kins)).job
    if other == job or not movable(st, task_at(st, other * st.n_stages + s).head):
        return -1
    p = random_piece(st, other * st.n_stages + s)
    ahead = draw(st) < 0.5
    for _ in range(BESIDE):
        p = piece_at(st, p).before if ahead else piece_at(st, p).behind
        if piece_at(st, p).style != own.style:
            break
    return int(p) if p >= st.n_lines and piece_at(st, p).style != own.style else -1


@kernel
def split_task(st: Desk) -> int:
    """A random task, rather one that is made on several lines."""
    t = some_task(st)
    for _ in range(8):
        if task_at(st, t).lines > 1:
            break
        t = some_task(st)
    return t


@kernel
def on_other_line(st: Desk, p: int) -> int:
    """A piece of the same task on another line; -1 if there is none."""
    line = cell_at(st, piece_at(st, p).cell).line
    n = task_at(st, piece_at(st, p).task).head
    found = -1
    while movable(st, n):
        if cell_at(st, piece_at(st, n).cell).line != line and (found < 0 or draw(st) < 0.4):
            found = n
        n = piece_at(st, n).task_behind
    return int(found)


@kernel
def late_job(st: Desk) -> int:
    """A random job, rather a late one."""
    job = some_job(st)
    for _ in range(4):
        base = job * st.n_stages
        if job_at(st, job).planned and task_at(st, base + st.n_stages - 1).late_sum > 0:
            break
        job = some_job(st)
    return job


@kernel
def rival(st: Desk, job: int, s: int) -> int:
    """A piece of another job where this one could work, before it is done there; -1 if none was met."""
    t = job * st.n_stages + s
    group = task_at(st, t).group
    n = group_at(st, group + 1).first - group_at(st, group).first
    head = task_at(st, t).head
    if n == 0:
        return -1
    first = task_at(st, t).first
    last = cell_at(st, piece_at(st, head).cell).day if head >= 0 else st.days - 1 - stage_at(st, s).tail
    line = able_at(st, group_at(st, group).first + below(st, n)).line
    reach = min(last - first, 25 if head >= 0 else st.days)
    if reach < 0:
        return -1
    day = last - below(st, reach + 1)
    c = line * st.days + day
    p = in_cell(st, c)
    return p if movable(st, p) and piece_at(st, p).job != job else -1


@kernel
def taken_from(st: Desk, job: int, mark: int) -> tuple[int, int]:
    """Day and line of the first piece at the leading stage that was taken from a job after `mark`."""
    t = job * st.n_stages + st.lead
    day, line = st.days, -1
    for x in range(mark, st.n_notes):
        p = -slip_at(st, x).note - 1
        if p >= 0 and piece_at(st, p).task == t and cell_at(st, piece_at(st, p).cell).day < day:
            day, line = cell_at(st, piece_at(st, p).cell).day, cell_at(st, piece_at(st, p).cell).line
    return day, line


@kernel
def late_pairs(st: Desk, job: int) -> int:
    """Pairs finished after the due day."""
    total, p = 0, task_at(st, job * st.n_stages + st.n_stages - 1).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).there > job_at(st, job).due:
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
