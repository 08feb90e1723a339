"""Putting pieces on lines and taking them away, with exact undo."""

from .jit import kernel
from .state import NOWHERE, Desk, able_at, cell_at, focus_at, group_at, job_at, line_at, piece_at, slip_at, stage_at, stay_at, task_at
from .tools import ANY, use_tools


@kernel
def draw(st: Desk) -> float:
    """A number in [0, 1) (xorshift64)."""
    x = st.rng
    x ^= x << 13
    x ^= x >> 7
    x ^= x << 17
    st.rng = x
    return float(x >> 11) * (1.0 / 9007199254740992.0)


@kernel
def below(st: Desk, n: int) -> int:
    """A whole number in 0..n-1."""
    return int(draw(st) * n)


@kernel
def any_job(st: Desk) -> int:
    """A random job, or one of those in focus."""
    if st.n_focus > 0:
        return int(focus_at(st, below(st, st.n_focus)).job)
    return below(st, st.n_jobs)


@kernel
def widen_focus(st: Desk) -> None:
    """Late jobs that the open changes touch come into focus: who had to give way is helped next."""
    known = -1
    for i in range(st.n_notes):
        note = slip_at(st, i).note
        job = piece_at(st, (note if note > 0 else -note) - 1).job
        if job == known or task_at(st, job * st.n_stages + st.n_stages - 1).late_sum == 0:
            continue
        known = job
        if st.n_focus < st.most_focus:
            focus_at(st, st.n_focus).job = job
            st.n_focus += 1
        else:
            focus_at(st, below(st, st.n_focus)).job = job


@kernel
def differs(st: Desk, p: int, q: int) -> int:
    """1 if piece q behind piece p takes a changeover."""
    a = piece_at(st, p).style
    b = piece_at(st, q).style
    return 1 if a >= 0 and b >= 0 and a != b else 0


@kernel
def burden(st: Desk, c: int, minutes: float) -> None:
    """Add minutes to a cell, keep account of overtime and of overfull cells."""
    cell = cell_at(st, c)
    old = cell.used
    new = old + minutes
    cell.used = new
    st.overtime += max(0.0, new - cell.regular) - max(0.0, old - cell.regular)
    if new > cell.room:
        st.overfull += 1
    if old > cell.room:
        st.overfull -= 1


@kernel
def shift_burden(st: Desk, p: int, sign: int) -> None:
    """What piece p (linked, or about to be between its neighbours) adds to its own and the next cell."""
    piece = piece_at(st, p)
    q, n = piece.before, piece.behind
    own = differs(st, q, p)
    after = differs(st, p, n) - differs(st, q, n)
    setup = line_at(st, cell_at(st, piece.cell).line).changeover
    burden(st, piece.cell, sign * (piece.pairs * task_at(st, piece.task).minutes + own * setup))
    if after != 0:
        burden(st, piece_at(st, n).cell, sign * after * setup)
    st.changeovers += sign * (own + after)


@kernel
def count_lot(st: Desk, p: int, sign: int) -> None:
    """Keep count of too small lots among what is overfull; p is not in its task's list. What is frozen excuses the line."""
    piece = piece_at(st, p)
    line = cell_at(st, piece.cell).line
    least = min(line_at(st, line).minimum, task_at(st, piece.task).quota)
    pairs, other = 0, task_at(st, piece.task).head
    while other >= 0:
        if cell_at(st, piece_at(st, other).cell).line == line:
            pairs += piece_at(st, other).pairs
            if piece_at(st, other).frozen:
                return
        other = piece_at(st, other).task_behind
    st.overfull += sign * (int(pairs + piece.pairs < least) - int(0 < pairs < least))


@kernel
def count_line(st: Desk, p: int, sign: int) -> None:
    """Keep the number of lines per task and the splits; p is not in its task's list."""
    piece = piece_at(st, p)
    task = task_at(st, piece.task)
    line = cell_at(st, piece.cell).line
    if st.lotted and line_at(st, line).minimum > 0:
        count_lot(st, p, sign)
    other = task.head
    while other >= 0:
        if cell_at(st, piece_at(st, other).cell).line == line:
            return
        other = piece_at(st, other).task_behind
    before = max(0, task.lines - 1)
    task.lines += sign
    st.splits += max(0, task.lines - 1) - before


@kernel
def at_home(st: Desk, t: int, c: int) -> int:
    """Pairs by which a task falls short in a cell of what it had there (negative: it has more); very many if it had none anywhere."""
    stay = task_at(st, t).stays
    if stay < 0:
        return ANY
    left = 0
    while stay_at(st, stay).cell >= 0:
        if stay_at(st, stay).cell == c:
            left += stay_at(st, stay).pairs
        stay += 1
    p = task_at(st, t).head
    while p >= 0:
        if piece_at(st, p).cell == c:
            left -= piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    return int(left)


@kernel
def count_moves(st: Desk, p: int, sign: int) -> None:
    """Keep the number of moved pairs; p is in its task's list."""
    piece = piece_at(st, p)
    left = at_home(st, piece.task, piece.cell)
    st.moves += sign * (max(0, -left) - max(0, -left - piece.pairs))


