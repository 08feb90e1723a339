"""Balances are sums of the ledger, and what is on order is what has not come yet."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from procurement import selectors
from procurement.models import Material, PurchaseOrderLine, StockMove, Warehouse
from tests.procurement.factories import purchase_line

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 8)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def plant() -> Plant:
    return default_plant()


@pytest.fixture
def leather() -> Material:
    return Material.objects.create(code="M-01", name="头层牛皮", unit="sf")


@pytest.fixture
def sole() -> Material:
    return Material.objects.create(code="S15", name="大底", unit="双", by_size=True)


def move(plant: Plant, material: Material, quantity: str, *, size: str = "", warehouse: str = Warehouse.MAIN, day: dt.date = DAY) -> None:
    StockMove.objects.create(
        plant=plant, warehouse=warehouse, material=material, size=size, quantity=Decimal(quantity), kind=StockMove.Kind.COUNT, day=day
    )


def line(plant: Plant, material: Material, number: str, promised_on: dt.date | None, state: str = "confirmed") -> PurchaseOrderLine:
    return purchase_line(plant, material, number, promised_on=promised_on, state=state)


def test_a_balance_is_the_sum_of_moves_by_material_and_size(
    plant: Plant, leather: Material, sole: Material, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for quantity in ("1200.500", "-200.250"):
        move(plant, leather, quantity)
    for size, quantity in [("38", "96"), ("39", "510"), ("38", "-96")]:
        move(plant, sole, quantity, size=size)
    with django_assert_num_queries(1):
        found = selectors.balances(plant)
    assert found == {(leather.pk, ""): Decimal("1000.250"), (sole.pk, "39"): Decimal(510)}


def test_balances_are_narrowed_by_material_warehouse_plant_and_day(plant: Plant, leather: Material, sole: Material) -> None:
    other = Plant.objects.create(code="P2", name="二厂")
    move(plant, leather, "10")
    move(plant, leather, "5", warehouse=Warehouse.TRANSIT)
    move(plant, leather, "3", day=DAY + ONE_DAY)
    move(plant, sole, "7", size="38")
    move(other, leather, "1000")
    key = (leather.pk, "")
    assert selectors.balances(plant, materials=[leather.pk]) == {key: 18}
    assert selectors.balances(plant, warehouse=Warehouse.TRANSIT) == {key: 5}
    assert selectors.balances(plant, materials=[leather.pk], on=DAY) == {key: 15}
    assert selectors.balances(other) == {key: 1000}


def test_the_database_refuses_an_overdrawn_balance(plant: Plant, leather: Material) -> None:
    move(plant, leather, "3")
    with pytest.raises(IntegrityError, match="stock_balance_not_negative"), transaction.atomic():
        move(plant, leather, "-4")
    assert selectors.balances(plant) == {(leather.pk, ""): 3}


def test_on_order_is_what_still_comes_earliest_promise_first_unpromised_last(plant: Plant, leather: Material, sole: Material) -> None:
    line(plant, leather, "PO-3", None, "waiting")
    line(plant, leather, "PO-2", DAY + ONE_DAY)
    line(plant, leather, "PO-1", DAY)
    line(plant, sole, "PO-4", DAY)
    line(plant, leather, "PO-5", DAY, "received")
    line(plant, leather, "PO-6", DAY, "cancelled")
    found = selectors.on_order(plant)
    assert [row.number for row in found[leather.pk]] == ["PO-1", "PO-2", "PO-3"]
    assert [row.number for row in found[sole.pk]] == ["PO-4"]
    assert list(selectors.on_order(plant, materials=[sole.pk])) == [sole.pk]


def test_arriving_overdue_and_unconfirmed_are_told_apart(plant: Plant, leather: Material) -> None:
    line(plant, leather, "LATE", DAY - ONE_DAY)
    line(plant, leather, "TODAY", DAY)
    line(plant, leather, "SOON", DAY + 3 * ONE_DAY)
    line(plant, leather, "LATER", DAY + 4 * ONE_DAY)
    line(plant, leather, "OPEN", None)
    line(plant, leather, "ASKED", DAY + 9 * ONE_DAY, "waiting")
    line(plant, leather, "HERE", DAY - ONE_DAY, "received")

    def numbers(rows: list[PurchaseOrderLine]) -> list[str]:
        return [row.number for row in rows]

    assert numbers(list(selectors.arriving(plant, first=DAY, last=DAY + 3 * ONE_DAY))) == ["TODAY", "SOON"]
    assert numbers(list(selectors.overdue(plant, today=DAY))) == ["LATE"]
    assert numbers(list(selectors.unconfirmed(plant))) == ["ASKED", "OPEN"]
