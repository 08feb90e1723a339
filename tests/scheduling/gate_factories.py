"""A floor whose styles have usage and, except for what a test leaves out, material in the warehouse."""

from __future__ import annotations

import datetime as dt

from procurement.models import Usage, UsageVersion
from procurement.services.requirements import recalculate
from tests.procurement.stock_factories import fill
from tests.scheduling import factories
from tests.scheduling.instruction_factories import material
from tests.scheduling.plan_factories import Floor


def with_usage(floor: Floor) -> None:
    """Every colour takes a foot of leather at cutting and, at bottoming, soles by size."""
    leather = material("M-BK", "面料 黑", "面料", "平方英尺")
    sole = material("S15", "大底 黑", "底材", "双", by_size=True)
    for colour in {line.colour for line in floor.lines}:
        version = UsageVersion.objects.create(style_colour=colour, valid_from=dt.date(2026, 1, 1))
        Usage.objects.create(version=version, part="面料", material=leather, per_pair=1, stage="cutting")
        Usage.objects.create(version=version, part="大底", material=sole, per_pair=1, stage="bottoming")


def stock(floor: Floor, code: str, quantity: int, size: str = "") -> None:
    fill(material(code, "", "", ""), quantity, size=size)


def stocked(floor: Floor, *, but: str = "") -> None:
    """Leather and soles of every size for all jobs, except what `but` names: a material or a size of the sole."""
    if but != "M-BK":
        stock(floor, "M-BK", 10_000)
    for size in ("38", "39", "40", "41", "42"):
        if but not in ("S15", size):
            stock(floor, "S15", 5_000, size)


def make(lines: int = 1, *, but: str = "", pairs: int = 600) -> Floor:
    floor = factories.floor(lines=lines, styles=max(3, lines), pairs=pairs)
    with_usage(floor)
    stocked(floor, but=but)
    recalculate(floor.plant)
    return floor
