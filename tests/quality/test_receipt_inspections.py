"""Incoming inspections (D5): what fails is blocked at once, counts in no kit, goes back to the supplier or is released by QC."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connections

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from planning_site.outbox.models import OutgoingMail
from procurement.models import JobKit, MoveKind, PurchaseOrderLine, StockBalance, StockDocument, Usage, Warehouse
from procurement.services import requirements, stock, stock_receipts, stock_reversal
from procurement.services.stock_picking import Wanted
from procurement.services.stock_receipts import Receipt
from quality import services
from quality.models import DefectCode, Inspection
from quality.selectors.receipts import blocked_of, receipts_to_inspect
from quality.services import Count, Findings, Found
from tests import factories
from tests.procurement import stock_factories
from tests.procurement.factories import bill
from tests.quality import support
from tests.quality.support import NOON, TODAY
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db
State = PurchaseOrderLine.State


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


@pytest.fixture
def zheng() -> User:
    return factories.user(Department.QC, name="zheng")


def bad(*counts: tuple[str, int | str, int | str]) -> Findings:
    """(size, presented, failed), every pair or metre checked."""
    sizes = [Count(size, Decimal(presented), Decimal(presented), Decimal(failed)) for size, presented, failed in counts]
    return Findings(sizes, [Found(DefectCode.objects.get(code="bonding"), 3)] if any(count.failed for count in sizes) else [])


def lies(warehouse: str) -> dict[str, Decimal]:
    """What lies in a warehouse, by size."""
    return dict(StockBalance.objects.filter(warehouse=warehouse, quantity__gt=0).values_list("size", "quantity"))


def kit_of(job: OrderLine) -> tuple[str, int]:
    """State and pairs, calculated at this moment."""
    requirements.recalculate(default_plant())
    return JobKit.objects.values_list("state_at_start", "pairs_at_start").get(order_line=job)


def test_what_fails_lies_apart_and_is_still_owed_by_nobody(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    receipt = support.received(sole, "CG1", {"38": 100, "39": 120})
    posted = services.inspect_receipt(receipt=receipt, material=sole, findings=bad(("38", 100, 0), ("39", 120, 24)), by=zheng)
    assert (lies("main"), lies("held")) == ({"38": 100, "39": 96}, {"39": 24})
    assert (posted.receipt, posted.reference) == (receipt, receipt.number)
    assert set(PurchaseOrderLine.objects.values_list("state", flat=True)) == {State.RECEIVED}
    assert (blocked_of(posted).blocked, blocked_of(posted).held, blocked_of(posted).gone) == (24, 24, 0)


def test_metres_fail_with_their_decimals_in_their_dye_lot(zheng: User) -> None:
    cloth = stock_factories.material("LN-BK", unit="码")
    line = stock_factories.ordered(cloth, "120.5")
    lots = [Receipt(Decimal("80.5"), line, lot="A", place="R1"), Receipt(Decimal(40), line, lot="B")]
    receipt = stock_receipts.receive(plant=default_plant(), lines=lots, by=None)
    services.inspect_receipt(receipt=receipt, material=cloth, findings=bad(("", "120.5", "90.25")), by=zheng)
    held = StockBalance.objects.filter(warehouse="held").values_list("lot", "place", "quantity")
    assert set(held) == {("A", "R1", Decimal("80.5")), ("B", "", Decimal("9.75"))}
    assert lies("main") == {"": Decimal("30.25")}


def test_blocked_soles_stand_in_no_kit_and_are_short_again(zheng: User) -> None:
    job = stock_factories.job({"38": 60, "39": 120})
    sole = stock_factories.sole("S15-WH")
    bill(job.colour, ("大底", sole, "1", 0))
    Usage.objects.update(stage="bottoming")
    receipt = support.received(sole, "CG1", {"38": 60, "39": 120})
    assert kit_of(job) == (JobKit.State.FULL, 180)
    services.inspect_receipt(receipt=receipt, material=sole, findings=bad(("39", 120, 120)), by=zheng)
    assert kit_of(job) == (JobKit.State.BROKEN, 60)


def test_a_sampled_lot_that_is_turned_back_is_blocked_whole(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    receipt = support.received(sole, "CG1", {"39": 120})
    worst = Findings([Count("39", 120, 20, 3)], [Found(DefectCode.objects.get(code="bonding"), 3)])
    posted = services.inspect_receipt(receipt=receipt, material=sole, findings=worst, method="sample", by=zheng)
    assert not posted.is_accepted
    assert (lies("main"), lies("held")) == ({}, {"39": 120})


def test_what_was_issued_before_is_named_because_it_cannot_be_blocked(zheng: User) -> None:
    sole, job = stock_factories.sole("S15-WH"), stock_factories.job({"39": 120})
    receipt = support.received(sole, "CG1", {"39": 100})
    stock.issue(plant=default_plant(), job=job, lines=[Wanted(Decimal(90), sole, size="39")], by=None)
    posted = services.inspect_receipt(receipt=receipt, material=sole, findings=bad(("39", 100, 30)), by=zheng)
    assert (blocked_of(posted).blocked, blocked_of(posted).gone) == (10, 20)
    other = stock_factories.sole("S16-WH")
    receipt = support.received(other, "CG2", {"39": 100})
    stock.issue(plant=default_plant(), job=job, lines=[Wanted(Decimal(100), other, size="39")], by=None, note="急用")
    posted = services.inspect_receipt(receipt=receipt, material=other, findings=bad(("39", 100, 30)), by=zheng)
    assert (posted.blocking, blocked_of(posted).gone) == (None, 30)


def test_what_goes_back_out_of_the_blocked_stock_is_awaited_again(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    support.turned_back(sole, failed=24, came=100)
    line = PurchaseOrderLine.objects.get()
    with raises_refusal("short"):
        stock_receipts.return_to_supplier(
            plant=default_plant(), lines=[Receipt(Decimal(25), line)], by=None, note="开胶", warehouse=Warehouse.HELD
        )
    stock_receipts.return_to_supplier(
        plant=default_plant(), lines=[Receipt(Decimal(24), line)], by=None, note="开胶", warehouse=Warehouse.HELD
    )
    line.refresh_from_db()
    assert (line.state, lies("held"), lies("main")) == (State.CONFIRMED, {}, {"39": 76})


def test_storekeepers_do_not_use_what_is_blocked(zheng: User) -> None:
    sole, job = stock_factories.sole("S15-WH"), stock_factories.job({"39": 120})
    posted = support.turned_back(sole, failed=24)
    wanted = [Wanted(Decimal(1), sole, size="39")]
    with raises_refusal("blocked"):
        stock.issue(plant=default_plant(), job=job, lines=wanted, by=None, warehouse=Warehouse.HELD)
    for source, target in ((Warehouse.HELD, Warehouse.MAIN), (Warehouse.MAIN, Warehouse.HELD)):
        with raises_refusal("blocked"):
            stock.transfer(plant=default_plant(), lines=wanted, source=source, target=target, by=None)
    assert posted.blocking is not None
    with raises_refusal("blocked"):
        stock_reversal.reverse(document=posted.blocking, why="要用", by=None)
    stock.scrap(plant=default_plant(), lines=wanted, reason="defective", by=None, warehouse=Warehouse.HELD)
    assert lies("held") == {"39": 23}


def test_qc_alone_releases_it_with_a_reason_as_far_as_it_is_there(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    posted = support.turned_back(sole, failed=24)
    stock.scrap(plant=default_plant(), lines=[Wanted(Decimal(4), sole, size="39")], reason="defective", by=None, warehouse=Warehouse.HELD)
    with raises_refusal("not_qc"):
        services.release_blocked(inspection=posted, why="让步接收", by=factories.user(Department.WAREHOUSE))
    with raises_refusal("note"):
        services.release_blocked(inspection=posted, why=" ", by=zheng)
    released = services.release_blocked(inspection=posted, why="让步接收", by=zheng)
    assert (released.kind, lies("held"), lies("main")) == (MoveKind.UNBLOCK, {}, {"39": 96})
    with raises_refusal("nothing"):
        services.release_blocked(inspection=posted, why="再来", by=zheng)


def test_a_reversed_inspection_frees_what_it_blocked(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    posted = support.turned_back(sole, failed=24)
    services.reverse_inspection(inspection=posted, reason="看错了型号", by=zheng)
    assert (lies("held"), lies("main")) == ({}, {"39": 100})
    [again] = receipts_to_inspect(default_plant(), today=TODAY)
    assert again.open == {"39": 100}
    gone = support.turned_back(stock_factories.sole("S16-WH"), failed=24)
    line = PurchaseOrderLine.objects.get(material__code="S16-WH")
    stock_receipts.return_to_supplier(
        plant=default_plant(), lines=[Receipt(Decimal(24), line)], by=None, note="开胶", warehouse=Warehouse.HELD
    )
    with raises_refusal("short"):
        services.reverse_inspection(inspection=gone, reason="看错了型号", by=zheng)
    gone.refresh_from_db()
    assert gone.reversed_at is None


def test_purchasing_planning_and_the_warehouse_hear_of_it_at_once(zheng: User) -> None:
    for department in (Department.PURCHASING, Department.PLANNING, Department.WAREHOUSE, Department.SALES):
        factories.user(department, language="en")
    support.turned_back(stock_factories.sole("S15-WH"), failed=24)
    mails = list(OutgoingMail.objects.filter(rule_code="D5"))
    assert {mail.department for mail in mails} == {"purchasing", "planning", "warehouse"}
    assert all("S15-WH" in mail.subject and "24 双" in mail.subject for mail in mails)
    assert "CG-S15-WH" in mails[0].text


@pytest.mark.parametrize(
    ("code", "findings"),
    [
        ("sizes", [Count("45", 10, 10, 0)]),
        ("too_many", [Count("39", 101, 101, 0)]),
        ("counts", [Count("39", Decimal("1.0001"), Decimal("1.0001"), 0)]),
    ],
)
def test_more_or_other_than_came_is_refused(code: str, findings: list[Count], zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    receipt = support.received(sole, "CG1", {"39": 100})
    with raises_refusal(code):
        services.inspect_receipt(receipt=receipt, material=sole, findings=Findings(findings), by=zheng)


def test_only_a_receipt_that_stands_and_brought_it_is_inspected(zheng: User) -> None:
    sole = stock_factories.sole("S15-WH")
    receipt = support.received(sole, "CG1", {"39": 100})
    with raises_refusal("not_receipt"):
        services.inspect_receipt(receipt=receipt, material=stock_factories.sole(), findings=bad(("39", 1, 0)), by=zheng)
    reversal = stock_reversal.reverse(document=receipt, why="错单", by=None)
    for document in (receipt, reversal, StockDocument.objects.get(pk=stock_factories.fill(sole, 5, size="39").pk)):
        with raises_refusal("not_receipt"):
            services.inspect_receipt(receipt=document, material=sole, findings=bad(("39", 1, 0)), by=zheng)
    assert receipts_to_inspect(default_plant(), today=TODAY) == []


def test_receipts_are_found_by_number_order_supplier_and_material(zheng: User) -> None:
    support.received(stock_factories.sole("S15-WH"), "CG1", {"39": 100})
    support.received(stock_factories.material("LN-BK"), "CG2", {"": 50})
    found = receipts_to_inspect(default_plant(), today=TODAY)
    assert [row.material.code for row in found] == ["LN-BK", "S15-WH"]
    assert [row.material.code for row in receipts_to_inspect(default_plant(), today=TODAY, words="cg1")] == ["S15-WH"]
    assert receipts_to_inspect(default_plant(), today=TODAY + dt.timedelta(days=90)) == []
    assert len(receipts_to_inspect(default_plant(), today=TODAY + dt.timedelta(days=90), words="ln-bk")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_at_once_do_not_block_the_same_pairs_twice() -> None:
    """The winner posts, the others are told that nothing is left to inspect."""
    DefectCode.objects.get_or_create(code="bonding", defaults={"name": "开胶"})  # a test before this one may have emptied all tables
    sole = stock_factories.sole("S15-WH")
    receipt = support.received(sole, "CG1", {"39": 100})
    findings = bad(("39", 60, 60))
    people = [factories.user(Department.QC) for _ in range(3)]
    outcomes: list[str] = []
    barrier = threading.Barrier(len(people))

    def post(by: User) -> None:
        barrier.wait()
        try:
            services.inspect_receipt(receipt=receipt, material=sole, findings=findings, by=by)
            outcomes.append("posted")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["posted", "too_many", "too_many"]
    assert lies("held") == {"39": 60}
    assert Inspection.objects.count() == 1
