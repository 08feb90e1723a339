"""A former plan made to fit again: only what cannot stay is taken away, and put in again near where it was."""

from .cells import clear_task, closed, commit, movable, put, take
from .jit import kernel
from .jobs import clear_job, set_planned
from .load import first_gap, is_unsound
from .place import place
from .probe import put_job, rewind
from .state import BIG, MOST_LINES, Desk, Records, able_at, bond_at, cell_at, group_at, job_at, line_at, piece_at, stay_at, task_at


@kernel
def take_part(st: Desk, p: int, pairs: int) -> int:
    """Take so many pairs of a piece away; how many it had, at the most."""
    piece = piece_at(st, p)
    taken = min(pairs, piece.pairs)
    take(st, p)
    if piece.pairs > taken:
        put(st, piece.task, piece.job, piece.cell, piece.pairs - taken, piece.before)
    return int(taken)


@kernel
def first_piece(st: Desk, t: int) -> int:
    """The piece of a task with the first day that may be taken away; -1 if it has none."""
    best, p = -1, task_at(st, t).head
    while movable(st, p):
        if best < 0 or cell_at(st, piece_at(st, p).cell).fed < cell_at(st, piece_at(st, best).cell).fed:
            best = p
        p = piece_at(st, p).task_behind
    return int(best)


@kernel
def last_until(st: Desk, t: int, day: int) -> int:
    """The piece of a task with the last day not behind `day` that may be taken away; -1 if there is none."""
    best, p = -1, task_at(st, t).head
    while movable(st, p):
        here = cell_at(st, piece_at(st, p).cell).fed
        if here <= day and (best < 0 or here > cell_at(st, piece_at(st, best).cell).fed):
            best = p
        p = piece_at(st, p).task_behind
    return int(best)


@kernel
def cut_excess(st: Desk, t: int) -> None:
    """Take the first pairs away of a task that has more than it needs: they are made."""
    while task_at(st, t).placed > task_at(st, t).quota:
        take_part(st, first_piece(st, t), task_at(st, t).placed - task_at(st, t).quota)


@kernel
def cut_early(st: Desk, job: int, s: int) -> None:
    """Take away what stands before the first day on which the stage may run."""
    t = job * st.n_stages + s
    while movable(st, task_at(st, t).head):
        p = first_piece(st, t)
        cell = cell_at(st, piece_at(st, p).cell)
        if cell.day - line_at(st, cell.line).out >= task_at(st, t).first:
            break
        take(st, p)


@kernel
def cut_ahead(st: Desk, job: int, s: int) -> None:
    """Take away what runs ahead of a feeder, the last pairs before the gap first."""
    t = job * st.n_stages + s
    for a in range(s):
        bond = bond_at(st, a * st.n_stages + s)
        if bond.feeds == 0:
            continue
        day = first_gap(st, job * st.n_stages + a, t, bond.lag)
        while day >= 0:
            p = last_until(st, t, day)
            if p < 0:  # what runs ahead is frozen
                break
            take(st, p)
            day = first_gap(st, job * st.n_stages + a, t, bond.lag)


@kernel
def least_urgent(st: Desk, c: int) -> int:
    """The piece of a cell whose job is due last; where all of it is frozen, the one that brings the changeover."""
    cell = cell_at(st, c)
    best, p = -1, cell.tail
    while p >= st.n_lines and (best < 0 or piece_at(st, p).cell == c):
        late = best < 0 or job_at(st, piece_at(st, p).job).due > job_at(st, piece_at(st, best).job).due
        if late and movable(st, p):
            best = p
        p = piece_at(st, p).before
    return int(best)


@kernel
def relieve_cells(st: Desk, touched: Records) -> None:
    """Take pairs out of overfull cells until what is left fits; marks the jobs that lost some."""
    found = st.overfull > 0
    while found:  # taking a piece may move a changeover into a cell seen before
        found = False
        for c in range(st.n_lines * st.days):
            cell = cell_at(st, c)
            while cell.used > cell.room and cell.head >= 0:
                found = True
                p = least_urgent(st, c)
                minutes = task_at(st, piece_at(st, p).task).minutes
                touched[piece_at(st, p).job] = 1
                take_part(st, p, 1 + int((cell.used - cell.room - 1.0) / minutes))
                commit(st)


