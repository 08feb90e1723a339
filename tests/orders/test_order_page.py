"""The page of an order: facts, lines by size range, history, prices, changes of state."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Order
from orders.services import LineInput, change_state, update_order
from planning_site.core.departments import Department
from planning_site.core.models import User
from tests import factories
from tests.orders.support import entry_data, line_data, plain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 12, 8, 2, 30, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def seller(client: Client) -> User:
    person = factories.user(Department.SALES, name="何芳", language="en")
    factories.salesperson("何芳", account=person)
    client.force_login(person)
    return person


def page_of(client: Client, order: Order) -> str:
    return plain(client.get(reverse("orders:detail", args=[order.pk])))


def mixed_order(seller: User) -> Order:
    men, women = factories.style("HD2616", colours=["白"]), factories.style("HD2605", colours=["红"], sizes=("34", "40"))
    lines = [
        factories.line(men, sizes={"40": 510, "41": 714}, price=Decimal("151.10")),
        factories.line(women, sizes={"36": 300}, price=None, due_on=dt.date(2027, 1, 5)),
    ]
    return factories.order(*lines, of=factories.customer("华荣贸易", seller=seller.salesperson), by=seller, po="PO98676")


def test_the_page_tells_what_who_when_and_shows_each_size_range(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    text = page_of(client, order)
    assert "1,524 pairs, due from Tue 29 Dec to Tue 5 Jan 2027." in text
    for fact in ("华荣贸易", "PO98676", order.number, "38–45", "34–40"):
        assert fact in text
    men = text.split("38–45")[1].split("</table>")[0]
    assert '<td class="sz">510</td><td class="sz">714</td><td class="sz">–</td>' in men
    assert reverse("scheduling:order_plan", args=[order.pk]) in text


def test_an_amount_over_unpriced_lines_says_that_it_is_not_all(client: Client, seller: User) -> None:
    text = page_of(client, mixed_order(seller))
    assert "¥184,946.40" in text
    assert "without 1 line that has no price" in text


def test_prices_of_others_show_neither_on_the_page_nor_in_its_history_form_or_copy(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    client.force_login(factories.user(Department.SALES, language="en"))
    pages = [
        page_of(client, order),
        plain(client.get(reverse("orders:edit", args=[order.pk]))),
        plain(client.get(reverse("orders:create"), {"copy": order.number})),
    ]
    for text in pages:
        assert "HD2616" in text
        assert "151.1" not in text
        assert "184,946" not in text
    client.force_login(seller)
    assert "151.10" in page_of(client, order)


def test_a_colleague_edits_an_order_without_touching_its_prices(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    colleague = factories.user(Department.SALES, language="en")
    factories.salesperson("林秀", account=colleague)
    client.force_login(colleague)
    men, women = order.lines.all()
    lines = [
        line_data(men.style, "白", [0, 0, 12, 714, 0, 0, 0, 0], due_on="2026-12-29", price="1") | {"id": men.pk},
        line_data(women.style, "红", [0, 0, 300, 0, 0, 0, 0], due_on="2027-01-05", price="1") | {"id": women.pk},
    ]
    header = {"po": "PO98676", "ordered_on": "2026-11-23", "salesperson": colleague.salesperson.name}
    data = entry_data(factories.customer("自己的", seller=colleague.salesperson), *lines, order=order, **header)
    assert client.post(reverse("orders:edit", args=[order.pk]), data).status_code == 302
    order.refresh_from_db()
    assert (order.customer.name, order.salesperson) == ("华荣贸易", None)
    assert list(order.lines.values_list("pairs", "price")) == [(726, Decimal("151.10")), (300, None)]


def test_history_reads_size_by_size_who_when_and_why(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    lines = [LineInput(line.style, line.colour, line.sizes, line.due_on, line.price, line.note, line.pk) for line in order.lines.all()]
    changed = LineInput(lines[0].style, lines[0].colour, {"40": 528, "41": 714}, lines[0].due_on, lines[0].price, "", lines[0].id)
    fields = {"customer": order.customer, "salesperson": order.salesperson, "ordered_on": order.ordered_on}
    update_order(order=order, version=1, po="PO2", lines=[changed], by=seller, **fields)  # type: ignore[arg-type]
    change_state(order=order, state=Order.State.ON_HOLD, reason="等客户确认颜色", by=seller)
    history = page_of(client, order).split('<ol class="tl">')[1]
    assert "size 40 <del>510</del> → <ins>528</ins>" in history
    assert "customer PO <del>PO98676</del> → <ins>PO2</ins>" in history
    assert "HD2605 红" in history.split("took the line out")[1].split("</li>")[0]
    assert "等客户确认颜色" in history
    assert "state <del>open</del> → <ins>on hold</ins>" in history
    assert history.index("等客户确认颜色") < history.index("size 40") < history.index("entered the order")
    assert "何芳" in history


def test_an_overdue_order_says_so_first(client: Client, seller: User) -> None:
    order = factories.order(factories.line(due_on=dt.date(2026, 12, 5)), ordered_on=dt.date(2026, 11, 1))
    assert "Due on <em>Sat 5 Dec</em>, 3 days ago." in page_of(client, order)
    change_state(order=order, state=Order.State.CANCELLED, reason="x", by=None)
    assert "3 days" not in page_of(client, order)


def test_a_state_changes_with_a_reason_after_its_consequence_was_said(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    url = reverse("orders:state", args=[order.pk, "on_hold"])
    assert "The next plan leaves these pairs out." in plain(client.get(url))
    refused = client.post(url, {"version": order.version, "reason": " "})
    assert refused.status_code == 200
    assert "invalid-feedback" in plain(refused)
    assert client.post(url, {"version": order.version, "reason": "等信用证"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "on_hold"


def test_a_state_change_from_an_old_page_is_shown_again(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    Order.objects.filter(pk=order.pk).update(version=4)
    answer = client.post(reverse("orders:state", args=[order.pk, "cancelled"]), {"version": 1, "reason": "客户取消"})
    text = plain(answer)
    assert "Look at it again before you go on." in text
    assert 'value="客户取消"' in text
    order.refresh_from_db()
    assert order.state == "open"


@pytest.mark.parametrize("target", ["closed", "cancelled"])
def test_what_the_state_does_not_allow_is_said_instead_of_offered(client: Client, seller: User, target: str) -> None:
    order = change_state(order=mixed_order(seller), state=Order.State.CLOSED, reason="出完", by=seller)
    assert "so this cannot be done" in plain(client.get(reverse("orders:state", args=[order.pk, target])))
    client.post(reverse("orders:state", args=[order.pk, target]), {"version": order.version, "reason": "x"})
    order.refresh_from_db()
    assert order.state == "closed"


def test_unknown_orders_and_states_are_not_found(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    assert client.get(reverse("orders:detail", args=[order.pk + 1])).status_code == 404
    assert client.get(reverse("orders:edit", args=[order.pk + 1])).status_code == 404
    assert client.get(reverse("orders:state", args=[order.pk, "lost"])).status_code == 404


def test_other_departments_read_but_do_not_write(client: Client, seller: User) -> None:
    order = mixed_order(seller)
    client.force_login(factories.user(Department.PLANNING, language="en"))
    text = page_of(client, order)
    assert reverse("orders:edit", args=[order.pk]) not in text
    for name, args in (("orders:edit", [order.pk]), ("orders:state", [order.pk, "on_hold"]), ("orders:create", []), ("orders:check", [])):
        assert client.post(reverse(name, args=args), {}).status_code == 403, name


def test_the_page_needs_few_queries(client: Client, seller: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    style = factories.style(colours=[f"色{n}" for n in range(20)])
    order = factories.order(
        *[factories.line(style, colour=colour.name) for colour in style.colours.all()], by=seller, seller=seller.salesperson
    )
    for name in ("orders:detail", "orders:edit"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name, args=[order.pk])).status_code == 200
