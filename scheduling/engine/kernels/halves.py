"""Dividing a plan between two chains of rounds that must not meet, and putting their halves together again."""

from .cells import movable, put, take
from .fill import line_end
from .jit import kernel
from .state import Desk, Records, bond_at, cell_at, job_at, loose_at, piece_at, task_at

NOBODY, OWN, OTHER = 0, 1, 2  # whose days a task lies on


@kernel
def side(st: Desk, t: int, spans: Records) -> tuple[int, int]:
    """Whose a task is, and the row of the spans (first day, end, whose) that it lies in; nobody's if in two, or nothing can be moved."""
    p = task_at(st, t).head
    found = -1
    while movable(st, p):
        day = cell_at(st, piece_at(st, p).cell).day
        for x in range(spans.shape[0]):
            if spans[x, 0] <= day < spans[x, 1]:
                if found >= 0 and found != x:
                    return NOBODY, -1
                found = x
        p = piece_at(st, p).task_behind
    return (NOBODY, -1) if found < 0 else (spans[found, 2], found)


@kernel
def confine(st: Desk, spans: Records) -> int:
    """Let rounds move only tasks that lie in own spans and have no neighbour in another's; the number of such tasks.

    They stay within their span. A job may be moved as a whole if all its tasks may and lie in one span.
    """
    stages = st.n_stages
    st.loose_tasks = st.loose_jobs = 0
    for job in range(st.n_jobs):
        whole, span = True, -1
        for t in range(job * stages, job * stages + stages):
            whose, row = side(st, t, spans)
            task_at(st, t).loose = 0
            if row >= 0:
                task_at(st, t).from_day, task_at(st, t).until_day = spans[row, 0], spans[row, 1]
                whole, span = whole and whose == OWN and (span < 0 or span == row), row
            elif movable(st, task_at(st, t).head):
                whole = False
            task_at(st, t).loose = whose
        job_at(st, job).loose = 1 if whole and job_at(st, job).planned else 0
        if job_at(st, job).loose:
            loose_at(st, st.loose_jobs).job = job
            st.loose_jobs += 1
        for t in range(job * stages, job * stages + stages):
            if task_at(st, t).loose == OWN and not beside_other(st, t):
                loose_at(st, st.loose_tasks).task = t
                st.loose_tasks += 1
        for t in range(job * stages, job * stages + stages):
            task_at(st, t).loose = 0
    for i in range(st.loose_tasks):
        task_at(st, loose_at(st, i).task).loose = 1
    return int(st.loose_tasks)


@kernel
def beside_other(st: Desk, t: int) -> bool:
    """True if a stage of the job before or behind a task is another's."""
    base = t // st.n_stages * st.n_stages
    s = t - base
    for b in range(st.n_stages):
        linked = bond_at(st, b * st.n_stages + s).linked or bond_at(st, s * st.n_stages + b).linked
        if linked and task_at(st, base + b).loose == OTHER:
            return True
    return False


@kernel
def same_cell(st: Desk, other: Desk, c: int) -> bool:
    """True if the same pairs stand in a cell in the same order in both states."""
    p, q = cell_at(st, c).head, cell_at(other, c).head
    end, stop = cell_at(st, c).tail, cell_at(other, c).tail
    while p >= 0 and q >= 0:
        if piece_at(st, p).task != piece_at(other, q).task or piece_at(st, p).pairs != piece_at(other, q).pairs:
            return False
        p = -1 if p == end else piece_at(st, p).behind
        q = -1 if q == stop else piece_at(other, q).behind
    return bool(p == q)


@kernel
def graft(st: Desk, other: Desk, first: int, end: int) -> bool:
    """Make the cells of some days as they are in the other state, noted in the journal; True if no cell is overfull.

    One may be: with what stands before the seam a changeover behind it comes or goes.
    """
    for line in range(st.n_lines):
        for c in range(line * st.days + first, line * st.days + end):
            if same_cell(st, other, c):
                continue
            clear_cell(st, c)
            fill_cell(st, other, c)
    return bool(st.overfull == 0)


@kernel
def clear_cell(st: Desk, c: int) -> None:
    """Take away all pieces of a cell but the frozen ones."""
    p, end = cell_at(st, c).head, cell_at(st, c).tail
    while p >= 0:
        behind = -1 if p == end else piece_at(st, p).behind
        if movable(st, p):
            take(st, p)
        p = behind


@kernel
def fill_cell(st: Desk, other: Desk, c: int) -> None:
    """Put the pieces of the other state into a cleared cell, in the same order among the frozen ones."""
    head = cell_at(st, c).head
    behind = line_end(st, c) if head < 0 else piece_at(st, head).before
    p, stop = cell_at(other, c).head, cell_at(other, c).tail
    while p >= 0:
        piece = piece_at(other, p)
        if movable(other, p):
            put(st, piece.task, piece.job, c, piece.pairs, behind)
        behind = piece_at(st, behind).behind
        p = -1 if p == stop else piece.behind
