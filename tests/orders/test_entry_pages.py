"""Order entry over HTTP: what is saved, what comes back filled with its errors, conflicts, the live check."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from orders.models import Order
from orders.services import change_state
from planning_site.core.departments import Department
from planning_site.core.models import User
from tests import factories
from tests.orders.support import entry_data, line_data, plain

pytestmark = pytest.mark.django_db

CREATE = "orders:create"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 12, 8, 2, 30, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def seller() -> User:
    person = factories.user(Department.SALES, name="hefang", language="en")
    factories.salesperson("何芳", account=person)
    return person


@pytest.fixture
def sales(client: Client, seller: User) -> Client:
    client.force_login(seller)
    return client


def post(client: Client, data: dict[str, Any], order: Order | None = None) -> HttpResponse:
    return client.post(reverse("orders:edit", args=[order.pk]) if order else reverse(CREATE), data)  # type: ignore[return-value]


def test_a_new_order_starts_with_today_and_the_person(sales: Client) -> None:
    text = plain(sales.get(reverse(CREATE)))
    assert 'value="2026-12-08"' in text
    assert "何芳" in text


def test_an_order_as_typed_by_hand_is_saved_as_meant(sales: Client, seller: User) -> None:
    style, customer = factories.style("HD2616"), factories.customer()
    line = line_data(
        style, "白", ["84", "１０８双", "1,168", "240", "–", "0", "102", "84"], style_code="hd2616", due_on="", price="￥151.10"
    )
    answer = post(sales, entry_data(customer, line, po="PO98731", ordered_on="12/7", due_on="12/22", packing="单码"))
    order = Order.objects.get()
    assert answer["Location"] == reverse("orders:detail", args=[order.pk])
    assert (order.number, order.ordered_on, order.packing, order.created_by) == ("HT261207-001", dt.date(2026, 12, 7), "单码", seller)
    saved = order.lines.get()
    assert saved.sizes == {"38": 84, "39": 108, "40": 1168, "41": 240, "44": 102, "45": 84}
    assert (saved.due_on, saved.price) == (dt.date(2026, 12, 22), Decimal("151.10"))


def test_a_blank_size_comes_back_filled_and_named(sales: Client) -> None:
    style, customer = factories.style("HD2603"), factories.customer()
    answer = post(sales, entry_data(customer, line_data(style, "黑", [48, 72, 120, 180, 192, "", 66, 42]), po="PO7"))
    text = plain(answer)
    assert answer.status_code == 422
    assert "Size 43 is blank. Blank is not 0." in text
    assert 'name="lines-0-size-42" id="id_lines-0-size-42" value="192"' in text
    assert 'data-fill="lines-0-size-43"' in text
    assert 'value="PO7"' in text
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"style_code": "HD9999"}, "There is no style HD9999"),
        ({"colour": "紫"}, "has no colour 紫, it has: 黑, 白"),
        ({"colour": ""}, "Choose a colour"),
        ({"due_on": "13/45"}, "is not a day"),
        ({"due_on": ""}, "When is it due?"),
        ({"due_on": "2026-12-01"}, "before the order of"),
        ({"price": "-5"}, "cannot be negative"),
        ({"price": "1.234"}, "at most two decimals"),
        ({"sizes": ["x", 0, 0, 0, 0, 0, 0, 12]}, "This is not a number"),
        ({"sizes": ["1.5", 0, 0, 0, 0, 0, 0, 12]}, "Pairs must be whole"),
        ({"sizes": ["-3", 0, 0, 0, 0, 0, 0, 12]}, "cannot be negative"),
        ({"sizes": [0] * 8}, "No pairs yet"),
        ({"sizes": [""] * 8}, "No pairs yet"),
        ({"sizes": ["1000000"] * 8}, "More than 99999 pairs"),
    ],
)
def test_what_is_wrong_with_a_line_stands_beside_its_field(sales: Client, change: dict[str, Any], message: str) -> None:
    style, customer = factories.style("HD2616"), factories.customer()
    values: dict[str, Any] = {"sizes": [12] * 8, "colour": "白"} | change
    answer = post(sales, entry_data(customer, line_data(style, values.pop("colour"), values.pop("sizes"), **values)))
    assert answer.status_code == 422
    errors = [part.split("</small>")[0] for part in plain(answer).split('class="err"')[1:]]
    assert any(message in error for error in errors), errors
    assert not Order.objects.exists()


def test_a_header_without_customer_says_so_at_its_field(sales: Client) -> None:
    answer = post(sales, entry_data(None, line_data(factories.style(), "黑", [12] * 8)))
    assert answer.status_code == 422
    assert "error_1_id_customer" in plain(answer)


def test_two_lines_of_one_style_and_colour_are_to_be_put_together(sales: Client) -> None:
    style = factories.style("HD2616")
    answer = post(sales, entry_data(factories.customer(), line_data(style, "白", [12] * 8), line_data(style, "白", [6] * 8)))
    assert "HD2616 白 stands in two lines" in plain(answer)


def test_empty_lines_and_lines_taken_out_are_passed_over(sales: Client) -> None:
    style = factories.style("HD2616")
    blank = {"style": "", "colour": "", "due_on": "", "note": "", "price": ""}
    gone = line_data(style, "白", ["x"] * 8) | {"DELETE": "on"}
    assert post(sales, entry_data(factories.customer(), blank, gone, line_data(style, "黑", [12] * 8))).status_code == 302
    assert Order.objects.get().lines.get().colour.name == "黑"


def test_an_order_without_lines_is_refused(sales: Client) -> None:
    answer = post(sales, entry_data(factories.customer()))
    assert answer.status_code == 422
    assert "An order needs at least one line." in plain(answer)


def test_what_is_odd_is_asked_once_and_saved_when_confirmed(sales: Client) -> None:
    style, customer = factories.style("HD2613"), factories.customer()
    factories.order(of=customer, po="PO1")
    line = line_data(style, "黑", [100] * 8, stated="850", price="", due_on="2026-12-13")  # a Sunday
    data = entry_data(customer, line, po="po1")
    answer = post(sales, data)
    text = plain(answer)
    assert answer.status_code == 422
    for doubt in (
        "already stands in HT261123-001",
        "the customer wrote 850: 50 pairs apart",
        "There is no price yet",
        "when the factory is closed",
    ):
        assert doubt in text
    codes = [part.split('"')[0] for part in text.split('name="confirmed" value="')[1:]]
    assert len(codes) == 4
    assert post(sales, data | {"confirmed": codes[:3]}).status_code == 422
    assert post(sales, data | {"confirmed": codes}).status_code == 302


def test_a_confirmation_is_of_that_value_only(sales: Client) -> None:
    style, customer = factories.style(), factories.customer()
    first = entry_data(customer, line_data(style, "黑", [100] * 8, due_on="2026-12-13"))
    code = plain(post(sales, first)).split('name="confirmed" value="')[1].split('"')[0]
    other = entry_data(customer, line_data(style, "黑", [100] * 8, due_on="2026-12-20")) | {"confirmed": [code]}
    assert post(sales, other).status_code == 422


def test_an_edit_changes_adds_and_removes_lines(sales: Client, seller: User) -> None:
    style = factories.style(colours=["黑", "白", "红"])
    mine = factories.customer(seller=seller.salesperson)
    order = factories.order(factories.line(style, colour="黑"), factories.line(style, colour="白"), of=mine, by=seller)
    shown = plain(sales.get(reverse("orders:edit", args=[order.pk])))
    black = order.lines.get(colour__name="黑")
    assert f'name="lines-0-id" value="{black.pk}"' in shown
    assert 'name="lines-0-size-39" id="id_lines-0-size-39" value="0"' in shown
    data = entry_data(
        mine,
        line_data(style, "黑", [7] * 8) | {"id": black.pk},
        line_data(style, "红", [8] * 8),
        order=order,
        ordered_on="2026-11-23",
        po=order.po,
    )
    assert post(sales, data, order).status_code == 302
    assert list(order.lines.values_list("colour__name", "pairs")) == [("黑", 56), ("红", 64)]


def test_of_two_editors_the_second_sees_both_values_and_loses_nothing(sales: Client, seller: User) -> None:
    style = factories.style("HD2616", sizes=("38", "40"))
    mine = factories.customer(seller=seller.salesperson)
    order = factories.order(factories.line(style, colour="黑", sizes={"38": 10, "39": 20, "40": 30}), of=mine, by=seller, po="PO1")
    pk = order.lines.get().pk
    base = plain(sales.get(reverse("orders:edit", args=[order.pk]))).split('name="base" value="')[1].split('"')[0].replace("&quot;", '"')

    def edit(po: str, sizes: list[int], packing: str, version: int) -> HttpResponse:
        line = line_data(style, "黑", sizes, due_on="2026-12-29", price="151.10") | {"id": pk}
        return post(
            sales, entry_data(mine, line, order=order, po=po, packing=packing, version=version, base=base, ordered_on="2026-11-23"), order
        )

    assert edit("PO1", [11, 20, 30], "theirs", 1).status_code == 302
    answer = edit("PO2", [12, 20, 33], "", 1)
    text = plain(answer)
    assert answer.status_code == 409
    order.refresh_from_db()
    assert (order.po, order.packing, order.lines.get().sizes["38"]) == ("PO1", "theirs", 11)
    both = text.split("You both changed these")[1].split("</table>")[0]
    assert "HD2616 黑 · 38" in both
    assert "<b>12</b>" in both
    assert ">11<" in both
    assert "theirs" in text.split("are taken over")[1].split("</table>")[0]
    assert 'name="version" value="2"' in text
    assert 'value="PO2"' in text
    assert 'value="theirs"' in text
    assert 'id="id_lines-0-size-40" value="33"' in text


def test_an_order_that_was_cancelled_meanwhile_is_not_changed_and_says_why(sales: Client, seller: User) -> None:
    style = factories.style("HD2616")
    mine = factories.customer(seller=seller.salesperson)
    order = factories.order(factories.line(style, colour="黑"), of=mine, by=seller)
    change_state(order=order, state=Order.State.CANCELLED, reason="客户取消", by=seller)
    line = line_data(style, "黑", [7] * 8) | {"id": order.lines.get().pk}
    first = post(sales, entry_data(mine, line, order=order, ordered_on="2026-11-23"), order)
    assert (first.status_code, "changed this order first" in plain(first)) == (409, True)
    order.refresh_from_db()
    second = post(sales, entry_data(mine, line, order=order, ordered_on="2026-11-23"), order)
    assert second.status_code == 422
    assert "is cancelled: reopen it before you change it." in plain(second)
    assert order.lines.get().pairs == 100
    assert sales.get(reverse("orders:edit", args=[order.pk])).status_code == 302


def test_a_copy_brings_lines_and_prices_but_no_number_po_or_due_day(sales: Client, seller: User) -> None:
    style = factories.style("HD2616")
    source = factories.order(
        factories.line(style, sizes={"41": 96}), of=factories.customer("华荣贸易", seller=seller.salesperson), po="PO55"
    )
    text = plain(sales.get(reverse(CREATE), {"copy": source.number.lower()}))
    assert 'value="96"' in text
    assert 'value="151.10"' in text
    assert "PO55" not in text.replace(f"{source.po}</option>", "")
    assert 'id="id_lines-0-due_on" value=""' in text


def test_a_copy_of_nothing_says_so(sales: Client) -> None:
    assert "There is no order HT1 to copy." in plain(sales.get(reverse(CREATE), {"copy": "HT1"}))


def test_the_live_check_answers_with_issues_and_days_as_understood(sales: Client) -> None:
    style = factories.style("HD2603")
    data = entry_data(factories.customer(), line_data(style, "黑", [48, 72, 120, 180, 192, "", 66, 42], due_on="12/20"), due_on="1/15")
    answer = sales.post(reverse("orders:check"), data).json()
    assert answer["toFix"] == 1
    assert list(answer["wrong"]) == ["lines-0-size-43"]
    assert answer["odd"] == []
    assert answer["understood"]["due_on"] == "2027-01-15 Fri"
    assert answer["understood"]["lines-0-due_on"] == "2026-12-20 Sun · closed"
    assert not Order.objects.exists()


def test_a_style_is_told_with_colours_sizes_and_its_last_run(sales: Client) -> None:
    style = factories.style("HD2640", sizes=("36", "37.5"), step="0.5", is_new=True)
    factories.order(factories.line(style, sizes={"36.5": 12, "37": 24}))
    answer = sales.get(reverse("orders:style_sizes"), {"code": " hd2640 "}).json()
    assert answer["sizes"] == ["36", "36.5", "37", "37.5"]
    assert (answer["colours"], answer["isNew"], answer["lastRun"]) == (["黑", "白"], True, {"36.5": 12, "37": 24})
    assert sales.get(reverse("orders:style_sizes"), {"code": "HD"}).status_code == 404


def test_styles_are_found_while_typing_best_first(sales: Client) -> None:
    for code in ("HD2616", "HD2617", "XHD261", "ZZ9"):
        factories.style(code)
    found = sales.get(reverse("orders:suggest"), {"q": "hd261"}).json()["found"]
    assert [style["value"] for style in found] == ["HD2616", "HD2617", "XHD261"]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("北欧", ""), ("c02", ""), ("nordwalk", ""), ("贸易", "may be any of"), ("新客户", "There is no customer 新客户")],
)
def test_a_customer_is_found_by_code_or_a_part_of_the_name_that_is_its_own(sales: Client, typed: str, problem: str) -> None:
    for code, name in (("C01", "华荣贸易"), ("C02", "北欧行 NordWalk"), ("C03", "永兴贸易")):
        factories.customer(name, code=code)
    answer = post(sales, entry_data(None, line_data(factories.style(), "黑", [12] * 8)) | {"customer": typed})
    if problem:
        assert problem in plain(answer)
    else:
        assert Order.objects.get().customer.code == "C02"


def test_a_colour_is_found_by_its_code(sales: Client) -> None:
    style = factories.style(colours=["黑"])
    style.colours.update(code="BK")
    assert post(sales, entry_data(factories.customer(), line_data(style, "bk", [12] * 8))).status_code == 302
    assert Order.objects.get().lines.get().colour.name == "黑"


def test_a_form_with_more_lines_than_a_form_holds_is_refused(sales: Client) -> None:
    style = factories.style()
    answer = post(sales, entry_data(factories.customer(), *[line_data(style, "黑", [1] * 8)] * 151))
    assert answer.status_code == 422
    assert not Order.objects.exists()
