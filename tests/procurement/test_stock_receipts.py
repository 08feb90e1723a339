"""Receipts against purchase order lines: in parts, over the quantity, back to the supplier (D5, D6)."""

from decimal import Decimal

import pytest

from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from procurement.models import PurchaseOrder, PurchaseOrderLine, StockBalance, StockRules
from procurement.selectors.stock import received
from procurement.services.stock_receipts import Receipt, receive, return_to_supplier
from procurement.services.stock_reversal import reverse
from tests import factories
from tests.procurement import stock_factories

pytestmark = pytest.mark.django_db
State = PurchaseOrderLine.State


@pytest.fixture
def plant() -> Plant:
    return default_plant()


@pytest.fixture
def sun() -> User:
    return factories.user(Department.WAREHOUSE, name="sun")


@pytest.fixture
def line() -> PurchaseOrderLine:
    return stock_factories.ordered(stock_factories.material("LN-BK"), 100)


def state_of(line: PurchaseOrderLine) -> str:
    return PurchaseOrderLine.objects.get(pk=line.pk).state


def test_a_line_is_received_when_all_its_parts_have_come(plant: Plant, sun: User, line: PurchaseOrderLine) -> None:
    receive(plant=plant, lines=[Receipt(Decimal("60.5"), line, lot="A")], by=sun, counterpart="送货员")
    assert (state_of(line), received([line.pk])) == (State.CONFIRMED, {line.pk: Decimal("60.5")})
    assert PurchaseOrder.objects.get().state == PurchaseOrder.State.PARTLY
    receive(plant=plant, lines=[Receipt(Decimal("39.5"), line, lot="B", place="R7")], by=sun)
    assert state_of(line) == State.RECEIVED
    assert PurchaseOrder.objects.get().state == PurchaseOrder.State.RECEIVED
    assert set(StockBalance.objects.values_list("lot", "place", "quantity")) == {("A", "", Decimal("60.5")), ("B", "R7", Decimal("39.5"))}


def test_a_little_more_is_taken_much_more_needs_a_note(plant: Plant, sun: User, line: PurchaseOrderLine) -> None:
    with pytest.raises(DomainError, match=r"100.*104") as refused:
        receive(plant=plant, lines=[Receipt(Decimal(60), line), Receipt(Decimal(44), line, lot="B")], by=sun)
    assert refused.value.code == "too_much"
    assert received([line.pk]) == {}
    receive(plant=plant, lines=[Receipt(Decimal(103), line)], by=sun)
    with pytest.raises(DomainError) as refused:
        receive(plant=plant, lines=[Receipt(Decimal(1), line)], by=sun)
    assert refused.value.code == "not_coming"
    receive(plant=plant, lines=[Receipt(Decimal(5), line)], by=sun, note="补上次缺数，采购同意")
    assert received([line.pk]) == {line.pk: 108}


def test_how_much_more_is_taken_is_the_plants_rule(plant: Plant, sun: User, line: PurchaseOrderLine) -> None:
    StockRules.objects.create(plant=plant, over_receipt_percent=0)
    with pytest.raises(DomainError):
        receive(plant=plant, lines=[Receipt(Decimal("100.001"), line)], by=sun)
    receive(plant=plant, lines=[Receipt(Decimal(100), line)], by=sun)


@pytest.mark.parametrize("state", [State.CANCELLED, "draft"])
def test_nothing_comes_on_a_line_that_is_off(plant: Plant, sun: User, line: PurchaseOrderLine, state: str) -> None:
    PurchaseOrderLine.objects.filter(pk=line.pk).update(state=state)
    with pytest.raises(DomainError) as refused:
        receive(plant=plant, lines=[Receipt(Decimal(5), line)], by=sun, note="就是来了")
    assert refused.value.code == "not_coming"


def test_material_that_nobody_ordered_needs_a_note(plant: Plant, sun: User) -> None:
    lining = stock_factories.material("LN")
    with pytest.raises(DomainError, match="LN") as refused:
        receive(plant=plant, lines=[Receipt(Decimal(5), material=lining)], by=sun)
    assert refused.value.code == "not_ordered"
    receive(plant=plant, lines=[Receipt(Decimal(5), material=lining)], by=sun, note="客供料")
    assert StockBalance.objects.get().quantity == 5


def test_what_goes_back_is_waited_for_again(plant: Plant, sun: User, line: PurchaseOrderLine) -> None:
    receive(plant=plant, lines=[Receipt(Decimal(100), line, lot="A")], by=sun)
    for lines, note, code in (
        ([Receipt(Decimal(30), line)], "", "note"),
        ([Receipt(Decimal(101), line)], "色差", "not_received"),
        ([Receipt(Decimal(30), line, lot="B")], "色差", "short"),
    ):
        with pytest.raises(DomainError) as refused:
            return_to_supplier(plant=plant, lines=lines, by=sun, note=note)
        assert refused.value.code == code
    return_to_supplier(plant=plant, lines=[Receipt(Decimal(30), line)], by=sun, note="色差")
    assert (received([line.pk]), state_of(line)) == ({line.pk: 70}, State.CONFIRMED)
    assert StockBalance.objects.get().quantity == 70


def test_a_reversed_receipt_opens_the_line_again(plant: Plant, sun: User, line: PurchaseOrderLine) -> None:
    document = receive(plant=plant, lines=[Receipt(Decimal(100), line)], by=sun)
    assert state_of(line) == State.RECEIVED
    reverse(document=document, why="点错单", by=sun)
    assert (received([line.pk]), state_of(line)) == ({line.pk: 0}, State.CONFIRMED)
