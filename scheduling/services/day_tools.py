"""What the tools of a job can still make on a day beside the other work of its day plan: a cap by size, shared by all jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from orders.sizes import SizeRun
from planning_site.core.models import Plant
from quality.selectors import ToolStock, tool_stocks
from scheduling.models import PlanEntry, Stage


def free_by_tools(plant: Plant, entry: PlanEntry, others: Iterable[PlanEntry]) -> SizeRun | None:
    """Pairs of each size of an entry that its tools can make beside the other entries of the day; None if no rated tool bounds it.

    Sizes that share the pieces of all sizes share what is left in the proportion of the entry. Entries come with order line and style.
    """
    rows = list(others)
    stages = dict(Stage.objects.values_list("pk", "code"))
    stocks = tool_stocks(plant, styles=[row.order_line.style for row in (entry, *rows)])
    tools = {tool.id: tool for tool in stocks.tools}

    def needed(row: PlanEntry) -> frozenset[int]:
        return stocks.uses.get(row.order_line.style_id, {}).get(stages[row.stage_id], frozenset())

    if not needed(entry):
        return None
    used: Counter[tuple[int, str]] = Counter()
    for row in rows:
        for pk in needed(row):
            used.update({(pk, pool): pairs for pool, pairs in _by_pool(tools[pk], row.sizes or {}).items()})
    wanted = entry.sizes or {}
    free = dict(wanted)
    for tool in (tools[pk] for pk in needed(entry)):
        asked = _by_pool(tool, wanted)
        for size, pairs in wanted.items():
            pool = _pool(tool, size)
            left = max(0, int(tool.pieces.get(pool, 0) * tool.turns * tool.pairs_per_turn) - used[tool.id, pool])
            free[size] = min(free[size], left * pairs // asked[pool] if left < asked[pool] else pairs)
    return free


def _pool(tool: ToolStock, size: str) -> str:
    """The pieces that make a size: its own, or those of all sizes."""
    return size if tool.pieces.get(size) else ""


def _by_pool(tool: ToolStock, run: Mapping[str, int]) -> Counter[str]:
    pairs: Counter[str] = Counter()
    for size, count in run.items():
        pairs[_pool(tool, size)] += count
    return pairs
