"""The tools and sizes of an order that is only asked for: those of its style, within what the plan knows of tools."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from orders.models import Style
from orders.sizes import SizeRun
from planning_site.core.models import Plant
from quality.selectors import tool_stocks
from scheduling.adapters import Framed
from scheduling.adapters.tooling import Uses, run_of


@dataclass(frozen=True)
class Tools:
    """What a style needs by stage, and the sizes in which it can be made with it."""

    uses: Uses = field(default_factory=dict)
    sizes: tuple[str, ...] = ()

    def run(self, pairs: int) -> SizeRun:
        """So many pairs, as many of every size as of the others: of a style that nobody has ordered no more is known."""
        return run_of(dict.fromkeys(self.sizes, 1), pairs)


def tools_asked_for(plant: Plant, styles: Collection[Style], framed: Framed) -> Mapping[int, Tools]:
    """By style, for the styles that no job of the plan has; of the others the engine takes the job's. Three queries, or none."""
    planned = {job.style for job in framed.problem.jobs}
    new = {style.pk: style for style in styles if style.code not in planned}
    if not (new and framed.problem.tools):
        return {}
    stages = {stage.id for stage in framed.problem.stages}
    pieces = {tool.id: tool.stock[0].pieces for tool in framed.problem.tools}
    found = {}
    for pk, by_stage in tool_stocks(plant, styles=list(new.values())).uses.items():
        uses = {stage: frozenset(str(n) for n in names if str(n) in pieces) for stage, names in by_stage.items() if stage in stages}
        uses = {stage: names for stage, names in uses.items() if names}
        needed = [pieces[name] for names in uses.values() for name in names]
        able = tuple(size for size in new[pk].sizes if all(tool.get(size) or tool.get("") for tool in needed))
        found[pk] = Tools(uses, able or new[pk].sizes)
    return found
