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

A stage cannot work on what the stage before has not made, size by size. Among the roundings above, one that keeps to that is looked
for: whatever would be a pair too early is exchanged along a circle against a pair of another size. There is not always one; then a
size may be planned one pair ahead of its material, never two.
"""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orders.sizes import SizeRun, in_order, size_key

Node = Hashable
Ready = Mapping[dt.date, Mapping[str, int]]  # day → size → pairs that the stages before have made by its morning


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
    rest: int  # what the share has above them: from 0 to `unit`, in the end one of the two
    price: int  # of rounding up: the larger the remainder, the cheaper; 0 for sums
    is_free: bool  # the share is not whole, so it may be rounded either way
    most: int | None = None  # pairs that the material allows by then


def split_by_size(run: Mapping[str, int], lots: Sequence[Lot], ready: Ready | None = None) -> list[SizeRun]:
    """The sizes of each lot, in the order of the lots, which is that of the days.

    `ready` gives, for the days of the lots, what the stages before have made until then. Raises ValueError unless every lot has
    pairs, the days ascend and the lots add up to the run.
    """
    unit = sum(run.values())
    if any(lot.pairs < 1 for lot in lots) or sum(lot.pairs for lot in lots) != unit:
        raise ValueError("The lots of a job are at least one pair each and add up to its size run.")
    if any(after.day < before.day for before, after in pairwise(lots)):
        raise ValueError("The lots of a job are given day by day.")
    sizes = sorted(run, key=size_key)
    cells = {
        (size, n): _arc(("lot", n), (size, lot.day), lot.pairs * run[size], unit, is_lot=True)
        for size in sizes
        for n, lot in enumerate(lots)
    }
    network = _Network([*cells.values(), *_sums(run, lots, unit, ready or {})], unit)
    network.round()
    network.wait_for_material()
    return [in_order({size: network.value(cells[size, n]) for size in sizes}) for n in range(len(lots))]


def _arc(tail: Node, head: Node, amount: int, unit: int, *, is_lot: bool = False, most: int | None = None) -> _Arc:
    whole, rest = divmod(amount, unit)
    return _Arc(tail, head, whole, rest, unit - 2 * rest if is_lot else 0, rest > 0, most)


def _sums(run: Mapping[str, int], lots: Sequence[Lot], unit: int, ready: Ready) -> Iterator[_Arc]:
    """By size: what each day makes, and what all days have made up to its end."""
    by_day: dict[dt.date, int] = defaultdict(int)
    for lot in lots:
        by_day[lot.day] += lot.pairs
    days = list(by_day)
    for size, ordered in run.items():
        so_far = 0
        for n, day in enumerate(days):
            yield _arc((size, day), (size, day, "end"), by_day[day] * ordered, unit)
            so_far += by_day[day]
            if n + 1 < len(days):
                most = ready[day].get(size, 0) if day in ready else None
                yield _arc((size, day, "end"), (size, days[n + 1], "end"), so_far * ordered, unit, most=most)


class _Network:
    """The numbers that are not whole. At every node what comes in equals what goes out, so no node has only one of them."""

    def __init__(self, arcs: Sequence[_Arc], unit: int) -> None:
        self.unit = unit
        self.arcs = [arc for arc in arcs if arc.is_free]
        self.at: dict[Node, list[int]] = defaultdict(list)
        for number, arc in enumerate(self.arcs):
            self.at[arc.tail].append(number)
            self.at[arc.head].append(number)

    def value(self, arc: _Arc) -> int:
        """The number, rounded."""
        return arc.whole + (arc.rest == self.unit)

    def round(self) -> None:
        """Make every number whole: follow those that are not until the way closes, move that circle, go on from where it closed."""
        broken: dict[Node, dict[int, None]] = {node: dict.fromkeys(numbers) for node, numbers in self.at.items()}
        for start in broken:
            path: list[tuple[int, int]] = []
            nodes = [start]
            place = {start: 0}
            while broken[nodes[-1]]:
                here = nodes[-1]
                number = next(n for n in broken[here] if not path or n != path[-1][0])
                arc = self.arcs[number]
                path.append((number, 1 if arc.tail == here else -1))
                there = arc.head if arc.tail == here else arc.tail
                if there not in place:
                    place[there] = len(nodes)
                    nodes.append(there)
                    continue
                self._cancel(path[place[there] :], broken)
                for node in nodes[place[there] + 1 :]:
                    del place[node]
                del path[place[there] :], nodes[place[there] + 1 :]

    def _cancel(self, circle: Sequence[tuple[int, int]], broken: dict[Node, dict[int, None]]) -> None:
        """Move a circle in the cheaper of its two directions until one of its numbers is whole."""
        arcs = [(self.arcs[number], sign) for number, sign in circle]
        forward = min(self.unit - arc.rest if sign > 0 else arc.rest for arc, sign in arcs)
        backward = min(arc.rest if sign > 0 else self.unit - arc.rest for arc, sign in arcs)
        price = sum(sign * arc.price for arc, sign in arcs)
        amount = forward if price < 0 or (price == 0 and forward <= backward) else -backward
        for (arc, sign), (number, _sign) in zip(arcs, circle, strict=True):
            arc.rest += sign * amount
            if arc.rest in (0, self.unit):
                del broken[arc.tail][number]
                del broken[arc.head][number]

    def wait_for_material(self) -> None:
        """Round down, where an exchange allows it, what was rounded up beyond its material."""
        for number, arc in enumerate(self.arcs):
            if arc.most is not None and self.value(arc) > arc.most and arc.rest == self.unit:
                way = self._way(arc.tail, arc.head, number)
                for other in (*way, number) if way else ():
                    self.arcs[other].rest = self.unit - self.arcs[other].rest

    def _way(self, start: Node, end: Node, without: int) -> list[int]:
        """Numbers to round the other way so that one pair goes from start to end by them; empty if there is no such way."""
        came: dict[Node, tuple[Node, int]] = {start: (start, -1)}
        queue = deque([start])
        while queue and end not in came:
            here = queue.popleft()
            for number in self.at[here]:
                arc = self.arcs[number]
                upwards = arc.tail == here
                there = arc.head if upwards else arc.tail
                if number != without and there not in came and self._may_move(arc, upwards=upwards):
                    came[there] = (here, number)
                    queue.append(there)
        way = []
        while end in came and end != start:
            end, number = came[end]
            way.append(number)
        return way

    def _may_move(self, arc: _Arc, *, upwards: bool) -> bool:
        """Whether a rounded number can take one pair more, or give one up."""
        if not upwards:
            return arc.rest == self.unit
        return arc.rest == 0 and (arc.most is None or arc.whole < arc.most)
