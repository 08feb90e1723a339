"""The order book: filters, search, sort, pages, prices, export, number of queries."""

import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Customer, Order, OrderLine, Style
from orders.selectors import open_lines, order_book, search
from orders.services import change_state
from planning_site.core.departments import Department
from planning_site.core.plants import default_plant
from planning_site.workbooks.services.files import import_files
from tests import factories
from tests.orders.support import plain

pytestmark = pytest.mark.django_db
LIST, EXPORT = "orders:list", "orders:export"
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 12, 8, 2, 30, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(factories.user(Department.PLANNING, language="en"))
    return client


@pytest.fixture
def book() -> dict[str, Order]:
    """Five orders that differ in whatever one filters by."""
    seller = factories.salesperson("何芳")
    huarong = factories.customer("华荣贸易", code="C01", seller=seller)
    nord = factories.customer("北欧行 NordWalk", code="C02")
    white, black = factories.style("HD2616", colours=["白"]), factories.style("HD2603", colours=["黑"])

    def order(of: Any, style: Any, due: str, po: str, pairs: int, day: str) -> Order:
        line = factories.line(style, sizes={"40": pairs - 6, "41": 6}, due_on=dt.date.fromisoformat(due))
        return factories.order(line, of=of, seller=seller if of is huarong else None, po=po, ordered_on=dt.date.fromisoformat(day))

    orders = {
        "overdue": order(huarong, white, "2026-12-07", "PO98676", 3600, "2026-10-27"),
        "week": order(nord, black, "2026-12-13", "PO80212", 600, "2026-11-06"),
        "next": order(huarong, black, "2026-12-14", "PO76372", 480, "2026-11-04"),
        "held": order(nord, white, "2027-01-05", "PO36964", 1800, "2026-11-20"),
        "closed": order(nord, white, "2026-11-30", "PO11111", 120, "2026-10-01"),
    }
    change_state(order=orders["held"], state=Order.State.ON_HOLD, reason="等", by=None)
    change_state(order=orders["closed"], state=Order.State.CLOSED, reason="出完", by=None)
    return orders


def shown(client: Client, book: dict[str, Order], query: dict[str, Any]) -> list[str]:
    """Names of the orders on the page, in its order."""
    text = plain(client.get(reverse(LIST), query))
    at = {name: text.find(f">{order.number}</a>") for name, order in book.items()}
    return sorted((name for name, place in at.items() if place >= 0), key=lambda name: at[name])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "overdue week next held"),
        ({"state": "all"}, "closed overdue week next held"),
        ({"state": "open"}, "overdue week next"),
        ({"state": "on_hold"}, "held"),
        ({"state": "closed"}, "closed"),
        ({"when": "overdue"}, "overdue"),
        ({"when": "week"}, "overdue week"),
        ({"when": "next"}, "next"),
        ({"due_from": "12/13", "due_to": "2026-12-31"}, "week next"),
        ({"style": "hd2616"}, "overdue held"),
        ({"sort": "pairs"}, "next week held overdue"),
        ({"sort": "-pairs"}, "overdue held week next"),
        ({"sort": "nonsense"}, "overdue week next held"),
        ({"q": "98676"}, "overdue"),
        ({"q": "po1111"}, "closed"),
        ({"q": "HT2611"}, "week next held"),
        ({"q": "nordwalk"}, "closed week held"),
        ({"q": "华荣"}, "overdue next"),
        ({"q": "华荣 hd2603"}, "next"),
        ({"q": "ＨＤ２６１６"}, "closed overdue held"),
        ({"q": "c02"}, "closed week held"),
        ({"q": "hd26", "state": "on_hold"}, "held"),
        ({"q": "%"}, ""),
    ],
)
def test_the_book_shows_what_is_asked_for(planner: Client, book: dict[str, Order], query: dict[str, str], expected: str) -> None:
    assert shown(planner, book, query) == expected.split()


def test_customer_and_salesperson_filter_the_book(planner: Client, book: dict[str, Order]) -> None:
    order = book["next"]
    for customer in ("华荣", "c01"):
        assert shown(planner, book, {"customer": customer}) == ["overdue", "next"]
    assert order.salesperson is not None
    assert shown(planner, book, {"salesperson": order.salesperson.pk}) == ["overdue", "next"]


@pytest.mark.parametrize(("typed", "expected"), [("nordwolk", "week"), ("华容贸易", "next"), ("PO80221", "week"), ("HD2661", "held")])
def test_a_typing_mistake_finds_what_looks_like_it_and_says_so(planner: Client, book: dict[str, Order], typed: str, expected: str) -> None:
    text = plain(planner.get(reverse(LIST), {"q": typed}))
    assert f"Nothing contains “{typed}”. Similar:" in text
    assert book[expected].number in text


