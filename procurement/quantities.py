"""Quantities in the decimals that their unit has. Exact sums are rounded once, at the end."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from procurement.models import Unit
from procurement.models.materials import QUANTITY_PLACES

LEDGER_STEP = Decimal(1).scaleb(-QUANTITY_PLACES)


def decimals_by_unit() -> dict[str, int]:
    """Decimals by the unit's name. One query."""
    return dict(Unit.objects.values_list("name", "decimals"))


def step_of(unit: str, decimals: Mapping[str, int]) -> Decimal:
    """The smallest quantity in a unit: 1 for what is counted; a thousandth where nobody said, as the ledger keeps it."""
    return Decimal(1).scaleb(-decimals.get(unit, QUANTITY_PLACES))


def rounded(quantity: Decimal, step: Decimal) -> Decimal:
    """To the nearest step, halves up: for figures that are shown."""
    return quantity.quantize(step, ROUND_HALF_UP)


def ledger(quantity: Decimal) -> Decimal:
    """To the thousandth that the ledger keeps: the rest of what exact claims leave of it."""
    return quantity.quantize(LEDGER_STEP, ROUND_HALF_UP)


def rounded_up(quantity: Decimal, step: Decimal) -> Decimal:
    """To the next step: nobody orders a part of a sole."""
    return quantity.quantize(step, ROUND_UP)


def to_order(short: Decimal, step: Decimal, *, minimum: Decimal | None, multiple: Decimal | None) -> Decimal:
    """What has to be ordered to cover `short`: at least the minimum, in whole multiples, in whole steps of the unit."""
    if short <= 0:
        return Decimal(0)
    wanted = max(short, minimum or Decimal(0))
    if multiple:
        wanted = (wanted / multiple).to_integral_value(ROUND_UP) * multiple
    return rounded_up(wanted, step)
