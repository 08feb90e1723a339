"""Destroy and repair: take out a stage or a few jobs, put them in again, keep it if it is cheap enough."""

import math

from .cells import any_job, below, clear_task, commit, draw, movable, take, undo, widen_focus
from .jit import kernel
from .jobs import clear_job, insert_forward, insert_job, job_cost, set_planned, take_lot
from .place import place, shop_cost
from .state import BIG, MOST_LINES, Desk, able_at, cell_at, group_at, job_at, piece_at, slip_at, stage_at, task_at


@kernel
def smallest_piece(st: Desk, job: int) -> int:
    """A random least number of pairs per piece: it keeps scraps of a day from buying changeovers."""
    u = draw(st)
    return 1 + int(u * u * u * u * min(job_at(st, job).pairs, 800))


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
def aim(st: Desk, job: int, day: int, line: int) -> None:
    """Let the next placing of a job start at the leading stage on that day or later, that line tried first."""
    st.lead_home = line
    st.delay = max(0, day - task_at(st, job * st.n_stages + st.lead).first)


@kernel
def late_cost(st: Desk, job: int) -> float:
    return job_at(st, job).weight * task_at(st, job * st.n_stages + st.n_stages - 1).late_sum * st.late_cost


@kernel
def try_stage(st: Desk, threshold: float) -> bool:
    """Make one stage of a job, or one piece of it, anew between its standing neighbours."""
    job, s = any_job(st), below(st, st.n_stages)
    if not job_at(st, job).planned:
        return False
    t = job * st.n_stages + s
    if not movable(st, task_at(st, t).head):
        return False
    st.ceiling = shop_cost(st) + job_cost(st, job) + threshold
    st.ask_tries, st.ask_roam, st.ask_last = 12, st.days, 0
    st.ask_home = cell_at(st, piece_at(st, task_at(st, t).head).cell).line
    st.ask_smallest = smallest_piece(st, job)
    if draw(st) < 0.5:
        clear_task(st, t)
    else:
        take(st, random_piece(st, t))
    st.settled = late_cost(st, job)
    from_end = 1 if draw(st) < 0.5 else 0
    if not place(st, job, s, from_end, 1 + below(st, 4)):
        return False
    return shop_cost(st) + job_cost(st, job) <= st.ceiling


@kernel
def random_piece(st: Desk, t: int) -> int:
    """A piece of a task that has one that may be taken away."""
    p = task_at(st, t).head
    for _ in range(below(st, 6)):
        n = piece_at(st, p).task_behind
        p = n if movable(st, n) else task_at(st, t).head
    return int(p)


@kernel
def renew_job(st: Desk, job: int, roam: int) -> bool:
    """Insert what is missing of a job, mostly from its leading stage, and settle what it costs."""
    st.ask_tries = 6
    st.ask_smallest = smallest_piece(st, job)
    st.ask_roam = st.days if st.lead_last else roam
    good = insert_forward(st, job, 4) if draw(st) < 0.05 else insert_job(st, job, st.lead, 4)
    st.settled += job_cost(st, job)
    st.delay = 0
    return good


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
    p = cell_at(st, c).head
    if p < 0:
        return -1
    for _ in range(below(st, 4)):
        if p == cell_at(st, c).tail:
            break
        p = piece_at(st, p).behind
    return int(p) if piece_at(st, p).job != job and movable(st, p) else -1


@kernel
def late_job(st: Desk) -> int:
    """A random job, rather a late one."""
    job = any_job(st)
    for _ in range(4):
        base = job * st.n_stages
        if job_at(st, job).planned and task_at(st, base + st.n_stages - 1).late_sum > 0:
            break
        job = any_job(st)
    return job


