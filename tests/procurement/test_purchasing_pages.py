"""The pages of purchasing: what they show, what they cost, who may open them, and the way from a shortage to a receipt."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Chase, Material, PurchaseOrder, PurchaseOrderLine, Requirement, StockMove, Supplier, Usage
from procurement.services import requirements
from procurement.services.promises import promise
from procurement.services.stock_receipts import Receipt, receive
from tests import factories
from tests.procurement.factories import bill, purchase_line, stock

pytestmark = pytest.mark.django_db
D = Department
TODAY = dt.date(2026, 12, 8)
DAY = dt.timedelta(days=1)
MOST_QUERIES = 15
MOST_BYTES = 100_000


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 12, 8, 2, tzinfo=dt.UTC), tick=False):
        yield


class World:
    """Two jobs of one style that want leather and soles; leather is partly there, soles come late."""

    def __init__(self) -> None:
        self.plant = default_plant()
        self.supplier = Supplier.objects.create(code="G1", name="瑞丰皮革", contact="陈先生", phone="0577-1")
        self.leather = Material.objects.create(
            code="M-WH", name="面料 白", category="面料", unit="平方英尺", lead_time_days=25, supplier=self.supplier
        )
        self.sole = Material.objects.create(
            code="S15", name="大底 白", category="底材", unit="双", by_size=True, lead_time_days=15, supplier=self.supplier
        )
        style = factories.style("HD2616")
        self.lines = [self.job(style, due) for due in (TODAY + 30 * DAY, TODAY + 60 * DAY)]
        bill(self.lines[0].colour, ("面料", self.leather, "2.5", 8), ("大底", self.sole, "1", 0))
        stock(self.plant, self.leather, "300")
        self.late = purchase_line(
            self.plant, self.sole, "CG1", size="38", quantity=60, promised_on=TODAY + 50 * DAY, supplier=self.supplier
        )
        requirements.recalculate(self.plant)

    def job(self, style: Any, due_on: dt.date) -> OrderLine:
        return OrderLine.objects.get(order=factories.order(factories.line(style, sizes={"38": 60, "39": 40}, due_on=due_on)))


@pytest.fixture
def world() -> World:
    return World()


def client_of(department: D) -> Client:
    client = Client()
    client.force_login(factories.user(department))
    return client


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(f"procurement:{name}", args=args), query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


PAGES: list[tuple[str, Callable[[World], list[Any]], dict[str, str]]] = [
    ("work", lambda w: [], {}),
    ("work", lambda w: [], {"tab": "late"}),
    ("work", lambda w: [], {"tab": "early"}),
    ("work", lambda w: [], {"tab": "changed", "q": "M", "category": "面料"}),
    ("plan", lambda w: [], {}),
    ("plan", lambda w: [], {"by": "style", "span": "week"}),
    ("plan", lambda w: [], {"by": "job", "span": "all", "style": "HD", "customer": "x"}),
    ("material", lambda w: [w.leather.pk], {}),
    ("material", lambda w: [w.sole.pk], {"size": "38"}),
    ("orders", lambda w: [], {}),
    ("orders", lambda w: [], {"state": "overdue", "q": "S15"}),
    ("order", lambda w: [w.late.order_id], {}),
    ("order_new", lambda w: [], {}),
    ("usage_list", lambda w: [], {}),
    ("usage", lambda w: [w.lines[0].colour_id], {}),
    ("usage_edit", lambda w: [w.lines[0].colour_id], {}),
    ("suppliers", lambda w: [], {}),
    ("supplier", lambda w: [w.supplier.pk], {}),
    ("supplier_edit", lambda w: [w.supplier.pk], {}),
    ("material_edit", lambda w: [w.leather.pk], {}),
    ("material_new", lambda w: [], {}),
]


@pytest.mark.parametrize(("name", "args", "query"), PAGES, ids=[f"{name}-{'-'.join(query.values())}" for name, _args, query in PAGES])
def test_a_page_is_small_and_asks_the_database_little(
    world: World, name: str, args: Callable[[World], list[Any]], query: dict[str, str]
) -> None:
    client = client_of(D.PURCHASING)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        text = page(client, name, *args(world), **query)
    assert len(queries) <= MOST_QUERIES, [entry["sql"][:90] for entry in queries]
    assert len(text.encode()) < MOST_BYTES


def test_every_page_has_its_words_in_both_languages(world: World) -> None:
    client = client_of(D.PURCHASING)
    assert "采购清单" in page(client, "work")
    User.objects.update(language="en")
    for name, args, query in PAGES:
        assert page(client, name, *args(world), **query)
    assert "Work list" in page(client, "work")


def test_a_shortage_becomes_a_draft_an_order_a_promise_and_a_receipt(world: World) -> None:
    """D1, D5, D7: the whole way of a buyer, in the pages."""
    client = client_of(D.PURCHASING)
    # 200 pairs × 2.5 × 1.08 = 540, of which 300 are there
    assert "M-WH" in page(client, "work")
    client.post(reverse("procurement:draft"), {"material": [world.leather.pk]})
    order = PurchaseOrder.objects.get(state="draft")
    assert [(line.material, line.quantity) for line in order.lines.all()] == [(world.leather, Decimal(240))]
    assert client.post(reverse("procurement:draft"), {"material": [world.leather.pk]}).status_code == 302
    assert order.lines.get().quantity == 240  # what stands in a draft is not ordered twice
    client.post(reverse("procurement:order_send", args=[order.pk]), {"version": order.version + 0})
    order.refresh_from_db()
    assert (order.number, order.state) == ("CG261208-001", "sent")
    assert not Requirement.objects.filter(material=world.leather, short__gt=0).exists()
    line = order.lines.get()
    client.post(reverse("procurement:order_promise", args=[order.pk]), {f"day-{line.pk}": "2026-12-20"})
    line.refresh_from_db()
    assert (line.promised_on, line.state) == (dt.date(2026, 12, 20), "confirmed")
    receive(plant=world.plant, lines=[Receipt(Decimal(140), line)], by=None)
    order.refresh_from_db()
    assert order.state == "partly"
    receive(plant=world.plant, lines=[Receipt(Decimal(100), line)], by=None)
    order.refresh_from_db()
    assert order.state == "received"
    assert StockMove.objects.filter(purchase_line=line).count() == 2
    requirements.recalculate(world.plant)
    assert not Requirement.objects.filter(material=world.leather, from_orders__gt=0).exists()


def test_a_late_promise_is_shown_with_the_jobs_it_hits_before_and_after_it_is_written(world: World) -> None:
    """D5: whom a later day hits stands on the page at once."""
    client = client_of(D.PURCHASING)
    early, late = world.lines
    shown = page(client, "order", world.late.order_id)
    assert early.order.number in shown
    assert "1 单的料到得太晚" in shown
    fine = page(client, "order_impact", world.late.order_id, **{f"day-{world.late.pk}": "2026-12-10"})
    assert early.order.number in fine
    assert "赶得上" in fine
    client.post(reverse("procurement:order_promise", args=[world.late.order_id]), {f"day-{world.late.pk}": "2026-12-10"})
    world.late.refresh_from_db()
    assert world.late.promised_on == TODAY + 50 * DAY  # a day that moves needs a reason
    client.post(reverse("procurement:order_promise", args=[world.late.order_id]), {f"day-{world.late.pk}": "2026-12-10", "why": "加班"})
    shown = page(client, "order", world.late.order_id)
    assert "料到得太晚" not in shown
    assert "加班" in shown
    assert late.order.number not in shown


def test_a_chase_is_logged_with_who_and_what_and_moves_the_day(world: World) -> None:
    """D7, E5.1: planning's tracker chases too, but only purchasing sets days by hand."""
    tracker = client_of(D.PLANNING)
    url = reverse("procurement:chase", args=[world.late.order_id])
    tracker.post(url, {"channel": "phone", "asked": "陈先生", "answer": "十二号到", "new_date": "2026-12-12"})
    chase = Chase.objects.get()
    assert (chase.answer, chase.new_date, chase.by.departments) == ("十二号到", dt.date(2026, 12, 12), frozenset({D.PLANNING}))
    world.late.refresh_from_db()
    assert (world.late.promised_on, world.late.first_promised_on) == (dt.date(2026, 12, 12), TODAY + 50 * DAY)
    assert "十二号到" in page(tracker, "order", world.late.order_id)
    refused = tracker.post(reverse("procurement:order_promise", args=[world.late.order_id]), {f"day-{world.late.pk}": "2026-12-11"})
    assert refused.status_code == 403


