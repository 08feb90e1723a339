"""Checks that every running sum and list of the search state says what the pieces say; independent of the kernels."""

from collections import defaultdict

import numpy as np

from scheduling.engine.arrays import Model, read_entries
from scheduling.engine.facts import made_pairs
from scheduling.engine.tooling import Tooling


def check_state(model: Model) -> None:
    state, days, stages = model.state, model.problem.days, len(model.stages)
    pieces, tasks = state["pieces"], state["tasks"]
    lines = len(model.problem.lines)
    used: dict[int, float] = defaultdict(float)
    seen, changeovers = set(), 0
    for line in range(lines):
        p, cell = int(pieces[line]["behind"]), -1
        while p != line:
            row = pieces[p]
            assert pieces[row["before"]]["behind"] == p
            assert row["cell"] >= cell
            assert row["cell"] // days == line
            cell = int(row["cell"])
            changed = row["before"] >= lines and pieces[row["before"]]["style"] != row["style"]
            changeovers += changed
            used[cell] += row["pairs"] * tasks[row["task"]]["minutes"] + changed * state["lines"][line]["changeover"]
            seen.add(p)
            p = int(row["behind"])
    check_tasks(model, seen)
    check_free(model)
    cells = state["cells"]
    assert all(cells[c]["used"] == used.get(c, 0.0) and cells[c]["used"] <= cells[c]["room"] for c in range(len(cells)))
    assert state.value("overtime") == sum(max(0.0, c["used"] - c["regular"]) for c in cells)
    assert state.value("changeovers") == changeovers
    assert state.value("splits") == sum(max(0, int(t["lines"]) - 1) for t in tasks)
    check_pools(model)
    assert state.value("overfull") == 0
    assert state.value("moves") == moved_pairs(model)
    assert state.value("n_notes") == 0
    assert state.value("n_free") + len(seen) + lines == len(pieces)
    assert state.value("left_out") == sum(not j["planned"] for j in state["jobs"])
    assert stages * len(model.jobs + model.ghosts) == len(tasks)


def check_pools(model: Model) -> None:
    """Every pool has used what the tasks take of it, and no more than there is."""
    state, problem = model.state, model.problem
    if not state.value("tooled"):
        return
    tooling = Tooling(problem)
    used = np.zeros((len(tooling.rooms), problem.days), int)
    made = {j.id: made_pairs(problem, j) for j in problem.jobs}
    for (pool, day), pairs in tooling.use(read_entries(model, state["pieces"]), made).items():
        used[pool, day] = pairs
    assert state["pools"]["used"][: used.size].tolist() == used.reshape(-1).tolist()
    assert (state["pools"]["used"] <= state["pools"]["room"]).all()


def check_tasks(model: Model, seen: set[int]) -> None:
    """Every task holds its pieces, all of its pairs or none."""
    state, days = model.state, model.problem.days
    pieces, back = state["pieces"], [line.back_days for line in model.problem.lines]
    listed: set[int] = set()
    planned = len(model.jobs) * len(model.stages)  # behind them stand those that only have frozen entries
    for t, task in enumerate(state["tasks"]):
        p, pairs, day_sum, lines = int(task["head"]), 0, 0, set()
        while p >= 0:
            row = pieces[p]
            assert row["task"] == t
            listed.add(p)
            pairs, day_sum = pairs + row["pairs"], day_sum + row["pairs"] * (row["cell"] % days + back[row["cell"] // days])
            lines.add(row["cell"] // days)
            p = int(row["task_behind"])
        job = state["jobs"][t // len(model.stages)]
        assert pairs == task["placed"] == (task["quota"] if job["planned"] and t < planned else task["frozen"])
        assert day_sum == task["day_sum"]
        assert len(lines) == task["lines"]
    assert listed == seen


def moved_pairs(model: Model) -> int:
    """Pairs of tasks with former places that stand elsewhere, if moving costs anything."""
    state = model.state
    if not state.value("move_cost"):
        return 0
    had: dict[tuple[int, int], int] = defaultdict(int)
    for t, task in enumerate(state["tasks"]):
        stay = int(task["stays"])
        while stay >= 0 and state["stays"][stay]["cell"] >= 0:
            had[t, int(state["stays"][stay]["cell"])] += int(state["stays"][stay]["pairs"])
            stay += 1
    has: dict[tuple[int, int], int] = defaultdict(int)
    for t, task in enumerate(state["tasks"]):
        p = int(task["head"])
        while p >= 0 and task["stays"] >= 0:
            has[t, int(state["pieces"][p]["cell"])] += int(state["pieces"][p]["pairs"])
            p = int(state["pieces"][p]["task_behind"])
    return sum(max(0, pairs - had.get(place, 0)) for place, pairs in has.items())


def check_free(model: Model) -> None:
    """Every unused piece is free exactly once."""
    state, lines = model.state, len(model.problem.lines)
    free = state["slips"]["free"][: int(state.value("n_free"))].tolist()
    standing = set()
    for line in range(lines):
        p = int(state["pieces"][line]["behind"])
        while p != line:
            standing.add(p)
            p = int(state["pieces"][p]["behind"])
    assert sorted([*free, *standing]) == list(range(lines, len(state["pieces"])))
