"""Tools by size: how many pairs they make on a day, which of them a job needs where, and the sizes of the pairs of a plan.

Pairs of a job have numbers: at every stage the pairs made first are the first ones, entries of a day by the order of the lines.
`size_counts` says how many of the first pairs are of which size. So every stage makes the sizes in the same order, each in
proportion to the size run, a stage has no size that its feeders have not, and the tools that an entry takes are whole numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .facts import made_pairs
from .plan import Entry
from .problem import Job, Problem, Tool

ALL = ""  # the size of tools that serve every size without tools of its own, and of a job without sizes
ROUNDING = 1e-9

Spot = tuple[int, int]  # pool, day


def size_counts(sizes: Sequence[int], pairs: int) -> list[int]:
    """How many of the first `pairs` of a size run are of each size; whole numbers, none ever falls as `pairs` grows.

    Each size in turn gets its share of what is left, rounded half up.
    """
    left, counts = sum(sizes), []
    for n in sizes:
        count = (2 * pairs * n + left) // (2 * left) if n else 0
        counts.append(count)
        pairs, left = pairs - count, left - n
    return counts


def size_run(job: Job) -> dict[str, int]:
    """Pairs of a job by size; one size without a name if none are given."""
    return {size: n for size, n in job.sizes.items() if n} or {ALL: job.pairs}


def sizes_of(problem: Problem, entries: Iterable[Entry]) -> list[tuple[Entry, dict[str, int]]]:
    """Pairs by size of every entry of a plan, in the order in which their numbers rise; each job's add up to its size run."""
    return Tooling(problem).sizes_of(entries, {job.id: made_pairs(problem, job) for job in problem.jobs})


