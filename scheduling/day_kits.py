"""Which pairs of a job may run when some sizes lack material (E4.4): full sizes or matching sets, never broken ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from orders.sizes import SizeRun, in_order


def may_run(want: Mapping[str, int], have: Mapping[str, int]) -> SizeRun:
    """What of `want` may run with the kits there are: all of it, or the larger of a matching set and of whole sizes."""
    capped = {size: max(0, min(pairs, have.get(size, 0))) for size, pairs in want.items()}
    if capped == dict(want):
        return in_order(want)
    whole = {size: pairs for size, pairs in capped.items() if pairs == want[size]}
    matched = _matching(want, capped)
    best = matched if sum(matched.values()) >= sum(whole.values()) else whole
    return in_order(best)


def _matching(want: Mapping[str, int], have: Mapping[str, int]) -> SizeRun:
    """The largest set with every size in the proportion of `want`, each rounded down; empty where a size has nothing."""
    total = sum(want.values())
    most = total
    for size, pairs in want.items():
        # floor(n × pairs / total) ≤ have  ⇔  n < (have + 1) × total / pairs
        most = min(most, -(-(have[size] + 1) * total // pairs) - 1)
    return {size: most * pairs // total for size, pairs in want.items()}
