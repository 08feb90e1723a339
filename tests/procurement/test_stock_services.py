"""What storekeepers post: who gets what, what is refused with which sentence, and what a second tap does."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from orders.models import Order, OrderLine
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from procurement import selectors
from procurement.models import Material, MoveKind, StockBalance, StockDocument, StockMove, Warehouse
from procurement.selectors.stock import issued
from procurement.services import requirements, stock, stock_pairs
from procurement.services.stock import Given
from procurement.services.stock_picking import Wanted
from procurement.services.stock_reversal import reverse
from tests import factories
from tests.procurement import stock_factories
from tests.procurement.test_kits_rows import bill

pytestmark = pytest.mark.django_db
MAIN, TRANSIT, FINISHED = Warehouse.MAIN, Warehouse.TRANSIT, Warehouse.FINISHED


@pytest.fixture
def plant() -> Plant:
    return default_plant()


@pytest.fixture
def sun() -> User:
    return factories.user(Department.WAREHOUSE, name="sun")


@pytest.fixture
def lining() -> Material:
    return stock_factories.material("LN-BK")


@pytest.fixture
def sole() -> Material:
    return stock_factories.sole("S15")


@pytest.fixture
def job() -> OrderLine:
    return stock_factories.job()


def want(of: Material, quantity: str | int, **where: str) -> Wanted:
    return Wanted(Decimal(quantity), of, **where)  # type: ignore[arg-type]


def there(plant: Plant, warehouse: str = "") -> dict[tuple[int, str], Decimal]:
    return selectors.balances(plant, warehouse=warehouse)


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_an_issue_takes_from_the_warehouse_and_counts_for_its_job(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, "100.5")
    document = stock.issue(plant=plant, job=job, lines=[want(lining, "40.25")], by=sun, counterpart="裁断一组")
    assert (document.kind, document.job, document.by, document.counterpart) == (MoveKind.ISSUE, job, sun, "裁断一组")
    assert there(plant) == {(lining.pk, ""): Decimal("60.25")}
    assert issued([job.pk]) == {(job.pk, lining.pk, ""): Decimal("40.25")}


def test_more_than_there_is_is_refused_by_name_and_nothing_is_booked(plant: Plant, sun: User, sole: Material, job: OrderLine) -> None:
    stock_factories.fill(sole, 96, size="40")
    stock_factories.fill(sole, 50, size="39")
    with pytest.raises(DomainError, match=r"S15 40.*96.*120") as refused:
        stock.issue(plant=plant, job=job, lines=[want(sole, 50, size="39"), want(sole, 120, size="40")], by=sun)
    assert code_of(refused) == "short"
    assert there(plant) == {(sole.pk, "40"): 96, (sole.pk, "39"): 50}
    assert not StockDocument.objects.filter(kind=MoveKind.ISSUE).exists()


def test_two_lines_of_one_item_are_added_before_they_are_compared(plant: Plant, sun: User, sole: Material, job: OrderLine) -> None:
    stock_factories.fill(sole, 100, size="40")
    with pytest.raises(DomainError, match=r"100.*120"):
        stock.issue(plant=plant, job=job, lines=[want(sole, 60, size="40"), want(sole, 60, size="40")], by=sun)


@pytest.mark.parametrize(
    ("quantity", "size", "code"), [("0", "40", "quantity"), ("-1", "40", "quantity"), ("0.0001", "40", "quantity"), ("5", "", "size")]
)
def test_quantities_and_sizes_that_make_no_sense_are_refused(
    plant: Plant, sun: User, sole: Material, job: OrderLine, quantity: str, size: str, code: str
) -> None:
    stock_factories.fill(sole, 100, size="40")
    with pytest.raises(DomainError) as refused:
        stock.issue(plant=plant, job=job, lines=[want(sole, quantity, size=size)], by=sun)
    assert code_of(refused) == code


def test_a_material_without_sizes_takes_none(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    with pytest.raises(DomainError, match="LN-BK") as refused:
        stock.issue(plant=plant, job=job, lines=[want(lining, 5, size="40")], by=sun)
    assert code_of(refused) == "size"


def test_more_than_the_bill_says_goes_out_only_with_a_note(plant: Plant, sun: User, sole: Material, job: OrderLine) -> None:
    bill(job, (sole, "大底", "1", "bottoming", "1"))
    requirements.recalculate(plant)
    stock_factories.fill(sole, 200, size="38")
    stock.issue(plant=plant, job=job, lines=[want(sole, 50, size="38")], by=sun)
    with pytest.raises(DomainError, match=r"S15 38.*61.*62") as refused:
        stock.issue(plant=plant, job=job, lines=[want(sole, 6, size="38"), want(sole, 6, size="38")], by=sun)
    assert code_of(refused) == "over_issue"
    stock.issue(plant=plant, job=job, lines=[want(sole, 11, size="38")], by=sun)
    stock.issue(plant=plant, job=job, lines=[want(sole, 3, size="38")], by=sun, note="做坏三双补领")
    assert issued([job.pk]) == {(job.pk, sole.pk, "38"): 64}


@pytest.mark.parametrize("state", [Order.State.ON_HOLD, Order.State.CANCELLED, Order.State.CLOSED])
def test_nothing_is_issued_to_an_order_that_is_not_open(plant: Plant, sun: User, lining: Material, job: OrderLine, state: str) -> None:
    stock_factories.fill(lining, 100)
    Order.objects.filter(pk=job.order_id).update(state=state)
    with pytest.raises(DomainError) as refused:
        stock.issue(plant=plant, job=job, lines=[want(lining, 5)], by=sun)
    assert code_of(refused) == "not_open"


@time_machine.travel("2026-12-08 10:00+08:00", tick=False)
def test_no_day_to_come_can_be_posted_but_yesterday_can(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, 100)
    with pytest.raises(DomainError) as refused:
        stock.issue(plant=plant, job=job, lines=[want(lining, 5)], by=sun, day=dt.date(2026, 12, 9))
    assert code_of(refused) == "day"
    late = stock.issue(plant=plant, job=job, lines=[want(lining, 5)], by=sun, day=dt.date(2026, 12, 7))
    assert (late.day, late.number) == (dt.date(2026, 12, 7), "LL26120001")


def test_the_same_form_sent_twice_is_booked_once(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, 100)
    key = uuid.uuid4()
    first = stock.issue(plant=plant, job=job, lines=[want(lining, 60)], by=sun, key=key)
    assert stock.issue(plant=plant, job=job, lines=[want(lining, 60)], by=sun, key=key) == first
    assert there(plant) == {(lining.pk, ""): 40}
    with pytest.raises(DomainError, match=first.number) as refused:
        stock.scrap(plant=plant, lines=[want(lining, 1)], reason="damaged", by=sun, key=key)
    assert code_of(refused) == "key"


def test_a_job_keeps_to_one_dye_lot_where_it_can(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    for lot, quantity in (("A", 30), ("B", 80), ("C", 60)):
        stock_factories.fill(lining, quantity, lot=lot)
    stock.issue(plant=plant, job=job, lines=[want(lining, 50)], by=sun)
    left = dict(StockBalance.objects.values_list("lot", "quantity"))
    assert left == {"A": 30, "B": 80, "C": 10}, "the smallest lot that is enough"
    stock.issue(plant=plant, job=job, lines=[want(lining, 15)], by=sun)
    assert dict(StockBalance.objects.values_list("lot", "quantity")) == {"A": 25, "B": 80, "C": 0}, "first the rest of its own lot"
    with pytest.raises(DomainError, match=r"LN-BK A.*25.*31"):
        stock.issue(plant=plant, job=job, lines=[want(lining, 31, lot="A")], by=sun)


def test_a_job_gives_back_what_it_has_and_not_more(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, 100)
    stock.issue(plant=plant, job=job, lines=[want(lining, 60)], by=sun)
    with pytest.raises(DomainError, match=r"60.*61") as refused:
        stock.return_from_job(plant=plant, job=job, lines=[Given(Decimal(61), lining)], by=sun)
    assert code_of(refused) == "not_issued"
    stock.return_from_job(plant=plant, job=job, lines=[Given(Decimal(20), lining, place="B-02")], by=sun)
    assert issued([job.pk]) == {(job.pk, lining.pk, ""): 40}
    assert there(plant) == {(lining.pk, ""): 60}


def test_scrap_needs_a_reason_and_takes_from_stock_or_from_the_job(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, 60)
    for reason, note, code in (("", "", "reason"), ("eaten", "", "reason"), ("other", " ", "note")):
        with pytest.raises(DomainError) as refused:
            stock.scrap(plant=plant, lines=[want(lining, 1)], reason=reason, note=note, by=sun)
        assert code_of(refused) == code
    stock.scrap(plant=plant, lines=[want(lining, 10)], reason="damaged", by=sun)
    stock.issue(plant=plant, job=job, lines=[want(lining, 50)], by=sun)
    stock.scrap(plant=plant, lines=[want(lining, 7)], reason="spoiled", job=job, by=sun)
    assert issued([job.pk]) == {(job.pk, lining.pk, ""): 43}, "spoiled material counts for the job no more"
    assert there(plant) == {}


def test_a_transfer_keeps_the_lot_and_loses_nothing(plant: Plant, sun: User, lining: Material) -> None:
    stock_factories.fill(lining, 60, lot="A", place="R1")
    stock.transfer(plant=plant, lines=[want(lining, 45)], source=MAIN, target=TRANSIT, target_place="T3", by=sun)
    rows = StockBalance.objects.values_list("warehouse", "place", "lot", "quantity")
    assert set(rows) == {(MAIN, "R1", "A", 15), (TRANSIT, "T3", "A", 45)}
    for target, place in ((MAIN, "R1"), (FINISHED, "")):
        with pytest.raises(DomainError) as refused:
            stock.transfer(plant=plant, lines=[want(lining, 1)], source=MAIN, target=target, target_place=place, by=sun)
        assert code_of(refused) == "target"


def test_stages_hand_pairs_over_through_the_transit_warehouse(plant: Plant, sun: User, job: OrderLine) -> None:
    stock_pairs.take_pairs_in(plant=plant, job=job, sizes={"38": 60, "40": 30}, stage="stitching", by=sun)
    with pytest.raises(DomainError, match=r"38.*60.*61"):
        stock_pairs.give_pairs_out(plant=plant, job=job, sizes={"38": 61}, stage="stitching", by=sun)
    stock_pairs.give_pairs_out(plant=plant, job=job, sizes={"38": 60}, stage="stitching", by=sun, counterpart="成型A线")
    assert set(StockBalance.objects.filter(quantity__gt=0).values_list("warehouse", "stage", "size", "quantity")) == {
        (TRANSIT, "stitching", "40", 30)
    }
    uppers = Wanted(Decimal(30), pairs_of=job, size="40", stage="stitching")
    with pytest.raises(DomainError) as refused:
        stock.transfer(plant=plant, lines=[uppers], source=TRANSIT, target=FINISHED, by=sun)
    assert code_of(refused) == "target"


def test_finished_pairs_come_in_up_to_what_was_ordered_and_go_out(plant: Plant, sun: User, job: OrderLine) -> None:
    stock_pairs.take_pairs_in(plant=plant, job=job, sizes={"38": 60}, by=sun)
    with pytest.raises(DomainError, match=r"38.*60.*62") as refused:
        stock_pairs.take_pairs_in(plant=plant, job=job, sizes={"38": 2}, by=sun)
    assert code_of(refused) == "too_many"
    stock_pairs.take_pairs_in(plant=plant, job=job, sizes={"38": 2}, by=sun, note="补做两双")
    with pytest.raises(DomainError, match="46") as refused:
        stock_pairs.take_pairs_in(plant=plant, job=job, sizes={"46": 2}, by=sun)
    assert code_of(refused) == "size"
    stock_pairs.give_pairs_out(plant=plant, job=job, sizes={"38": 62}, by=sun, counterpart="柜 1")
    assert not StockBalance.objects.filter(quantity__gt=0).exists()


def test_a_reversal_posts_the_opposite_once_and_says_why(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    stock_factories.fill(lining, 100)
    document = stock.issue(plant=plant, job=job, lines=[want(lining, 60)], by=sun)
    with pytest.raises(DomainError) as refused:
        reverse(document=document, why=" ", by=sun)
    assert code_of(refused) == "why"
    reversal = reverse(document=document, why="领错单", by=sun)
    assert (reversal.kind, reversal.note, reversal.reverses) == (MoveKind.ISSUE, "领错单", document)
    assert (there(plant), issued([job.pk])) == ({(lining.pk, ""): 100}, {})
    for wrong, code in ((document, "reversed"), (reversal, "is_reversal")):
        with pytest.raises(DomainError) as refused:
            reverse(document=wrong, why="x", by=sun)
        assert code_of(refused) == code


def test_what_was_used_meanwhile_cannot_be_reversed(plant: Plant, sun: User, lining: Material, job: OrderLine) -> None:
    opening = stock_factories.fill(lining, 100)
    stock.issue(plant=plant, job=job, lines=[want(lining, 1)], by=sun)
    with pytest.raises(DomainError) as refused:
        reverse(document=opening, why="x", by=sun)
    assert code_of(refused) == "short"


def test_the_database_lets_nobody_edit_the_ledger_or_a_balance(plant: Plant, sun: User, lining: Material) -> None:
    stock_factories.fill(lining, 100)
    table = {model: model._meta.db_table for model in (StockMove, StockDocument, StockBalance)}
    statements = [
        f"UPDATE {table[StockMove]} SET quantity = 1",
        f"DELETE FROM {table[StockMove]}",
        f"UPDATE {table[StockDocument]} SET note = 'x'",
        f"DELETE FROM {table[StockDocument]}",
        f"UPDATE {table[StockBalance]} SET quantity = 1",
        f"DELETE FROM {table[StockBalance]}",
        f"INSERT INTO {table[StockBalance]} (plant_id, warehouse, place, material_id, stage, size, lot, quantity)"
        f" VALUES ({plant.pk}, 'main', 'Z', {lining.pk}, '', '', '', 5)",
    ]
    for statement in statements:
        with pytest.raises(IntegrityError, match="ledger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert there(plant) == {(lining.pk, ""): 100}


def test_material_and_pairs_are_never_mixed_in_a_move(plant: Plant, lining: Material, job: OrderLine) -> None:
    move = {"plant": plant, "warehouse": TRANSIT, "quantity": 1, "kind": MoveKind.TRANSFER, "day": dt.date(2026, 12, 1)}
    for what in ({}, {"material": lining, "pairs_of": job}, {"material": lining, "stage": "cutting"}):
        with pytest.raises(IntegrityError, match="stock_move_of_material_or_pairs"), transaction.atomic():
            StockMove.objects.create(**move, **what)  # type: ignore[misc]
    with pytest.raises(IntegrityError, match="stock_move_issue_names_its_job"), transaction.atomic():
        StockMove.objects.create(**move | {"kind": MoveKind.ISSUE}, material=lining)  # type: ignore[misc]
