"""Between which days, and how fast, a task may be made, given the stages of its job that stand already."""

from .cells import closed
from .jit import kernel
from .state import Desk, bond_at, cell_at, job_at, piece_at, stage_at, step_at, task_at


@kernel
def blocked(st: Desk, job: int, a: int, s: int) -> bool:
    """True if a closed stage between a and s makes a's own limit on s needless."""
    base = job * st.n_stages
    for b in range(st.n_stages):
        between = bond_at(st, a * st.n_stages + b).linked and bond_at(st, b * st.n_stages + s).linked
        if between and closed(st, base + b):
            return True
    return False


@kernel
def span(st: Desk, t: int) -> tuple[int, int]:
    """The first day on which pairs of a placed task are there, and the last on which it takes any up."""
    p = task_at(st, t).head
    first, last = cell_at(st, piece_at(st, p).cell).there, cell_at(st, piece_at(st, p).cell).fed
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        first, last = min(first, cell.there), max(last, cell.fed)
        p = piece_at(st, p).task_behind
    return first, last


@kernel
def demand_day(st: Desk, t: int) -> int:
    """The first day on which a task needs pairs of its feeders; the number of days if only excused pieces stand there."""
    if task_at(st, t).excused < 0:
        return 0
    day, p = st.days, task_at(st, t).head
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        if cell.fed < day and (piece_at(st, p).frozen == 0 or cell.fed > task_at(st, t).excused):
            day = cell.fed
        p = piece_at(st, p).task_behind
    return int(day)


@kernel
def excuse(st: Desk, t: int, first: int, width: int) -> None:
    """Let the limits hold what excused pieces of the task itself take: upper = max(upper, ...)."""
    p = task_at(st, t).head
    for i in range(width):
        step_at(st, i).done = 0
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        i = max(0, cell.fed + st.ask_out - first)
        if piece_at(st, p).frozen and cell.fed <= task_at(st, t).excused and i < width:
            step_at(st, i).done += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    total = 0
    for i in range(width):
        total += step_at(st, i).done
        step_at(st, i).upper = max(step_at(st, i).upper, total)


@kernel
def bounds(st: Desk, job: int, s: int) -> tuple[int, int, bool]:
    """First and last day for stage s, and whether a placed stage behind it waits for the pairs."""
    base = job * st.n_stages
    task = task_at(st, base + s)
    first = max(task.first + st.ask_out, task.from_day)
    last = min(st.days - 1 - stage_at(st, s).tail - st.ask_back, task.until_day - 1)
    start = task.first + st.ask_out + st.delay
    awaited = False
    for b in range(st.n_stages):
        if not closed(st, base + b) or task_at(st, base + b).head < 0:
            continue
        ahead, behind = bond_at(st, b * st.n_stages + s), bond_at(st, s * st.n_stages + b)
        if ahead.linked:
            if task_at(st, base + b).made == task.made:
                first = max(first, span(st, base + b)[0] + ahead.lag + st.ask_out)
        elif behind.linked and demand_day(st, base + b) < st.days:
            awaited = True
            last = min(last, span(st, base + b)[1] - behind.lag - st.ask_back)
    return first if awaited else max(first, start), last, awaited


@kernel
def limit_by_feeder(st: Desk, t: int, shift: int, ahead: int, first: int, width: int) -> None:
    """No more pairs than feeder task t has made `shift` days before, `ahead` of them before day 0: upper = min(upper, ...)."""
    for i in range(width):
        step_at(st, i).done = 0
    p = task_at(st, t).head
    while p >= 0:
        i = max(0, cell_at(st, piece_at(st, p).cell).there + shift - first)
        if i < width:
            step_at(st, i).done += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    total = ahead
    for i in range(width):
        total += step_at(st, i).done
        step_at(st, i).upper = min(step_at(st, i).upper, total)


@kernel
def demand_by_taker(st: Desk, t: int, shift: int, ahead: int, first: int, width: int) -> bool:
    """At least the pairs that task t behind takes `shift` days later, less `ahead` that are there: lower = max(lower, ...)."""
    total = -ahead
    for i in range(width):
        step_at(st, i).done = 0
    p = task_at(st, t).head
    while p >= 0:
        i = cell_at(st, piece_at(st, p).cell).fed - shift - first
        if i < 0:
            total += piece_at(st, p).pairs
        elif i < width:
            step_at(st, i).done += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    demand = demand_day(st, t) - shift - first
    if total > 0 and demand < 0:
        return False
    for i in range(width):
        total += step_at(st, i).done
        if i >= demand:
            step_at(st, i).lower = max(step_at(st, i).lower, total)
    return True


