"""Joins small lots: nobody can work with one pair on a day.

A *crumb* is an entry of fewer pairs than `Problem.smallest_lot` (or that of its line) that is not the whole job. The pass works
on a finished plan and only moves pairs between entries of the same job and stage, so no entry is ever added. A plan stays feasible,
no job gets later, and what a joined crumb adds to the objective is limited. What no move can join stays a crumb.

Moves, the cheapest first: give a crumb to another entry, or let it grow from one that can spare pairs; the same with
other jobs giving way on full days, and with the stages before or behind coming along; share it out among several
entries; clear a line of the little that it has of a job.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .board import Board, Cell, Lot
from .plan import Entry
from .problem import Problem
from .tidy import tidy

# A crumb is a box to fetch, a ticket to write and a team that looks for its tools: about as much trouble as a changeover. So a
# crumb may cost one changeover to be rid of, whatever changeovers cost; joining is never worth more than that.
CHANGEOVERS_PER_CRUMB = 1.0
SWEEPS = 12  # over all crumbs; the last ones find next to nothing
WORK = 100_000  # trial moves in one call: enough for 5,000 jobs in a few seconds
OPTIONS = 6  # single moves tried for a crumb, those that look cheapest
PARTNERS = 8  # exchanges tried for one move
DEPTH = 3  # jobs that give way one after the other
NEAR = 2  # lots of a neighbouring stage tried on either side
MARGIN = 1e-6  # cost, against rounding


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """A move of pairs from one lot to another of the task; the cheapest, then the nearest, comes first."""

    price: float
    distance: int
    other_line: bool
    line: int
    day: int
    grows: bool  # the crumb takes pairs instead of giving its own away
    place: int  # of the other lot among those of the task
    pairs: int


def consolidate(problem: Problem, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The same plan with fewer crumbs, in the order of work; the same entries if no line has a `smallest_lot`.

    entries: a feasible plan. Deterministic, limited by work and not by time.
    """
    if not any(problem.smallest_lot if line.smallest_lot is None else line.smallest_lot for line in problem.lines):
        return tuple(entries)
    board = Board(problem, entries)
    sweeps = 0
    changed = True
    while changed and sweeps < SWEEPS and board.judged < WORK:
        changed = _tidy_all(board)
        changed |= _sweep(board, forward=sweeps % 2 == 1)
        sweeps += 1
    return board.entries()


def _tidy_all(board: Board) -> bool:
    """Put every day of every line in order."""
    done = [tidy(board, (line, day)) for line in range(len(board.cells)) for day in range(board.days)]
    return any(done)


def _sweep(board: Board, forward: bool) -> bool:
    """Try every crumb once, stage by stage: what moves later is free to do so when the next stage has moved, and the other way round."""
    crumbs = [lot for line in board.cells for cell in line for lot in cell if board.is_crumb(lot)]
    way = 1 if forward else -1
    crumbs.sort(key=lambda lot: (way * board.depth[lot.task % board.width], way * lot.day, lot.line))
    changed = False
    for crumb in crumbs:
        if board.judged >= WORK:
            break
        if crumb.pairs and board.is_crumb(crumb):
            changed |= _join(board, crumb) or _exchange(board, crumb) or _spread(board, [crumb]) or _leave_line(board, crumb)
    return changed


def _allowed(board: Board, cost: float, crumbs: int) -> bool:
    """Fewer crumbs, at no more than the stated price for each."""
    return crumbs < 0 and cost <= -crumbs * CHANGEOVERS_PER_CRUMB * board.costs.changeover + MARGIN


def _settle(board: Board) -> bool:
    """Keep the trial if it is feasible and worth it, else undo it."""
    verdict = board.judge()
    if verdict.overfull or verdict.barred or not _allowed(board, verdict.cost, verdict.crumbs):
        board.undo()
        return False
    board.keep()
    return True


def _options(board: Board, crumb: Lot, easy: bool) -> list[Option]:
    """Ways to join a crumb with one other lot of its task, cheapest first: the easy ones, or those that need more than one shift."""
    c = board.costs
    dearest = (CHANGEOVERS_PER_CRUMB + 2) * c.changeover + c.split  # what is saved besides may make up for that much
    found = []
    for place, lot in enumerate(board.lots[crumb.task]):
        if lot is crumb:
            continue
        for grows in (False, True):
            pairs = board.least(crumb) - crumb.pairs if grows else crumb.pairs
            source, target = (lot, crumb) if grows else (crumb, lot)
            if grows and lot.pairs < pairs + board.least(lot):
                continue
            minutes = pairs * board.rate(crumb)
            here, there = (source.line, source.day), (target.line, target.day)
            full = here != there and board.left(there) < minutes
            price = 0.0 if here == there else board.overtime_price(there, minutes) + board.overtime_price(here, -minutes)
            simple = not full and pairs <= board.slack(crumb.task, source.day, target.day)
            if simple == easy and price <= dearest:
                found.append(Option(price, abs(lot.day - crumb.day), lot.line != crumb.line, lot.line, lot.day, grows, place, pairs))
    return sorted(found)[:OPTIONS]


def _ends(board: Board, crumb: Lot, option: Option) -> tuple[Lot, Lot]:
    """From where to where the pairs of an option go."""
    other = board.lots[crumb.task][option.place]
    return (other, crumb) if option.grows else (crumb, other)


def _join(board: Board, crumb: Lot) -> bool:
    """Give a crumb to a day that has room, or let it grow from a lot that has pairs to spare."""
    for option in _options(board, crumb, easy=True):
        source, target = _ends(board, crumb, option)
        if board.shift(source, target, option.pairs) and _settle(board):
            return True
    return False


