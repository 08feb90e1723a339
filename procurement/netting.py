"""Who gets which supply: one order of claim, and no metre promised twice. Pure: numbers in, claims out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Demand(NamedTuple):
    """What one job needs of a material and size. `lots` are the dye lots it was given already."""

    key: int
    quantity: Decimal
    lots: frozenset[str] = frozenset()


class Supply(NamedTuple):
    """Free stock of one dye lot (`line` is None), or what a purchase order line still brings."""

    quantity: Decimal
    lot: str = ""
    line: int | None = None


class Taken(NamedTuple):
    """A quantity of the supply at a place in the list, claimed by a demand."""

    demand: int
    supply: int
    quantity: Decimal


@dataclass(frozen=True)
class Shares:
    """Claims in the order in which they were made, and what is short by demand."""

    claims: list[Taken]
    short: dict[int, Decimal]


def share(demands: Iterable[Demand], supplies: Sequence[Supply], *, one_lot: bool = False) -> Shares:
    """Give supplies to demands, both in their order: stock first, then what was promised first, to whoever claims first.

    With `one_lot` a demand takes all it needs from one supply or nothing: mixed dye lots show on the shoe. A demand that was given a
    lot already takes no other.
    """
    left = [supply.quantity for supply in supplies]
    claims: list[Taken] = []
    short: dict[int, Decimal] = {}
    first = 0  # the supplies before it are used up
    for demand in demands:
        need = demand.quantity
        while first < len(left) and left[first] <= ZERO:
            first += 1
        for place in _places(demand, supplies, left, first, one_lot):
            if need <= ZERO:
                break
            amount = min(need, left[place])
            if amount > ZERO:
                left[place] -= amount
                need -= amount
                claims.append(Taken(demand.key, place, amount))
        if need > ZERO:
            short[demand.key] = need
    return Shares(claims, short)


def _places(demand: Demand, supplies: Sequence[Supply], left: Sequence[Decimal], first: int, one_lot: bool) -> Sequence[int]:
    """Which supplies a demand may take, in which order."""
    if not one_lot:
        return range(first, len(supplies))
    if demand.lots:
        return [place for place in range(first, len(supplies)) if supplies[place].line is None and supplies[place].lot in demand.lots]
    enough = [place for place in range(first, len(supplies)) if left[place] >= demand.quantity]
    stock = [place for place in enough if supplies[place].line is None]
    if stock:
        # the smallest lot that is large enough: large lots are kept for large jobs
        return [min(stock, key=lambda place: (left[place], place))]
    return enough[:1]
