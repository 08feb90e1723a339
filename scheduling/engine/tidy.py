"""Puts the work of a day into a better order: one style at a time, one lot for what a job has there."""

from .board import Board, Cell, Lot


def tidy(board: Board, cell: Cell) -> bool:
    """Join lots of the same job and bring the lots of a style together, where that costs nothing; True if it was done."""
    line, day = cell
    lots = board.cells[line][day]
    if len(lots) < 2:
        return False
    order = _by_style(board, cell)
    if order == lots and len({lot.job for lot in lots}) == len(lots):
        return False
    first = {lot.job: lot for lot in reversed(order)}
    board.reorder(cell, order)
    for lot in order:
        if lot is not first[lot.job]:
            board.shift(lot, first[lot.job], lot.pairs)
    verdict = board.judge()
    better = verdict.cost < -1e-6 or verdict.lots < 0
    if verdict.overfull or verdict.barred or verdict.cost > 1e-6 or verdict.crumbs > 0 or not better:
        board.undo()
        return False
    board.keep()
    return True


def _by_style(board: Board, cell: Cell) -> list[Lot]:
    """The lots of a cell by style: the style of the day before comes first, that of the day after last, the others as they stand."""
    line, day = cell
    groups: dict[str, list[Lot]] = {}
    for lot in board.cells[line][day]:
        groups.setdefault(board.styles[lot.job], []).append(lot)
    before, after = board.style_before(line, day), board.style_after(line, day)
    if after in groups and (after != before or len(groups) == 1):
        groups[after] = groups.pop(after)
    if before in groups:
        groups = {before: groups.pop(before)} | groups
    return [lot for group in groups.values() for lot in group]