@kernel
def loosen(st: Desk, touched: Records) -> None:
    """Mark every job that has pieces as planned, and those that do not stand well as touched, without their wrong pieces."""
    for job in range(st.n_jobs):
        pieces = 0
        for s in range(st.n_stages):
            t = job * st.n_stages + s
            pieces += task_at(st, t).head >= 0
            before = st.n_notes
            cut_excess(st, t)
            cut_early(st, job, s)
            cut_ahead(st, job, s)
            if is_unsound(st, t):
                clear_task(st, t)
            if st.n_notes > before or not closed(st, t):
                touched[job] = 1
        commit(st)
        if pieces > 0:
            set_planned(st, job, 1)


@kernel
def is_able(st: Desk, t: int, line: int) -> bool:
    """True if a line can make a task: former places and frozen pieces may lie elsewhere."""
    group = task_at(st, t).group
    for x in range(group_at(st, group).first, group_at(st, group + 1).first):  # noqa: SIM110 - generators do not compile
        if able_at(st, x).line == line:
            return True
    return False


@kernel
def prepare(st: Desk, t: int, roam: int) -> None:
    """Ask for places near the former ones; any number of pairs, any line, at any price."""
    st.ceiling, st.settled, st.delay = BIG * BIG, 0.0, 0
    st.ask_tries, st.ask_roam, st.ask_smallest, st.ask_last = st.n_lines, roam, 1, 0
    st.ask_home = -1
    if task_at(st, t).head >= 0:
        st.ask_home = cell_at(st, piece_at(st, task_at(st, t).head).cell).line
    elif task_at(st, t).stays >= 0:
        st.ask_home = cell_at(st, stay_at(st, task_at(st, t).stays).cell).line
    if not is_able(st, t, st.ask_home):
        st.ask_home = -1


@kernel
def complete(st: Desk, job: int, s: int, roam: int) -> bool:
    """Place what a stage lacks."""
    overfull = st.overfull
    prepare(st, job * st.n_stages + s, roam)
    return place(st, job, s, 0, MOST_LINES) and st.overfull <= overfull


@kernel
def ease(st: Desk) -> bool:
    """Move pairs of the least urgent job out of each overfull cell, within what its other stages allow; False if that fails."""
    for c in range(st.n_lines * st.days):
        cell = cell_at(st, c)
        while cell.used > cell.room and cell.head >= 0:
            p = least_urgent(st, c)
            job, t = piece_at(st, p).job, piece_at(st, p).task
            take_part(st, p, 1 + int((cell.used - cell.room - 1.0) / task_at(st, t).minutes))
            if not complete(st, job, t - job * st.n_stages, 0):
                return False
    return st.overfull == 0


@kernel
def mend_stages(st: Desk, job: int, roam: int) -> bool:
    """Complete a job stage by stage; where the stages behind stand in the way they give their last pairs up and follow."""
    base = job * st.n_stages
    for s in range(st.n_stages):
        cut_ahead(st, job, s)
        if closed(st, base + s):
            continue
        mark = st.n_notes
        if complete(st, job, s, roam):
            continue
        rewind(st, mark)
        for b in range(s + 1, st.n_stages):
            if bond_at(st, s * st.n_stages + b).linked and closed(st, base + b):
                p = last_until(st, base + b, st.days)
                if p >= 0:
                    take(st, p)
        if not complete(st, job, s, roam):
            return False
    return True


@kernel
def mend_job(st: Desk, job: int, roam: int) -> bool:
    """Make a touched job whole again, as near to its former places as it goes; False if it had to be left out."""
    if mend_stages(st, job, roam) and st.overfull == 0:
        commit(st)
        return True
    rewind(st, 0)
    clear_job(st, job)
    set_planned(st, job, 0)
    if put_job(st, job, MOST_LINES, roam, 1) and st.overfull == 0:
        commit(st)
        return True
    commit(st)
    return False


@kernel
def mend(st: Desk, order: Records, touched: Records, roam: int) -> None:
    """Mend the touched jobs in an order; then plan those that are left out."""
    for x in range(order.shape[0]):
        if touched[order[x]] and job_at(st, order[x]).planned:
            mend_job(st, order[x], roam)
    for x in range(order.shape[0]):
        if not job_at(st, order[x]).planned:
            touched[order[x]] = 1
            if put_job(st, order[x], MOST_LINES, roam, 1) and st.overfull == 0:
                commit(st)
            else:
                rewind(st, 0)
                set_planned(st, order[x], 0)
