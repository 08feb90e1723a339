"""How a set of lines would make a task: the cheapest days, found in one walk through its window.

Step i of the walk is a day; prices never fall from step to step, so the cheapest filling takes regular minutes as
they come, and overtime of an earlier step as soon as it is cheaper than waiting, or when a limit demands it.
"""

from .cells import at_home
from .jit import kernel
from .state import BIG, NOWHERE, Desk, bar_at, cell_at, job_at, line_at, offer_at, piece_at, row_at, step_at, task_at
from .tools import same_tools, tool_room


@kernel
def day_of(st: Desk, i: int) -> int:
    return st.ask_first + st.ask_width - 1 - i if st.ask_backward else st.ask_first + i


@kernel
def price_at(st: Desk, i: int) -> float:
    """Cost of one pair at step i, without overtime."""
    return st.ask_late_price * max(0, i - st.ask_grace) + st.ask_day_price * i


@kernel
def line_end(st: Desk, c: int) -> int:
    """The piece behind which a piece in the empty cell c would stand."""
    line = cell_at(st, c).line
    for e in range(c - 1, line * st.days - 1, -1):
        if cell_at(st, e).tail >= 0:
            return int(cell_at(st, e).tail)
    return int(line)  # the line's sentinel


@kernel
def spot(st: Desk, c: int, style: int, at_tail: bool) -> tuple[int, int, int]:
    """Behind which piece a style goes into cell c, and the changeovers it adds there and in the line's next cell."""
    head, tail = cell_at(st, c).head, cell_at(st, c).tail
    if head < 0:
        q = line_end(st, c)
        a, b = piece_at(st, q).style, piece_at(st, piece_at(st, q).behind).style
        return q, int(a >= 0 and a != style), int(b >= 0 and b != style) - int(a >= 0 and b >= 0 and a != b)
    p, inner = head, NOWHERE
    while piece_at(st, p).style != style:
        if p == tail:
            return border(st, c, style, at_tail, inner)
        n = piece_at(st, p).behind
        if piece_at(st, p).style != piece_at(st, n).style:
            inner = p
        p = n
    return p, 0, 0


@kernel
def border(st: Desk, c: int, style: int, at_tail: bool, inner: int) -> tuple[int, int, int]:
    """`spot` for a cell without the style; inner is a piece with a changeover behind it inside the cell, or none."""
    head, tail = cell_at(st, c).head, cell_at(st, c).tail
    before = piece_at(st, head).before
    a, b = piece_at(st, before).style, piece_at(st, piece_at(st, tail).behind).style
    if a == style:
        return before, 0, 0
    if b == style:
        return tail, 1, -1
    if at_tail:
        return tail, 1, int(b == piece_at(st, tail).style)
    if a != piece_at(st, head).style:
        return before, 1, 0
    if inner >= 0:
        return inner, 1, 0
    if b != piece_at(st, tail).style:
        return tail, 1, 0
    return before, 2, 0


@kernel
def offer(st: Desk, row: int, line: int, i: int) -> None:
    """Note how many pairs the line could make at step i in regular time and overtime, and the changeovers."""
    c = line * st.days + day_of(st, i)
    cell = cell_at(st, c)
    here = offer_at(st, row * st.days + i)
    here.regular = here.extra = here.fee = here.taken = 0
    room = cell.room - cell.used
    if room < st.ask_minutes or (cell.rule > 0 and bar_at(st, cell.rule * st.n_kinds + job_at(st, st.ask_job).kind).shut):
        return
    if st.tooled:
        here.tools = tool_room(st, st.ask_task, c, i)
        if here.tools < 1:
            return
    q, own, after = spot(st, c, st.ask_style, False)
    setup = line_at(st, line).changeover
    if after > 0:
        rest = cell_at(st, piece_at(st, piece_at(st, q).behind).cell)
        if rest.used + setup > rest.room:
            return
    fee = own + after
    if st.ask_careful:
        own += 1
    elif cell.head < 0 and i > 0 and offered(st, row, i - 1) > 0:
        own = 0  # carries on from the day beside it
    room -= own * setup
    calm = room - (cell.room - cell.regular)
    pairs = int(room / st.ask_minutes) if room > 0 else 0
    if st.tooled:
        pairs = min(pairs, int(here.tools))
    here.regular = min(pairs, int(calm / st.ask_minutes)) if calm > 0 else 0
    here.extra = pairs - here.regular
    here.fee = fee
    if st.move_cost > 0.0:
        here.home = max(0, at_home(st, st.ask_task, c))
    here.scanty = 1 if room < 0.8 * cell.regular else 0


