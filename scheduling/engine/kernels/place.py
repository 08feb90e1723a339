"""Choosing the lines for a task and putting its pieces there."""

from .cells import below, put, take, team_price
from .fill import day_of, offered, price_at, spot, walk
from .jit import kernel
from .state import BIG, MOST_LINES, SCALE, Desk, able_at, cell_at, group_at, line_at, offer_at, piece_at, row_at, step_at, task_at
from .window import open_window


@kernel
def shop_cost(st: Desk) -> float:
    """Overtime, changeovers, splits, moved pairs and prices of teams of the whole plan."""
    cost = st.overtime * st.overtime_cost + st.changeovers * st.changeover_cost + st.splits * st.split_cost
    return cost + st.moves * st.move_cost + st.team_cost * (1.0 / SCALE)


@kernel
def is_chosen(st: Desk, rows: int, line: int) -> bool:
    for r in range(rows):  # noqa: SIM110 - generators do not compile
        if row_at(st, r).line == line:
            return True
    return False


@kernel
def added_split(st: Desk, rows: int, line: int) -> float:
    """Cost of splits if `line` joins the chosen rows and the lines on which the task stands already."""
    p = task_at(st, st.ask_task).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).line == line:
            return st.ask_splits
        p = piece_at(st, p).task_behind
    return st.ask_splits + (st.split_cost if rows > 0 or task_at(st, st.ask_task).head >= 0 else 0.0)


@kernel
def best_line(st: Desk, rows: int, cost: float, budget: float) -> tuple[int, float]:
    """The line that, beside the chosen ones, makes the task cheapest, below cost and budget; -1 if none.

    If no line can make the task, the one that comes farthest.
    """
    group = task_at(st, st.ask_task).group
    begin = group_at(st, group).first
    n = group_at(st, group + 1).first - begin
    start = below(st, n)
    best = -1
    for k in range(-1, min(n, st.ask_tries)):
        line = able_at(st, begin + (start + k) % n).line if k >= 0 else st.ask_home
        if line < 0 or (k >= 0 and line == st.ask_home) or is_chosen(st, rows, line):
            continue
        if st.n_distances > 1 and line_at(st, line).distance != st.ask_distance:
            continue
        extra = added_split(st, rows, line)
        price = line_cost(st, rows, line, min(cost, budget) - extra) + extra
        later = st.ask_last and best >= 0 and price <= cost + 1e-9 and st.ask_start > st.best_start
        if price < cost or later:
            best, cost = line, min(price, cost)
            st.best_start = st.ask_start
            if cost <= 1e-9 and not st.ask_last:
                break
    row_at(st, rows).start = st.best_start
    return best, cost


@kernel
def set_row(st: Desk, row: int, line: int) -> None:
    """Choose a line for a row; nothing is known of its offers yet."""
    row_at(st, row).line = line
    row_at(st, row).known = 0
    if st.priced:
        row_at(st, row).price = team_price(st, st.ask_task, line) * (1.0 / SCALE)


@kernel
def line_cost(st: Desk, row: int, line: int, limit: float) -> float:
    """The cheapest walk on the rows before and this line; a first line may start later, to meet its style say."""
    set_row(st, row, line)
    if row > 0:
        return walk(st, row, row_at(st, row - 1).start, limit)
    best, begin = walk(st, 0, 0, limit), 0
    start = 0
    while (best > 1e-9 or st.ask_last) and start < st.ask_roam and step_at(st, start).lower == 0 and price_at(st, start + 1) <= best:
        start += 1
        if start >= row_at(st, 0).known or offered(st, 0, start) > 0:
            cost = walk(st, 0, start, min(best, limit))
            if cost < best or (st.ask_last and cost <= best + 1e-9):
                best, begin = cost, start
            if cost >= BIG and cost < 3.0 * BIG:
                break
    st.ask_start = begin
    return best


