"""Size runs: sharing out is exact, every size within one pair of its share."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.sizes import in_order, largest_remainder, size_key, size_range, total

sizes = st.integers(min_value=26, max_value=46).map(str) | st.integers(min_value=10, max_value=90).map(lambda n: f"{n / 2:g}")
runs = st.dictionaries(sizes, st.integers(min_value=0, max_value=5000), min_size=1, max_size=24)
ordered = runs.filter(lambda run: sum(run.values()) > 0)
pairs = st.integers(min_value=0, max_value=100_000)


@given(ordered, pairs)
def test_a_share_is_exact_and_within_one_pair_of_every_size(run: dict[str, int], wanted: int) -> None:
    shared = largest_remainder(run, wanted)
    whole = sum(run.values())
    assert sum(shared.values()) == wanted
    assert set(shared) == set(run)
    for size, count in shared.items():
        assert abs(count - Fraction(run[size] * wanted, whole)) < 1
        assert count >= 0
        assert run[size] > 0 or count == 0


@given(ordered)
def test_sharing_out_the_same_total_changes_nothing(run: dict[str, int]) -> None:
    assert largest_remainder(run, sum(run.values())) == run


@given(ordered, pairs)
def test_shares_come_smallest_size_first_whatever_the_order_of_the_run(run: dict[str, int], wanted: int) -> None:
    mixed = dict(reversed(run.items()))
    assert list(largest_remainder(mixed, wanted).items()) == list(largest_remainder(run, wanted).items())
    assert list(largest_remainder(run, wanted)) == sorted(run, key=size_key)


def test_equal_remainders_go_to_the_smaller_size() -> None:
    assert largest_remainder({"10": 1, "9.5": 1, "9": 1}, 2) == {"9": 1, "9.5": 1, "10": 0}


@pytest.mark.parametrize(("run", "wanted"), [({}, 5), ({"38": 0}, 5), ({"38": 5}, -1)])
def test_nothing_to_share_by_is_an_error(run: dict[str, int], wanted: int) -> None:
    with pytest.raises(ValueError, match="share"):
        largest_remainder(run, wanted)


@given(st.lists(runs, max_size=6))
def test_totals_add_up_and_leave_out_what_nobody_ordered(many: list[dict[str, int]]) -> None:
    added = total(many)
    assert sum(added.values()) == sum(sum(run.values()) for run in many)
    assert all(added.values())
    assert list(added) == list(in_order(added))


@given(st.integers(20, 60), st.integers(0, 30), st.sampled_from(["0.5", "1", "5"]))
def test_a_range_has_both_ends_and_even_steps(first: int, steps: int, step: str) -> None:
    last = first + steps * Decimal(step)
    made = [Decimal(size) for size in size_range(Decimal(first), last, Decimal(step))]
    assert (made[0], made[-1], len(made)) == (Decimal(first), last, steps + 1)
    assert all(after - before == Decimal(step) for before, after in pairwise(made))
