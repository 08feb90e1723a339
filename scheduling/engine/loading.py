"""A plan's entries put into the search's state: the exact inverse of `arrays.read_entries`.

What cannot stand is taken out job by job and named, so that the state is always a whole and feasible plan of the rest.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from .arrays import Model, enlarge
from .checker import TOLERANCE
from .frozen import without_frozen
from .kernels import state as k
from .kernels.load import dump, load, relieve, take_broken
from .plan import Entry, Fault


def load_entries(model: Model, entries: Iterable[Entry]) -> tuple[Fault, ...]:
    """Load a plan into the empty state of a model; what was left away, one fault per job (or unknown job).

    Entries of one line and day stand in the order of work. A job is left away as a whole if one of its entries has an unknown
    line or stage, a line that cannot make it, a day before its release or outside the horizon, if its pairs do not add up or
    run ahead of a feeding stage, or if it stands last on a day with more work than minutes.
    """
    rows, faults = _rows(model, entries)
    load_rows(model.state, rows)
    return tuple(faults.values()) + settle_loaded(model)


def load_rows(state: k.State, rows: k.Records) -> None:
    """Put pieces (task, cell, pairs) into a state; of one line in the order of work. Nothing is checked."""
    while state.value("n_free") < len(rows) + state.value("reserve"):
        enlarge(state)
    load(state.desk, np.ascontiguousarray(rows, np.int32))


def read_rows(state: k.State, *, frozen: bool = True) -> k.Records:
    """All pieces (task, cell, pairs) of a state, line by line in the order of work; without the frozen ones what `load_rows` takes."""
    rows = np.empty((len(state["pieces"]), 3), np.int32)
    return rows[: dump(state.desk, rows, frozen)].copy()


def settle_loaded(model: Model) -> tuple[Fault, ...]:
    """Mark the jobs that stand whole and well as planned, take the others out; faults name those that had pieces."""
    state, width = model.state, len(model.stages)
    had = (state["tasks"]["placed"] > state["tasks"]["frozen"]).reshape(-1, width)[: len(model.jobs)].any(axis=1)
    broken = np.full(len(model.jobs), -1, np.int32)
    take_broken(state.desk, broken)
    faults = [
        Fault(
            f"job {model.jobs[j].id}",
            "entries",
            f"{model.stages[broken[j]]}: pairs are missing, run ahead of the stage before, or lack tools or a lot large enough",
        )
        for j in np.flatnonzero(had & (broken >= 0))
    ]
    _forgive(model)
    gone = np.full(len(model.jobs), -1, np.int32)
    relieve(state.desk, gone)
    for j in np.flatnonzero(gone >= 0):
        line, day = divmod(int(gone[j]), model.problem.days)
        name = model.problem.lines[line].id
        faults.append(Fault(f"job {model.jobs[j].id}", "entries", f"line {name} has more work than minutes on day {day}"))
    return tuple(faults)


def _forgive(model: Model) -> None:
    """Minutes are rounded up by piece in the state: a cell that is full by the checker's rules, and no more, is not overfull."""
    state = model.state
    cells = state["cells"]
    over = np.flatnonzero(cells["used"] > cells["room"])
    if not over.size:
        return
    pieces, behind = state["pieces"], {}
    for c in over:
        count, p = 0, int(cells[c]["head"])
        while p >= 0 and pieces[p]["cell"] == c:
            count, p = count + int(pieces[p]["pairs"]) + 1, int(pieces[p]["behind"])
        behind[c] = count + TOLERANCE * cells[c]["room"]
    for c, slack in behind.items():
        if cells[c]["used"] <= cells[c]["room"] + slack:
            cells[c]["room"] = cells[c]["used"]
            state.table["overfull"] -= 1


def _rows(model: Model, entries: Iterable[Entry]) -> tuple[k.Records, dict[str, Fault]]:
    """Pieces in the order of work, without those of jobs that have a wrong entry; and the faults by job."""
    table, _, faults = _numbers(model, entries)
    for row, why in _wrong(model, table):
        name = model.jobs[table[row, 0]].id
        faults.setdefault(name, Fault(f"job {name}", "entries", why))
    bad = np.array([job.id in faults for job in model.jobs], bool)
    return _in_order(model, table[~bad[table[:, 0]]] if len(table) else table)[0], faults


