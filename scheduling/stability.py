"""How much of a plan stood still: pairs that kept their team and day against the version before. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[int, int, int, dt.date]  # order line, stage, team, day


@dataclass(frozen=True)
class Stability:
    """Pairs of jobs that both versions plan, counted at every stage, and how many of them moved to another team or day."""

    pairs: int
    moved: int

    @property
    def share_moved(self) -> float | None:
        """0..1; None where there is nothing to compare."""
        return self.moved / self.pairs if self.pairs else None


def stability(before: Iterable[tuple[Place, int]], now: Iterable[tuple[Place, int]]) -> Stability:
    """Compare two versions, place by place: what a team made of a job on a day in both has stayed."""
    old, new = _sums(before), _sums(now)
    both = {place[:2] for place in old} & {place[:2] for place in new}
    pairs = moved = 0
    for place, count in old.items():
        if place[:2] in both:
            pairs += count
            moved += max(0, count - new.get(place, 0))
    return Stability(pairs, moved)


def _sums(rows: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    sums: dict[Place, int] = defaultdict(int)
    for place, pairs in rows:
        sums[place] += pairs
    return sums
