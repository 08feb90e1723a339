"""Counting: two people, the books of the moment of counting, and nothing posted before it is approved."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from planning_site.core.audit import history_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, MoveKind, StockBalance, StockCount, StockDocument, StockMove, Warehouse
from procurement.services import stock, stock_counts
from procurement.services.stock_counts import Difference
from procurement.services.stock_picking import Wanted
from procurement.services.stock_reversal import reverse
from tests import factories
from tests.procurement import stock_factories

pytestmark = pytest.mark.django_db
State = StockCount.State


@pytest.fixture
def sun() -> User:
    return factories.user(Department.WAREHOUSE, name="sun")


@pytest.fixture
def wang() -> User:
    return factories.user(Department.PLANNING, name="wang")


@pytest.fixture
def sole() -> Material:
    of = stock_factories.sole("S15")
    for size, quantity in (("39", 100), ("38", 50)):
        stock_factories.fill(of, quantity, size=size, place="R1")
    return of


def opened(of: Material, by: User) -> StockCount:
    return stock_counts.open_count(plant=default_plant(), warehouse=Warehouse.MAIN, materials=[of], scope=of.code, by=by)


def counted(of: Material, by: User, *quantities: int) -> StockCount:
    count = opened(of, by)
    lines = list(count.lines.all())
    stock_counts.write_down(count=count, counted=dict(zip([n.pk for n in lines], map(Decimal, quantities), strict=True)), by=by)
    return stock_counts.submit(count=count, by=by)


def test_a_sheet_has_what_the_books_have_by_size_and_place(sole: Material, sun: User) -> None:
    count = opened(sole, sun)
    assert [(line.size, line.place, line.counted) for line in count.lines.all()] == [("38", "R1", None), ("39", "R1", None)]
    with pytest.raises(DomainError) as refused:
        opened(stock_factories.sole("NONE"), sun)
    assert refused.value.code == "nothing"


def test_a_difference_is_posted_when_somebody_else_approves_it(sole: Material, sun: User, wang: User) -> None:
    count = counted(sole, sun, 48, 103)
    assert not StockMove.objects.filter(kind=MoveKind.COUNT).exists(), "nothing moves before it is approved"
    with pytest.raises(DomainError, match=count.number) as refused:
        stock_counts.approve(count=count, by=sun, why="差")
    assert refused.value.code == "same_person"
    with pytest.raises(DomainError) as refused:
        stock_counts.approve(count=count, by=wang, why=" ")
    assert refused.value.code == "why"
    done = stock_counts.approve(count=count, by=wang, why="上次发料多记")
    assert (done.state, done.counted_by, done.decided_by) == (State.POSTED, sun, wang)
    assert dict(StockBalance.objects.values_list("size", "quantity")) == {"38": 48, "39": 103}
    assert done.document is not None
    assert count.number in done.document.note
    assert [change.action for change in history_of(done)] == ["decide count", "submit count"]
    with pytest.raises(DomainError) as refused:
        reverse(document=done.document, why="x", by=wang)
    assert refused.value.code == "count"


def test_what_moves_between_counting_and_approval_stays_moved(sole: Material, sun: User, wang: User) -> None:
    count = counted(sole, sun, 48, 100)
    stock.issue(plant=default_plant(), job=stock_factories.job(), lines=[Wanted(Decimal(30), sole, size="38")], by=sun)
    stock_counts.approve(count=count, by=wang, why="少两双")
    assert dict(StockBalance.objects.values_list("size", "quantity")) == {"38": 18, "39": 100}


def test_a_count_without_difference_posts_nothing_and_needs_no_reason(sole: Material, sun: User, wang: User) -> None:
    done = stock_counts.approve(count=counted(sole, sun, 50, 100), by=wang, why="")
    assert (done.state, done.document) == (State.POSTED, None)


def test_a_sheet_with_empty_lines_is_not_handed_in(sole: Material, sun: User) -> None:
    count = opened(sole, sun)
    first = count.lines.all()[0]
    stock_counts.write_down(count=count, counted={first.pk: Decimal(0)}, by=sun)
    with pytest.raises(DomainError, match="1") as refused:
        stock_counts.submit(count=count, by=sun)
    assert refused.value.code == "empty"
    for quantity in ("-1", "1.0001"):
        with pytest.raises(DomainError) as refused:
            stock_counts.write_down(count=count, counted={first.pk: Decimal(quantity)}, by=sun)
        assert refused.value.code == "quantity"


def test_a_refused_sheet_is_counted_again(sole: Material, sun: User, wang: User) -> None:
    count = counted(sole, sun, 5, 100)
    with pytest.raises(DomainError, match=r"\S"):
        stock_counts.refuse(count=count, by=wang, why="")
    count = stock_counts.refuse(count=count, by=wang, why="38 码重盘")
    assert (count.state, count.reason) == (State.REFUSED, "38 码重盘")
    first = count.lines.all()[0]
    stock_counts.write_down(count=count, counted={first.pk: Decimal(49)}, by=sun)
    stock_counts.approve(count=stock_counts.submit(count=count, by=sun), by=wang, why="少一双")
    assert StockBalance.objects.get(size="38").quantity == 49


def test_a_handed_in_sheet_is_neither_changed_nor_dropped(sole: Material, sun: User, wang: User) -> None:
    count = counted(sole, sun, 5, 100)
    with pytest.raises(DomainError):
        stock_counts.write_down(count=count, counted={count.lines.all()[0].pk: Decimal(6)}, by=sun)
    with pytest.raises(DomainError):
        stock_counts.drop(count=count, by=sun)
    assert stock_counts.drop(count=opened(sole, sun), by=sun).state == State.DROPPED


def test_the_database_itself_wants_two_people(sole: Material, sun: User) -> None:
    count = counted(sole, sun, 5, 100)
    with pytest.raises(IntegrityError, match="stock_count_four_eyes"), transaction.atomic():
        StockCount.objects.filter(pk=count.pk).update(decided_by=sun)


def test_a_workbooks_difference_waits_for_approval_like_any_other(sole: Material, sun: User, wang: User) -> None:
    plant, day = default_plant(), dt.date(2026, 11, 23)
    taken = stock_counts.take_differences(
        plant=plant,
        warehouse=Warehouse.MAIN,
        differences=[Difference(sole, "38", Decimal(-7)), Difference(sole, "39", Decimal(4))],
        by=sun,
        day=day,
        note="库存.xlsx",
    )
    assert isinstance(taken, StockCount)
    assert (taken.state, taken.counted_by) == (State.SUBMITTED, sun)
    assert not StockDocument.objects.filter(kind=MoveKind.COUNT).exists()
    stock_counts.approve(count=taken, by=wang, why="盘点表")
    assert {(row.size, row.place): row.quantity for row in StockBalance.objects.all()} == {
        ("38", "R1"): 43,
        ("39", "R1"): 100,
        ("39", ""): 4,
    }
