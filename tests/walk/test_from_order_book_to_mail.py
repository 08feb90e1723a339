"""The main road in a real browser: the demo's order book comes in, month, week and day plans come out and reach the departments."""

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, OrderLine
from planning_site.core import demo_accounts
from planning_site.core.plants import default_plant
from planning_site.outbox.models import OutgoingMail
from planning_site.workbooks.services import files
from scheduling.models import Plan
from tests.scheduling.factories import route
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]

DEMO = Path(settings.BASE_DIR) / "planning_site" / "demo"
WRONG_CELL, RIGHT_VALUE = "K5", 510
SECONDS = 90_000  # patience of the browser for background work, in milliseconds


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The demo's order book with one size of one order made negative."""
    workbook = openpyxl.load_workbook(DEMO / "订单统计表.xlsx")
    assert workbook["男鞋"][WRONG_CELL].value == RIGHT_VALUE
    workbook["男鞋"][WRONG_CELL] = -RIGHT_VALUE
    path = tmp_path / "订单统计表.xlsx"
    workbook.save(path)
    return path


@pytest.fixture
def factory(transactional_db: None) -> None:
    """A factory that has its master data and its people, and no order yet."""
    route()
    demo_accounts.create()
    files.import_files([("基础资料.xlsx", (DEMO / "基础资料.xlsx").read_bytes())], plant=default_plant(), by=None)
    assert not Order.objects.exists()


@pytest.fixture
def browser_page(worker: Worker, page: Page) -> Iterator[Page]:
    """A page beside a running worker. A script error fails the test."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(SECONDS)
    yield page
    assert faults == []


def log_in(page: Page, site: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", demo_accounts.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inbox/")


def import_and_correct(page: Page, site: str, book: Path) -> None:
    page.goto(f"{site}/import/")
    page.set_input_files("input[type=file]", book)
    page.get_by_role("button", name="读文件").click()
    wrong = page.locator("input[aria-invalid=true]").first
    expect(wrong).to_have_value(str(-RIGHT_VALUE), timeout=SECONDS)
    wrong.fill(str(RIGHT_VALUE))
    wrong.press("Enter")
    page.get_by_role("button", name="导入 300 行好的").click()
    expect(page.get_by_text("好的行已导入")).to_be_visible(timeout=SECONDS)


def make_and_publish(page: Page, site: str, horizon: str, name: str) -> Plan:
    """Press the button on the horizon's page, watch the run, publish the draft. Return the published plan."""
    page.goto(f"{site}/planning/{horizon}/")
    page.get_by_role("button", name=f"做{name}").first.click()
    page.wait_for_url("**/planning/plans/*/")
    page.get_by_role("link", name=f"发布{name}…").first.click()
    page.get_by_role("button", name=f"发布{name} v1").click()
    expect(page.locator(".head > .st.frozen")).to_have_text("已发布 v1")
    return Plan.objects.get(horizon=horizon, state=Plan.State.PUBLISHED)


def test_order_book_becomes_plans_that_reach_the_workshop(browser_page: Page, live_server: LiveServer, factory: None, book: Path) -> None:
    page, site = browser_page, live_server.url
    log_in(page, site, "he")
    import_and_correct(page, site, book)
    assert sum(OrderLine.objects.values_list("pairs", flat=True)) == 370_314

    log_in(page, site, "wang")
    month = make_and_publish(page, site, "month", "月计划")
    assert month.jobs.count() == 300
    week = make_and_publish(page, site, "week", "周计划")
    day = make_and_publish(page, site, "day", "日计划")
    assert (week.refines, day.refines) == (month, week)
    assert all(entry.sizes and sum(entry.sizes.values()) == entry.pairs for entry in day.entries.all())

    log_in(page, site, "ma")
    mail = OutgoingMail.objects.get(to_user__username="ma", key__startswith=f"plan:{day.pk}:")
    page.goto(f"{site}/mail/")
    page.get_by_role("link", name=mail.subject).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"{day.number}").first.click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    text = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    first = day.entries.all()[0]
    assert first.order_line.order.number in text
