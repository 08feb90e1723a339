"""From names to numbers: builds the kernels' `State` for a problem, and reads entries back from it."""

from dataclasses import dataclass

import numpy as np

from .access import pair_price
from .facts import distance, lag_after, made_pairs, start_day
from .frozen import excused
from .kernels import state as k
from .kernels.layout import layout
from .kernels.load import load
from .plan import Entry
from .problem import Job, Problem
from .teams import able_teams, shut_cells
from .tool_tables import ToolTables, tool_tables

FEW_JOBS, MANY_JOBS = 30, 2_000  # a large plan has fewer rounds for each job
# Of rounds: a stage, a job, a late job and a rival, a swap, a swap beside the style, a block, joining what is split.
SHARES = 0.22, 0.1, 0.06, 0.12, 0.15, 0.15, 0.2
SHARES_OF_FEW = 0.4, 0.1, 0.1, 0.1, 0.1, 0.2, 0.0  # hardly anything is split
SHARES_OF_MANY = 0.4, 0.01, 0.01, 0.08, 0.22, 0.18, 0.1  # what earns most in the first rounds
TRIES, TRIES_OF_MANY = 12, 4  # lines that a round looks at for a stage, beside the one it comes from
ROAM_OF_MANY = 10  # steps; the whole window of days in smaller plans


@dataclass(frozen=True, slots=True)
class Model:
    """A problem in numbers; jobs, lines and stages give the names in the order of the state's arrays.

    ghosts: jobs that are not planned but have frozen entries; they stand behind the others and no kernel asks for them.
    """

    problem: Problem
    jobs: tuple[Job, ...]
    stages: tuple[str, ...]  # topological
    state: k.State
    ghosts: tuple[Job, ...] = ()

    def order(self, pull: float) -> k.Records:
        """Jobs by due day, each unit of weight counting `pull` days earlier; heavier ones first."""
        jobs = self.jobs
        return np.array(sorted(range(len(jobs)), key=lambda i: (jobs[i].due - pull * jobs[i].importance, -jobs[i].importance, i)), np.int32)


def topological(problem: Problem) -> tuple[str, ...]:
    """Stage names, feeders first, otherwise in the given order. The one last stage comes last."""
    after = {s.id: set(s.after) for s in problem.stages}
    order: list[str] = []
    while len(order) < len(after):
        order.append(next(s for s in after if s not in order and after[s] <= set(order)))
    return tuple(order)


def build(problem: Problem, jobs: tuple[Job, ...], seed: int) -> Model:
    """The state of an empty plan, but for what is frozen, for those jobs of a valid problem that have a rate and a team everywhere."""
    stages = topological(problem)
    bonds = _bonds(problem, stages)
    planned, held = {j.id for j in jobs}, {e.job for e in problem.frozen}
    ghosts = tuple(j for j in problem.jobs if j.id in held - planned)
    everybody = jobs + ghosts
    teams, tools = able_teams(problem, everybody, stages), tool_tables(problem, everybody, stages)
    rule, kind, bars = shut_cells(problem, everybody)
    tasks = _tasks(problem, everybody, stages)
    tasks["group"], tasks["kit"] = teams.group, tools.kit
    lead = _lead(problem, tasks, stages)
    room = _room_to_work(problem, len(tasks), len(jobs))
    tables = room | {
        "cells": _cells(problem, rule),
        "tasks": tasks,
        "jobs": _jobs(problem, everybody, kind),
        "lines": _lines(problem, stages, tools),
        "stages": _stages(bonds, len(stages)),
        "bonds": bonds,
        "groups": teams.groups,
        "ables": teams.ables,
        "bars": bars,
        "kins": _kins(everybody),
        **tools.tables,
    }
    state = k.make_state(tables, _desk(problem, len(jobs), lead, len(room["pieces"]) - len(problem.lines), seed))
    state.table["n_places"], state.table["tooled"] = tools.places, int((tools.kit >= 0).any())
    _note_kinds(state)
    model = Model(problem, jobs, stages, state, ghosts)
    if problem.frozen:
        _freeze(model)
    return model


