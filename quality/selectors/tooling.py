"""What tooling allows by size and day, for the register and for planning (lasts, dies and moulds cap what a job can make)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from orders.models import Style
from orders.sizes import SizeRun, size_key
from planning_site.core.models import Plant
from quality.models import StyleTool, Tool, ToolSize
from quality.models.tooling import USABLE

EVERY_SIZE = ""


@dataclass(frozen=True)
class ToolCaps:
    """What the engine needs of tooling.

    `pairs_a_day[tool id, size]` is a whole number of pairs; None: there is a usable piece, but nobody wrote down how often it turns, so
    it bounds nothing and is named in `unrated`. A size that a tool of the style does not have is 0: it cannot be made there.
    `uses[style id]` has the pairs of stage code and tool id. Jobs that use the same tool on the same day share its pairs.
    """

    pairs_a_day: dict[tuple[int, str], int | None] = field(default_factory=dict)
    uses: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    unrated: tuple[int, ...] = ()

    def cap(self, style_id: int, stage: str, size: str) -> int | None:
        """Pairs a day of a size that the tools of a style allow at a stage: the least of them; None if nothing bounds it."""
        caps = [
            self.pairs_a_day[tool, size] for at, tool in self.uses.get(style_id, []) if at == stage and (tool, size) in self.pairs_a_day
        ]
        known = [cap for cap in caps if cap is not None]
        return min(known) if known else None


@dataclass(frozen=True)
class ToolStock:
    """A tool as a search shares it between jobs: usable pieces by size, and how many pairs a day a piece makes.

    The size "" serves every size of which there is no piece of its own. A size makes pieces × turns × pairs a turn, whole pairs.
    """

    id: int
    name: str
    pieces: SizeRun
    turns: Decimal
    pairs_per_turn: int
    kind: str = ""


@dataclass(frozen=True)
class ToolStocks:
    """The rated tools of styles, the tools that a style needs by stage (all of them at once), and the names of those without turns,
    together and by style."""

    tools: tuple[ToolStock, ...]
    uses: dict[int, dict[str, frozenset[int]]]
    unrated: tuple[str, ...]
    unrated_of: dict[int, tuple[str, ...]] = field(default_factory=dict)


def tool_stocks(plant: Plant, *, styles: Collection[Style]) -> ToolStocks:
    """What planning shares out by size and day. A tool that nobody rated bounds nothing: it is named and left out. Three queries."""
    links, tools = _used(plant, {style.pk for style in styles})
    rated = {pk for pk, tool in tools.items() if tool.turns_a_day is not None}
    uses = {
        style: {stage: frozenset(tool for at, tool in pairs if at == stage and tool in rated) for stage, _tool in pairs}
        for style, pairs in links.items()
    }
    stocks = tuple(
        ToolStock(tool.pk, str(tool), usable_pieces(tool), tool.turns_a_day, tool.pairs_per_turn, tool.kind)
        for tool in tools.values()
        if tool.turns_a_day is not None
    )
    unrated = {pk: str(tool) for pk, tool in tools.items() if pk not in rated}
    by_style = {style: tuple(sorted({unrated[tool] for _stage, tool in pairs if tool in unrated})) for style, pairs in links.items()}
    return ToolStocks(stocks, uses, tuple(unrated.values()), {style: names for style, names in by_style.items() if names})


def _used(plant: Plant, style_ids: Collection[int]) -> tuple[dict[int, list[tuple[str, int]]], dict[int, Tool]]:
    """Stage and tool id by style, and the tools with their sizes. Three queries."""
    uses: dict[int, list[tuple[str, int]]] = defaultdict(list)
    links = StyleTool.objects.filter(style__in=style_ids, tool__plant=plant).order_by("style_id", "stage", "tool_id")
    for link in links:
        uses[link.style_id].append((link.stage, link.tool_id))
    used = {tool for pairs in uses.values() for _stage, tool in pairs}
    return uses, {tool.pk: tool for tool in Tool.objects.filter(pk__in=used).prefetch_related("sizes")}


def tool_caps(plant: Plant, *, styles: Collection[Style]) -> ToolCaps:
    """The caps of all tools that the styles use, for every size of each style. Three queries."""
    by_id = {style.pk: style for style in styles}
    uses, tools = _used(plant, by_id.keys())
    caps: dict[tuple[int, str], int | None] = {}
    for style_id, stage_tools in uses.items():
        for _stage, tool_id in stage_tools:
            usable = usable_pieces(tools[tool_id])
            for size in by_id[style_id].sizes:
                caps[tool_id, size] = pairs_a_day(tools[tool_id], usable.get(size) or usable.get(EVERY_SIZE, 0))
    unrated = tuple(sorted(pk for pk, tool in tools.items() if tool.turns_a_day is None))
    return ToolCaps(caps, dict(uses), {pk: str(tool) for pk, tool in tools.items()}, unrated)


def pairs_a_day(tool: Tool, pieces: int) -> int | None:
    """Pairs that so many pieces make in a day: pieces × turns × pairs a turn, whole pairs; 0 without a piece, None if nobody knows."""
    if pieces == 0:
        return 0
    return int(pieces * tool.turns_a_day * tool.pairs_per_turn) if tool.turns_a_day is not None else None


def usable_pieces(tool: Tool) -> SizeRun:
    """Pieces by size that can be used: good and worn ones."""
    usable: SizeRun = defaultdict(int)
    for row in tool.sizes.all():
        if row.state in USABLE:
            usable[row.size] += row.pieces
    return dict(usable)


@dataclass(frozen=True)
class ToolRow:
    """A tool as the register shows it: pieces by size that can be used, those that cannot, pairs a day, and the styles that use it."""

    tool: Tool
    usable: SizeRun
    out_of_use: SizeRun
    styles: tuple[str, ...]

    @property
    def sizes(self) -> list[str]:
        return sorted({*self.usable, *self.out_of_use}, key=lambda size: size_key(size) if size else 0)

    @property
    def cells(self) -> list[tuple[str, int, int, int | None]]:
        """Size, usable, not usable, pairs a day."""
        return [
            (size, self.usable.get(size, 0), self.out_of_use.get(size, 0), pairs_a_day(self.tool, self.usable.get(size, 0)))
            for size in self.sizes
        ]

    @property
    def total(self) -> int:
        return sum(self.usable.values())

    @property
    def gaps(self) -> list[str]:
        """Sizes of which no piece can be used."""
        return [size for size in self.sizes if not self.usable.get(size)]


def tools(*, kind: str = "", words: str = "", only_gaps: bool = False) -> QuerySet[Tool]:
    """The register: tools with their sizes and styles; words must occur in the number, name, location or a style that uses it."""
    found = Tool.objects.all()
    if kind in Tool.Kind.values:
        found = found.filter(kind=kind)
    for word in words.split():
        styles = StyleTool.objects.filter(style__code__icontains=word).values("tool")
        found = found.filter(Q(number__icontains=word) | Q(name__icontains=word) | Q(location__icontains=word) | Q(pk__in=styles))
    if only_gaps:
        usable = ToolSize.objects.filter(state__in=USABLE, pieces__gt=0)
        broken = ToolSize.objects.exclude(state__in=USABLE).filter(pieces__gt=0)
        found = found.filter(Q(pk__in=broken.values("tool")) | Q(turns_a_day=None) | ~Q(pk__in=usable.values("tool")))
    links = StyleTool.objects.select_related("style").order_by("style__code")
    return found.prefetch_related("sizes", Prefetch("styles", queryset=links)).order_by("kind", "number")


def tool_row(tool: Tool) -> ToolRow:
    """A row of `tools`."""
    out_of_use: SizeRun = defaultdict(int)
    for row in tool.sizes.all():
        if row.state not in USABLE:
            out_of_use[row.size] += row.pieces
    styles = tuple(dict.fromkeys(link.style.code for link in tool.styles.all()))
    return ToolRow(tool, usable_pieces(tool), dict(out_of_use), styles)
