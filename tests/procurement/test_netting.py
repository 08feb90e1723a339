"""One order of claim: no metre is promised twice, and whoever claims first is served first."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement.netting import Demand, Shares, Supply, Taken, share

D = Decimal
quantities = st.decimals(min_value=0, max_value=500, places=3)
demands = st.lists(quantities, max_size=12).map(lambda found: [Demand(key, quantity) for key, quantity in enumerate(found)])
lots = st.sampled_from(["", "A", "B", "C"])
supplies = st.lists(st.tuples(quantities, lots, st.booleans()), max_size=8).map(
    lambda found: [
        Supply(quantity, "" if ordered else lot, place if ordered else None) for place, (quantity, lot, ordered) in enumerate(found)
    ]
)


def by_demand(shares: Shares) -> dict[int, Decimal]:
    out: dict[int, Decimal] = {}
    for claim in shares.claims:
        out[claim.demand] = out.get(claim.demand, D(0)) + claim.quantity
    return out


def test_the_earlier_claim_wins_and_the_later_one_is_short() -> None:
    shares = share([Demand(1, D(100)), Demand(2, D(50))], [Supply(D(80)), Supply(D(40), line=7)])
    assert shares.claims == [Taken(1, 0, D(80)), Taken(1, 1, D(20)), Taken(2, 1, D(20))]
    assert shares.short == {2: D(30)}


def test_a_demand_of_nothing_claims_nothing() -> None:
    assert share([Demand(1, D(0))], [Supply(D(5))]) == Shares([], {})


def test_one_lot_takes_the_smallest_lot_that_is_large_enough() -> None:
    shares = share([Demand(1, D(60)), Demand(2, D(60))], [Supply(D(100), "A"), Supply(D(70), "B"), Supply(D(50), "C")], one_lot=True)
    assert shares.claims == [Taken(1, 1, D(60)), Taken(2, 0, D(60))]


def test_one_lot_is_never_mixed_even_if_the_sum_would_do() -> None:
    shares = share([Demand(1, D(60))], [Supply(D(40), "A"), Supply(D(40), "B")], one_lot=True)
    assert shares == Shares([], {1: D(60)})


def test_one_lot_waits_for_an_order_that_is_large_enough() -> None:
    shares = share([Demand(1, D(60))], [Supply(D(40), "A"), Supply(D(50), line=1), Supply(D(90), line=2)], one_lot=True)
    assert shares.claims == [Taken(1, 2, D(60))]


def test_a_job_that_was_given_a_lot_takes_no_other() -> None:
    lot_b = frozenset({"B"})
    shares = share([Demand(1, D(30), lot_b)], [Supply(D(100), "A"), Supply(D(20), "B")], one_lot=True)
    assert shares.claims == [Taken(1, 1, D(20))]
    assert shares.short == {1: D(10)}


@given(demands, supplies, st.booleans())
def test_claims_never_exceed_a_supply_nor_a_demand(wanted: list[Demand], there: list[Supply], one_lot: bool) -> None:
    shares = share(wanted, there, one_lot=one_lot)
    used = [D(0)] * len(there)
    for claim in shares.claims:
        assert claim.quantity > 0
        used[claim.supply] += claim.quantity
    assert all(spent <= supply.quantity for spent, supply in zip(used, there, strict=True))
    got = by_demand(shares)
    assert all(got.get(demand.key, D(0)) + shares.short.get(demand.key, D(0)) == demand.quantity for demand in wanted)


@given(demands, supplies)
def test_nobody_is_short_while_supply_is_left_and_nobody_waits_for_a_later_claim(wanted: list[Demand], there: list[Supply]) -> None:
    shares = share(wanted, there)
    total = sum((supply.quantity for supply in there), D(0))
    assert sum(shares.short.values(), D(0)) == max(D(0), sum((demand.quantity for demand in wanted), D(0)) - total)
    if shares.short:
        first_loser = min(shares.short)
        got = by_demand(shares)
        assert all(got.get(demand.key, D(0)) == 0 for demand in wanted if demand.key > first_loser)


@given(demands, supplies)
def test_one_lot_gives_all_or_nothing_from_one_supply(wanted: list[Demand], there: list[Supply]) -> None:
    shares = share(wanted, there, one_lot=True)
    sources: dict[int, set[int]] = {}
    for claim in shares.claims:
        sources.setdefault(claim.demand, set()).add(claim.supply)
    assert all(len(places) == 1 for places in sources.values())
    assert sources.keys().isdisjoint(shares.short)


@given(demands, supplies, quantities)
def test_a_later_claim_changes_nothing_for_earlier_ones(wanted: list[Demand], there: list[Supply], more: Decimal) -> None:
    before = by_demand(share(wanted, there))
    after = by_demand(share([*wanted, Demand(len(wanted), more)], there))
    after.pop(len(wanted), None)
    assert after == before