@kernel
def team_price(st: Desk, t: int, line: int) -> float:
    """What each pair of a task costs on a line, in 1/SCALE."""
    group = task_at(st, t).group
    for x in range(group_at(st, group).first, group_at(st, group + 1).first):
        if able_at(st, x).line == line:
            return able_at(st, x).price
    return 0.0


@kernel
def sum_days(st: Desk, p: int, sign: int) -> None:
    """Keep a task's pair-days and, at the last stage, its late pair-days."""
    piece = piece_at(st, p)
    task = task_at(st, piece.task)
    day = cell_at(st, piece.cell).there
    task.day_sum += sign * day * piece.pairs
    task.placed += sign * piece.pairs
    if stage_at(st, task.stage).is_last:
        task.late_sum += sign * max(0, day - job_at(st, piece.job).due) * piece.pairs
    if st.move_cost > 0.0:
        count_moves(st, p, sign)
    if st.priced:
        st.team_cost += sign * piece.pairs * team_price(st, piece.task, cell_at(st, piece.cell).line)


@kernel
def link(st: Desk, p: int, q: int) -> None:
    """Put piece p right behind piece q on its line and into its task's list."""
    piece = piece_at(st, p)
    n = piece_at(st, q).behind
    piece.before, piece.behind = q, n
    shift_burden(st, p, 1)
    piece_at(st, q).behind = p
    piece_at(st, n).before = p
    cell = cell_at(st, piece.cell)
    if cell.head < 0:
        cell.head = p
        cell.tail = p
    elif cell.head == n:
        cell.head = p
    elif cell.tail == q:
        cell.tail = p
    count_line(st, p, 1)
    if st.tooled:
        use_tools(st, piece.task, -1)
    task = task_at(st, piece.task)
    piece.task_before, piece.task_behind = NOWHERE, task.head
    if task.head >= 0:
        piece_at(st, task.head).task_before = p
    task.head = p
    sum_days(st, p, 1)
    if st.tooled:
        use_tools(st, piece.task, 1)


@kernel
def unlink(st: Desk, p: int) -> None:
    """Take piece p out of its line and its task's list; it keeps its place in mind for undo."""
    piece = piece_at(st, p)
    if st.tooled:
        use_tools(st, piece.task, -1)
    sum_days(st, p, -1)
    task = task_at(st, piece.task)
    if piece.task_before >= 0:
        piece_at(st, piece.task_before).task_behind = piece.task_behind
    else:
        task.head = piece.task_behind
    if piece.task_behind >= 0:
        piece_at(st, piece.task_behind).task_before = piece.task_before
    if st.tooled:
        use_tools(st, piece.task, 1)
    count_line(st, p, -1)
    cell = cell_at(st, piece.cell)
    if cell.head == p:
        cell.head = piece.behind if cell.tail != p else NOWHERE
        cell.tail = cell.tail if cell.tail != p else NOWHERE
    elif cell.tail == p:
        cell.tail = piece.before
    piece_at(st, piece.before).behind = piece.behind
    piece_at(st, piece.behind).before = piece.before
    shift_burden(st, p, -1)


@kernel
def put(st: Desk, task: int, job: int, c: int, pairs: int, q: int) -> None:
    """Make a new piece behind piece q and note it in the journal."""
    st.n_free -= 1
    p = slip_at(st, st.n_free).free
    piece = piece_at(st, p)
    piece.job, piece.task, piece.style, piece.cell, piece.pairs = job, task, job_at(st, job).style, c, pairs
    link(st, p, q)
    slip_at(st, st.n_notes).note = p + 1
    st.n_notes += 1


@kernel
def take(st: Desk, p: int) -> None:
    """Take a piece away and note it in the journal."""
    unlink(st, p)
    slip_at(st, st.n_notes).note = -p - 1
    st.n_notes += 1


@kernel
def undo(st: Desk) -> None:
    """Restore the state at the last commit."""
    while st.n_notes > 0:
        st.n_notes -= 1
        note = slip_at(st, st.n_notes).note
        if note > 0:
            unlink(st, note - 1)
            slip_at(st, st.n_free).free = note - 1
            st.n_free += 1
        else:
            link(st, -note - 1, piece_at(st, -note - 1).before)


@kernel
def commit(st: Desk) -> None:
    """Forget the journal; the pieces taken away become free."""
    for i in range(st.n_notes):
        note = slip_at(st, i).note
        if note < 0:
            slip_at(st, st.n_free).free = -note - 1
            st.n_free += 1
    st.n_notes = 0


@kernel
def closed(st: Desk, t: int) -> bool:
    """True if all pairs of a task are placed."""
    return bool(task_at(st, t).placed == task_at(st, t).quota)


@kernel
def clear_task(st: Desk, t: int) -> None:
    """Take away all pieces of a task but the frozen ones."""
    while movable(st, task_at(st, t).head):
        take(st, task_at(st, t).head)


@kernel
def movable(st: Desk, p: int) -> bool:
    """True if p is a piece that may be taken away."""
    return bool(p >= 0 and piece_at(st, p).frozen == 0)