@kernel
def deduct_own(st: Desk, t: int, first: int, width: int) -> bool:
    """What is placed of the task already counts against its limits; then make the limits hold for later steps too."""
    for i in range(width):
        step_at(st, i).done = step_at(st, i).out = 0
    p = task_at(st, t).head
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        i, o = max(0, cell.fed + st.ask_out - first), max(0, cell.there - st.ask_back - first)
        if o >= width:
            return False
        if i < width:
            step_at(st, i).done += piece_at(st, p).pairs
        step_at(st, o).out += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    total, out, least = 0, 0, 0
    for i in range(width):
        step = step_at(st, i)
        total, out = total + step.done, out + step.out
        least = max(least, step.lower - out)
        step.upper, step.lower = step.upper - total, least
        if step.upper < 0:
            return False
    if least > task_at(st, t).quota - task_at(st, t).placed:
        return False
    most = step_at(st, width - 1).upper
    for x in range(width):
        step = step_at(st, width - 1 - x)
        most = min(most, step.upper)
        step.upper = most
    return True


@kernel
def mirror(st: Desk, width: int, pairs: int) -> None:
    """Turn the limits round, for filling from the last day backwards."""
    for i in range(width):
        step_at(st, i).done = step_at(st, i).upper
    for i in range(width):
        day = width - 2 - i
        step_at(st, i).upper = pairs - (step_at(st, day).lower if day >= 0 else 0)
    for i in range(width):
        day = width - 2 - i
        step_at(st, i).lower = pairs - (step_at(st, day).done if day >= 0 else 0)


@kernel
def open_window(st: Desk, job: int, s: int, backward: int) -> bool:
    """Set up `ask`, `upper` and `lower` for a stage of a job; False if it cannot be made in time."""
    first, last, awaited = bounds(st, job, s)
    width = last - first + 1
    if width < 1:
        return False
    base = job * st.n_stages
    task = task_at(st, base + s)
    pairs = task.quota
    for i in range(width):
        step = step_at(st, i)
        step.upper, step.lower = pairs, 0
    for b in range(st.n_stages):
        ahead, behind = bond_at(st, b * st.n_stages + s), bond_at(st, s * st.n_stages + b)
        if ahead.linked + behind.linked == 0 or not (closed(st, base + b) or (behind.linked and task_at(st, base + b).frozen > 0)):
            continue
        there = task_at(st, base + b).made - task.made
        if ahead.linked and (ahead.feeds or not blocked(st, job, b, s)):
            limit_by_feeder(st, base + b, ahead.lag + st.ask_out, there, first, width)
        near = behind.linked and (behind.feeds or not blocked(st, job, s, b))
        if near and not demand_by_taker(st, base + b, behind.lag + st.ask_back, -there, first, width):
            return False
    step_at(st, width - 1).lower = pairs
    if task.excused >= 0:
        excuse(st, base + s, first, width)
    if task.placed > 0 and not deduct_own(st, base + s, first, width):
        return False
    if step_at(st, 0).lower > step_at(st, 0).upper or step_at(st, width - 1).upper < pairs - task.placed:
        return False
    set_prices(st, job, s, first, width, awaited, backward)
    if st.ask_backward:
        mirror(st, width, st.ask_pairs)
    return True


@kernel
def set_prices(st: Desk, job: int, s: int, first: int, width: int, awaited: bool, backward: int) -> None:
    """What a pair costs by step: late days if nothing behind waits for it, and work in progress at the ends."""
    task = task_at(st, job * st.n_stages + s)
    st.ask_job, st.ask_task = job, job * st.n_stages + s
    st.ask_style, st.ask_pairs = job_at(st, job).style, task.quota - task.placed
    st.ask_first, st.ask_width, st.ask_minutes = first, width, task.minutes
    st.ask_overtime_price = task.minutes * st.overtime_cost
    st.ask_backward = 1 if awaited and backward else 0
    st.ask_late_price = st.ask_day_price = 0.0
    st.ask_grace = 0
    if not awaited:
        st.ask_late_price = job_at(st, job).weight * st.late_cost
        st.ask_grace = job_at(st, job).due - stage_at(st, s).tail - st.ask_back - first - st.hurry
        st.ask_day_price = st.wip_cost if stage_at(st, s).is_last else 0.0
    elif st.ask_backward and stage_at(st, s).is_root:
        st.ask_day_price = 0.25 * st.wip_cost  # only the earliest first stage counts: a hint, not a price
