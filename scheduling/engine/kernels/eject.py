"""Ejection chains: the late pairs of a job take the place of a less urgent one, which goes where they stood; then that one is helped.

One link is a full trial: both jobs are taken out and put in again, and the best of a few victims is kept if the plan gets
cheaper, moved pairs included (Glover, Ejection Chains, 1996).
"""

from .cells import closed, commit
from .jit import kernel
from .jobs import clear_job, insert_job, job_cost, take_lot
from .mend import last_until
from .place import shop_cost
from .probe import last_day, rewind
from .state import MOST_LINES, Desk, Records, able_at, bond_at, cell_at, group_at, job_at, piece_at, stage_at, task_at

SEED = 88172645463325252
GRACE = 6  # days after which a job is still glad of a place
ROAM = 20  # days that a job may start later to meet its style


@kernel
def late_count(st: Desk, job: int) -> int:
    """Pairs finished after the due day."""
    total, p = 0, task_at(st, job * st.n_stages + st.n_stages - 1).head
    while p >= 0:
        if cell_at(st, piece_at(st, p).cell).there > job_at(st, job).due:
            total += piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    return int(total)


@kernel
def lot_for(st: Desk, job: int, other: int, s: int, pairs: int) -> int:
    """Pairs of the other job that take as many minutes at a stage as `pairs` of this one; all of them if little would be left."""
    mine = task_at(st, job * st.n_stages + s).minutes
    lot = 1 + int(pairs * mine / task_at(st, other * st.n_stages + s).minutes)
    return int(job_at(st, other).pairs) if 8 * lot > 7 * job_at(st, other).pairs else lot


@kernel
def guess(st: Desk, job: int, other: int, s: int, pairs: int, end: int, there: Records) -> float:
    """About what both would cost if what the other has `there` (pairs, pairs × day) gave way and went to day `end`."""
    tail = stage_at(st, s).tail
    lot = min(lot_for(st, job, other, s, pairs), int(there[0]))
    day = there[1] / there[0]
    got = min(float(pairs), lot * task_at(st, other * st.n_stages + s).minutes / task_at(st, job * st.n_stages + s).minutes)
    due, weight = job_at(st, other).due, job_at(st, other).weight
    mine = got * max(0.0, day + tail - job_at(st, job).due) + (pairs - got) * max(0, end + tail - job_at(st, job).due)
    theirs = lot * (max(0, end + tail - due) - max(0.0, day + tail - due))
    return float(st.late_cost * (job_at(st, job).weight * mine + weight * theirs) + st.move_cost * lot * st.n_stages)


@kernel
def remember(picks: Records, known: int, price: float, other: int, day: float) -> int:
    """Insert into the list of the cheapest (price, job, day); its new length."""
    at = known
    if known == picks.shape[0]:
        if picks[known - 1, 0] <= price:
            return known
        at = known - 1
    else:
        known += 1
    while at > 0 and picks[at - 1, 0] > price:
        picks[at, 0], picks[at, 1], picks[at, 2] = picks[at - 1, 0], picks[at - 1, 1], picks[at - 1, 2]
        at -= 1
    picks[at, 0], picks[at, 1], picks[at, 2] = price, other, day
    return known


@kernel
def survey(st: Desk, job: int, s: int, end: int, there: Records) -> None:
    """Pairs and pairs × day of every other job on the lines that could make this one at a stage, in time and before day `end`."""
    group = task_at(st, job * st.n_stages + s).group
    first = task_at(st, job * st.n_stages + s).first
    last = min(end - 1, max(first, job_at(st, job).due - stage_at(st, s).tail) + GRACE)
    for other in range(st.n_jobs):
        there[other, 0] = there[other, 1] = 0.0
    for a in range(group_at(st, group).first, group_at(st, group + 1).first):
        for day in range(first, last + 1):
            cell = cell_at(st, able_at(st, a).line * st.days + day)
            p = cell.head
            while p >= 0:
                piece = piece_at(st, p)
                if piece.frozen == 0:
                    there[piece.job, 0] += piece.pairs
                    there[piece.job, 1] += piece.pairs * day
                p = piece.behind if p != cell.tail else -1