@kernel
def choose_lines(st: Desk, most: int, budget: float) -> tuple[int, float]:
    """Choose lines and walk them; number of rows and the cost. A further line has to earn its split."""
    floor = st.ask_pairs * price_at(st, 0)
    rows, cost = 0, 2.5 * BIG
    st.ask_splits = 0.0
    while rows < min(most, MOST_LINES):
        line, price = best_line(st, rows, cost, budget)
        if line < 0:
            break
        set_row(st, rows, line)
        st.ask_splits = added_split(st, rows, line)
        rows, cost = rows + 1, price
        if cost - floor - st.ask_splits <= st.split_cost:
            break
        walk(st, rows - 1, row_at(st, rows - 1).start, 3.0 * BIG)
    return rows, cost


@kernel
def settle(st: Desk, rows: int) -> None:
    """Put the pieces of the chosen lines, day by day."""
    for r in range(rows):
        for x in range(st.ask_steps - st.ask_start):
            i = st.ask_steps - 1 - x if st.ask_backward else st.ask_start + x
            n = offer_at(st, r * st.days + i).taken
            if n > 0:
                later = i - 1 if st.ask_backward else i + 1
                goes_on = 0 <= later < st.ask_steps and offer_at(st, r * st.days + later).taken > 0
                c = row_at(st, r).line * st.days + day_of(st, i)
                q, _, _ = spot(st, c, st.ask_style, goes_on)
                put(st, st.ask_task, st.ask_job, c, n, q)


@kernel
def place(st: Desk, job: int, s: int, backward: int, most: int) -> bool:
    """Make a stage of a job within the limits of its placed stages and the move's budget; False if that cannot be."""
    kept = task_at(st, job * st.n_stages + s).placed
    if kept == task_at(st, job * st.n_stages + s).quota:
        return True
    overfull = st.overfull  # taking pieces away may have moved a changeover into a full cell
    for careful in range(2 + st.tooled):
        st.ask_careful = careful
        if not fit(st, job, s, backward, most):
            return False
        if st.overfull <= overfull:
            return True
        while task_at(st, st.ask_task).placed > kept:
            take(st, task_at(st, st.ask_task).head)
    return False


@kernel
def go_to(st: Desk, line: int) -> None:
    """Ask for lines as far away as this one."""
    here = line_at(st, line)
    st.ask_distance, st.ask_out, st.ask_back = here.distance, here.out, here.back


@kernel
def choose_distance(st: Desk, job: int, s: int, backward: int, most: int) -> bool:
    """Ask for the distance at which the stage is cheapest: what is placed at a time goes equally far. False if none will do."""
    group = task_at(st, job * st.n_stages + s).group
    tried, best, least = 0, -1, BIG
    for x in range(group_at(st, group).first, group_at(st, group + 1).first):
        line = able_at(st, x).line
        if (tried >> line_at(st, line).distance) & 1:
            continue
        tried |= 1 << line_at(st, line).distance
        go_to(st, line)
        if open_window(st, job, s, backward):
            rows, cost = choose_lines(st, most, st.ceiling - st.settled - shop_cost(st) + 1e-6)
            if rows > 0 and cost < least:
                best, least = line, cost
    if best >= 0:
        go_to(st, best)
    return best >= 0


@kernel
def fit(st: Desk, job: int, s: int, backward: int, most: int) -> bool:
    """`place`, except that a cell may end up overfull: the offers only guess where changeovers will fall."""
    if st.n_distances > 1 and not choose_distance(st, job, s, backward, most):
        return False
    if not open_window(st, job, s, backward):
        return False
    rows, cost = choose_lines(st, most, st.ceiling - st.settled - shop_cost(st) + 1e-6)
    if rows == 0 or cost >= BIG:
        return False
    if walk(st, rows - 1, row_at(st, rows - 1).start, 3.0 * BIG) >= BIG:
        return False
    settle(st, rows)
    return True
