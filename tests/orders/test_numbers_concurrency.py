"""Order numbers under real concurrency: every thread has its own connection."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from orders.models import Order
from orders.services import OrderConflictError, update_order
from tests import factories

DAY = dt.date(2026, 12, 8)


class SlippedError(Exception):
    """Something after the order failed in the same transaction."""


def in_threads(work: Callable[[int], object], count: int, threads: int = 6) -> list[object]:
    def alone(n: int) -> object:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_when_many_enter_and_some_fail() -> None:
    line, customer = factories.line(), factories.customer()
    Order.objects.filter(pk=factories.order(line, of=customer, ordered_on=dt.date(2026, 12, 1)).pk).update(number="HT261208-007")
    failing = set(random.Random(8).sample(range(40), 13))

    def enter(n: int) -> str | None:
        try:
            with transaction.atomic():
                order = factories.order(line, of=customer, ordered_on=DAY)
                if n in failing:
                    raise SlippedError
                return order.number
        except SlippedError:
            return None

    given = sorted(str(number) for number in in_threads(enter, 40) if number)
    expected = [f"HT261208-{n:03}" for n in range(1, 29) if n != 7]
    assert given == expected
    assert sorted(Order.objects.filter(ordered_on=DAY).values_list("number", flat=True)) == expected


@pytest.mark.django_db(transaction=True)
def test_of_many_editors_of_one_version_exactly_one_wins() -> None:
    line = factories.line()
    order = factories.order(line, po="PO0")

    def edit(n: int) -> str:
        try:
            update_order(
                order=order,
                version=1,
                customer=order.customer,
                po=f"PO{n + 1}",
                salesperson=None,
                ordered_on=order.ordered_on,
                lines=[line],
                by=None,
            )
        except OrderConflictError:
            return "lost"
        return f"PO{n + 1}"

    results = in_threads(edit, 6)
    winners = [result for result in results if result != "lost"]
    assert len(winners) == 1
    assert Order.objects.values_list("po", "version").get() == (winners[0], 2)


def wait_for_a_blocked_insert() -> None:
    """Until another connection waits for the unique number."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.01)
    pytest.fail("No insert came to wait for the number.")


@pytest.mark.django_db(transaction=True)
def test_a_workbook_that_brings_the_same_number_at_the_same_moment_costs_one_number() -> None:
    line, customer = factories.line(), factories.customer()
    imported = factories.order(line, of=customer, ordered_on=dt.date(2026, 12, 1))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Order.objects.filter(pk=imported.pk).update(number="HT261208-001")
            entered = pool.submit(in_threads, lambda _: factories.order(line, of=customer, ordered_on=DAY).number, 1, 1)
            wait_for_a_blocked_insert()
        assert entered.result(timeout=30) == ["HT261208-002"]
    assert factories.order(line, of=customer, ordered_on=DAY).number == "HT261208-003"
