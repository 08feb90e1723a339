"""The tooling register → tools of the engine: lasts, dies and moulds by size, which jobs share day by day."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from orders.models import Style
from orders.sizes import SizeRun, largest_remainder
from planning_site.core.models import Plant
from quality.selectors import ToolStock, tool_stocks
from scheduling.engine import Tool
from scheduling.engine import ToolStock as EngineStock

Uses = Mapping[str, frozenset[str]]  # stage code → ids of the tools that it needs, all of them
# A tool that makes more pairs a day than any factory limits nothing, and would only make numbers too large to count.
MOST_A_DAY = 1_000_000


@dataclass(frozen=True)
class ToolFacts:
    """A rated tool: `pieces` usable ones by size, each making `turns` × `pairs_per_turn` a day. "": all other sizes."""

    id: str
    kind: str
    number: str
    pieces: Mapping[str, int] = field(default_factory=dict)
    turns: float = 1.0
    pairs_per_turn: int = 1

    @property
    def pairs_each(self) -> float:
        """Pairs a day that a piece makes."""
        return self.turns * self.pairs_per_turn


@dataclass(frozen=True)
class Tooling:
    """The rated tools of all styles that have any, what each style (by id) needs at which stage, and the numbers of its unrated tools."""

    tools: tuple[ToolFacts, ...] = ()
    uses: Mapping[int, Uses] = field(default_factory=dict)
    unrated: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def read_tooling(plant: Plant, stages: Collection[str]) -> Tooling:
    """Tools of every style, so that a date can be asked for styles that nobody has ordered yet. Stages that the plant does not have
    need no tools. Four queries.
    """
    stocks = tool_stocks(plant, styles=list(Style.objects.filter(tools__tool__plant=plant).distinct()))
    tools = tuple(facts for stock in stocks.tools if (facts := _facts(stock)).pairs_each <= MOST_A_DAY)
    known = {tool.id for tool in tools}
    uses = {
        style: {stage: needed for stage, names in by_stage.items() if stage in stages and (needed := frozenset(map(str, names)) & known)}
        for style, by_stage in stocks.uses.items()
    }
    return Tooling(tools, {style: needed for style, needed in uses.items() if needed}, stocks.unrated_of)


def _facts(stock: ToolStock) -> ToolFacts:
    each = float(stock.turns) * stock.pairs_per_turn
    pieces = {size: min(count, math.ceil(MOST_A_DAY / each)) for size, count in sorted(stock.pieces.items())}
    return ToolFacts(str(stock.id), stock.kind, stock.name, pieces, float(stock.turns), stock.pairs_per_turn)


def engine_tool(tool: ToolFacts) -> Tool:
    """The tool as the engine takes it: within reach of all teams, on all days."""
    return Tool(tool.id, (EngineStock(dict(tool.pieces)),), tool.turns, tool.pairs_per_turn)


def run_of(sizes: Mapping[str, int], pairs: int) -> SizeRun:
    """The size run of so many pairs, always in the same order: the engine counts sizes in the order in which they come."""
    run = {size: sizes[size] for size in sorted(sizes) if sizes[size] > 0}
    return run if not run or sum(run.values()) == pairs else dict(sorted(largest_remainder(run, pairs).items()))


def tool_days(tools: Collection[ToolFacts], needs: Collection[tuple[Mapping[str, int], Uses]]) -> float:
    """Days for which the fullest tool is busy with jobs, given by size run and tools."""
    by_id = {tool.id: tool for tool in tools}
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for run, uses in needs:
        for tool in (tool for names in uses.values() for tool in names):
            for size, count in run.items():
                pairs[tool, size if by_id[tool].pieces.get(size) else ""] += count
    days = [
        count / (by_id[tool].pieces[size] * by_id[tool].pairs_each) for (tool, size), count in pairs.items() if by_id[tool].pieces.get(size)
    ]
    return max(days, default=0.0)