@kernel
def offered(st: Desk, row: int, i: int) -> int:
    there = offer_at(st, row * st.days + i)
    return there.regular + there.extra


@kernel
def tools_left(st: Desk, rows: int, r: int, e: int) -> int:
    """Pairs for which row r has tools left at step e beside what all rows take there."""
    left = offer_at(st, r * st.days + e).tools
    for other in range(rows):
        if task_at(st, st.ask_task).kit >= 0 and same_tools(st, row_at(st, r).line, row_at(st, other).line):
            left -= offer_at(st, other * st.days + e).taken
    return int(left)


@kernel
def fetch(st: Desk, rows: int, e: int, wanted: int, overtime: bool) -> tuple[int, float]:
    """Take up to `wanted` pairs at step e from the rows' offers; pairs got and what they cost."""
    got, cost = 0, 0.0
    price = price_at(st, e)
    for r in range(rows):
        here = offer_at(st, r * st.days + e)
        there = here.regular - here.taken
        late = max(0, -there)
        if overtime:
            there += here.extra
        n = min(wanted - got, there)
        if st.tooled and rows > 1 and n > 0:
            n = min(n, tools_left(st, rows, r, e))
        if n <= 0:
            continue
        if here.taken == 0:
            joined = e > st.ask_start and offer_at(st, r * st.days + e - 1).taken > 0
            fee = max(0, here.fee - joined)
            if fee > 0 and n < st.ask_least and (here.scanty or n < there):
                continue
            cost += fee * st.changeover_cost
        here.taken += n
        cost += n * price + (max(0, here.taken - here.regular) - late) * st.ask_overtime_price
        if st.priced:
            cost += n * row_at(st, r).price
        if st.move_cost > 0.0:
            cost += (max(0, here.taken - here.home) - max(0, here.taken - n - here.home)) * st.move_cost
        got += n
    return got, cost


@kernel
def borrow(st: Desk, rows: int, e: int, i: int, wanted: int) -> tuple[int, float]:
    """Take overtime of an earlier step e, as far as the upper limits up to step i allow."""
    slack = wanted
    for x in range(e, i + 1):
        slack = min(slack, step_at(st, x).upper - step_at(st, x).done)
    if slack <= 0:
        return 0, 0.0
    got, cost = fetch(st, rows, e, slack, True)
    for x in range(e, i + 1):
        step_at(st, x).done += got
    return got, cost


@kernel
def catch_up(st: Desk, rows: int, i: int) -> tuple[int, float]:
    """Overtime at step i and before, until the lower limit of step i is met."""
    got, cost = 0, 0.0
    for e in range(i, st.ask_start - 1, -1):
        short = step_at(st, i).lower - step_at(st, i).done
        if short <= 0:
            break
        n, more = borrow(st, rows, e, i, short)
        got, cost = got + n, cost + more
    return got, cost


@kernel
def open_step(st: Desk, row: int, i: int) -> None:
    """Offers of step i, unless a former walk came this far."""
    for r in range(row + 1):
        if i >= row_at(st, r).known:
            offer(st, r, row_at(st, r).line, i)
            row_at(st, r).known = i + 1
        offer_at(st, r * st.days + i).taken = 0


@kernel
def walk(st: Desk, row: int, start: int, limit: float) -> float:
    """Cost of making the task on the lines of the rows up to `row` from step `start` on.

    BIG × (1 + share left) if they cannot, 3 × BIG if it costs more than the limit.
    """
    pairs = st.ask_pairs
    left, cost, early = pairs, 0.0, start
    st.ask_start = start
    for i in range(start, st.ask_width):
        st.ask_steps = i + 1
        open_step(st, row, i)
        price = price_at(st, i)
        st.ask_least = min(st.ask_smallest, left)
        while early < i and left > 0 and price_at(st, early) + st.ask_overtime_price < price:
            n, more = borrow(st, row + 1, early, i - 1, left)
            left, cost, early = left - n, cost + more, early + 1
        step = step_at(st, i)
        wanted = min(left, step.upper - (pairs - left))
        if wanted > 0:
            n, more = fetch(st, row + 1, i, wanted, False)
            left, cost = left - n, cost + more
        step.done = pairs - left
        if step.done < step.lower:
            n, more = catch_up(st, row + 1, i)
            left, cost = left - n, cost + more
            if step.done < step.lower:
                return BIG * (1.0 + left / pairs)
        ahead = min(price, price_at(st, early) + st.ask_overtime_price) if early < i else price
        if cost + left * ahead > limit:
            return 3.0 * BIG
        if left == 0:
            return cost
    return BIG * (1.0 + left / pairs)
