"""Kits: never more than any part allows, nothing promised twice, and more material never makes less (E4.2, E4.4)."""

import datetime as dt
import itertools
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement import kits
from procurement.kits import NOW, SCALE, Arrival, Item, KitState
from procurement.netting import Demand, Supply, share

RUN = {"38": 258, "39": 312, "40": 510, "41": 714, "42": 780, "43": 468, "44": 306, "45": 252}
START, DUE = dt.date(2026, 12, 10), dt.date(2026, 12, 8)
SIZES = ["36", "37", "38", "39", "40"]


def now(_item: Item) -> dt.date:
    return NOW


def on(day: dt.date) -> kits.DayOf:
    return lambda _item: day


def item(stock: dict[str, float], *, usage: float | dict[str, float] = 1, by_size: bool = True, **values: object) -> Item:
    """A material with this much in stock, by size or under “”."""
    of_size = usage if isinstance(usage, dict) else dict.fromkeys(RUN, usage)
    return Item(
        material=1,
        parts=("大底",),
        stage="bottoming",
        starts_on=START,
        needed_on=DUE,
        by_size=by_size,
        usage={size: round(value * SCALE) for size, value in of_size.items()},
        arrivals=[Arrival(NOW, size, round(quantity * SCALE)) for size, quantity in stock.items()],
        **values,  # type: ignore[arg-type]
    )


def test_the_late_sole_breaks_the_sizes_and_the_whole_sizes_may_run() -> None:
    soles = item({**RUN, "40": 96, "41": 0, "42": 114})
    have = kits.kit(RUN, [soles], now)
    assert have == {**RUN, "40": 96, "41": 0, "42": 114}
    matching = kits.matching_set(RUN, [soles], now)
    assert sum(matching.values()) < 8, "size 41 has none: no more than rounding is left"
    assert kits.state_of(RUN, have, matching) == KitState.BROKEN
    whole = kits.whole_sizes(RUN, [soles], now)
    assert (list(whole), sum(whole.values())) == (["38", "39", "43", "44", "45"], 1596)
    assert kits.instead(RUN, [soles], now) == whole


def test_short_lining_is_shared_over_the_sizes_and_runs_in_proportion() -> None:
    lining = item({"": 1800 * 0.2}, usage=0.2, by_size=False)
    have = kits.kit(RUN, [lining], now)
    assert 1800 - len(RUN) < sum(have.values()) <= 1800
    assert all(abs(have[size] - RUN[size] / 2) <= 1 for size in RUN)
    assert kits.state_of(RUN, have, kits.matching_set(RUN, [lining], now)) == KitState.PROPORTIONAL


def test_shared_material_goes_where_the_soles_are() -> None:
    soles = item({"38": 258, "39": 312})
    lining = item({"": 60.0}, usage=0.2, by_size=False)
    have = kits.kit(RUN, [soles, lining], now)
    assert sum(have.values()) in (299, 300)
    assert {size for size, pairs in have.items() if pairs} == {"38", "39"}


def test_a_size_that_does_not_use_a_part_is_not_held_up_by_it() -> None:
    heel = item({"38": 258}, usage={"38": 1})
    assert kits.kit(RUN, [heel], now) == RUN
    assert set(kits.full_on(RUN, [heel]).values()) == {NOW}


def test_without_material_there_is_no_kit_and_without_items_everything_may_run() -> None:
    nothing = item({})
    have = kits.kit(RUN, [nothing], now)
    assert kits.state_of(RUN, have, kits.matching_set(RUN, [nothing], now)) == KitState.NONE
    assert kits.state_of(RUN, kits.kit(RUN, [], now), RUN) == KitState.FULL


def test_every_item_is_looked_at_on_its_own_day() -> None:
    soles = replace(item({}), arrivals=[Arrival(dt.date(2026, 12, 9), size, pairs * SCALE) for size, pairs in RUN.items()])
    boxes = replace(
        item({}), starts_on=dt.date(2026, 12, 20), arrivals=[Arrival(dt.date(2026, 12, 19), s, p * SCALE) for s, p in RUN.items()]
    )
    assert kits.kit(RUN, [soles, boxes], lambda of: of.starts_on) == RUN
    assert not any(kits.kit(RUN, [soles, boxes], now).values())
    assert kits.event_days([soles, boxes]) == [NOW, dt.date(2026, 12, 9), dt.date(2026, 12, 19)]


def test_the_first_day_of_a_full_kit_by_size_and_none_where_no_day_is_known() -> None:
    late = dt.date(2026, 12, 14)
    stock = {**RUN, "40": 96, "41": 700}
    soles = replace(item(stock), arrivals=[*item(stock).arrivals, Arrival(late, "40", 414 * SCALE), Arrival(late, "41", 13 * SCALE)])
    lining = replace(item({"": 1}, usage=0.2, by_size=False), arrivals=[Arrival(dt.date(2026, 12, 9), "", 720 * SCALE)])
    ready = kits.full_on(RUN, [soles, lining])
    assert ready["38"] == dt.date(2026, 12, 9)
    assert ready["40"] == late
    assert ready["41"] is None, "one pair of soles short for good"


