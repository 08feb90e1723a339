"""Which lots and places a wanted quantity is taken from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.models import OrderLine
from procurement.models import Material
from procurement.services.stock_posting import BalanceKey, Balances, Entry, taken

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """A quantity to take, above zero. Without a lot or a place the warehouse's own order decides."""

    quantity: Decimal
    material: Material | None = None
    pairs_of: OrderLine | None = None
    size: str = ""
    stage: str = ""
    lot: str | None = None
    place: str | None = None

    def item(self, warehouse: str) -> Entry:
        """The item as far as it is known before picking."""
        return Entry(
            quantity=self.quantity,
            warehouse=warehouse,
            material=self.material,
            pairs_of=self.pairs_of,
            size=self.size,
            stage=self.stage,
            lot=self.lot or "",
            place=self.place or "",
        )


def pick(wanted: Sequence[Wanted], there: Balances, warehouse: str, lots_of_job: Collection[tuple[int, str]] = ()) -> list[Entry]:
    """Moves out of a warehouse for the wanted quantities.

    A pair and a job keep to one dye lot where they can: first the lots (material, lot) that the job has already, then the smallest lot
    that is enough, then the largest ones. Within a lot the older place is emptied first. What is not there in any lot is taken from the
    first key all the same, so that posting refuses it by name.
    """
    left = dict(there)
    entries: list[Entry] = []
    for want in wanted:
        entries += _pick_one(want, left, warehouse, lots_of_job)
    return entries


def _pick_one(want: Wanted, left: Balances, warehouse: str, lots_of_job: Collection[tuple[int, str]]) -> list[Entry]:
    item = want.item(warehouse)
    keys = [key for key, quantity in left.items() if quantity > 0 and _fits(key, item, want)]
    by_lot: dict[str, Decimal] = defaultdict(Decimal)
    for key in keys:
        by_lot[key.lot] += left[key]

    def rank(key: BalanceKey) -> tuple[bool, bool, Decimal]:
        enough = by_lot[key.lot] >= want.quantity
        return (key.material, key.lot) not in lots_of_job, not enough, by_lot[key.lot] if enough else -by_lot[key.lot]

    missing = want.quantity
    taken_from: dict[BalanceKey, Decimal] = {}
    for key in sorted(keys, key=rank):
        part = min(missing, left[key])
        if part > 0:
            taken_from[key] = part
            left[key] -= part
            missing -= part
    if missing > 0:
        first = next(iter(taken_from), item.key)
        taken_from[first] = taken_from.get(first, NOTHING) + missing
    return [_out(item, key, quantity) for key, quantity in taken_from.items()]


def _fits(key: BalanceKey, item: Entry, want: Wanted) -> bool:
    same = key._replace(lot=item.lot, place=item.place) == item.key
    return same and want.lot in (None, key.lot) and want.place in (None, key.place)


def _out(item: Entry, key: BalanceKey, quantity: Decimal) -> Entry:
    entry = Entry(quantity, key.warehouse, item.material, item.pairs_of, item.size, key.lot, key.place, item.stage)
    return taken(entry)
