"""Tables of tools for the kernels: pools by day, and what each kind of task needs at each place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .kernels import state as k
from .problem import Job, Problem
from .tooling import Tooling, needs_tools, size_run

Kit = tuple[tuple[tuple[int, ...], ...] | None, ...]  # by place: pools by size, None where tools are missing


@dataclass(frozen=True, slots=True)
class ToolTables:
    """pools, kits, needs, sizes: as in the state. kit: by task, jobs × stages. place: by line."""

    pools: k.Records
    kits: k.Records
    needs: k.Records
    sizes: k.Records
    kit: k.Records
    place: k.Records
    places: int

    @property
    def tables(self) -> dict[str, k.Records]:
        return {"pools": self.pools, "kits": self.kits, "needs": self.needs, "sizes": self.sizes}


def tool_tables(problem: Problem, jobs: Sequence[Job], stages: Sequence[str]) -> ToolTables:
    """Pools, kits and places of a problem; empty ones if no job needs tools."""
    kit, place = np.full((len(jobs), len(stages)), k.NOWHERE, np.int32), np.zeros(len(problem.lines), np.int32)
    if not needs_tools(problem):
        return ToolTables(k.empty("pools", 1), k.empty("kits", 1), k.empty("needs", 1), k.empty("sizes", 1), kit.reshape(-1), place, 1)
    tooling = Tooling(problem)
    found: dict[tuple[object, ...], int] = {}
    for i, line in enumerate(problem.lines):
        place[i] = found.setdefault((line.stage, tooling.place(line.id)), len(found))
    first = {int(p): problem.lines[i].id for i, p in reversed(list(enumerate(place)))}
    kits: dict[tuple[Kit, tuple[int, ...]], int] = {}
    for i, job in enumerate(jobs):
        run = tuple(size_run(job).values())
        for s, stage in enumerate(stages):
            if job.tools.get(stage):
                row = tuple(tooling.kit(job, stage, first[p]) for p in range(len(found)))
                kit[i, s] = kits.setdefault((row, run), len(kits))
    pools = k.empty("pools", max(1, len(tooling.rooms) * problem.days))
    pools["room"][: len(tooling.rooms) * problem.days] = np.concatenate([np.zeros(0, int), *tooling.rooms])
    return ToolTables(pools, *_kits(list(kits), len(found)), kit.reshape(-1), place, len(found))


def _kits(kits: list[tuple[Kit, tuple[int, ...]]], places: int) -> tuple[k.Records, k.Records, k.Records]:
    """Tables of kits, needs and sizes; places where a kit takes from the same pools share their rows."""
    table = k.empty("kits", max(1, len(kits) * places))
    needs: list[tuple[int, int, int]] = []
    sizes: list[int] = []
    for i, (row, run) in enumerate(kits):
        begins: dict[object, int] = {None: k.NOWHERE}
        for p, pools in enumerate(row):
            if pools not in begins:
                begins[pools] = len(needs)
                needs += _needs(pools or (), run)
            here = table[i * places + p]
            here["first"], here["tools"] = begins[pools], len(pools[0]) if pools else 0
            here["mix"], here["sizes"], here["pairs"] = len(sizes), len(run), sum(run)
        sizes += run
    need_table, size_table = k.empty("needs", max(1, len(needs))), k.empty("sizes", max(1, len(sizes)))
    size_table["pairs"][: len(sizes)] = sizes
    for name, column in zip(("pool", "pairs", "sizes"), zip(*needs, strict=True), strict=False):
        need_table[name][: len(needs)] = column
    return table, need_table, size_table


def _needs(pools: tuple[tuple[int, ...], ...], run: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """By size and tool: the pool; with the first size that needs it, the pairs and the number of all sizes that do."""
    pairs: Counter[int] = Counter()
    sizes = Counter(pool for size in pools for pool in size)
    for n, size in zip(run, pools, strict=False):
        pairs.update(dict.fromkeys(size, n))
    rows = []
    for pool in (pool for size in pools for pool in size):
        rows.append((pool, pairs.pop(pool, 0), sizes[pool]))
    return rows
