"""The ledger under random interleavings and under people who issue at the same moment, on a real PostgreSQL."""

import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.models import OrderLine
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from procurement.models import StockBalance, StockDocument, StockMove, Warehouse
from procurement.services import stock
from procurement.services.stock import Given
from procurement.services.stock_picking import Wanted
from procurement.services.stock_receipts import Receipt, receive
from procurement.services.stock_reversal import reverse
from tests import factories
from tests.procurement import stock_factories

KEY = ("plant", "warehouse", "place", "material", "pairs_of", "stage", "size", "lot")
QUANTITIES = st.decimals("0.001", "60", places=3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "issue", "give_back", "scrap", "transfer", "reverse"]),
        st.sampled_from(["lining", "sole"]),
        QUANTITIES,
        st.sampled_from(["", "A", "B"]),
        st.integers(0, 30),
    ),
    min_size=5,
    max_size=25,
)


def sums_of_moves() -> dict[tuple[object, ...], Decimal]:
    sums = StockMove.objects.order_by().values_list(*KEY).annotate(sum=Sum("quantity"))
    return {row[:-1]: row[-1] for row in sums}


def balances() -> dict[tuple[object, ...], Decimal]:
    return {row[:-1]: row[-1] for row in StockBalance.objects.values_list(*KEY, "quantity")}


class Ledger:
    """A warehouse with two materials and one job; every step is what a storekeeper might post, sensible or not."""

    def __init__(self) -> None:
        self.plant = default_plant()
        self.by = factories.user()
        self.job = stock_factories.job()
        self.materials = {"lining": stock_factories.material(), "sole": stock_factories.sole()}

    def take(self, step: str, name: str, quantity: Decimal, lot: str, pick: int) -> None:
        of = self.materials[name]
        size = ("38", "39")[pick % 2] if of.by_size else ""
        place = ("", "R1")[pick % 2]
        given_line = Given(quantity, of, size, lot, place)
        wanted = Wanted(quantity, of, size=size, lot=lot or None)
        post = {"plant": self.plant, "by": self.by}
        if step == "receive":
            stock.take_opening_stock(lines=[(Warehouse.MAIN, given_line)], **post)  # type: ignore[arg-type]
        elif step == "issue":
            stock.issue(job=self.job, lines=[wanted], **post)  # type: ignore[arg-type]
        elif step == "give_back":
            stock.return_from_job(job=self.job, lines=[given_line], **post)  # type: ignore[arg-type]
        elif step == "scrap":
            stock.scrap(lines=[wanted], reason="damaged", job=self.job if pick % 3 == 0 else None, **post)  # type: ignore[arg-type]
        elif step == "transfer":
            places = [Warehouse.MAIN, Warehouse.TRANSIT]
            source, target = places if pick % 2 else places[::-1]
            stock.transfer(lines=[wanted], source=source, target=target, target_place=place, **post)  # type: ignore[arg-type]
        else:
            documents = list(StockDocument.objects.order_by("id"))
            if documents:
                reverse(document=documents[pick % len(documents)], why="写错", by=self.by)


class Interleavings(TestCase):
    """Hypothesis needs a test case of its own, so that every example starts with empty tables."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STEPS)
    def test_balances_equal_the_sums_of_moves_whatever_is_posted_and_reversed(
        self, steps: list[tuple[str, str, Decimal, str, int]]
    ) -> None:
        ledger = Ledger()
        for step in steps:
            before = balances()
            try:
                ledger.take(*step)
            except DomainError:
                assert balances() == before, "what is refused changes nothing"
            assert balances() == sums_of_moves()
            assert all(quantity >= 0 for quantity in balances().values())
        for document in StockDocument.objects.filter(reverses=None, reversed_by=None).order_by("-id"):
            reverse(document=document, why="全部冲回", by=ledger.by)
        assert set(balances().values()) <= {0}, "everything reversed, newest first, leaves nothing"


def at_once(work: Callable[[int], object], count: int) -> list[object]:
    """Run the same thing in threads that start together, each on its own connection; errors are results."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        try:
            barrier.wait(20)
            results[n] = work(n)  # type: ignore[call-overload]
        except DomainError as error:
            results[n] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connections.close_all()
    return results


@pytest.fixture
def house(transactional_db: None) -> tuple[Plant, User, OrderLine]:
    return default_plant(), factories.user(), stock_factories.job()


def test_parallel_issuers_get_exactly_what_is_there_and_losers_are_told(house: tuple[Plant, User, OrderLine]) -> None:
    plant, by, job = house
    sole, lining = stock_factories.sole("S15"), stock_factories.material("LN")
    stock_factories.fill(sole, 50, size="40", plant=plant)
    stock_factories.fill(lining, 1000, plant=plant)

    def take(n: int) -> StockDocument:
        # in both orders, so that two who lock what the other one wants would block each other
        lines = [Wanted(Decimal(12), sole, size="40"), Wanted(Decimal(12), lining)]
        return stock.issue(plant=plant, job=job, lines=lines if n % 2 else lines[::-1], by=by)

    results = at_once(take, 8)
    winners = [result for result in results if isinstance(result, StockDocument)]
    losers = [result for result in results if isinstance(result, DomainError)]
    assert (len(winners), len(losers)) == (4, 4), results
    assert {loser.code for loser in losers} == {"short"}
    assert all("S15 40" in loser.message and "12" in loser.message for loser in losers)
    assert dict(StockBalance.objects.values_list("material__code", "quantity")) == {"S15": 2, "LN": 952}
    assert balances() == sums_of_moves()


def test_a_double_tap_books_once_even_when_both_taps_come_together(house: tuple[Plant, User, OrderLine]) -> None:
    plant, by, job = house
    lining = stock_factories.material("LN")
    stock_factories.fill(lining, 100, plant=plant)
    key = uuid.uuid4()
    results = at_once(lambda n: stock.issue(plant=plant, job=job, lines=[Wanted(Decimal(30), lining)], by=by, key=key), 5)
    assert len(set(results)) == 1
    assert isinstance(results[0], StockDocument)
    assert StockBalance.objects.get().quantity == 70


def test_two_receipts_of_one_line_do_not_both_take_the_rest(house: tuple[Plant, User, OrderLine]) -> None:
    plant, by, _job = house
    line = stock_factories.ordered(stock_factories.material("LN"), 100)
    results = at_once(lambda n: receive(plant=plant, lines=[Receipt(Decimal(60), line)], by=by), 2)
    refused = [result for result in results if isinstance(result, DomainError)]
    assert [error.code for error in refused] == ["too_much"]
    assert StockBalance.objects.get().quantity == 60


def test_movers_between_places_in_both_directions_never_block_each_other(house: tuple[Plant, User, OrderLine]) -> None:
    plant, by, _job = house
    stuff = [stock_factories.material() for _ in range(4)]
    for of in stuff:
        stock_factories.fill(of, 40, place="A", plant=plant)
        stock_factories.fill(of, 40, place="B", plant=plant)

    def move(n: int) -> StockDocument:
        source, target = ("A", "B") if n % 2 else ("B", "A")
        lines = [Wanted(Decimal(5), of, place=source) for of in (stuff if n % 3 else stuff[::-1])]
        return stock.transfer(plant=plant, lines=lines, source="main", target="main", target_place=target, by=by)

    assert all(isinstance(result, StockDocument) for result in at_once(move, 6))
    totals: dict[int | None, Decimal] = defaultdict(Decimal)
    for row in StockBalance.objects.all():
        totals[row.material_id] += row.quantity
    assert set(totals.values()) == {80}
