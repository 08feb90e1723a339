"""How many pairs of a job could run: per size, the least over all its parts and materials. Pure: numbers in, pairs out.

Quantities and usages are whole numbers of one common fraction of a unit (`scaled`), so that nothing is ever rounded in somebody's favour.
What a job may count on was claimed before, by everybody in one order (procurement.netting): no metre stands in two kits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from orders.sizes import SizeRun

PLACES = 8  # usage has four decimals, loss four more
SCALE = 10**PLACES
NOW = dt.date.min  # in the warehouse or at the job already


class KitState(StrEnum):
    """full: every size in full · proportional: less, but in the proportion of the size run · broken: some size lags behind · none."""

    FULL = "full"
    PROPORTIONAL = "proportional"
    BROKEN = "broken"
    NONE = "none"


class Arrival(NamedTuple):
    """A quantity the job may count on from a day on, of one size or (“”) of a material without sizes; `line` is its purchase order line."""

    day: dt.date
    size: str
    quantity: int
    line: int | None = None


@dataclass(frozen=True)
class Item:
    """A material of a job: what a pair of each size takes, and what the job has claimed of it, by day.

    `usage` maps the sizes that use it to the scaled usage of a pair. `undated` maps a size to the purchase order lines that are to cover
    it on no day that counts.
    """

    material: int
    parts: tuple[str, ...]
    stage: str
    starts_on: dt.date
    needed_on: dt.date
    by_size: bool
    usage: Mapping[str, int]
    arrivals: Sequence[Arrival] = ()
    undated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def there(self, day: dt.date) -> dict[str, int]:
        """What has come by a day, by size, in scaled units."""
        found: dict[str, int] = {}
        for arrival in self.arrivals:
            if arrival.day <= day:
                found[arrival.size] = found.get(arrival.size, 0) + arrival.quantity
        return found


DayOf = Callable[[Item], dt.date]


def scaled(quantity: Decimal) -> int:
    """A quantity as a whole number of the common fraction; what is finer than that is cut off."""
    return int(quantity.scaleb(PLACES))


def kit(want: SizeRun, items: Sequence[Item], day_of: DayOf) -> SizeRun:
    """Pairs by size that the items allow, each looked at on its own day. Never more than is wanted.

    A material without sizes goes to the sizes that the parts kept by size allow, in their proportion, as far as it reaches.
    """
    caps, shared = _limits(want, items, day_of)
    return _largest(caps, shared)


def matching_set(want: SizeRun, items: Sequence[Item], day_of: DayOf) -> SizeRun:
    """The most pairs in the proportion of the size run, with every size (E4.4): what may run instead when the kit is broken."""
    caps, shared = _limits(want, items, day_of)
    whole = sum(want.values())
    most = whole
    for size, pairs in want.items():
        # floor(n × pairs / whole) ≤ cap  ⇔  n < (cap + 1) × whole / pairs
        most = min(most, -(-(caps[size] + 1) * whole // pairs) - 1)
    return _largest(want, shared, most)


def whole_sizes(want: SizeRun, items: Sequence[Item], day_of: DayOf) -> SizeRun:
    """Sizes that could run in full (E4.4), the largest first as far as what they share reaches; all other sizes are left out."""
    caps, shared = _limits(want, items, day_of)
    chosen: SizeRun = {}
    for size in sorted(want, key=lambda size: (-want[size], size)):
        if caps[size] == want[size] and _fits({**chosen, size: want[size]}, shared):
            chosen[size] = want[size]
    return {size: chosen[size] for size in want if size in chosen}


def instead(want: SizeRun, items: Sequence[Item], day_of: DayOf) -> SizeRun:
    """The larger of a matching set and of whole sizes."""
    return max((matching_set(want, items, day_of), whole_sizes(want, items, day_of)), key=lambda run: sum(run.values()))


def state_of(want: SizeRun, have: SizeRun, matching: SizeRun) -> KitState:
    """The state of a kit of `have` pairs by size, of which `matching` stand in the proportion of the size run.

    Whole pairs never share exactly: a kit counts as proportional when fewer pairs than it has sizes stand beside the proportion.
    """
    total = sum(have.values())
    if not total:
        return KitState.NONE
    if total == sum(want.values()):
        return KitState.FULL
    return KitState.PROPORTIONAL if total - sum(matching.values()) < len(want) else KitState.BROKEN


def event_days(items: Iterable[Item]) -> list[dt.date]:
    """The days on which something comes, now first."""
    return sorted({NOW, *(arrival.day for item in items for arrival in item.arrivals)})


def full_on(want: SizeRun, items: Iterable[Item]) -> dict[str, dt.date | None]:
    """The first day by size on which every item has all that the size takes (NOW if it is there); None if it never has.

    A material without sizes counts for a size only when there is enough for all of them: somebody else's pair may be cut from it first.
    """
    ready: dict[str, dt.date | None] = dict.fromkeys(want, NOW)
    for item in items:
        days = complete_on(want, item)
        for size in want:
            if item.usage.get(size):
                before, day = ready[size], days[size if item.by_size else ""]
                ready[size] = None if before is None or day is None else max(before, day)
    return ready


def needs_of(want: SizeRun, item: Item) -> dict[str, int]:
    """What a run takes of an item, by size or (“”) in all, in scaled units."""
    needs: dict[str, int] = {}
    for size, pairs in want.items():
        key = size if item.by_size else ""
        needs[key] = needs.get(key, 0) + pairs * item.usage.get(size, 0)
    return needs


def complete_on(want: SizeRun, item: Item) -> dict[str, dt.date | None]:
    """The day by size (or, without sizes, under “”) on which the item is complete."""
    needs = needs_of(want, item)
    done: dict[str, dt.date | None] = {key: None if need else NOW for key, need in needs.items()}
    for arrival in sorted(item.arrivals):
        if needs.get(arrival.size, 0) > 0:
            needs[arrival.size] -= arrival.quantity
            if needs[arrival.size] <= 0:
                done[arrival.size] = arrival.day
    return done


Shared = list[tuple[Mapping[str, int], int]]


def _limits(want: SizeRun, items: Sequence[Item], day_of: DayOf) -> tuple[SizeRun, Shared]:
    """What the parts kept by size allow of each size, and the usage and quantity of every material that the sizes share."""
    caps = dict(want)
    shared: Shared = []
    for item in items:
        there = item.there(day_of(item))
        if not item.by_size:
            shared.append((item.usage, there.get("", 0)))
            continue
        for size, usage in item.usage.items():
            if usage and size in caps:
                allowed = there.get(size, 0) // usage
                if allowed < caps[size]:
                    caps[size] = allowed
    return caps, shared


def _fits(run: SizeRun, shared: Shared) -> bool:
    return all(sum(usage.get(size, 0) * pairs for size, pairs in run.items()) <= there for usage, there in shared)


def _largest(run: SizeRun, shared: Shared, most: int | None = None) -> SizeRun:
    """The largest part of a run, in its proportion and rounded down, that shared material is enough for; `most` bounds the pairs."""
    whole = sum(run.values())
    high = whole if most is None else min(most, whole)
    if high <= 0:
        return dict.fromkeys(run, 0)

    def part(pairs: int) -> SizeRun:
        return {size: pairs * count // whole for size, count in run.items()}

    best = part(high)
    if _fits(best, shared):
        return best
    low = 0
    while high - low > 1:  # `low` fits, `high` does not
        middle = (low + high) // 2
        if _fits(part(middle), shared):
            low = middle
        else:
            high = middle
    return part(low)
