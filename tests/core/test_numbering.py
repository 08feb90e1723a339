"""Numbers without gaps or doubles, whoever comes at the same time and whatever fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from planning_site.core.models import NumberSeries
from planning_site.core.numbering import next_number


class MindChangedError(Exception):
    """Makes a transaction roll back."""


def take(key: str, *, keep: bool = True) -> int:
    with transaction.atomic():
        number = next_number(key)
        if not keep:
            raise MindChangedError
    return number


@pytest.mark.django_db
def test_each_series_counts_from_one() -> None:
    assert [take("HT261123"), take("HT261123"), take("HT261124")] == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_number("HT261123")
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_is_given_again() -> None:
    take("HT261123")
    with pytest.raises(MindChangedError):
        take("HT261123", keep=False)
    assert take("HT261123") == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_every_number_once_although_some_give_theirs_back() -> None:
    workers, each = 8, 12
    ready = threading.Barrier(workers)

    def work(worker: int) -> list[int]:
        ready.wait()
        numbers = []
        try:
            for n in range(each):
                try:
                    numbers.append(take("HT261123", keep=(worker + n) % 3 != 0))
                except MindChangedError:
                    continue
        finally:
            connection.close()
        return numbers

    with ThreadPoolExecutor(workers) as pool:
        given = [number for numbers in pool.map(work, range(workers)) for number in numbers]
    assert sorted(given) == list(range(1, len(given) + 1))
    assert 0 < len(given) < workers * each
    assert NumberSeries.objects.get(pk="HT261123").last == len(given)


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_and_takes_the_number_that_the_first_gave_back() -> None:
    taken, second_asks = threading.Event(), threading.Event()
    results: list[int] = []

    def second() -> None:
        taken.wait(10)
        second_asks.set()
        results.append(take("HT261123"))
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()

    def first() -> None:
        with transaction.atomic():
            next_number("HT261123")
            taken.set()
            second_asks.wait(10)
            assert results == []
            raise MindChangedError

    with pytest.raises(MindChangedError):
        first()
    thread.join(10)
    assert results == [1]