@pytest.mark.parametrize(("quantity", "units"), [("1", SCALE), ("0.00000001", 1), ("0.000000019", 1), ("2.5", 250_000_000)])
def test_quantities_are_cut_never_rounded_up(quantity: str, units: int) -> None:
    assert kits.scaled(Decimal(quantity)) == units


counts = st.integers(0, 60)
wants = st.dictionaries(st.sampled_from(SIZES), st.integers(1, 40), min_size=1)
usages = st.integers(1, 30)


@st.composite
def items(draw: st.DrawFn) -> Item:
    by_size = draw(st.booleans())
    keys = SIZES if by_size else [""]
    days = [NOW, dt.date(2026, 12, 7), dt.date(2026, 12, 9)]
    arrivals = [Arrival(day, key, draw(st.integers(0, 600))) for day in days for key in keys if draw(st.booleans())]
    usage = {size: draw(st.integers(0, 30)) for size in SIZES}
    return Item(1, ("x",), "cutting", START, DUE, by_size, usage, arrivals)


def used(run: dict[str, int], of: Item) -> dict[str, int]:
    out: dict[str, int] = defaultdict(int)
    for size, pairs in run.items():
        out[size if of.by_size else ""] += pairs * of.usage.get(size, 0)
    return out


@settings(max_examples=200, deadline=None)
@given(wants, st.lists(items(), max_size=5))
def test_no_kit_takes_more_of_any_part_than_is_there(want: dict[str, int], of: list[Item]) -> None:
    for day, count in itertools.product(kits.event_days(of), (kits.kit, kits.matching_set, kits.whole_sizes)):
        run = count(want, of, on(day))
        assert all(0 <= pairs <= want[size] for size, pairs in run.items())
        for one in of:
            there = one.there(day)
            assert all(taken <= there.get(key, 0) for key, taken in used(run, one).items())


@settings(max_examples=200, deadline=None)
@given(wants, st.lists(items(), min_size=1, max_size=5), st.data())
def test_more_material_never_makes_a_smaller_set(want: dict[str, int], of: list[Item], data: st.DataObject) -> None:
    """The matching set and the full kit grow with any stock; the kit of a size grows with shared material and with its own parts."""
    place = data.draw(st.integers(0, len(of) - 1))
    key = data.draw(st.sampled_from(SIZES)) if of[place].by_size else ""
    more = [*of]
    more[place] = replace(of[place], arrivals=[*of[place].arrivals, Arrival(NOW, key, data.draw(st.integers(1, 300)))])
    before, after = kits.kit(want, of, now), kits.kit(want, more, now)
    set_before, set_after = kits.matching_set(want, of, now), kits.matching_set(want, more, now)
    assert all(set_after[size] >= set_before[size] for size in want)
    if before == want:
        assert after == want
    if not of[place].by_size:
        assert all(after[size] >= before[size] for size in want)
    elif key in want:
        assert after[key] >= before[key]


@settings(max_examples=100, deadline=None)
@given(wants, st.lists(items(), max_size=4))
def test_days_only_add_and_the_ready_day_is_a_day_of_a_full_kit(want: dict[str, int], of: list[Item]) -> None:
    sets = [kits.matching_set(want, of, on(day)) for day in kits.event_days(of)]
    assert all(late[size] >= early[size] for early, late in itertools.pairwise(sets) for size in want)
    ready = kits.full_on(want, of)
    if None not in ready.values():
        last = max(day for day in ready.values() if day is not None)
        assert kits.kit(want, of, on(last)) == want


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(wants, usages), min_size=1, max_size=6),
    st.lists(st.integers(1, 900), min_size=1, max_size=4),
    st.booleans(),
)
def test_the_kits_of_all_jobs_together_never_claim_more_than_there_is(
    jobs: list[tuple[dict[str, int], int]], supplies: list[int], one_lot: bool
) -> None:
    """With the claims of netting behind them, kits of jobs that share a material stay within its stock."""
    needs = [Demand(n, Decimal(sum(want.values()) * usage)) for n, (want, usage) in enumerate(jobs)]
    shares = share(needs, [Supply(Decimal(quantity), lot=str(n)) for n, quantity in enumerate(supplies)], one_lot=one_lot)
    total = 0
    for n, (want, usage) in enumerate(jobs):
        arrivals = [Arrival(NOW, "", int(quantity)) for demand, _supply, quantity in shares.claims if demand == n]
        of = Item(1, ("x",), "cutting", START, DUE, False, dict.fromkeys(want, usage), arrivals)
        total += sum(kits.kit(want, [of], now).values()) * usage
    assert total <= sum(supplies)