def _room_to_work(problem: Problem, tasks: int, jobs: int) -> dict[str, k.Records]:
    """The tables that kernels work in: pieces with the lines' sentinels, the free ones among them, and what a move needs."""
    pool = len(problem.lines) + len(problem.frozen) + 3 * tasks + 2 * _reserve(problem)
    tables = {
        "pieces": _sentinels(pool, len(problem.lines)),
        "slips": k.empty("slips", pool),
        "steps": k.empty("steps", problem.days + 1),
        "offers": k.empty("offers", k.MOST_LINES * (problem.days + 1)),
        "rows": k.empty("rows", k.MOST_LINES),
        "looses": k.empty("looses", tasks),
        "picks": k.empty("picks", k.MOST_PICKED),
        "mixes": k.empty("mixes", k.MOVES),
        "stays": k.empty("stays", 1),
        "focus": k.empty("focus", 1),
    }
    tables["slips"]["free"][: pool - len(problem.lines)] = np.arange(pool - 1, len(problem.lines) - 1, -1)  # sentinels are never free
    tables["mixes"]["share"] = SHARES_OF_MANY if jobs > MANY_JOBS else SHARES if jobs > FEW_JOBS else SHARES_OF_FEW
    tables["looses"]["job"][:jobs], tables["looses"]["task"] = np.arange(jobs), np.arange(tasks)
    return tables


def _note_kinds(state: k.State) -> None:
    """How many kinds of jobs and distances there are, and which optional rules any line asks for: the others cost no time."""
    lines, table = state["lines"], state.table
    table["n_kinds"], table["n_distances"] = 1 + int(state["jobs"]["kind"].max(initial=0)), 1 + int(lines["distance"].max(initial=0))
    table["priced"], table["lotted"] = int((state["ables"]["price"] > 0).any()), int((lines["minimum"] > 0).any())


def _freeze(model: Model) -> None:
    """Put the frozen entries into the empty state; a cell that they overfill has as much room as they take, and so have tools."""
    problem, state, width = model.problem, model.state, len(model.stages)
    jobs = {j.id: i for i, j in enumerate(model.jobs + model.ghosts)}
    lines = {line.id: i for i, line in enumerate(problem.lines)}
    stages = {s: i for i, s in enumerate(model.stages)}
    state["jobs"]["planned"][len(model.jobs) :] = 1
    rows = [(jobs[e.job] * width + stages[e.stage], lines[e.line] * problem.days + e.day, e.pairs) for e in problem.frozen]
    rows.sort(key=lambda row: row[1])
    free = int(state.value("n_free"))
    load(state.desk, np.array(rows, np.int32))
    state["pieces"]["frozen"][state["slips"]["free"][int(state.value("n_free")) : free]] = 1
    state["tasks"]["frozen"] = state["tasks"]["placed"]
    for (job, stage), day in excused(problem).items():
        state["tasks"]["excused"][jobs[job] * width + stages[stage]] = day
    named = {j.id: j for j in problem.jobs}
    prices = (e.pairs * float(np.rint(pair_price(problem.lines[lines[e.line]], named[e.job]) * k.SCALE)) for e in problem.frozen)
    state.table["team_cost"] = sum(prices)  # whatever the line: it may be one that could not make the job
    cells = state["cells"]
    cells["room"] = np.maximum(cells["room"], cells["used"])
    state["pools"]["room"] = np.maximum(state["pools"]["room"], state["pools"]["used"])
    state.table["overfull"] = 0


def _desk(problem: Problem, jobs: int, lead: int, free: int, seed: int) -> k.Records:
    """Sizes and prices; nothing is planned yet."""
    desk = np.zeros(1, layout(k.Desk))
    c = problem.costs
    values = {
        "days": problem.days,
        "n_jobs": jobs,
        "n_lines": len(problem.lines),
        "n_stages": len(problem.stages),
        "lead": lead,
        "reserve": _reserve(problem),
        "late_cost": c.late,
        "overtime_cost": c.overtime / k.SCALE,
        "changeover_cost": c.changeover,
        "split_cost": c.split,
        "wip_cost": c.wip,
        "rng": np.random.SeedSequence(abs(seed)).generate_state(1, np.uint64)[0] | np.uint64(1),
        "n_free": free,
        "left_out": jobs,
        "loose_tasks": len(problem.stages) * jobs,
        "loose_jobs": jobs,
        "tries": TRIES_OF_MANY if jobs > MANY_JOBS else TRIES,
        "roam": min(problem.days, ROAM_OF_MANY) if jobs > MANY_JOBS else problem.days,
    }
    for name, value in values.items():
        desk[name] = value
    return desk


def _reserve(problem: Problem) -> int:
    """Pieces that one round may need at the most: all that it takes out put in again."""
    return max(k.MOST_JOBS * len(problem.stages), k.MOST_PICKED) * k.MOST_LINES * problem.days


