"""Pairs of a job shared over its sizes: exact sums, and never a pair or more away from the share."""

import datetime as dt
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.sizes import SizeRun, total
from scheduling.size_shares import Lot, split_by_size

FIRST = dt.date(2026, 12, 30)


@st.composite
def jobs(draw: st.DrawFn) -> tuple[SizeRun, list[Lot]]:
    """A size run (with sizes of no pairs) and lots that add up to it; several may fall on one day."""
    run = draw(st.dictionaries(st.sampled_from([f"{n / 2:g}" for n in range(70, 94)]), st.integers(0, 400), min_size=1, max_size=12))
    pairs = sum(run.values())
    if not pairs:
        run["42"] = pairs = 1
    cuts = draw(st.sets(st.integers(1, max(1, pairs - 1)), max_size=14)) | {pairs}
    ends = sorted(cut for cut in cuts if cut <= pairs)
    days = list(accumulate(draw(st.lists(st.sampled_from([0, 0, 1, 1, 4]), min_size=len(ends), max_size=len(ends)))))
    return run, [Lot(FIRST + dt.timedelta(days=day), end - start) for start, end, day in zip([0, *ends], ends, days, strict=False)]


def off(sizes: SizeRun, run: SizeRun, pairs: int) -> Fraction:
    """The largest distance of a size from its share of `pairs`."""
    return max(abs(sizes.get(size, 0) - Fraction(pairs * ordered, sum(run.values()))) for size, ordered in run.items())


@settings(max_examples=100, deadline=None)
@given(jobs())
def test_every_lot_adds_up_and_all_lots_add_up_to_the_size_run(job: tuple[SizeRun, list[Lot]]) -> None:
    run, lots = job
    split = split_by_size(run, lots)
    assert [sum(sizes.values()) for sizes in split] == [lot.pairs for lot in lots]
    assert total(split) == total([run])
    assert all(pairs > 0 for sizes in split for pairs in sizes.values())


@settings(max_examples=100, deadline=None)
@given(jobs())
def test_every_size_stays_within_one_pair_of_its_share_of_the_lot_the_day_and_all_days_so_far(job: tuple[SizeRun, list[Lot]]) -> None:
    run, lots = job
    split = split_by_size(run, lots)
    assert all(off(sizes, run, lot.pairs) < 1 for lot, sizes in zip(lots, split, strict=True))
    for day in {lot.day for lot in lots}:
        same = [(lot, sizes) for lot, sizes in zip(lots, split, strict=True) if lot.day == day]
        so_far = [(lot, sizes) for lot, sizes in zip(lots, split, strict=True) if lot.day <= day]
        for group in (same, so_far):
            assert off(total(sizes for _lot, sizes in group), run, sum(lot.pairs for lot, _sizes in group)) < 1


def test_the_same_lots_are_always_split_the_same_way() -> None:
    run = {"38": 84, "39": 109, "40": 168}
    lots = [Lot(FIRST + dt.timedelta(days=n), pairs) for n, pairs in enumerate([100, 100, 100, 61])]
    assert split_by_size(run, lots) == split_by_size(dict(reversed(run.items())), lots)


def test_single_pairs_reach_every_size_in_its_turn() -> None:
    lots = [Lot(FIRST + dt.timedelta(days=n), 1) for n in range(6)]
    split = split_by_size({"38": 1, "39": 2, "40": 3}, lots)
    assert [sum(sizes.values()) for sizes in split] == [1] * 6
    assert total(split) == {"38": 1, "39": 2, "40": 3}


@pytest.mark.parametrize(
    ("run", "lots"),
    [
        ({"38": 10}, [Lot(FIRST, 9)]),
        ({"38": 10}, [Lot(FIRST, 11)]),
        ({"38": 10}, [Lot(FIRST, 10), Lot(FIRST, 0)]),
        ({"38": 10}, [Lot(FIRST + dt.timedelta(days=1), 5), Lot(FIRST, 5)]),
        ({"38": 10}, []),
    ],
    ids=["too few pairs", "too many pairs", "an empty lot", "days out of order", "no lot"],
)
def test_lots_that_are_not_the_job_are_refused(run: SizeRun, lots: list[Lot]) -> None:
    with pytest.raises(ValueError, match="lots of a job"):
        split_by_size(run, lots)


def made_before(day: dt.date, lots: list[Lot], split: list[SizeRun]) -> SizeRun:
    return total(sizes for lot, sizes in zip(lots, split, strict=True) if lot.day < day)


def too_early(run: SizeRun, lots: list[Lot], split: list[SizeRun], ready: dict[dt.date, SizeRun]) -> list[int]:
    """By how many pairs the stage is ahead of its material, for each day and size where it is."""
    ahead = []
    for day in {lot.day for lot in lots}:
        used = made_before(day + dt.timedelta(days=1), lots, split)
        ahead += [n - ready[day].get(size, 0) for size, n in used.items() if n > ready[day].get(size, 0)]
    return ahead


@settings(max_examples=100, deadline=None)
@given(jobs(), st.lists(st.integers(0, 3), max_size=14))
def test_a_stage_is_never_two_pairs_ahead_of_its_material_and_exchanges_what_it_can(
    job: tuple[SizeRun, list[Lot]], waits: list[int]
) -> None:
    run, feeding = job
    split = split_by_size(run, feeding)
    shifts = list(accumulate([*waits, *[0] * len(feeding)][: len(feeding)], initial=1))[1:]
    lots = [Lot(lot.day + dt.timedelta(days=shift), lot.pairs) for lot, shift in zip(feeding, shifts, strict=True)]
    ready = {lot.day: made_before(lot.day, feeding, split) for lot in lots}
    plain, fed = split_by_size(run, lots), split_by_size(run, lots, ready)
    assert [sum(sizes.values()) for sizes in fed] == [lot.pairs for lot in lots]
    assert total(fed) == total([run])
    assert all(off(sizes, run, lot.pairs) < 1 for lot, sizes in zip(lots, fed, strict=True))
    assert set(too_early(run, lots, fed, ready)) <= {1}
    assert len(too_early(run, lots, fed, ready)) <= len(too_early(run, lots, plain, ready))


def test_a_pair_that_would_come_too_early_is_exchanged_for_one_whose_material_is_there() -> None:
    run = {"38": 1, "39": 1, "40": 1, "41": 1}
    cutting = [Lot(FIRST, 2), Lot(FIRST + dt.timedelta(days=1), 1), Lot(FIRST + dt.timedelta(days=2), 1)]
    stitching = [Lot(FIRST + dt.timedelta(days=n), pairs) for n, pairs in enumerate([1, 1, 2], 1)]
    cut = split_by_size(run, cutting)
    ready = {lot.day: made_before(lot.day, cutting, cut) for lot in stitching}
    assert too_early(run, stitching, split_by_size(run, stitching), ready)
    assert not too_early(run, stitching, split_by_size(run, stitching, ready), ready)
