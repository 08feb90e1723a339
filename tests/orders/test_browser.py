"""Order entry in a browser: keyboard, paste from Excel, sharing out, undo, errors, draft, two editors."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, Style
from orders.sizes import largest_remainder
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import User
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def seller() -> User:
    person = factories.user(Department.SALES, name="hefang")
    factories.customer("华荣贸易", seller=factories.salesperson("何芳", account=person))
    return person


@pytest.fixture
def styles() -> dict[str, Style]:
    return {
        "men": factories.style("HD2616", colours=["白", "黑"]),
        "women": factories.style("HD2605", colours=["红"], sizes=("34", "40"), family="女单鞋", is_new=True),
    }


@pytest.fixture
def desk(live_server: LiveServer, page: Page, seller: User, client: Any) -> Iterator[Page]:
    """A browser in which the salesperson is logged in. A script error fails the test."""
    client.force_login(seller)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/orders/new/")
    yield page
    assert faults == []


def due_day() -> dt.date:
    """A day ahead on which the factory works."""
    day = clock.today() + dt.timedelta(days=30)
    return day + dt.timedelta(days=1) if day.weekday() == 6 else day


def cell(page: Page, line: int, size: str) -> Any:
    return page.locator(f"[name='lines-{line}-size-{size}']")


def choose_style(page: Page, line: int, code: str, first_size: str) -> None:
    page.locator(f"[name=lines-{line}-style]").fill(code)
    page.keyboard.press("Tab")
    expect(cell(page, line, first_size)).to_be_visible()


def paste(page: Page, name: str, text: str) -> None:
    page.locator(f"[name='{name}']").focus()
    page.evaluate(PASTE, [f"[name='{name}']", text])


def total(page: Page, line: int) -> Any:
    return page.locator(f"tr[data-line='{line}'] .total")


def values(page: Page, line: int) -> list[str]:
    inputs = page.locator(f"tr[data-line='{line}'] [data-size]")
    return [inputs.nth(n).input_value() for n in range(inputs.count())]


def test_an_order_is_entered_by_keyboard_alone(desk: Page, styles: dict[str, Style]) -> None:
    due = due_day()
    keys = desk.keyboard
    desk.locator("[name=customer]").focus()
    keys.type("华荣")
    keys.press("Tab")
    keys.type("PO98731")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    keys.type(f"{due.month}/{due.day}")
    desk.locator("[name=lines-0-style]").focus()
    keys.type("hd2616")
    keys.press("Tab")
    expect(cell(desk, 0, "38")).to_be_visible()
    expect(desk.locator("[name=lines-0-style]")).to_have_value("HD2616")
    desk.locator("[name=lines-0-colour]").focus()
    keys.type("白")
    keys.press("Tab")
    for pairs in ("84", "108", "168", "240", "258", "156", "102", "84"):
        keys.type(pairs)
        keys.press("Tab")
    expect(total(desk, 0)).to_have_text("1,200")
    expect(desk.locator("[data-sum=unpriced]")).to_have_text("1 行没有单价")
    keys.type("151.10")
    expect(desk.locator("[data-sum=unpriced]")).to_have_text("")
    keys.press("Alt+Enter")
    keys.type("HD2605")
    keys.press("Tab")
    expect(cell(desk, 1, "34")).to_be_visible()
    expect(desk.locator("[name=lines-1-colour]")).to_have_value("红")
    expect(desk.locator("tbody[data-range='34,35,36,37,38,39,40'] .szh")).to_have_text(["34", "35", "36", "37", "38", "39", "40"])
    cell(desk, 1, "34").focus()
    keys.type("12")
    keys.press(">")
    assert values(desk, 1) == ["12"] * 7
    keys.press("ArrowRight")
    keys.type("18")
    expect(total(desk, 1)).to_have_text("90")
    desk.locator("[name=lines-1-price]").fill("99")
    expect(desk.locator("[data-sum=pairs]")).to_have_text("1,290")
    expect(desk.locator("[data-sum=amount]")).to_have_text("¥190,230.00")
    keys.press("Control+Enter")
    expect(desk.locator("h1")).to_contain_text("HT")
    order = Order.objects.get()
    assert order.po == "PO98731"
    assert [(line.style.code, line.pairs, line.due_on) for line in order.lines.all()] == [("HD2616", 1200, due), ("HD2605", 90, due)]
    assert order.lines.all()[1].sizes["35"] == 18


def test_rows_pasted_from_excel_fill_lines_and_are_undone_in_one_step(desk: Page, styles: dict[str, Style]) -> None:
    due = due_day().isoformat()
    rows = [
        f"HD2616 白 84 １０８ 168双 240 258 156 1,102 – 2,116 151.1 {due} 加急 zz",
        f"HD2605 红 1 2 3 4 5 6 x 21 99 {due}",
    ]
    block = "".join(row.replace(" ", "\t") + "\r\n" for row in rows)
    paste(desk, "lines-0-style", block)
    expect(total(desk, 0)).to_have_text("2,116")
    expect(total(desk, 1)).to_have_text("21")
    assert values(desk, 0) == ["84", "108", "168", "240", "258", "156", "1102", "0"]
    assert values(desk, 1) == ["1", "2", "3", "4", "5", "6", ""]
    said = desk.locator("#did")
    expect(said).to_contain_text("zz")
    expect(said).to_contain_text("40 “x”")
    expect(desk.locator("[name=lines-0-note]")).to_have_value("加急")
    expect(desk.locator("#issues")).to_contain_text("40 码是空的")
    cell(desk, 0, "38").focus()
    desk.keyboard.press("Control+z")
    expect(total(desk, 0)).to_have_text("–")
    expect(desk.locator("tr.ln:visible")).to_have_count(1)
    assert desk.locator("[name=lines-0-style]").input_value() == ""


def test_a_pasted_total_that_differs_from_the_sizes_is_asked_about(desk: Page, styles: dict[str, Style]) -> None:
    choose_style(desk, 0, "HD2616", "38")
    desk.locator("[name=lines-0-colour]").fill("白")
    desk.locator("[name=due_on]").fill(due_day().isoformat())
    paste(desk, "lines-0-size-38", "60\t96\t150\t240\t252\t162\t96\t84\t1,150\t118")
    expect(desk.locator("tr[data-line='0'] .tot small")).to_have_text("客单写 1,150")
    expect(desk.locator("#issues")).to_contain_text("各码合计 1,140，客单写 1,150，差 10 双")


def test_a_total_is_shared_out_like_the_last_order_exactly(desk: Page, styles: dict[str, Style]) -> None:
    run = {"38": 84, "39": 108, "40": 168, "41": 240, "42": 258, "43": 156, "44": 102, "45": 85}
    factories.order(factories.line(styles["men"], colour="白", sizes=run))
    choose_style(desk, 0, "HD2616", "38")
    for wanted in (1000, 7, 3601):
        cell(desk, 0, "38").fill(str(wanted))
        for size in list(run)[1:]:
            cell(desk, 0, size).fill("0")
        cell(desk, 0, "38").focus()
        desk.keyboard.press("=")
        assert dict(zip(run, map(int, values(desk, 0)), strict=True)) == largest_remainder(run, wanted)
    expect(total(desk, 0)).to_have_text("3,601")


def test_a_blank_size_is_named_beside_its_cell_and_filled_with_one_click(desk: Page, styles: dict[str, Style]) -> None:
    desk.locator("[name=customer]").fill("华荣贸易")
    choose_style(desk, 0, "HD2616", "38")
    desk.locator("[name=lines-0-colour]").fill("白")
    desk.locator("[name=lines-0-price]").fill("99")
    desk.locator("[name=due_on]").fill(due_day().isoformat())
    for size in ("38", "39", "40", "41", "42", "44", "45"):
        cell(desk, 0, size).fill("12")
    desk.keyboard.press("Control+Enter")
    expect(cell(desk, 0, "43")).to_have_attribute("aria-invalid", "true")
    expect(cell(desk, 0, "43")).to_be_focused()
    expect(cell(desk, 0, "42")).to_have_value("12")
    expect(desk.locator("#standing")).to_have_text("还有 1 处必须改")
    desk.locator("[data-fill]").click()
    expect(desk.locator("#standing")).to_have_text("")
    expect(cell(desk, 0, "43")).to_have_value("0")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("h1")).to_contain_text("HT")
    assert Order.objects.get().lines.get().pairs == 84


def test_what_was_typed_is_offered_again_until_it_is_submitted(desk: Page, styles: dict[str, Style]) -> None:
    choose_style(desk, 0, "HD2616", "38")
    desk.locator("[name=po]").fill("PO777")
    cell(desk, 0, "41").fill("240")
    cell(desk, 0, "42").focus()
    expect(desk.locator("#draft-state")).to_contain_text("已存在本机")
    expect(desk.locator("#issues")).to_contain_text("码是空的")
    desk.reload()
    desk.locator("[data-restore]").click()
    expect(cell(desk, 0, "41")).to_have_value("240")
    expect(desk.locator("[name=po]")).to_have_value("PO777")
    desk.reload()
    desk.locator("[data-discard]").click()
    desk.reload()
    expect(desk.locator("#draft")).to_be_hidden()


def test_arrows_and_enter_walk_the_grid(desk: Page, styles: dict[str, Style]) -> None:
    choose_style(desk, 0, "HD2616", "38")
    desk.keyboard.press("Alt+Enter")
    choose_style(desk, 1, "HD2616", "38")
    cell(desk, 0, "40").focus()
    for key, line, size in (
        ("ArrowDown", 1, "40"),
        ("ArrowRight", 1, "41"),
        ("ArrowUp", 0, "41"),
        ("Enter", 1, "41"),
        ("ArrowLeft", 1, "40"),
    ):
        desk.keyboard.press(key)
        expect(cell(desk, line, size)).to_be_focused()


def test_the_order_book_searches_while_typing_and_opens_by_key(
    desk: Page, live_server: LiveServer, seller: User, styles: dict[str, Style]
) -> None:
    wanted = factories.order(factories.line(styles["men"]), by=seller, po="PO11111")
    factories.order(factories.line(styles["women"]), by=seller, po="PO22222")
    desk.goto(f"{live_server.url}/orders/")
    expect(desk.locator("tr[data-href]")).to_have_count(2)
    desk.locator("#id_q").fill("11111")
    expect(desk.locator("tr[data-href]")).to_have_count(1)
    assert "q=11111" in desk.url
    assert "q=11111" in (desk.locator("#export").get_attribute("href") or "")
    desk.locator("h1").click()
    desk.keyboard.press("j")
    desk.keyboard.press("e")
    expect(desk.locator("details.run")).to_have_attribute("open", "")
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text(wanted.number)
