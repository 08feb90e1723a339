"""A salesperson in a real browser, with a real worker: upload, correct a wrong cell by keyboard, import."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order
from planning_site.core.departments import Department
from tests import factories
from tests.support.worker import Worker
from tests.workbooks.builders import line, order_book

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_import(worker: Worker, live_server: LiveServer, page: Page, factory: None, client: Client) -> Iterator[Page]:
    """The import page of a logged-in salesperson. A script error fails the test."""
    client.force_login(factories.user(Department.SALES, language="en"))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/import/")
    yield page
    assert faults == []


def test_wrong_cell_is_corrected_by_keyboard_and_the_file_imported(at_import: Page, tmp_path: Path) -> None:
    page = at_import
    file = tmp_path / "订单统计表.xlsx"
    file.write_bytes(order_book([line("HT1"), line("HT2", s38=-66)]))
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("1 rows wrong, 0 changed")).to_be_visible(timeout=30_000)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 rows wrong, 0 changed")).to_be_visible(timeout=30_000)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The good rows are in.")).to_be_visible(timeout=30_000)
    assert Order.objects.count() == 2


def test_page_of_a_job_fits_a_phone(at_import: Page, tmp_path: Path) -> None:
    page = at_import
    file = tmp_path / "b.xlsx"
    file.write_bytes(order_book([line("HT1", due="?")]))
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text(re.compile("1 rows wrong"))).to_be_visible(timeout=30_000)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