def test_what_nothing_resembles_is_an_empty_page_with_a_way_out(planner: Client, book: dict[str, Order]) -> None:
    text = plain(planner.get(reverse(LIST), {"q": "zzzzzz"}))
    assert "No row fits these filters." in text
    assert "Clear the filters" in text


def test_a_filter_that_cannot_be_read_says_so(planner: Client, book: dict[str, Order]) -> None:
    assert "“99/99” is not a day" in plain(planner.get(reverse(LIST), {"due_from": "99/99"}))


def test_chips_show_the_filters_and_lead_out_of_each(planner: Client, book: dict[str, Order]) -> None:
    text = plain(planner.get(reverse(LIST), {"state": "on_hold", "style": "HD2616", "page": "3"}))
    assert 'class="chip" href="?style=HD2616"' in text
    assert 'class="chip" href="?state=on_hold"' in text


def test_sums_are_over_all_filtered_rows_and_pages_hold_a_hundred(planner: Client) -> None:
    style = factories.style(colours=[f"色{n}" for n in range(130)])
    lines = [factories.line(style, colour=colour.name, sizes={"40": 10}) for colour in style.colours.all()]
    factories.order(*lines)
    first, second = (plain(planner.get(reverse(LIST), {"page": page})) for page in ("1", "2"))
    assert first.count("data-href") == 100
    assert second.count("data-href") == 30
    for text in (first, second):
        assert "130 rows" in text
        assert '<td class="num">1,300</td>' in text
        assert "1 / 2" in first


def test_sort_headers_go_up_down_and_back(planner: Client, book: dict[str, Order]) -> None:
    for given, following in (("", "?sort=due"), ("due", "?sort=-due"), ("-due", '?"')):
        head = plain(planner.get(reverse(LIST), {"sort": given} if given else {})).split('class="c-du"')[1].split("</th>")[0]
        assert following in head


def test_the_book_needs_few_queries_and_little_html(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, rows: Callable[[int], None]
) -> None:
    rows(120)
    person = factories.user(Department.SALES)
    client.force_login(person)
    for query in ({}, {"q": "HD"}, {"q": "ST 客户"}):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(reverse(LIST), query)
        assert len(answer.content) < 100_000


@pytest.fixture
def rows() -> Callable[[int], None]:
    def make(count: int) -> None:
        style, customer = factories.style("HD2600"), factories.customer()
        template = factories.order(factories.line(style), of=customer)
        orders = [
            Order(plant=template.plant, number=f"HT260101-{n:05}", customer=customer, po=f"PO{n}", ordered_on=template.ordered_on)
            for n in range(count)
        ]
        Order.objects.bulk_create(orders)
        line = template.lines.get()
        OrderLine.objects.bulk_create(
            [
                OrderLine(
                    order=order,
                    position=1,
                    style=style,
                    colour=line.colour,
                    sizes=dict.fromkeys(style.sizes, 600),
                    pairs=4800,
                    due_on=line.due_on,
                )
                for order in orders
            ]
        )

    return make


def prices_in(text: str) -> list[str]:
    return [part.split("<")[0] for part in text.split('class="c-pr num">')[2:]]


def test_prices_are_those_of_ones_own_customers(client: Client) -> None:
    me, other = factories.user(Department.SALES), factories.user(Department.SALES)
    mine, hers = factories.salesperson(account=me), factories.salesperson(account=other)
    style = factories.style(colours=["黑"])
    for seller, owner, price in ((mine, None, "11.10"), (hers, mine, "22.20"), (hers, hers, "33.30"), (None, None, "44.40")):
        factories.order(factories.line(style, price=Decimal(price)), of=factories.customer(seller=owner), seller=seller)

    def seen(person: Any) -> set[str]:
        client.force_login(person)
        text = plain(client.get(reverse(LIST)))
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(reverse(EXPORT)).content)).worksheets[0]
        exported = {f"{cell.value:.2f}" for row in sheet.iter_rows() for cell in row if cell.value in (11.1, 22.2, 33.3, 44.4)}
        listed = {price for price in ("11.10", "22.20", "33.30", "44.40") if price in text}
        assert exported == listed
        return listed

    assert seen(me) == {"11.10", "22.20"}
    assert seen(other) == {"22.20", "33.30"}
    assert seen(factories.user(Department.GM)) == {"11.10", "22.20", "33.30", "44.40"}
    assert seen(factories.user(superuser=True)) == {"11.10", "22.20", "33.30", "44.40"}
    for department in set(Department) - {Department.SALES, Department.GM}:
        assert seen(factories.user(department)) == set(), department