def _bonds(problem: Problem, stages: tuple[str, ...]) -> k.Records:
    n = len(stages)
    number = {s: i for i, s in enumerate(stages)}
    lag, linked, feeds = np.zeros((n, n), np.int32), np.zeros((n, n), bool), np.zeros((n, n), bool)
    by_name = {s.id: s for s in problem.stages}
    for s, name in enumerate(stages):
        for feeder in by_name[name].after:
            a, days = number[feeder], lag_after(problem, by_name[name], feeder)
            feeds[a, s] = linked[a, s] = True
            lag[a, s] = max(lag[a, s], days)
            behind = linked[:, a]
            lag[behind, s] = np.maximum(lag[behind, s], lag[behind, a] + days)
            linked[behind, s] = True
    bonds = k.empty("bonds", n * n)
    bonds["lag"], bonds["linked"], bonds["feeds"] = lag.reshape(-1), linked.reshape(-1), feeds.reshape(-1)
    return bonds


def _stages(bonds: k.Records, n: int) -> k.Records:
    feeds = bonds["feeds"].reshape(n, n)
    stages = k.empty("stages", n)
    stages["tail"] = bonds["lag"].reshape(n, n)[:, -1]
    stages["is_root"] = feeds.sum(axis=0) == 0
    stages["is_last"][-1] = 1
    return stages


def _cells(problem: Problem, rule: k.Records) -> k.Records:
    """Capacity by line and day, rounded down to whole units."""
    days = problem.days
    table = k.empty("cells", len(problem.lines) * days)
    regular = np.array([line.minutes for line in problem.lines], float).reshape(-1)
    overtime = np.array([line.overtime for line in problem.lines], float).reshape(-1)
    table["regular"] = np.floor(regular * k.SCALE + 1e-3)
    table["room"] = np.floor((regular + overtime) * k.SCALE + 1e-3)
    table["head"] = table["tail"] = k.NOWHERE
    table["line"] = np.repeat(np.arange(len(problem.lines)), days)
    table["rule"] = rule
    table["day"] = np.tile(np.arange(days), len(problem.lines))
    table["fed"] = np.maximum(0, table["day"] - np.repeat(np.array([line.out_days for line in problem.lines], np.int32), days))
    table["there"] = table["day"] + np.repeat(np.array([line.back_days for line in problem.lines], np.int32), days)
    return table


def _tasks(problem: Problem, jobs: tuple[Job, ...], stages: tuple[str, ...]) -> k.Records:
    """Minutes per pair, rounded up to whole units; a stage that is done needs none."""
    table = k.empty("tasks", len(jobs) * len(stages))
    minutes = np.array([[j.minutes.get(s, 0.0) for s in stages] for j in jobs], float).reshape(-1)
    made = np.array([[pairs[s] for s in stages] for pairs in (made_pairs(problem, j) for j in jobs)], np.int32).reshape(-1)
    table["made"], table["quota"] = made, np.repeat(np.array([j.pairs for j in jobs], np.int32), len(stages)) - made
    table["start"] = np.array([[start_day(j, s) for s in stages] for j in jobs], np.int32).reshape(-1)
    table["first"] = first_days(problem, stages, table["start"].reshape(-1, len(stages)), made.reshape(-1, len(stages))).reshape(-1)
    table["minutes"] = np.maximum(1.0, np.ceil(minutes * k.SCALE - 1e-3))
    table["head"] = table["stays"] = table["excused"] = k.NOWHERE
    table["loose"], table["until_day"] = 1, problem.days
    table["stage"] = np.tile(np.arange(len(stages)), len(jobs))
    return table


def first_days(problem: Problem, stages: tuple[str, ...], start: k.Records, made: k.Records) -> k.Records:
    """The earliest day of each task: its own start day, and a lag behind its feeders unless these have pairs there already."""
    by_name = {s.id: s for s in problem.stages}
    first = start.copy()
    for s, name in enumerate(stages):
        for feeder in by_name[name].after:
            a = stages.index(feeder)
            waits = made[:, a] <= made[:, s]
            first[waits, s] = np.maximum(first[waits, s], first[waits, a] + lag_after(problem, by_name[name], feeder))
    return first