class Tooling:
    """The pools of a problem: pairs of one size that one tool makes at one place, by day.

    rooms: pairs by pool and day. names: (tool, size) of each pool.
    """

    def __init__(self, problem: Problem) -> None:
        self.days = problem.days
        self._jobs = {job.id: job for job in problem.jobs}
        self._rows = {line.id: i for i, line in enumerate(problem.lines)}
        self.tools = {tool.id: tool for tool in problem.tools}
        self.rooms: list[npt.NDArray[np.int64]] = []
        self.names: list[tuple[str, str]] = []
        self._pools: dict[tuple[str, frozenset[str] | None, str], int] = {}
        for tool in problem.tools:
            self._add(tool)
        self._kits: dict[tuple[object, ...], tuple[tuple[int, ...], ...] | None] = {}

    def _add(self, tool: Tool) -> None:
        pieces: dict[tuple[frozenset[str] | None, str], npt.NDArray[np.float64]] = defaultdict(lambda: np.zeros(self.days))
        for stock in tool.stock:
            last = self.days - 1 if stock.last is None else stock.last
            for size, count in stock.pieces.items():
                pieces[stock.lines, size][max(0, stock.first) : max(0, last + 1)] += count
        for (lines, size), counts in pieces.items():
            self._pools[tool.id, lines, size] = len(self.rooms)
            self.rooms.append(np.floor(counts * (tool.turns * tool.pairs_per_turn) + ROUNDING).astype(np.int64))
            self.names.append((tool.id, size))

    def place(self, line: str) -> tuple[frozenset[str] | None, ...]:
        """Which stock of each tool a line can reach: lines with the same answer are at the same place."""
        return tuple(self._reach(tool, line) for tool in self.tools.values())

    def _reach(self, tool: Tool, line: str) -> frozenset[str] | None:
        return next((s.lines for s in tool.stock if s.lines is not None and line in s.lines), None)

    def kit(self, job: Job, stage: str, line: str) -> tuple[tuple[int, ...], ...] | None:
        """Pools by size, in the order of the size run, that a job needs on a line; None if one is missing there on every day."""
        needed = job.tools.get(stage)
        if not needed:
            return ()
        places = tuple((name, self._reach(self.tools[name], line)) for name in sorted(needed))
        key = places, tuple(size_run(job))
        if key not in self._kits:
            self._kits[key] = self._find(places, tuple(size_run(job)))
        return self._kits[key]

    def _find(self, places: tuple[tuple[str, frozenset[str] | None], ...], sizes: tuple[str, ...]) -> tuple[tuple[int, ...], ...] | None:
        found = []
        for size in sizes:
            pools = [self._pools.get((name, lines, size), self._pools.get((name, lines, ALL), -1)) for name, lines in places]
            if any(p < 0 or not self.rooms[p].any() for p in pools):
                return None
            found.append(tuple(pools))
        return tuple(found)

    def missing(self, job: Job, stage: str, line: str) -> tuple[tuple[str, str], ...]:
        """Tools and sizes that a job needs on a line and that are not there on any day."""
        found = []
        for name in sorted(job.tools.get(stage, ())):
            lines = self._reach(self.tools[name], line)
            for size in size_run(job):
                pool = self._pools.get((name, lines, size), self._pools.get((name, lines, ALL), -1))
                if pool < 0 or not self.rooms[pool].any():
                    found.append((name, size))
        return tuple(found)

    def needs(self, job: Job, stage: str, lines: Iterable[str]) -> dict[tuple[str, str], tuple[int, tuple[int, ...]]]:
        """By tool and size of the pools: pairs of the whole job that need it, and the pools within reach of some lines."""
        run = size_run(job)
        places: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for kit in {self.kit(job, stage, line) or () for line in lines} - {()}:
            for pool, pairs in self._per_pool(kit, run.values()).items():
                places[self.names[pool]][pool] = pairs
        return {spot: (max(pools.values()), tuple(sorted(pools))) for spot, pools in places.items()}

    def _per_pool(self, kit: tuple[tuple[int, ...], ...], run: Iterable[int]) -> Counter[int]:
        found: Counter[int] = Counter()
        for pairs, pools in zip(run, kit, strict=True):
            for pool in pools:
                found[pool] += pairs
        return found

    def has(self, job: Job, stage: str, line: str) -> bool:
        """True if a line has the tools that a job needs there, in every size, on any day."""
        return self.kit(job, stage, line) is not None

    def sizes_of(self, entries: Iterable[Entry], made: Mapping[str, Mapping[str, int]]) -> list[tuple[Entry, dict[str, int]]]:
        """Pairs by size of the entries of whole tasks, by their numbers; made: pairs made before by job and stage."""
        done: dict[tuple[str, str], int] = {}
        found = []
        for e in sorted(entries, key=lambda e: (e.day, self._rows[e.line])):
            run = size_run(self._jobs[e.job])
            first = done.get((e.job, e.stage), made[e.job].get(e.stage, 0))
            done[e.job, e.stage] = first + e.pairs
            numbers = list(run.values())
            before, after = size_counts(numbers, first), size_counts(numbers, first + e.pairs)
            found.append((e, {size: b - a for size, a, b in zip(run, before, after, strict=True) if b > a}))
        return found

    def use(self, entries: Iterable[Entry], made: Mapping[str, Mapping[str, int]]) -> Counter[Spot]:
        """Pairs by pool and day that the entries take; where there are no tools for them they take none."""
        taken: Counter[Spot] = Counter()
        tooled = [e for e in entries if self._jobs[e.job].tools.get(e.stage)]
        for e, sizes in self.sizes_of(tooled, made):
            job = self._jobs[e.job]
            for size, pools in zip(size_run(job), self.kit(job, e.stage, e.line) or (), strict=False):
                for pool in pools:
                    taken[pool, e.day] += sizes.get(size, 0)
        return +taken

    def by_day(self, use: Mapping[Spot, int]) -> npt.NDArray[np.int64]:
        """The same as a table: pairs by pool and day."""
        table = np.zeros((len(self.rooms), self.days), np.int64)
        for spot, pairs in use.items():
            table[spot] = pairs
        return table

    def pace(self, job: Job, stage: str, lines: Iterable[str], taken: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Pairs a day of a job that the tools within reach of some lines could make beside what is taken, in its mix of sizes."""
        run = list(size_run(job).values())
        pairs = np.zeros(self.days, np.int64)
        for kit in sorted({self.kit(job, stage, line) or () for line in lines} - {()}):
            least = np.full(self.days, sum(run), np.int64)
            for pool, n in self._per_pool(kit, run).items():
                free = np.clip(self.rooms[pool] - taken[pool], 0, n)
                least = np.minimum(least, np.diff(np.cumsum(free) * sum(run) // n, prepend=0))  # parts of a pair count on the next day
            pairs += least
        return pairs


def needs_tools(problem: Problem) -> bool:
    """True if any job of a problem needs tools."""
    return any(job.tools for job in problem.jobs)


def over_use(problem: Problem, entries: Sequence[Entry]) -> Iterator[tuple[str, str, int, int, int]]:
    """Tool, size, day, pairs made and pairs possible, wherever entries take more than there is, and more than what is frozen takes."""
    tooling, made = Tooling(problem), {job.id: made_pairs(problem, job) for job in problem.jobs if job.tools}
    held = tooling.use(problem.frozen, made)
    for (pool, day), pairs in sorted(tooling.use(entries, made).items()):
        room = max(int(tooling.rooms[pool][day]), 0 if entries is problem.frozen else held[pool, day])
        if pairs > room:
            yield (*tooling.names[pool], day, pairs, room)
