"""Material's way in a real browser: a buyer works the list from plan to receipt, a storekeeper receives, counts and issues by phone."""

import datetime as dt
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import (
    JobKit,
    Material,
    PurchaseOrder,
    Requirement,
    StockBalance,
    StockCount,
    StockDocument,
    Supplier,
    Unit,
    Usage,
    UsageVersion,
)
from procurement.services import requirements
from tests import factories
from tests.procurement import stock_factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
RUN = {"38": 60, "39": 120, "40": 60}


@dataclass
class Factory:
    """One job of 240 pairs that needs soles, which nobody has ordered, and lining, which is there."""

    job: OrderLine
    sole: Material
    lining: Material
    buyer: User
    storekeeper: User
    planner: User


@pytest.fixture
def factory(transactional_db: None) -> Factory:
    if not Unit.objects.exists():  # a test before this one has emptied all tables
        importlib.import_module("procurement.migrations.0006_usual_units_and_stages").fill(apps, None)
    supplier = Supplier.objects.create(code="G03", name="立达鞋底", contact="王先生", phone="0577-8238436")
    sole, lining = stock_factories.sole("S15-WH"), stock_factories.material("LN-WH")
    Material.objects.filter(pk=sole.pk).update(supplier=supplier, category="底材", lead_time_days=15, order_multiple=12)
    Material.objects.filter(pk=lining.pk).update(category="里料")
    style = factories.style("HD2616", colours=["白"], sizes=("36", "45"))
    line = factories.line(style, sizes=RUN, due_on=clock.today() + dt.timedelta(days=60))
    job = factories.first_line(factories.order(line, of=factories.customer("华荣贸易"), ordered_on=clock.today()))
    version = UsageVersion.objects.create(style_colour=job.colour, valid_from=clock.today() - dt.timedelta(days=30))
    Usage.objects.create(version=version, part="大底", material=sole, per_pair=Decimal(1), loss_percent=Decimal(1))
    Usage.objects.create(version=version, part="里料", material=lining, per_pair=Decimal("0.2"), loss_percent=Decimal(5))
    stock_factories.fill(lining, 100, place="A1")
    requirements.recalculate(default_plant())
    people = [
        factories.user(department, name=name)
        for name, department in (("lu", Department.PURCHASING), ("sun", Department.WAREHOUSE), ("wang", Department.PLANNING))
    ]
    return Factory(job, sole, lining, *people)


@pytest.fixture
def faults() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == [], "no script failed"


def opened(context: BrowserContext, site: str, person: User, faults: list[str]) -> Page:
    """A page in which this person is logged in."""
    client = Client()
    client.force_login(person)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


def test_a_buyer_works_the_list_from_plan_to_receipt(
    browser: Browser, live_server: LiveServer, factory: Factory, faults: list[str]
) -> None:
    """D1, D2, D5, D7: what is short becomes a draft, an order, a promise that slips and says whom it hits, and a receipt."""
    desk = browser.new_context(viewport={"width": 1440, "height": 900})
    page, site = opened(desk, live_server.url, factory.buyer, faults), live_server.url
    needed_on = Requirement.objects.filter(material=factory.sole).values_list("needed_on", flat=True)[0]

    page.goto(f"{site}/procurement/plan/?day={needed_on.isoformat()}")
    expect(page.locator("tr", has_text="S15-WH").first).to_contain_text("没下单")
    page.goto(f"{site}/procurement/")
    row = page.locator("tr", has_text="S15-WH")
    expect(row).to_contain_text("立达鞋底")
    row.get_by_role("button", name="做草稿").click()
    page.wait_for_url("**/procurement/orders/*/")
    order = PurchaseOrder.objects.get()
    # 60.6, 121.2 and 60.6 pairs with their loss, ordered in dozens
    assert {line.size: line.quantity for line in order.lines.all()} == {"38": 72, "39": 132, "40": 72}
    page.get_by_role("button", name="下单").click()
    expect(page.locator(".head .st")).to_contain_text("已下单")

    page.locator("[name^=day-]").nth(0).fill((needed_on - dt.timedelta(days=2)).isoformat())
    page.locator("[name^=day-]").nth(1).fill((needed_on - dt.timedelta(days=2)).isoformat())
    page.locator("[name^=day-]").nth(2).fill((needed_on - dt.timedelta(days=2)).isoformat())
    expect(page.locator("#impact")).to_contain_text("赶得上")
    page.get_by_role("button", name="存承诺日").click()
    expect(page.locator(".head .st")).to_contain_text("已确认")

    late = needed_on + dt.timedelta(days=6)
    page.locator("[name^=day-]").nth(1).fill(late.isoformat())
    page.locator("[name^=day-]").nth(1).blur()
    expect(page.locator("#impact")).to_contain_text(factory.job.order.number)
    expect(page.locator("#impact")).to_contain_text("华荣贸易")
    page.fill("[name=answer]", "底模坏了")
    page.fill("[name=new_date]", late.isoformat())
    page.get_by_role("button", name="登记催料").click()
    expect(page.locator("#hits")).to_contain_text(factory.job.order.number)
    expect(page.locator("#hits")).to_contain_text("6 天")
    assert JobKit.objects.get(order_line=factory.job).missing[0]["code"] == "S15-WH"
    page.goto(f"{site}/procurement/?tab=late")
    expect(page.locator("tbody tr")).to_have_count(3)
    desk.close()

    phone = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    store = opened(phone, site, factory.storekeeper, faults)
    store.goto(f"{site}/procurement/stock/desk/")
    store.get_by_role("link", name="收料").click()
    store.get_by_placeholder("采购单、供应商或物料").fill("S15-WH")
    store.get_by_role("button", name="搜索").click()
    store.wait_for_url(f"**/receive/?order={order.pk}")
    store.get_by_role("button", name="全部填上").click()
    store.locator(".pbar").get_by_role("button", name="收料").click()
    store.wait_for_url("**/stock/documents/*/")
    order.refresh_from_db()
    assert order.state == PurchaseOrder.State.RECEIVED
    assert requirements.do_waiting() == 1, "what came was reported to the worker, which has the kits calculated in seconds"
    kit = JobKit.objects.get(order_line=factory.job)
    assert (kit.is_ready_now, kit.pairs_now) == (True, 240)


