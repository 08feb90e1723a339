"""Pairs of a job shared over its sizes, lot by lot: pure arithmetic on whole numbers.

A job is made in lots: so many pairs by a team on a day. Each lot gets every size in the proportion of the size run, rounded so that
all of these hold at once:

- a lot's sizes add up to its pairs exactly, and all lots of the job add up to its size run exactly;
- each size of a lot is within one pair of its share of that lot (the share rounded up or down);
- so is each size of a whole day, and of everything from the first lot to the end of any day.

Largest remainders lot by lot would keep the first two only for the single lot: the rounding of many days could pile up in one size. That
a rounding with all three exists follows from the sums forming two nested families (lots in days in what has been made so far, by
size; lots over all sizes): the table is a flow in a network, whose shares are a real flow, so there is a whole one between their
floors and ceilings. It is found by cancelling circles of broken numbers, each towards the larger remainders.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orders.sizes import SizeRun, in_order, size_key

Node = Hashable


@dataclass(frozen=True)
class Lot:
    """Pairs made together: by one team on one day, in the order of work."""

    day: dt.date
    pairs: int


@dataclass
class _Arc:
    """A number of the table: a lot's share of a size, a day's, or that of all days so far; in pairs times the whole run."""

    tail: Node
    head: Node
    whole: int  # pairs below the share
    rest: int  # what the share has above them, from 0 (not rounded yet only in between) to `unit`
    price: int  # of rounding up: the larger the remainder, the cheaper; 0 for sums


def split_by_size(run: Mapping[str, int], lots: Sequence[Lot]) -> list[SizeRun]:
    """The sizes of each lot, in the order of the lots, which is that of the days.

    Raises ValueError unless every lot has pairs, the days ascend and the lots add up to the run.
    """
    unit = sum(run.values())
    if any(lot.pairs < 1 for lot in lots) or sum(lot.pairs for lot in lots) != unit:
        raise ValueError("The lots of a job are at least one pair each and add up to its size run.")
    if any(after.day < before.day for before, after in pairwise(lots)):
        raise ValueError("The lots of a job are given day by day.")
    sizes = sorted(run, key=size_key)
    cells = {(size, n): _share(("lot", n), (size, lot.day), lot.pairs * run[size], unit) for size in sizes for n, lot in enumerate(lots)}
    _round(_Network([*cells.values(), *_sums(run, lots, unit)], unit))
    return [in_order({size: cells[size, n].whole + (cells[size, n].rest == unit) for size in sizes}) for n in range(len(lots))]


def _share(tail: Node, head: Node, amount: int, unit: int) -> _Arc:
    whole, rest = divmod(amount, unit)
    return _Arc(tail, head, whole, rest, unit - 2 * rest)


def _sums(run: Mapping[str, int], lots: Sequence[Lot], unit: int) -> Iterator[_Arc]:
    """By size: what each day makes, and what all days have made up to its end."""
    by_day: dict[dt.date, int] = defaultdict(int)
    for lot in lots:
        by_day[lot.day] += lot.pairs
    days = list(by_day)
    for size, ordered in run.items():
        so_far = 0
        for n, day in enumerate(days):
            yield _Arc((size, day), (size, day, "end"), *divmod(by_day[day] * ordered, unit), price=0)
            so_far += by_day[day]
            if n + 1 < len(days):
                yield _Arc((size, day, "end"), (size, days[n + 1], "end"), *divmod(so_far * ordered, unit), price=0)


class _Network:
    """The arcs that are not whole yet, by node. At every node what comes in equals what goes out, so no node has only one of them."""

    def __init__(self, arcs: Sequence[_Arc], unit: int) -> None:
        self.unit = unit
        self.arcs = arcs
        self.at: dict[Node, dict[int, _Arc]] = defaultdict(dict)
        for number, arc in enumerate(arcs):
            if 0 < arc.rest < unit:
                self.at[arc.tail][number] = self.at[arc.head][number] = arc

    def move(self, circle: Sequence[tuple[int, int]], amount: int) -> None:
        """Add `amount` along a circle of (arc, direction); arcs that become whole leave the network."""
        for number, sign in circle:
            arc = self.arcs[number]
            arc.rest += sign * amount
            if arc.rest in (0, self.unit):
                del self.at[arc.tail][number]
                del self.at[arc.head][number]

    def cheapest_move(self, circle: Sequence[tuple[int, int]]) -> int:
        """How far a circle can be moved until one of its arcs is whole, in the cheaper of its two directions."""
        arcs = [(self.arcs[number], sign) for number, sign in circle]
        forward = min(self.unit - arc.rest if sign > 0 else arc.rest for arc, sign in arcs)
        backward = min(arc.rest if sign > 0 else self.unit - arc.rest for arc, sign in arcs)
        price = sum(sign * arc.price for arc, sign in arcs)
        return forward if price < 0 or (price == 0 and forward <= backward) else -backward


def _round(network: _Network) -> None:
    """Make every arc whole: follow arcs that are not until the way closes, move that circle, go on from where it closed."""
    for start in list(network.at):
        path: list[tuple[int, int]] = []
        nodes = [start]
        place = {start: 0}
        while network.at[nodes[-1]]:
            here = nodes[-1]
            last = path[-1][0] if path else None
            number, arc = next((n, a) for n, a in network.at[here].items() if n != last)
            path.append((number, 1 if arc.tail == here else -1))
            there = arc.head if arc.tail == here else arc.tail
            if there not in place:
                place[there] = len(nodes)
                nodes.append(there)
                continue
            circle = path[place[there] :]
            network.move(circle, network.cheapest_move(circle))
            for node in nodes[place[there] + 1 :]:
                del place[node]
            del path[place[there] :], nodes[place[there] + 1 :]
