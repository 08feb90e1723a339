"""Former places: what a pair costs that stands on another line or day than in a base plan."""

from collections.abc import Iterable

import numpy as np

from .arrays import Model
from .kernels import state as k
from .plan import Entry


def hold_to(model: Model, base: Iterable[Entry], price: float) -> None:
    """Let every pair of a job and stage in the base plan cost `price` where it did not stand there; 0 lets go of the base.

    Entries of unknown jobs, lines, stages and days are passed over. May be called whatever the state holds.
    """
    hold_rows(model, _rows(model, base), price)


def hold_rows(model: Model, base: k.Records, price: float) -> None:
    """As `hold_to`, for rows (task, cell, pairs)."""
    rows = np.asarray(base, np.int64)[np.argsort(base[:, 0], kind="stable")] if price > 0 else np.zeros((0, 3), np.int64)
    tasks, counts = np.unique(rows[:, 0], return_counts=True)
    stays = k.empty("stays", len(rows) + len(tasks) + 1)
    stays["cell"] = k.NOWHERE
    gaps = np.repeat(np.arange(len(tasks)), counts)  # one row ends the list of each task
    stays["cell"][np.arange(len(rows)) + gaps] = rows[:, 1]
    stays["pairs"][np.arange(len(rows)) + gaps] = rows[:, 2]
    state = model.state
    state["tasks"]["stays"] = k.NOWHERE
    state["tasks"]["stays"][tasks] = np.cumsum(counts) - counts + np.arange(len(tasks))
    state.replace("stays", stays)
    state.table["move_cost"] = price
    state.table["moves"] = _moved(model, rows)


def _rows(model: Model, base: Iterable[Entry]) -> k.Records:
    """Task, cell and pairs of the known entries."""
    jobs = {j.id: i for i, j in enumerate(model.jobs)}
    lines = {line.id: i for i, line in enumerate(model.problem.lines)}
    stages = {s: i for i, s in enumerate(model.stages)}
    days, width = model.problem.days, len(model.stages)
    rows = [
        (jobs[e.job] * width + stages[e.stage], lines[e.line] * days + e.day, e.pairs)
        for e in base
        if e.job in jobs and e.line in lines and e.stage in stages and 0 <= e.day < days
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _moved(model: Model, base: k.Records) -> int:
    """Pairs that stand elsewhere than in the base."""
    state = model.state
    cells = len(state["cells"])
    held = state["tasks"]["stays"] >= 0
    pieces = state["pieces"]
    standing = np.flatnonzero(_linked(state))
    task, cell, pairs = (pieces[name][standing].astype(np.int64) for name in ("task", "cell", "pairs"))
    mine = held[task]
    keys, where = np.unique(np.concatenate([task[mine] * cells + cell[mine], base[:, 0] * cells + base[:, 1]]), return_inverse=True)
    change = np.concatenate([pairs[mine], -base[:, 2]])
    return int(np.maximum(0, np.bincount(where, change, len(keys))).sum())


def _linked(state: k.State) -> k.Records:
    """Which pieces stand on a line."""
    linked = np.ones(len(state["pieces"]), bool)
    linked[: len(state["lines"])] = False
    linked[state["slips"]["free"][: int(state.value("n_free"))]] = False
    return linked
