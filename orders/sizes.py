"""Sizes and size runs. A size is its plain decimal text (`36`, `36.5`, `230`); a size run maps sizes to whole pairs."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

SizeRun = dict[str, int]


def size_key(size: str) -> Decimal:
    """Sorts sizes by value: 9.5 before 10."""
    return Decimal(size)


def size_text(value: Decimal) -> str:
    """`36.0` → `36`, `36.50` → `36.5`."""
    return f"{value.normalize():f}"


def size_range(first: Decimal, last: Decimal, step: Decimal) -> tuple[str, ...]:
    """All sizes from first to last, both included."""
    count = int((last - first) / step) + 1
    return tuple(size_text(first + step * n) for n in range(count))


def in_order(run: Mapping[str, int]) -> SizeRun:
    """The run, smallest size first, without sizes of no pairs."""
    return {size: run[size] for size in sorted(run, key=size_key) if run[size]}


def total(runs: Iterable[Mapping[str, int]]) -> SizeRun:
    """Pairs by size over many runs, smallest size first."""
    out: SizeRun = {}
    for run in runs:
        for size, pairs in run.items():
            out[size] = out.get(size, 0) + pairs
    return in_order(out)


def largest_remainder(run: Mapping[str, int], pairs: int) -> SizeRun:
    """`pairs` shared over the sizes in the proportion of `run`, exactly: each size within one pair of its share.

    Whole shares first, then one pair each to the largest remainders (Hamilton's method); ties go to the smaller size.
    Raises ValueError if the run is empty or `pairs` negative.
    """
    whole = sum(run.values())
    if whole <= 0 or pairs < 0:
        raise ValueError("A share needs a size run with pairs and a number of pairs that is not negative.")
    shares = {size: divmod(count * pairs, whole) for size, count in run.items()}
    left = pairs - sum(quotient for quotient, _ in shares.values())
    first = sorted(run, key=lambda size: (-shares[size][1], size_key(size)))[:left]
    return {size: shares[size][0] + (size in first) for size in sorted(run, key=size_key)}