@kernel
def take_some(st: Desk, job: int, pairs: int, from_end: bool) -> None:
    """Take a job out, or about so many of its last or first pairs."""
    if pairs >= job_at(st, job).pairs or draw(st) < 0.3:
        clear_job(st, job)
    else:
        take_lot(st, job, max(1 + job_at(st, job).pairs // 16, pairs), from_end)


@kernel
def try_job(st: Desk, threshold: float) -> bool:
    """Put one job, or a lot of it, in anew, some days earlier or later."""
    job = any_job(st)
    if not job_at(st, job).planned:
        return False
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + threshold, 0.0
    take_some(st, job, below(st, job_at(st, job).pairs), draw(st) < 0.6)
    day, line = taken_from(st, job, 0)
    aim(st, job, day - 8 + below(st, 13), line)
    st.lead_last = 1 if draw(st) < 0.3 else 0
    return renew_job(st, job, 1 + below(st, 16)) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def late_pairs(st: Desk, job: int) -> int:
    """Pairs finished after the due day."""
    total, p = 0, task_at(st, job * st.n_stages + st.n_stages - 1).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).day > job_at(st, job).due:
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


@kernel
def try_pair(st: Desk, threshold: float) -> bool:
    """A late job, or its late pairs, go in first and earlier; a rival that stood in the way goes in after it."""
    job = late_job(st)
    if not job_at(st, job).planned:
        return False
    p = rival(st, job, st.lead if draw(st) < 0.6 else below(st, st.n_stages))
    if p < 0:
        return False
    other = piece_at(st, p).job
    st.ceiling, st.settled = shop_cost(st) + job_cost(st, job) + job_cost(st, other) + threshold, 0.0
    take_some(st, other, pairs_until(st, piece_at(st, p).task, cell_at(st, piece_at(st, p).cell).day), False)
    other_day, other_line = taken_from(st, other, 0)
    mark = st.n_notes
    take_some(st, job, late_pairs(st, job), True)
    day, line = taken_from(st, job, mark)
    aim(st, job, day - below(st, 16), line)
    st.lead_last = 0
    if not renew_job(st, job, 1 + below(st, 16)):
        return False
    aim(st, other, other_day - 2 + below(st, 13), other_line)
    st.lead_last = 1 if draw(st) < 0.5 else 0
    return renew_job(st, other, 1 + below(st, 16)) and shop_cost(st) + st.settled <= st.ceiling


@kernel
def bring_in(st: Desk, job: int) -> bool:
    """Plan a job that is left out, taking another one out and putting it in again after it."""
    p = rival(st, job, below(st, st.n_stages))
    set_planned(st, job, 1)
    st.ceiling, st.settled, st.ask_tries, st.ask_roam = BIG * BIG, 0.0, st.n_lines, 0
    st.ask_smallest, st.lead_home, st.lead_last = 1, -1, 0
    if p >= 0:
        clear_job(st, piece_at(st, p).job)
    way = draw(st) < 0.5
    good = insert_forward(st, job, MOST_LINES) if way else insert_job(st, job, st.lead, MOST_LINES)
    if good and p >= 0:
        other = piece_at(st, p).job
        good = insert_forward(st, other, MOST_LINES) if way else insert_job(st, other, st.lead, MOST_LINES)
    if good and st.overfull == 0:
        commit(st)
        return True
    undo(st)
    set_planned(st, job, 0)
    return False


@kernel
def bring_all_in(st: Desk, tries: int) -> None:
    """Try so often to plan each job that is left out."""
    for job in range(st.n_jobs):
        for _ in range(tries):
            if job_at(st, job).planned or st.n_free < st.reserve:
                break
            bring_in(st, job)


@kernel
def anneal(st: Desk, heat: float, rounds: int) -> int:
    """Run rounds at one temperature; returns the rounds done (fewer if pieces run short)."""
    for r in range(rounds):
        if st.n_free < st.reserve:
            return r
        threshold = -heat * math.log(1.0 - draw(st))
        u = draw(st)
        if u < 0.7:
            good = try_stage(st, threshold)
        elif u < 0.85:
            good = try_job(st, threshold)
        else:
            good = try_pair(st, threshold)
        if good and st.overfull == 0:
            if st.n_focus > 0:
                widen_focus(st)
            commit(st)
        else:
            undo(st)
    return rounds
