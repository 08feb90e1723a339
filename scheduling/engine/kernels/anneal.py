"""The search's rounds: a move, kept if it is cheap enough, else undone; and bringing in what is left out."""

import math

from .cells import below, commit, draw, undo, widen_focus
from .jit import kernel
from .job_moves import try_job, try_pair
from .jobs import clear_job, insert_forward, insert_job, set_planned
from .pick import rival
from .stage_moves import try_block, try_join, try_stage, try_swap
from .state import BIG, MOST_LINES, MOVES, Desk, job_at, mix_at, piece_at


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
def try_move(st: Desk, move: int, threshold: float) -> bool:
    """One move by its number (`MOVES`); True if what it costs more is within the threshold."""
    if move == 0:
        return try_stage(st, threshold)
    if move == 1:
        return try_job(st, threshold)
    if move == 2:
        return try_pair(st, threshold)
    if move == 3:
        return try_swap(st, threshold, False)
    if move == 4:
        return try_swap(st, threshold, True)
    if move == 5:
        return try_block(st, threshold)
    return try_join(st, threshold)


@kernel
def some_move(st: Desk) -> int:
    """A random move by the shares in the mix."""
    u = draw(st)
    move = 0
    while move < MOVES - 1 and u >= mix_at(st, move).share:
        u -= mix_at(st, move).share
        move += 1
    return move


@kernel
def anneal(st: Desk, heat: float, rounds: int) -> int:
    """Run rounds at one temperature; returns the rounds done (fewer if pieces run short)."""
    for r in range(rounds):
        if st.n_free < st.reserve:
            return r
        threshold = -heat * math.log(1.0 - draw(st))
        move = some_move(st)
        good = try_move(st, move, threshold)
        mix_at(st, move).tried += 1
        if good and st.overfull == 0:
            mix_at(st, move).kept += 1
            if st.n_focus > 0:
                widen_focus(st)
            commit(st)
        else:
            undo(st)
    return rounds
