"""Choosing the lines for a task and putting its pieces there."""

from .cells import below, put
from .fill import day_of, price_at, spot, walk
from .jit import kernel
from .state import BIG, MOST_LINES, Desk, able_at, group_at, offer_at, row_at, task_at
from .window import open_window


@kernel
def shop_cost(st: Desk) -> float:
    """Overtime, changeovers and splits of the whole plan."""
    return st.overtime * st.overtime_cost + st.changeovers * st.changeover_cost + st.splits * st.split_cost


@kernel
def is_chosen(st: Desk, rows: int, line: int) -> bool:
    for r in range(rows):  # noqa: SIM110 - generators do not compile
        if row_at(st, r).line == line:
            return True
    return False


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
        price = walk(st, rows, line, min(cost, budget))
        if price < cost:
            best, cost = line, price
            if cost <= 1e-9:
                break
    return best, cost


@kernel
def choose_lines(st: Desk, most: int, budget: float) -> tuple[int, float]:
    """Choose lines and walk them; number of rows and the cost. A further line has to earn its split."""
    floor = st.ask_pairs * price_at(st, 0)
    rows, cost = 0, 2.5 * BIG
    while rows < min(most, MOST_LINES):
        split = rows * st.split_cost
        line, price = best_line(st, rows, cost - split if cost < BIG else cost, budget - split)
        if line < 0:
            break
        row_at(st, rows).line = line
        row_at(st, rows).known = 0
        rows, cost = rows + 1, price + split
        if cost - floor <= rows * st.split_cost:
            break
        walk(st, rows - 1, line, 3.0 * BIG)
        row_at(st, rows - 1).known = st.ask_steps
    return rows, cost


@kernel
def settle(st: Desk, rows: int) -> None:
    """Put the pieces of the chosen lines, day by day."""
    for r in range(rows):
        for x in range(st.ask_steps):
            i = st.ask_steps - 1 - x if st.ask_backward else x
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
    if not open_window(st, job, s, backward):
        return False
    rows, cost = choose_lines(st, most, st.ceiling - st.settled - shop_cost(st) + 1e-6)
    if rows == 0 or cost >= BIG:
        return False
    walk(st, rows - 1, row_at(st, rows - 1).line, 3.0 * BIG)
    settle(st, rows)
    return bool(st.overfull == 0)
