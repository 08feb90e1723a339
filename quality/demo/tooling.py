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
DIE_TURNS = Decimal(480)  # one set cuts about a pair a minute
MOULD_TURNS = Decimal(160)  # a sole is in its mould for three minutes
MOULDED_SOLES = 4
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
    _moulds(plant, styles)
    return Tool.objects.filter(plant=plant).count()


def _lasts(plant: Plant, styles: list[Style]) -> None:
    """As many pairs of each size as the open orders ask for, and of some a few worn or in repair."""
    for n, (number, run) in enumerate(sorted(_open_pairs(styles, "last_no").items())):
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


def _open_pairs(styles: list[Style], number: str) -> dict[str, dict[str, int]]:
    """Open pairs by size for each last or sole number; sizes that nobody ordered stand with 0."""
    pairs: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for style in styles:
        for size in style.sizes:
            pairs[getattr(style, number)][size] += 0
    lines = OrderLine.objects.filter(order__state=Order.State.OPEN).select_related("style")
    for line in lines:
        for size, count in line.sizes.items():
            pairs[getattr(line.style, number)][size] += count
    return {no: run for no, run in pairs.items() if no}


def _dies(plant: Plant, style: Style) -> None:
    """A set of dies for every size: a size that has none cannot be cut."""
    data = ToolData(Tool.Kind.DIE, f"D-{style.code}", name="全套", turns_a_day=DIE_TURNS, location="裁断刀模架")
    tool = services.save_tool(plant=plant, data=data, pieces={(size, GOOD): 1 for size in style.sizes}, by=None)
    services.set_styles(tool=tool, stage="cutting", styles=[style], by=None)


def _moulds(plant: Plant, styles: list[Style]) -> None:
    """The moulds of the soles that the factory makes itself, of one size one in repair."""
    run_of = _open_pairs(styles, "sole_no")
    for n, number in enumerate(sorted(run_of)[:MOULDED_SOLES]):
        pieces: dict[tuple[str, str], int] = {}
        for size, count in run_of[number].items():
            pieces[size, GOOD] = max(1, math.ceil(count / DAYS / float(MOULD_TURNS)))
        pieces[list(run_of[number])[n], REPAIR] = 1
        data = ToolData(Tool.Kind.MOULD, f"M-{number}", name="大底", turns_a_day=MOULD_TURNS, location=f"底模架 {n + 1}")
        tool = services.save_tool(plant=plant, data=data, pieces=pieces, by=None)
        users = [style for style in styles if style.sole_no == number]
        services.set_styles(tool=tool, stage="bottoming", styles=users, by=None)