def _jobs(problem: Problem, jobs: tuple[Job, ...], kind: k.Records) -> k.Records:
    """`missing`, the cost of leaving a job out, is more than planning it can ever cost."""
    table = k.empty("jobs", len(jobs))
    styles = {s: i for i, s in enumerate(sorted({j.style for j in jobs}))}
    table["kind"] = kind
    c = problem.costs
    dear = max((line.pair_cost for line in problem.lines), default=0.0)
    table["style"], table["pairs"] = [styles[j.style] for j in jobs], [j.pairs for j in jobs]
    table["due"], table["weight"] = [j.due for j in jobs], [j.importance for j in jobs]
    by_style = np.sort(table["style"])
    table["kin"], table["loose"] = np.searchsorted(by_style, table["style"]), 1
    table["kins"] = np.searchsorted(by_style, table["style"], side="right") - table["kin"]
    minutes = np.array([sum(j.minutes.values()) for j in jobs], float)
    wishes = np.array([sum(wish.cost for wish in j.prefer.values()) for j in jobs], float)
    late = max(c.late, 1e-3) * np.maximum(table["weight"], 1.0) * (2 * problem.days + np.maximum(0, -table["due"]))
    dearest = late + c.overtime * minutes + wishes + len(problem.stages) * (dear + c.move)  # of a pair
    table["missing"] = table["pairs"] * dearest + 100 * (c.split + c.changeover)
    return table


def _kins(jobs: tuple[Job, ...]) -> k.Records:
    """The jobs by style."""
    table = k.empty("kins", len(jobs))
    table["job"] = sorted(range(len(jobs)), key=lambda i: (jobs[i].style, i))
    return table


def _lines(problem: Problem, stages: tuple[str, ...], tools: ToolTables) -> k.Records:
    table = k.empty("lines", len(problem.lines))
    number = {s: i for i, s in enumerate(stages)}
    table["changeover"] = np.ceil(np.array([line.changeover for line in problem.lines], float) * k.SCALE - 1e-3)
    table["stage"] = [number[line.stage] for line in problem.lines]
    table["place"] = tools.place
    table["minimum"] = [line.minimum_lot for line in problem.lines]
    far = {(0, 0): 0}
    table["distance"] = [far.setdefault(distance(line), len(far)) for line in problem.lines]
    table["out"], table["back"] = [line.out_days for line in problem.lines], [line.back_days for line in problem.lines]
    return table


def _sentinels(pool: int, lines: int) -> k.Records:
    """Piece i < lines is the sentinel of line i: both ends of its ring."""
    table = k.empty("pieces", pool)
    table["style"][:lines] = k.NOWHERE
    table["cell"][:lines] = k.NOWHERE
    table["before"][:lines] = table["behind"][:lines] = np.arange(lines)
    return table


def _lead(problem: Problem, tasks: k.Records, stages: tuple[str, ...]) -> int:
    """The stage with the most work per minute there is."""
    work = dict(zip(stages, (tasks["quota"] * tasks["minutes"]).reshape(-1, len(stages)).sum(axis=0) / k.SCALE, strict=True))
    room = {s: sum(sum(line.minutes) for line in problem.lines if line.stage == s) for s in stages}
    return max(range(len(stages)), key=lambda i: (work[stages[i]] / max(room[stages[i]], 1e-9), -i))


def enlarge(state: k.State) -> None:
    """Twice as many pieces; nothing of the plan changes."""
    old, slips = state["pieces"], state["slips"]
    more = len(old)
    state.replace("pieces", np.concatenate([old, k.empty("pieces", more)]))
    state.replace("slips", np.concatenate([slips, k.empty("slips", more)]))
    n = int(state.value("n_free"))
    state["slips"]["free"][n : n + more] = np.arange(2 * more - 1, more - 1, -1)
    state.table["n_free"] = n + more


def read_entries(model: Model, table: k.Records) -> tuple[Entry, ...]:
    """The entries in a table of pieces, line by line in the order of work."""
    problem, entries = model.problem, []
    pieces = table.tolist()
    field = {name: i for i, name in enumerate(table.dtype.names or ())}
    job, task, cell, pairs, behind = (field[n] for n in ("job", "task", "cell", "pairs", "behind"))
    width, jobs = len(model.stages), model.jobs + model.ghosts
    for i, line in enumerate(problem.lines):
        p = pieces[i][behind]
        while p != i:
            row = pieces[p]
            entries.append(Entry(jobs[row[job]].id, model.stages[row[task] % width], line.id, row[cell] % problem.days, row[pairs]))
            p = row[behind]
    return tuple(entries)