def test_the_order_of_claim_names_winner_and_loser(world: World) -> None:
    shown = page(client_of(D.PLANNING), "material", world.leather.pk)
    first, second = world.lines
    assert shown.index(first.order.number) < shown.index(second.order.number)
    assert "240" in shown


def test_form_13_has_one_row_per_job_material_and_size(world: World) -> None:
    answer = client_of(D.PLANNING).get(reverse("procurement:plan_export"), {"span": "all"})
    sheet = load_workbook(_file(answer.content)).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "全部未完订单"]
    assert len(rows) == Requirement.objects.count() == 6
    head = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "合同号")
    assert head[8:13] == ("毛需", "库存", "在途", "净需", "需求日")
    leather = [row for row in rows if row[4] == "M-WH"]
    assert [row[8:12] for row in leather] == [(270, 270, 0, 0), (270, 30, 0, 240)]
    assert leather[0][14] == "陈先生 0577-1"


def _file(content: bytes) -> BytesIO:
    return BytesIO(content)


def test_the_supplier_gets_a_workbook_with_sizes_across(world: World) -> None:
    purchase_line(world.plant, world.sole, "CG1", size="39", quantity=25, promised_on=TODAY + 50 * DAY, supplier=world.supplier)
    answer = client_of(D.PURCHASING).get(reverse("procurement:order_export", args=[world.late.order_id]))
    rows = list(load_workbook(_file(answer.content)).worksheets[0].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    assert rows[head][3:6] == ("38", "39", "数量")
    assert rows[head + 1][3:6] == (60, 25, 85)
    assert "CG1" in str(rows)


def test_prices_are_for_purchasing_and_the_general_manager(world: World) -> None:
    PurchaseOrderLine.objects.update(price=Decimal("12.5"))
    assert "12.5" in page(client_of(D.PURCHASING), "order", world.late.order_id)
    assert "750.00" in page(client_of(D.GM), "order", world.late.order_id)
    assert "12.5" not in page(client_of(D.WAREHOUSE), "order", world.late.order_id)


def test_a_pasted_draft_is_read_like_a_person_writes(world: World) -> None:
    data = {
        "supplier_choice": str(world.supplier.pk),
        "note": "",
        "rows-0-material": "s15",
        "rows-0-size": "38",
        "rows-0-quantity": "１,２００",
        "rows-0-price": "12.5",
        "rows-0-needed_on": "2026/12/20",
        "rows-1-material": "nope",
        "rows-1-quantity": "x",
    }
    client = client_of(D.PURCHASING)
    answer = client.post(reverse("procurement:order_new"), data)
    assert "“x”不是数字" in answer.content.decode()
    assert not PurchaseOrder.objects.filter(state="draft").exists()
    good = {name: value for name, value in data.items() if not name.startswith("rows-1")}
    client.post(reverse("procurement:order_new"), good)
    line = PurchaseOrderLine.objects.get(order__state="draft")
    assert (line.size, line.quantity, line.price, line.needed_on) == ("38", 1200, Decimal("12.5"), dt.date(2026, 12, 20))


def test_a_draft_that_somebody_else_saved_is_not_overwritten(world: World) -> None:
    client = client_of(D.PURCHASING)
    client.post(reverse("procurement:draft"), {"material": [world.leather.pk]})
    order = PurchaseOrder.objects.get(state="draft")
    url = reverse("procurement:order_edit", args=[order.pk])
    data = {"supplier_choice": world.supplier.pk, "version": order.version, "rows-0-material": "M-WH", "rows-0-quantity": "10"}
    assert client.post(url, data).status_code == 302
    stale = client.post(url, data | {"rows-0-quantity": "99"})
    assert "刚被别人改过" in stale.content.decode()
    assert order.lines.get().quantity == 10


def test_cancelling_names_who_counts_on_it_and_needs_a_reason(world: World) -> None:
    client = client_of(D.PURCHASING)
    url = reverse("procurement:order_cancel", args=[world.late.order_id])
    assert world.lines[0].order.number in client.get(url).content.decode()
    assert client.post(url, {"reason": "", "version": world.late.order.version}).status_code == 200
    client.post(url, {"reason": "供应商停产", "version": world.late.order.version})
    world.late.refresh_from_db()
    assert (world.late.state, PurchaseOrder.objects.get(pk=world.late.order_id).state) == ("cancelled", "cancelled")
    assert Requirement.objects.get(order_line=world.lines[0], size="38", material=world.sole).short == 60


def test_what_nobody_needs_any_more_stands_in_the_list(world: World) -> None:
    extra = purchase_line(world.plant, world.leather, "CG9", quantity=1000, promised_on=TODAY + 9 * DAY, supplier=world.supplier)
    requirements.recalculate(world.plant)
    shown = page(client_of(D.PURCHASING), "work", tab="changed")
    assert extra.order.number in shown
    assert "760" in shown


def test_what_is_no_longer_as_it_was_ordered_says_what_changed(world: World) -> None:
    client = client_of(D.PURCHASING)
    assert "CG1" not in page(client, "work", tab="changed"), "ordered, promised and needed as before"
    later = world.late.promised_on + 6 * DAY
    promise(order=world.late.order, days={world.late.pk: later}, by=factories.user(D.PURCHASING), why="模具坏了")
    assert "晚了 6 天" in page(client, "work", tab="changed")
    promise(order=world.late.order, days={world.late.pk: TODAY + 48 * DAY}, by=factories.user(D.PURCHASING), why="修好了")
    assert "早到 2 天" in page(client, "work", tab="changed")
    first = Requirement.objects.filter(material=world.sole, size="38").earliest("needed_on")
    PurchaseOrderLine.objects.filter(pk=world.late.pk).update(first_promised_on=TODAY + 48 * DAY, needed_on=first.needed_on + 3 * DAY)
    assert "早 3 天要" in page(client, "work", tab="changed")


def test_early_material_is_upper_lining_special_and_made_to_order(world: World) -> None:
    """D3."""
    client = client_of(D.PURCHASING)
    shown = page(client, "work", tab="early")
    assert "M-WH" in shown
    assert "S15" not in shown
    Material.objects.filter(pk=world.sole.pk).update(made_to_order=True)
    assert "S15" in page(client, "work", tab="early")


def test_a_style_without_usage_is_named_and_not_counted(world: World) -> None:
    Usage.objects.all().delete()
    requirements.recalculate(world.plant)
    assert "HD2616" in page(client_of(D.PURCHASING), "work")
    assert "2 单、200 双不在物料计划里" in page(client_of(D.PURCHASING), "plan")


def test_what_a_supplier_owes_is_a_list_and_a_sheet_without_what_has_come(world: World) -> None:
    """D7."""
    client, buyer = client_of(D.PURCHASING), factories.user(D.WAREHOUSE)
    line = purchase_line(world.plant, world.sole, "CG777", quantity=100, promised_on=TODAY, size="39", supplier=world.supplier)
    receive(plant=world.plant, lines=[Receipt(Decimal(40), line)], by=buyer)
    assert "CG777" in page(client, "supplier", world.supplier.pk)
    sheet = load_workbook(BytesIO(client.get(reverse("procurement:supplier_export", args=[world.supplier.pk])).content)).active
    [row] = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "CG777"]
    assert row[1:7] == ["S15", "大底 白", "39", 100, 40, 60]
    receive(plant=world.plant, lines=[Receipt(Decimal(60), line)], by=buyer)
    assert "CG777" not in page(client, "supplier", world.supplier.pk)


def test_a_contact_is_added_to_a_supplier(world: World) -> None:
    """D7."""
    client = client_of(D.PURCHASING)
    data = {
        "code": "G1", "name": "瑞丰皮革", "category": "面料", "contact": "陈先生", "phone": "0577-2", "email": "", "address": "温州",
        "contacts-TOTAL_FORMS": "1", "contacts-INITIAL_FORMS": "0", "contacts-0-name": "小林", "contacts-0-role": "送货",
        "contacts-0-phone": "138", "contacts-0-email": "", "contacts-0-note": "",
    }  # fmt: skip
    client.post(reverse("procurement:supplier_edit", args=[world.supplier.pk]), data)
    shown = page(client, "supplier", world.supplier.pk)
    assert "小林" in shown
    assert "0577-2" in shown
