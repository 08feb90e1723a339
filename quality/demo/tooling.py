"""The demo's tooling register: lasts of every last number, dies of the new styles, moulds of a few soles."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal

from orders.models import Order, OrderLine, Style
from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from quality import services
from quality.models import Tool, ToolSize
from quality.services import ToolData

GOOD, WORN, REPAIR = ToolSize.State.GOOD, ToolSize.State.WORN, ToolSize.State.REPAIR
LAST_TURNS = Decimal(6)  # times a day a last comes round on a heat-setting line
DAYS = 6  # the open pairs of a size could all be lasted in so many days
LEAST = 24
PIECES_TOGETHER = 12


def load_tooling() -> int:
    """Register the tools, once; returns how many there are."""
    plant = default_plant()
    if Tool.objects.filter(plant=plant).exists():
        return 0
    styles = list(Style.objects.exclude(last_no="").order_by("code"))
    _lasts(plant, styles)
    services.link_lasts(plant=plant, styles=styles, by=None)
    for style in (style for style in styles if style.is_new):
        _dies(plant, style)
    return Tool.objects.filter(plant=plant).count()


def _lasts(plant: Plant, styles: list[Style]) -> None:
    """As many pairs of each size as the open orders ask for, and of some a few worn or in repair."""
    pairs: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for style in styles:
        for size in style.sizes:
            pairs[style.last_no][size] += 0
    lines = OrderLine.objects.filter(order__state=Order.State.OPEN).select_related("style")
    for line in lines:
        for size, count in line.sizes.items():
            pairs[line.style.last_no][size] += count
    for n, (number, run) in enumerate(sorted(pairs.items())):
        pieces: dict[tuple[str, str], int] = {}
        for m, (size, count) in enumerate(run.items()):
            needed = math.ceil(count / DAYS / float(LAST_TURNS))
            pieces[size, GOOD] = max(LEAST, math.ceil(needed / PIECES_TOGETHER) * PIECES_TOGETHER)
            if (n + m) % 7 == 0:
                pieces[size, WORN] = 4
            if (n + m) % 11 == 0:
                pieces[size, REPAIR] = 6
        data = ToolData(Tool.Kind.LAST, number, turns_a_day=LAST_TURNS, location=f"楦库 {chr(65 + n % 6)}{n // 6 + 1}")
        services.save_tool(plant=plant, data=data, pieces=pieces, by=None)


def _dies(plant: Plant, style: Style) -> None:
    """A set of dies for every size. They do not turn: a size that has a set can be cut, one that has none cannot."""
    data = ToolData(Tool.Kind.DIE, f"D-{style.code}", name="全套", location="裁断刀模架")
    tool = services.save_tool(plant=plant, data=data, pieces={(size, GOOD): 1 for size in style.sizes}, by=None)
    services.set_styles(tool=tool, stage="cutting", styles=[style], by=None)
