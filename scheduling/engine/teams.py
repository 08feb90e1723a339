"""Tables of who may make what: able lines by task with their prices, and the windows in which cells are shut."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .access import Access, can_make, meant, minimum_lots, pair_price
from .kernels import state as k
from .problem import Job, Problem
from .tooling import Tooling, size_run


@dataclass(frozen=True, slots=True)
class Teams:
    """ables, groups: able lines of each group of tasks that have the same. group: by task, jobs × stages."""

    ables: k.Records
    groups: k.Records
    group: k.Records


def able_teams(problem: Problem, jobs: Sequence[Job], stages: Sequence[str]) -> Teams:
    """Group the tasks by the lines that may make them, on some day at least, and by what a pair costs there."""
    access, tooling, minimums = Access(problem), Tooling(problem), minimum_lots(problem)
    number: dict[tuple[object, ...], int] = {}
    listed: list[list[tuple[int, float]]] = []
    group = np.zeros((len(jobs), len(stages)), np.int32)
    windowed = {line.stage for line in problem.lines if access.has_windows(line.id)}
    for i, job in enumerate(jobs):
        for s, stage in enumerate(stages):
            wish = job.prefer.get(stage)
            tools = (job.tools[stage], *size_run(job)) if job.tools.get(stage) else ()
            who = job.family, job.only_lines.get(stage), bisect_right(minimums, job.pairs)
            key = (s, who, wish and (wish.lines, wish.cost), _meant(problem, job, stage, windowed), tools)
            if key not in number:
                number[key] = len(listed)
                listed.append(
                    [found for found in _able(problem, access, job, stage) if tooling.has(job, stage, problem.lines[found[0]].id)]
                )
            group[i, s] = number[key]
    ables, groups = k.empty("ables", sum(map(len, listed))), k.empty("groups", len(listed) + 1)
    ables["line"] = [line for lines in listed for line, _ in lines]
    ables["price"] = [np.rint(price * k.SCALE) for lines in listed for _, price in lines]
    groups["first"] = np.cumsum([0] + [len(lines) for lines in listed])
    return Teams(ables, groups, group.reshape(-1))


def _meant(problem: Problem, job: Job, stage: str, windowed: set[str]) -> tuple[bool, ...]:
    """Which windows mean the job, if any line of the stage has one."""
    if stage not in windowed:
        return ()
    return tuple(meant(w, job) for w in (*problem.bans, *problem.reserved))


def _able(problem: Problem, access: Access, job: Job, stage: str) -> list[tuple[int, float]]:
    lines = enumerate(problem.lines)
    return [(i, pair_price(line, job)) for i, line in lines if can_make(line, stage, job) and access.open_days(line.id, job).any()]


def shut_cells(problem: Problem, jobs: Sequence[Job]) -> tuple[k.Records, k.Records, k.Records]:
    """Windows in numbers: the rule of each cell (0: none), the kind of each job, and whether a rule (row) shuts out a kind.

    A rule is a set of windows that hold in a cell, a kind a set of windows that mean a job. The table has one row per rule.
    """
    windows = [*problem.bans, *problem.reserved]
    rules: dict[frozenset[int], int] = {frozenset(): 0}
    rule = np.zeros(len(problem.lines) * problem.days, np.int32)
    for i, line in enumerate(problem.lines):
        mine = [n for n, w in enumerate(windows) if w.line == line.id]
        for day in range(problem.days) if mine else ():
            last = problem.days - 1
            held = frozenset(n for n in mine if windows[n].first <= day <= (last if windows[n].last is None else windows[n].last or 0))
            rule[i * problem.days + day] = rules.setdefault(held, len(rules))
    kinds: dict[frozenset[int], int] = {}
    kind = np.array([kinds.setdefault(frozenset(n for n, w in enumerate(windows) if meant(w, j)), len(kinds)) for j in jobs], np.int32)
    bars = k.empty("bars", max(1, len(rules) * len(kinds)))
    for held, row in rules.items():
        for named, column in kinds.items():
            kept = {n for n in held if n >= len(problem.bans)}
            banned = held & named - kept
            bars["shut"][row * len(kinds) + column] = bool(banned) or (bool(kept) and not kept & named)
    return rule, kind, bars
