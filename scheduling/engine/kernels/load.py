"""A whole plan put into the tables at once, read out of them, and judged job by job."""

from .cells import clear_task, closed, commit, movable, put
from .jit import kernel
from .jobs import clear_job, set_planned
from .state import Desk, Records, bond_at, cell_at, line_at, piece_at, step_at, task_at
from .tools import tools_short
from .window import demand_day


@kernel
def load(st: Desk, rows: Records) -> None:
    """Put pieces (task, cell, pairs) in the given order, each behind all others up to its cell; cells must not fall along a line."""
    for i in range(rows.shape[0]):
        c = rows[i, 1]
        q = piece_at(st, cell_at(st, c).line).before
        while q >= st.n_lines and piece_at(st, q).cell > c:  # what is frozen stands there already
            q = piece_at(st, q).before
        put(st, rows[i, 0], rows[i, 0] // st.n_stages, c, rows[i, 2], q)
    commit(st)


@kernel
def dump(st: Desk, rows: Records, frozen: bool) -> int:
    """Write all pieces (task, cell, pairs), the frozen ones if wanted, line by line in the order of work; their number."""
    n = 0
    for line in range(st.n_lines):
        p = piece_at(st, line).behind
        while p != line:
            piece = piece_at(st, p)
            if frozen or piece.frozen == 0:
                rows[n, 0], rows[n, 1], rows[n, 2] = piece.task, piece.cell, piece.pairs
                n += 1
            p = piece.behind
    return n


@kernel
def by_day(st: Desk, t: int) -> None:
    """Pairs of a task by the end of each day, into the steps: `done` as it takes them up, `out` as they are there."""
    for day in range(st.days):
        step_at(st, day).done = step_at(st, day).out = 0
    p = task_at(st, t).head
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        step_at(st, cell.fed).done += piece_at(st, p).pairs
        if cell.there < st.days:
            step_at(st, cell.there).out += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    for day in range(1, st.days):
        step_at(st, day).done += step_at(st, day - 1).done
        step_at(st, day).out += step_at(st, day - 1).out


@kernel
def first_gap(st: Desk, a: int, t: int, lag: int) -> int:
    """First day by whose end task t has made more than its feeder a had made a lag before; -1 if none."""
    there = task_at(st, a).made - task_at(st, t).made
    by_day(st, a)
    for day in range(st.days):
        step_at(st, day).upper = there + (step_at(st, day - lag).out if day >= lag else 0)
    by_day(st, t)
    for day in range(demand_day(st, t), st.days):
        if step_at(st, day).done > step_at(st, day).upper:
            return day
    return -1


@kernel
def is_unsound(st: Desk, t: int) -> bool:
    """True if a task lacks tools, comes back behind the horizon, or gives a line too small a lot, unless it is frozen there."""
    if tools_short(st, t):
        return True
    p = task_at(st, t).head
    while movable(st, p):
        cell = cell_at(st, piece_at(st, p).cell)
        if cell.there >= st.days or (line_at(st, cell.line).minimum > 0 and lot_short(st, t, cell.line)):
            return True
        p = piece_at(st, p).task_behind
    return False


@kernel
def lot_short(st: Desk, t: int, line: int) -> bool:
    """True if a line has fewer pairs of a task than its minimum, none of them frozen."""
    pairs, p = 0, task_at(st, t).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).line == line:
            pairs += piece_at(st, p).pairs
            if piece_at(st, p).frozen:
                return False
        p = piece_at(st, p).task_behind
    return bool(0 < pairs < min(line_at(st, line).minimum, task_at(st, t).quota))


@kernel
def broken_stage(st: Desk, job: int) -> int:
    """The first stage of a job whose pairs are not all there, run ahead of a feeder or lack what they need; -1 if it stands well."""
    base = job * st.n_stages
    for s in range(st.n_stages):
        if not closed(st, base + s) or is_unsound(st, base + s):
            return s
        for a in range(s):
            bond = bond_at(st, a * st.n_stages + s)
            if bond.feeds and first_gap(st, base + a, base + s, bond.lag) >= 0:
                return s
    return -1


@kernel
def take_broken(st: Desk, broken: Records) -> None:
    """Mark jobs as planned that stand well; of the others the first broken stage is noted, and their pieces go."""
    for job in range(st.n_jobs):
        s = broken_stage(st, job)
        broken[job] = s
        if s < 0:
            set_planned(st, job, 1)
        else:
            clear_job(st, job)
            commit(st)


@kernel
def relieve(st: Desk, gone: Records) -> None:
    """Take out whole jobs until no cell is overfull, the last of a cell's day first; `gone` holds the cell each had to leave."""
    while st.overfull > 0:
        for c in range(st.n_lines * st.days):
            cell = cell_at(st, c)
            if cell.used > cell.room and cell.head >= 0:
                p = cell.tail
                while not movable(st, p):  # what is frozen leaves room for itself: there is something else before it
                    p = piece_at(st, p).before
                job = piece_at(st, p).job
                gone[job] = c
                clear_job(st, job)
                set_planned(st, job, 0)
                commit(st)


@kernel
def empty_tasks(st: Desk, tasks: Records) -> None:
    """Take away all pieces of some tasks; part of the open changes."""
    for i in range(tasks.shape[0]):
        clear_task(st, tasks[i])