def exported(client: Client, query: dict[str, str]) -> openpyxl.Workbook:
    answer = client.get(reverse(EXPORT), query)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def table(sheet: Any) -> list[dict[str, Any]]:
    """The rows below the header, by column."""
    rows = list(sheet.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if sum(value is not None for value in row) > 3)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_the_export_has_all_filtered_rows_with_their_sizes_and_sums(client: Client, book: dict[str, Order]) -> None:
    client.force_login(factories.user(Department.GM, language="en"))
    workbook = exported(client, {"style": "HD2616", "state": "all", "sort": "-pairs"})
    assert workbook.sheetnames == ["Order statistics", "By customer", "By style", "By month"]
    *rows, total = table(workbook.worksheets[0])
    assert [row["Contract no."] for row in rows] == [book[name].number for name in ("overdue", "held", "closed")]
    first = rows[0]
    assert (first["40#"], first["41#"], first["Total pairs"], first["Days overdue"]) == (3594, 6, 3600, 1)
    assert (first["Customer"], first["Colour"], first["Month"], first["State"]) == ("华荣贸易", "白", "2026-12", "open")
    assert first["Due date"] == dt.datetime(2026, 12, 7)
    assert first["Amount"] == pytest.approx(3600 * 151.10)
    assert (total["Total pairs"], rows[2]["Days overdue"]) == (5520, None)
    by_customer = {row["By customer"]: row["Pairs"] for row in table(workbook["By customer"])}
    assert by_customer == {"华荣贸易": 3600, "北欧行 NordWalk": 1920, "Total": 5520}


def test_the_export_takes_text_for_text(client: Client) -> None:
    client.force_login(factories.user(Department.GM))
    factories.order(factories.line(note="=1+1"), po="+86", of=factories.customer("=cmd|' /C calc'!A0"))
    cells = {cell.value: cell.data_type for row in exported(client, {}).worksheets[0].iter_rows() for cell in row if cell.value}
    assert [cells[value] for value in ("=1+1", "+86", "=cmd|' /C calc'!A0")] == ["s", "s", "s"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_export_comes_back_in_as_it_went_out(client: Client, book: dict[str, Order], tmp_path: Path, language: str) -> None:
    client.force_login(factories.user(Department.GM, language=language))
    file = tmp_path / "订单统计表.xlsx"
    file.write_bytes(client.get(reverse(EXPORT)).content)
    printed = io.StringIO()
    call_command("import_workbook", str(file), "--dry-run", "--json", stdout=printed)
    (found,) = json.loads(printed.getvalue())
    assert (found["orders"], found["pairs"], found["unchanged"]) == (4, 6480, 4)
    assert (found["new"], found["changed"], found["wrong"]) == (0, 0, [])


def test_the_export_without_prices_comes_back_in_too(client: Client, book: dict[str, Order]) -> None:
    client.force_login(factories.user(Department.PLANNING))
    name, data = "订单统计表.xlsx", client.get(reverse(EXPORT)).content
    outcome = import_files([(name, data)], plant=default_plant(), by=None, dry_run=True)[0]
    assert outcome.wrong == []
    assert [sheet.reading.sheet for sheet in outcome.sheets] == ["订单统计表"]


def test_open_lines_are_the_jobs_of_a_plant(book: dict[str, Order], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plant = default_plant()
    with django_assert_num_queries(1):
        lines = [(line.order.number, line.style.code, line.colour.name, line.order.customer.name) for line in open_lines(plant)]
    assert [line[0] for line in lines] == [book[name].number for name in ("overdue", "week", "next")]


def test_search_words_are_taken_literally(book: dict[str, Order]) -> None:
    assert not search(order_book(), "HD26_6").lines.filter(style__code="HD2616", order=book["week"]).exists()


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Order.objects.filter(number__has_text="261027"), "order_number_trgm"),
        (Order.objects.filter(po__has_text="98676"), "order_po_trgm"),
        (Style.objects.filter(code__has_text="2616"), "style_code_trgm"),
        (Customer.objects.filter(name__has_text="nordwalk"), "customer_name_trgm"),
        (Order.objects.filter(number__trigram_similar="HT261027-198"), "order_number_trgm"),
    ],
)
def test_trigram_indexes_serve_the_search(rows: QuerySet[Any], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows would be read through; what matters is that the index fits
    assert index in rows.order_by().explain()