@kernel
def victims(st: Desk, job: int, s: int, pairs: int, end: int, there: Records, picks: Records) -> int:
    """The jobs that could best give way at a stage before day `end`; how many."""
    survey(st, job, s, end, there)
    known = 0
    for other in range(st.n_jobs):
        if there[other, 0] > 0 and other != job and job_at(st, other).planned and closed(st, other * st.n_stages + s):
            price = guess(st, job, other, s, pairs, end, there[other])
            known = remember(picks, known, price, other, there[other, 1] / there[other, 0])
    return known


@kernel
def back_in(st: Desk, job: int, s: int, home: int) -> bool:
    """Put what is missing of a job in again and settle what it costs."""
    st.ask_tries, st.ask_roam, st.ask_smallest, st.delay = st.n_lines, ROAM, 1 + job_at(st, job).pairs // 20, 0
    st.lead_home, st.lead_last = home, 0
    good = insert_job(st, job, s, MOST_LINES)
    st.settled += job_cost(st, job)
    return good


@kernel
def able_line(st: Desk, t: int, p: int) -> int:
    """The line of a piece if it can make a task; else -1."""
    group, line = task_at(st, t).group, cell_at(st, piece_at(st, p).cell).line if p >= 0 else -1
    for a in range(group_at(st, group).first, group_at(st, group + 1).first):
        if able_at(st, a).line == line:
            return int(line)
    return -1


@kernel
def give_way(st: Desk, job: int, other: int, s: int, pairs: int, day: int) -> bool:
    """The late pairs of a job before a lot of another one; False if that does not come below the ceiling. Left open."""
    st.rng = SEED
    lot = lot_for(st, job, other, s, pairs)
    home = able_line(st, job * st.n_stages + s, last_until(st, other * st.n_stages + s, day))
    if lot >= job_at(st, other).pairs:
        clear_job(st, other)
    else:
        take_lot(st, other, lot, last_day(st, other * st.n_stages + s) <= day + 3)
    if pairs >= job_at(st, job).pairs:
        clear_job(st, job)
    else:
        take_lot(st, job, pairs, True)
    st.settled = 0.0
    if not back_in(st, job, s, home) or not back_in(st, other, s, -1):
        return False
    return shop_cost(st) + st.settled < st.ceiling and st.overfull == 0


@kernel
def eject(st: Desk, job: int, s: int, there: Records, picks: Records) -> int:
    """The best single exchange for the late pairs of a job; the job that gave way, -1 if none makes the plan cheaper."""
    pairs, end = late_count(st, job), last_day(st, job * st.n_stages + s)
    if pairs == 0 or end < 0:
        return -1
    known = victims(st, job, s, pairs, end, there, picks)
    best, best_day, least = -1, 0, -1e-3
    for i in range(known):
        other, day = int(picks[i, 1]), int(picks[i, 2])
        before = shop_cost(st) + job_cost(st, job) + job_cost(st, other)
        st.ceiling = before + least
        mark = st.n_notes
        if give_way(st, job, other, s, pairs, day):
            best, best_day, least = other, day, shop_cost(st) + st.settled - before
        rewind(st, mark)
    if best < 0:
        return -1
    st.ceiling = shop_cost(st) + job_cost(st, job) + job_cost(st, best) + least + 1e-3
    if not give_way(st, job, best, s, pairs, best_day):
        rewind(st, 0)
        return -1
    commit(st)
    return best


@kernel
def waiting_stage(st: Desk, job: int) -> int:
    """The stage other than the leading one before which the pairs of a job wait longest; -1 if they wait nowhere."""
    base, best, longest = job * st.n_stages, -1, 0
    for s in range(st.n_stages):
        if s == st.lead or bond_at(st, s * st.n_stages + st.lead).linked:
            continue
        there = -1
        for a in range(s):
            if bond_at(st, a * st.n_stages + s).feeds:
                there = max(there, last_day(st, base + a) + bond_at(st, a * st.n_stages + s).lag)
        gap = last_day(st, base + s) - there
        if there >= 0 and gap > longest:
            best, longest = s, gap
    return best
