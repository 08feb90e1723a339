"""The frame in a browser: signing in, language, theme, the phone's bar, keys, search, clock; and that no page overflows."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders.models import Order
from planning_site.core import demo_accounts
from planning_site.core.departments import Department
from tests import factories
from tests.scheduling.factories import floor
from tests.scheduling.plan_factories import make_day, make_month, make_week

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFICE = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
A4_PORTRAIT = ViewportSize(width=718, height=1047)  # between margins of 10 mm, at 96 dots an inch
PAGES = (
    "/inbox/",
    "/inbox/search/?q=HD26",
    "/mail/",
    "/orders/",
    "/orders/new/",
    "/import/",
    "/planning/month/",
    "/planning/week/",
    "/planning/day/",
    "/planning/load/",
    "/planning/teams/",
    "/planning/runs/",
    "/quality/styles/",
    "/no/such/page/",
)
# how far a page, or something that sticks to the window, reaches beyond the window
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Desk:
    """A browser with the site open."""

    def __init__(self, page: Page, server: LiveServer, client: Any) -> None:
        self.page, self.url, self.client = page, server.url, client

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, *departments: Department, language: str = "", superuser: bool = False) -> None:
        self.client.force_login(factories.user(*departments, language=language, superuser=superuser))
        self.page.context.add_cookies([{"name": "sessionid", "value": self.client.cookies["sessionid"].value, "url": self.url}])


@pytest.fixture
def desk(live_server: LiveServer, page: Page, client: Any) -> Iterator[Desk]:
    """A script error, or something the content policy refuses, fails the test."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield Desk(page, live_server, client)
    assert faults == []


def test_an_account_of_the_demo_signs_in_with_two_clicks_and_out_again(desk: Desk, settings: Settings) -> None:
    settings.DEMO = True
    demo_accounts.create()
    page = desk.open("/")
    page.get_by_role("row").filter(has_text="王计划").get_by_role("button", name="用它").click()
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("计划部 · 收件箱")
    page.locator(".who").click()
    page.get_by_role("button", name="退出", exact=True).click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()


