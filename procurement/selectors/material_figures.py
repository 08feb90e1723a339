"""The material plan in figures: per material and size what is needed, what is there and on order for it, and what is short."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from planning_site.core.models import Plant
from procurement.demand import MaterialSize, Need, Snapshot, calculate
from procurement.models import Material
from procurement.quantities import decimals_by_unit, ledger, rounded, step_of
from procurement.selectors import requirement_inputs

NO_SIZE = Decimal(-1)


@dataclass(frozen=True)
class Figures:
    """One material and size: what is needed and short in the decimals of its unit, what is there and on order as the ledger has it.

    `stock` and `on_order` are what no other need has claimed.
    """

    material: str
    size: str
    unit: str
    gross: Decimal
    stock: Decimal
    on_order: Decimal
    net: Decimal
    needed_on: dt.date


@dataclass
class _Sums:
    gross: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    stock_of_others: Decimal = Decimal(0)
    orders_of_others: Decimal = Decimal(0)
    needed_on: dt.date | None = None


def material_figures(plant: Plant, month: dt.date | None = None) -> list[Figures]:
    """The figures of all open orders, or of what is needed within a month (its first day is given). Calculated now, nothing is stored."""
    snapshot = requirement_inputs.read(plant)
    needs = calculate(snapshot).needs
    sums = _sum_up(needs, lambda need: month is None or (need.needed_on.year, need.needed_on.month) == (month.year, month.month))
    names = {pk: (code, unit) for pk, code, unit in Material.objects.values_list("pk", "code", "unit")}
    decimals = decimals_by_unit()
    rows = [_figures(item, found, names, decimals, snapshot) for item, found in sums.items() if found.needed_on]
    return sorted(rows, key=lambda row: (row.material, Decimal(row.size) if row.size else NO_SIZE))


def _sum_up(needs: list[Need], is_wanted: Callable[[Need], bool]) -> dict[MaterialSize, _Sums]:
    sums: dict[MaterialSize, _Sums] = defaultdict(_Sums)
    for need in needs:
        found = sums[need.material, need.size]
        if not is_wanted(need):
            found.stock_of_others += need.from_stock
            found.orders_of_others += need.from_orders
            continue
        found.gross += need.gross
        found.net += need.short
        found.needed_on = min(found.needed_on or need.needed_on, need.needed_on)
    return sums


def _figures(item: MaterialSize, found: _Sums, names: dict[int, tuple[str, str]], decimals: dict[str, int], snapshot: Snapshot) -> Figures:
    """Round the exact sums of one material and size."""
    code, unit = names[item[0]]
    step = step_of(unit, decimals)
    supplies = snapshot.supplies.get(item, ())
    stock = sum((supply.quantity for supply, _day in supplies if supply.line is None), Decimal(0)) - found.stock_of_others
    coming = sum((supply.quantity for supply, _day in supplies if supply.line is not None), Decimal(0)) - found.orders_of_others
    if found.needed_on is None:
        raise ValueError("Figures need a day on which something is needed.")
    return Figures(
        code,
        item[1],
        unit,
        rounded(found.gross, step),
        ledger(stock),
        ledger(coming),
        rounded(found.net, step),
        found.needed_on,
    )