def test_a_storekeeper_receives_counts_and_issues_with_a_thumb(
    browser: Browser, live_server: LiveServer, factory: Factory, faults: list[str]
) -> None:
    """A2, E5.2: a part of an order comes in, a count finds a difference that another person approves, a job collects."""
    site = live_server.url
    coming = stock_factories.ordered(factory.sole, 200, size="39", promised_on=clock.today())
    phone = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = opened(phone, site, factory.storekeeper, faults)

    page.goto(f"{site}/procurement/stock/receive/?order={coming.order_id}")
    field = page.locator("input.q")
    box = field.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb hits it"
    field.fill("150")
    page.locator(".pbar").get_by_role("button", name="收料").click()
    page.wait_for_url("**/stock/documents/*/")
    assert StockBalance.objects.get(material=factory.sole).quantity == 150
    coming.order.refresh_from_db()
    assert coming.order.state == PurchaseOrder.State.PARTLY

    page.goto(f"{site}/procurement/stock/counts/")
    page.get_by_placeholder("物料：编号或名称").fill("S15-WH")
    page.get_by_role("button", name="新盘点单").click()
    page.wait_for_url("**/stock/counts/*/")
    expect(page.locator("main, body").first).not_to_contain_text("150")
    page.locator("input.q").fill("148")
    page.locator(".pbar").get_by_role("button", name="交去审批").click()
    count = StockCount.objects.get()
    assert count.state == StockCount.State.SUBMITTED
    assert StockBalance.objects.get(material=factory.sole).quantity == 150, "nothing moves before somebody else agrees"

    second = browser.new_context(viewport={"width": 1440, "height": 900})
    other = opened(second, site, factory.planner, faults)
    other.goto(f"{site}/procurement/stock/counts/{count.pk}/")
    expect(other.locator("td.t-late")).to_have_text("−2")
    other.fill("[name=why]", "点错两双")
    other.get_by_role("button", name="批准差异").click()
    expect(other.locator(".head .st")).to_contain_text("已批")
    assert StockBalance.objects.get(material=factory.sole).quantity == 148
    second.close()

    page.goto(f"{site}/procurement/stock/issue/?job={factory.job.pk}")
    page.get_by_label("S15-WH 39 双", exact=True).fill("999")
    page.locator(".pbar").get_by_role("button", name="发料").click()
    expect(page.get_by_role("alert")).to_contain_text("写明为什么多领")
    page.get_by_label("S15-WH 39 双", exact=True).fill("120")
    page.locator(".pbar").get_by_role("button", name="发料").click()
    page.wait_for_url("**/stock/documents/*/")
    assert StockBalance.objects.get(material=factory.sole).quantity == 28
    assert StockDocument.objects.filter(kind="issue", job=factory.job, by=factory.storekeeper).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "the page is no wider than the phone"