def test_language_and_theme_change_where_one_stands_and_stay(desk: Desk) -> None:
    desk.sign_in(Department.SALES)
    page = desk.open("/orders/")
    page.locator(".who").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    page.locator(".who").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/orders/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 26)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    desk.open("/inbox/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@time_machine.travel("2026-12-11 08:00+08:00")
def test_a4_portrait_is_not_laid_out_as_the_phones_page(desk: Desk) -> None:
    make_month(floor(lines=4))
    factories.order(factories.line(factories.style(is_new=True)))
    desk.sign_in(superuser=True)
    desk.page.set_viewport_size(A4_PORTRAIT)
    columns = "getComputedStyle(document.querySelector('table thead')).display"
    breaks = "getComputedStyle(document.querySelector('.card:has(.tbl)')).breakInside"
    for path in ("/inbox/", "/orders/", "/planning/month/", "/quality/styles/"):
        page = desk.open(path)
        phones_own = page.locator(".main > .sub, .rail").filter(visible=True)
        assert phones_own.count() > 0
        page.emulate_media(media="print")
        assert (path, page.evaluate(columns), page.evaluate(breaks)) == (path, "table-header-group", "auto")
        expect(phones_own).to_have_count(0)
        page.emulate_media(media="screen")


def test_without_a_choice_the_system_decides_the_theme(desk: Desk) -> None:
    desk.sign_in(Department.SALES)
    desk.page.emulate_media(color_scheme="dark")
    page = desk.open("/inbox/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 26)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 247)"


def test_on_a_phone_the_rail_is_a_bar_at_the_bottom_and_more_holds_the_rest(desk: Desk) -> None:
    desk.sign_in(Department.PURCHASING)
    desk.page.set_viewport_size(PHONE)
    page = desk.open("/inbox/")
    bar = page.get_by_role("navigation", name="部门", exact=True).bounding_box()
    assert bar is not None
    assert (bar["height"], bar["y"] + bar["height"]) == (60, 844)
    entries = page.get_by_role("navigation", name="部门", exact=True).get_by_role("link")
    assert [text.split("\n")[0].strip() for text in entries.all_inner_texts()] == ["收件箱", "采购", "计划", "仓库"]
    for entry in entries.all():
        box = entry.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.get_by_role("button", name="更多").click()
    page.get_by_role("link", name="技术品质").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("新款前期")
    assert page.get_by_role("button", name="更多").get_attribute("data-current") is not None


def test_the_search_opens_by_key_finds_while_typing_and_opens_the_first_hit(desk: Desk) -> None:
    order = factories.order(factories.line(factories.style("HD2616", colours=("白",))), of=factories.customer("华荣贸易"))
    desk.sign_in(Department.PLANNING)
    page = desk.open("/inbox/")
    for key in ("/", "Control+k"):
        page.keyboard.press(key)
        expect(page.locator("#finder")).to_be_visible()
        page.keyboard.type("华荣")
        expect(page.locator("#finder-hits").get_by_text(order.number)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#finder")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("2616")
    expect(page.locator("#finder-hits").get_by_text(f"{order.number} · HD2616 白")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{desk.url}/orders/{order.pk}/")


@time_machine.travel("2026-11-24 08:00+08:00")
def test_rows_are_walked_and_opened_by_keys_and_letters_can_be_switched_off(desk: Desk) -> None:
    for _ in range(3):
        factories.order()
    desk.sign_in(Department.GM)
    page = desk.open("/inbox/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="本页按键")).to_be_visible()
    page.get_by_label("单个字母作快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")
    expect(page.locator(".sel")).to_have_count(0)
    page.locator(".who").click()
    page.get_by_role("button", name="本页按键").click()
    page.get_by_label("单个字母作快捷键").check()
    page.get_by_role("button", name="关闭").click()
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator(".sel")).to_have_count(1)
    expect(page.locator(".news li").first).to_have_class("sel")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.url}/orders/{Order.objects.order_by('number')[0].pk}/")  # and loaded: keys are heard from then on
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(f"{desk.url}/inbox/")


def test_letters_typed_into_a_field_are_only_letters(desk: Desk) -> None:
    desk.sign_in(Department.GM)
    page = desk.open("/inbox/search/")
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("gi/?j")
    assert page.locator("#q").input_value() == "gi/?j"
    assert page.url.endswith("/inbox/search/")


def test_the_clock_goes_on_by_the_factorys_time_over_midnight(desk: Desk) -> None:
    desk.sign_in(Department.GM)
    desk.page.clock.install()
    with time_machine.travel("2026-12-07T15:59:30Z"):
        desk.client.force_login(factories.user(Department.GM))
        desk.page.context.add_cookies([{"name": "sessionid", "value": desk.client.cookies["sessionid"].value, "url": desk.url}])
        page = desk.open("/inbox/")
        expect(page.locator(".clock")).to_contain_text("23:59")
        expect(page.locator(".clock")).to_contain_text("12月7日 周一")
    page.clock.fast_forward(60_000)
    expect(page.locator(".clock")).to_contain_text("00:00")
    expect(page.locator(".clock")).to_contain_text("12月8日 周二 · 第50周")


def test_a_message_shows_as_a_toast_that_goes_by_itself(desk: Desk) -> None:
    desk.sign_in(Department.GM)
    desk.page.clock.install()
    page = desk.open("/inbox/")
    page.evaluate("shell.toast('已保存')")
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    page.clock.fast_forward(9_000)
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast").hover()
    page.clock.fast_forward(30_000)
    expect(page.locator(".toast")).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.fast_forward(11_000)
    expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_no_page_is_wider_than_the_window(desk: Desk, size: ViewportSize, language: str) -> None:
    month = make_month(floor(lines=24, styles=5))
    make_day(make_week(month))
    desk.sign_in(language=language, superuser=True)
    desk.page.set_viewport_size(size)
    too_wide = {path: width for path in PAGES if (width := desk.open(path).evaluate(OVERFLOW)) > 0}
    assert too_wide == {}