def usable_rows(model: Model, entries: Iterable[Entry]) -> tuple[k.Records, list[Entry], k.Records]:
    """Pieces in the order of work that may stand as far as line, day and family go, their entries, and the jobs that lost others."""
    table, kept, _ = _numbers(model, entries)
    good = np.ones(len(table), bool)
    good[[row for row, _ in _wrong(model, table)]] = False
    rows, order = _in_order(model, table[good])
    kept = [e for e, fine in zip(kept, good.tolist(), strict=True) if fine] if not good.all() else kept
    return rows, [kept[i] for i in order.tolist()], np.unique(table[~good, 0])


def _numbers(model: Model, entries: Iterable[Entry]) -> tuple[k.Records, list[Entry], dict[str, Fault]]:
    """Job, stage, line, day and pairs of the entries whose names are known, these entries, and faults for the jobs of the others."""
    jobs = {j.id: i for i, j in enumerate(model.jobs)}
    entries = without_frozen(model.problem, entries)
    lines = {line.id: i for i, line in enumerate(model.problem.lines)}
    stages = {s: i for i, s in enumerate(model.stages)}
    table = np.empty((len(entries), 5), np.int64)
    table[:, 0] = [jobs.get(e.job, -1) for e in entries]
    table[:, 1] = [stages.get(e.stage, -1) for e in entries]
    table[:, 2] = [lines.get(e.line, -1) for e in entries]
    table[:, 3], table[:, 4] = [e.day for e in entries], [e.pairs for e in entries]
    good, faults = (table[:, :3] >= 0).all(axis=1), dict[str, Fault]()
    for i in np.flatnonzero(~good).tolist():
        e = entries[i]
        what = (
            "the job is not part of the problem or cannot be planned" if table[i, 0] < 0 else f"unknown line or stage: {e.line}, {e.stage}"
        )
        faults[e.job] = Fault(f"job {e.job}", "entries", what)
    if not good.all():
        table, entries = table[good], [entries[i] for i in np.flatnonzero(good).tolist()]
    return table, entries, faults


def _in_order(model: Model, table: k.Records) -> tuple[k.Records, k.Records]:
    """Pieces (task, cell, pairs) in the order of work, and the places of their rows in the table."""
    cell = table[:, 2] * model.problem.days + table[:, 3]
    rows = np.column_stack([table[:, 0] * len(model.stages) + table[:, 1], cell, table[:, 4]]).astype(np.int32)
    order = np.argsort(cell, kind="stable")
    return rows[order], order


def _wrong(model: Model, table: k.Records) -> Sequence[tuple[int, str]]:
    """Rows (job, stage, line, day, pairs) that no plan may hold, and what is wrong with them."""
    job, stage, line, day, pairs = table.T
    state, problem = model.state, model.problem
    start = state["tasks"]["start"][job * len(model.stages) + stage]
    rules = [
        (state["lines"]["stage"][line] != stage, "a line does not work at the stage"),
        (~_can(model)[state["tasks"]["group"][job * len(model.stages) + stage], line], "a line cannot make the job"),
        (_shut(model, job, line, day), "a line is closed to the job on a day"),
        ((day - state["lines"]["out"][line] < start) | (day >= problem.days), "a day lies before the start day or outside the horizon"),
        ((pairs < 1) | (pairs > state["jobs"]["pairs"][job]), "the pairs of an entry are not possible"),
    ]
    return [(int(row), why) for wrong, why in rules for row in np.flatnonzero(wrong)]


def _can(model: Model) -> k.Records:
    """Table groups × lines: whether the line can make the tasks of the group."""
    first = model.state["groups"]["first"]
    able = np.zeros((len(first) - 1, len(model.problem.lines)), bool)
    able[np.repeat(np.arange(len(first) - 1), np.diff(first)), model.state["ables"]["line"]] = True
    return able


def _shut(model: Model, job: k.Records, line: k.Records, day: k.Records) -> k.Records:
    """Whether a window keeps a job from a line on a day; days outside the horizon do not count here."""
    state, days = model.state, model.problem.days
    rule = state["cells"]["rule"][line * days + np.clip(day, 0, days - 1)]
    shut: k.Records = state["bars"]["shut"][rule * int(state.value("n_kinds")) + state["jobs"]["kind"][job]] > 0
    return shut