def _exchange(board: Board, crumb: Lot) -> bool:
    """As `_join` where the day is full or the flow forbids it: other jobs of the day give way, stages before or behind come along."""
    for option in _options(board, crumb, easy=False):
        source, target = _ends(board, crumb, option)
        if _carry(board, source, target, option.pairs) and _make_room(board, source, DEPTH):
            return True
        board.undo()
    return False


def _carry(board: Board, source: Lot, target: Lot, pairs: int) -> bool:
    """Shift pairs; where a neighbouring stage is in the way, first shift what it lacks in the same direction."""
    for task, first, last, lack in board.blocks(source.task, source.day, target.day, pairs):
        if not _make_way(board, task, first, last, lack, target.day > source.day):
            return False
    return board.shift(source, target, pairs)


def _make_way(board: Board, task: int, first: int, last: int, pairs: int, later: bool) -> bool:
    """Shift pairs of a task so that it has made fewer (later) or more of them by the end of the days from first to last."""
    before = [lot for lot in board.lots[task] if lot.day <= first and lot.pairs]
    behind = [lot for lot in board.lots[task] if lot.day > last and lot.pairs]
    before.sort(key=lambda lot: (-lot.day, lot.line))
    behind.sort(key=lambda lot: (lot.day, lot.line))
    mark = len(board.trial.shifts)
    for giver in (before if later else behind)[:NEAR]:
        for taker in (behind if later else before)[:NEAR]:
            if giver.pairs == pairs or giver.pairs >= pairs + board.least(giver):
                if _carry(board, giver, taker, pairs):
                    return True
                board.undo(keep=mark)
    return False


def _make_room(board: Board, source: Lot, depth: int) -> bool:
    """Keep the trial if it is worth it; while a cell is overfull, let other jobs give way in chains of up to `depth`."""
    verdict = board.judge()
    if not (verdict.overfull or verdict.barred) and _allowed(board, verdict.cost, verdict.crumbs):
        board.keep()
        return True
    if not 0 < len(verdict.overfull) <= depth:
        return False
    cell, minutes = verdict.overfull[0]
    mark = len(board.trial.shifts)
    for giver, taker, pairs in _partners(board, cell, minutes, source, roomy=depth == 1):
        if board.shift(giver, taker, pairs):
            if _make_room(board, source, depth - 1):
                return True
            board.undo(keep=mark)
    return False


def _partners(board: Board, cell: Cell, minutes: float, source: Lot, roomy: bool) -> list[tuple[Lot, Lot, int]]:
    """Lots of other jobs in a full cell, each with another lot of its task that can take the pairs that must give way.

    roomy: only such as have room for them. The place that the crumb leaves comes first, then the same style: an even exchange.
    """
    moved = {lot.task for lot, _, _ in board.trial.shifts}
    ranked = []
    for giver in board.cells[cell[0]][cell[1]]:
        pairs = max(1, math.ceil(minutes / board.rate(giver) - MARGIN))
        if giver.task in moved or pairs > giver.pairs:
            continue
        if giver.pairs - pairs < board.least(giver):
            pairs = giver.pairs  # leave no crumb behind
        other_style = board.styles[giver.job] != board.styles[source.job]
        for number, taker in enumerate(board.lots[giver.task]):
            there, work = (taker.line, taker.day), pairs * board.rate(giver)
            full = board.left(there) < work
            if taker is giver or there == cell or (full and roomy):
                continue
            price = board.overtime_price(there, work)
            ranked.append((full, there != (source.line, source.day), other_style, price, giver.job, number, giver, taker, pairs))
    ranked.sort(key=lambda r: r[:6])
    return [r[6:] for r in ranked[:PARTNERS]]


def _spread(board: Board, lots: list[Lot]) -> bool:
    """Share small lots of a task out among its others, the cheapest first."""
    task, homes = lots[0].task, set(lots)
    for lot in lots:
        for taker, pairs in _takers(board, lot, [x for x in board.lots[task] if x not in homes]):
            if not lot.pairs:
                break
            fitting = min(pairs, lot.pairs, board.slack(task, lot.day, taker.day))
            if fitting:
                board.shift(lot, taker, fitting)
        if lot.pairs:
            board.undo()
            return False
    return _settle(board)


def _takers(board: Board, lot: Lot, others: list[Lot]) -> Iterator[tuple[Lot, int]]:
    """Lots with room, and the pairs for which there is some."""
    rate = board.rate(lot)

    def price(taker: Lot) -> tuple[float, int, int]:
        return board.overtime_price((taker.line, taker.day), rate), abs(taker.day - lot.day), taker.line

    for taker in sorted(others, key=price):
        already = sum(pairs for _, target, pairs in board.trial.shifts if (target.line, target.day) == (taker.line, taker.day))
        same = (taker.line, taker.day) == (lot.line, lot.day)
        pairs = lot.pairs if same else int(board.left((taker.line, taker.day)) / rate) - already
        if pairs > 0:
            yield taker, pairs


def _leave_line(board: Board, crumb: Lot) -> bool:
    """Move all that a line has of the task to the task's other lines, if all of it is small."""
    own = [lot for lot in board.lots[crumb.task] if lot.line == crumb.line]
    if len(own) == len(board.lots[crumb.task]) or len(own) == 1 or sum(lot.pairs for lot in own) >= 2 * board.least(crumb):
        return False
    return _spread(board, own)
