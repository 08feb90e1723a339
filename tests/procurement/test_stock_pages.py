"""The storekeeper's pages: what he finds, fills in and prints, at the desk and by phone."""

import re
import uuid
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, MoveKind, StockBalance, StockCount, StockDocument, Warehouse
from procurement.selectors.stock import issued
from procurement.services import requirements, stock, stock_counts, stock_pairs
from procurement.services.stock_picking import Wanted
from tests import factories
from tests.procurement import stock_factories
from tests.procurement.test_kits_rows import bill

pytestmark = pytest.mark.django_db
BASE = "/procurement/stock/"


@pytest.fixture
def sun() -> User:
    return factories.user(Department.WAREHOUSE, name="sun", language="en")


@pytest.fixture
def desk(client: Client, sun: User) -> Client:
    client.force_login(sun)
    return client


@pytest.fixture
def sole() -> Material:
    of = stock_factories.sole("S15-WH")
    for size, quantity in (("38", 60), ("39", 96), ("40", 60)):
        stock_factories.fill(of, quantity, size=size, place="R1")
    return of


@pytest.fixture
def job(sole: Material) -> OrderLine:
    line = stock_factories.job()
    bill(line, (sole, "大底", "1", "bottoming", "0"))
    requirements.recalculate(default_plant())
    return line


def text(client: Client, path: str, **query: str) -> str:
    response = client.get(BASE + path, query)
    assert response.status_code == 200
    return response.content.decode()


def codes(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*materials/\d+/">([^<]*)</a>', page)


def test_balances_are_found_by_code_name_warehouse_and_by_what_looks_like_it(desk: Client, sole: Material) -> None:
    stock_factories.fill(stock_factories.material("LN-BK", name="里料 黑"), "12.5", lot="A7")
    stock_factories.material("LN-WH", name="里料 白")
    assert codes(text(desk, "")) == ["LN-BK", "S15-WH"]
    assert codes(text(desk, "", q="里料")) == ["LN-BK"]
    assert codes(text(desk, "", q="s15")) == ["S15-WH"]
    assert codes(text(desk, "", q="S51-WH")) == ["S15-WH"], "exchanged digits are forgiven"
    assert codes(text(desk, "", empty="1")) == ["LN-BK", "LN-WH", "S15-WH"]
    assert codes(text(desk, "", warehouse=Warehouse.TRANSIT)) == []
    by_size = text(desk, "", view="sizes")
    assert codes(by_size) == ["S15-WH"]
    assert re.findall(r'<th scope="col" class="num">(\d+)</th>', by_size) == ["38", "39", "40"]


def test_the_card_of_a_material_has_its_moves_with_the_running_balance(desk: Client, sun: User, sole: Material, job: OrderLine) -> None:
    stock.issue(plant=default_plant(), job=job, lines=[Wanted(Decimal(36), sole, size="39")], by=sun)
    page = text(desk, f"materials/{sole.pk}/", size="39")
    figures = re.findall(r'<td class="num b (?:pl|mi)">([^<]*)</td><td class="num">([^<]*)</td>', page)
    assert figures == [("−36", "60"), ("+96", "96")]
    whole = text(desk, f"materials/{sole.pk}/")
    assert re.findall(r'<td class="num b (?:pl|mi)">[^<]*</td><td class="num">([^<]*)</td>', whole) == ["180", "216", "156", "60"]


def test_a_slip_of_a_job_shows_what_it_needs_and_books_what_was_typed(desk: Client, sole: Material, job: OrderLine) -> None:
    page = text(desk, "issue/", job=str(job.pk))
    usual = dict(re.findall(r'name="q-\d+:(\d+)"[^>]*data-usual="([\d.]+)"', page))
    assert usual == {"38": "60", "39": "96", "40": "60"}, "all that is open, as far as it is there"
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    form = {
        "job": str(job.pk),
        "key": key,
        "warehouse": "main",
        "counterpart": "成型A线",
        f"q-{sole.pk}:38": "６０",
        f"q-{sole.pk}:39": "1,0",
    }
    response = desk.post(BASE + "issue/", form)
    document = StockDocument.objects.get(kind=MoveKind.ISSUE)
    assert (response.status_code, response["Location"]) == (302, f"{BASE}documents/{document.pk}/")
    assert issued([job.pk]) == {(job.pk, sole.pk, "38"): 60, (job.pk, sole.pk, "39"): 10}
    assert desk.post(BASE + "issue/", form)["Location"] == response["Location"], "a second tap leads to the same slip"
    assert StockDocument.objects.filter(kind=MoveKind.ISSUE).count() == 1


@pytest.mark.parametrize(
    ("typed", "words"), [("97", "only 96"), ("viel", "no quantity"), ("0.0001", "three decimals"), ("", "Nothing to post")]
)
def test_a_refused_slip_says_why_and_keeps_what_was_typed(desk: Client, sole: Material, job: OrderLine, typed: str, words: str) -> None:
    response = desk.post(BASE + "issue/", {"job": job.pk, "key": uuid.uuid4(), f"q-{sole.pk}:39": typed, "note": "第一车"})
    page = response.content.decode()
    assert words in page
    assert "Nothing was posted" in page
    assert f'value="{typed}"' in page
    assert 'value="第一车"' in page
    assert not StockDocument.objects.filter(kind=MoveKind.ISSUE).exists()


def test_a_form_without_its_key_or_with_a_wrong_day_is_refused(desk: Client, sole: Material, job: OrderLine) -> None:
    form = {"job": job.pk, f"q-{sole.pk}:39": "5"}
    assert "incomplete" in desk.post(BASE + "issue/", form).content.decode()
    assert "no day" in desk.post(BASE + "issue/", form | {"key": uuid.uuid4(), "day": "gestern"}).content.decode()
    assert not StockDocument.objects.filter(kind=MoveKind.ISSUE).exists()


def test_material_outside_the_bill_is_added_by_its_code(desk: Client, job: OrderLine) -> None:
    glue = stock_factories.material("GLUE-1", unit="克")
    stock_factories.fill(glue, 500)
    page = text(desk, "issue/", job=str(job.pk), add="glue-1")
    assert f'name="q-{glue.pk}:"' in page
    assert "There is no material NIX" in text(desk, "issue/", job=str(job.pk), add="NIX")
    form = {"job": job.pk, "add": "glue-1", "key": uuid.uuid4(), f"q-{glue.pk}:": "120"}
    assert "Write down why more goes out" in desk.post(BASE + "issue/", form).content.decode()
    desk.post(BASE + "issue/", form | {"note": "开胶返工"})
    assert issued([job.pk]) == {(job.pk, glue.pk, ""): 120}


def test_a_purchase_order_is_received_in_parts_with_lots_and_sent_back(desk: Client, sole: Material) -> None:
    line = stock_factories.ordered(sole, 100, size="41")
    order = line.order
    assert order is not None
    assert desk.get(BASE + "receive/", {"q": "S15"})["Location"] == f"{BASE}receive/?order={order.pk}"
    fields = {"order": order.pk, "key": uuid.uuid4(), f"q-{line.pk}": "40双", f"lot-{line.pk}": "L7", f"place-{line.pk}": "R9"}
    desk.post(BASE + "receive/", fields)
    assert StockBalance.objects.get(size="41", lot="L7", place="R9").quantity == 40
    back = {"order": order.pk, "back": "1", "key": uuid.uuid4(), f"q-{line.pk}": "15"}
    assert "Write down why it goes back" in desk.post(BASE + "receive/", back).content.decode()
    desk.post(BASE + "receive/", back | {"note": "开胶"})
    assert StockBalance.objects.get(size="41").quantity == 25


def test_transfer_and_scrap_take_from_the_line_that_was_filled_in(desk: Client, sole: Material) -> None:
    row = StockBalance.objects.get(material=sole, size="39")
    form = {"material": sole.pk, "key": uuid.uuid4(), f"q-{row.pk}": "30"}
    assert "Choose the warehouse" in desk.post(BASE + "transfer/", form).content.decode()
    desk.post(BASE + "transfer/", form | {"target": "transit", "target_place": "T1"})
    desk.post(BASE + "scrap/", {"material": sole.pk, "key": uuid.uuid4(), f"q-{row.pk}": "6", "reason": "damaged"})
    left = StockBalance.objects.filter(material=sole, size="39").values_list("warehouse", "place", "quantity")
    assert set(left) == {("main", "R1", 60), ("transit", "T1", 30)}


def test_pairs_come_in_and_go_out_by_size(desk: Client, job: OrderLine) -> None:
    desk.post(BASE + "pairs/post/", {"job": job.pk, "key": uuid.uuid4(), "way": "in", "stage": "stitching", "q-38": "60"})
    desk.post(BASE + "pairs/post/", {"job": job.pk, "key": uuid.uuid4(), "way": "in", "q-38": "40", "q-39": "20"})
    refused = desk.post(BASE + "pairs/post/", {"job": job.pk, "key": uuid.uuid4(), "way": "out", "q-38": "41"})
    assert "only 40" in refused.content.decode()
    assert "whole numbers" in desk.post(BASE + "pairs/post/", {"job": job.pk, "key": uuid.uuid4(), "q-38": "1.5"}).content.decode()
    desk.post(BASE + "pairs/post/", {"job": job.pk, "key": uuid.uuid4(), "way": "out", "q-38": "40"})
    page = text(desk, "pairs/")
    assert re.findall(r'<td class="num b">(\d+)</td>', page) == ["20", "60"]
    assert job.order.number in page


def test_what_a_job_has_comes_back(desk: Client, sun: User, sole: Material, job: OrderLine) -> None:
    stock.issue(plant=default_plant(), job=job, lines=[Wanted(Decimal(36), sole, size="39")], by=sun)
    page = text(desk, "return/", job=str(job.pk))
    assert f'name="q-{sole.pk}:39"' in page
    desk.post(BASE + "return/", {"job": job.pk, "key": uuid.uuid4(), f"q-{sole.pk}:39": "6"})
    assert issued([job.pk]) == {(job.pk, sole.pk, "39"): 30}


def test_a_slip_is_printed_and_reversed_with_a_reason(desk: Client, sun: User, sole: Material, job: OrderLine) -> None:
    document = stock.issue(plant=default_plant(), job=job, lines=[Wanted(Decimal(36), sole, size="39")], by=sun, counterpart="老张")
    page = text(desk, f"documents/{document.pk}/")
    for words in (document.number, "老张", "S15-WH", "−36", "Storekeeper", "Received by", job.order.number):
        assert words in page
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    desk.post(f"{BASE}documents/{document.pk}/reverse/", {"key": key, "why": ""})
    assert not StockDocument.objects.filter(reverses=document).exists()
    for _tap in range(2):
        desk.post(f"{BASE}documents/{document.pk}/reverse/", {"key": key, "why": "领错单"})
    assert StockDocument.objects.get(reverses=document).note == "领错单"
    assert "reversed by" in text(desk, f"documents/{document.pk}/")
    assert text(desk, "documents/", q=document.number).count(f"/documents/{document.pk}/") > 0
    assert "Nothing was posted" in text(desk, "documents/", kind="scrap")


def test_a_sheet_is_counted_without_the_books_and_approved_with_them(desk: Client, sole: Material) -> None:
    response = desk.post(BASE + "counts/", {"q": "S15", "warehouse": "main"})
    count = StockCount.objects.get()
    assert response["Location"] == f"{BASE}counts/{count.pk}/"
    page = text(desk, f"counts/{count.pk}/")
    assert ">96<" not in page
    lines = list(count.lines.all())
    counted = {f"q-{line.pk}": value for line, value in zip(lines, ("60", "94", "60"), strict=True)}
    desk.post(f"{BASE}counts/{count.pk}/", counted | {"act": "submit"})
    assert StockCount.objects.get().state == StockCount.State.SUBMITTED
    assert "somebody else approves" in text(desk, f"counts/{count.pk}/")
    desk.post(f"{BASE}counts/{count.pk}/decide/", {"act": "approve", "why": "x"})
    assert StockCount.objects.get().state == StockCount.State.SUBMITTED, "the counter does not approve"
    desk.force_login(factories.user(Department.PLANNING, language="en"))
    page = text(desk, f"counts/{count.pk}/")
    assert "−2" in page
    desk.post(f"{BASE}counts/{count.pk}/decide/", {"act": "approve", "why": "上次发料多记"})
    assert StockBalance.objects.get(material=sole, size="39").quantity == 94


def test_a_sheet_is_kept_half_counted_refused_and_dropped(desk: Client, sole: Material) -> None:
    desk.post(BASE + "counts/", {"q": "S15"})
    count = StockCount.objects.get()
    first = count.lines.all()[0]
    desk.post(f"{BASE}counts/{count.pk}/", {f"q-{first.pk}": "60", "act": "keep"})
    assert count.lines.filter(counted=60).count() == 1
    assert "2 lines are not counted" in desk.post(f"{BASE}counts/{count.pk}/", {"act": "submit"}, follow=True).content.decode()
    desk.post(f"{BASE}counts/{count.pk}/", {"act": "drop"})
    assert StockCount.objects.get().state == StockCount.State.DROPPED
    assert "The books have nothing" in desk.post(BASE + "counts/", {"q": "NIX"}, follow=True).content.decode()


def test_the_export_has_every_balance_and_the_sizes_across(desk: Client, sole: Material) -> None:
    response = desk.get(BASE + "export/", {"q": "S15"})
    book = openpyxl.load_workbook(BytesIO(response.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    assert [(row[2], row[5], row[7]) for row in rows] == [("S15-WH", "38", 60), ("S15-WH", "39", 96), ("S15-WH", "40", 60)]
    across = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=3)]
    assert across[0][4:] == ["38#", "39#", "40#", "Total"]
    assert across[1][4:] == [60, 96, 60, 216]


def test_a_search_with_one_hit_opens_it_at_once(desk: Client, job: OrderLine) -> None:
    assert desk.get(BASE + "issue/", {"q": job.order.number})["Location"] == f"{BASE}issue/?job={job.pk}"
    assert "Nothing fits" in text(desk, "issue/", q="ZZZ")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?view=sizes",
        "desk/",
        "documents/",
        "counts/",
        "pairs/",
        "issue/",
        "receive/",
        "transfer/",
        "materials/{material}/",
        "issue/?job={job}",
    ],
)
def test_every_page_takes_at_most_fifteen_queries(
    desk: Client, sun: User, sole: Material, job: OrderLine, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(8):
        of = stock_factories.sole()
        stock_factories.fill(of, 50 + n, size="38", lot=f"L{n}")
        stock_factories.ordered(of, 10, size="38")
        other = stock_factories.job()
        stock.issue(plant=default_plant(), job=other, lines=[Wanted(Decimal(5), of, size="38")], by=sun)
        stock_pairs.take_pairs_in(plant=default_plant(), job=other, sizes={"38": 5}, by=sun)
        stock_counts.open_count(plant=default_plant(), warehouse=Warehouse.MAIN, materials=[of], scope=of.code, by=sun)
    with django_assert_max_num_queries(15):
        assert desk.get(BASE + path.format(material=sole.pk, job=job.pk)).status_code == 200


def test_hundreds_of_moves_are_cut_into_pages(desk: Client, sole: Material, job: OrderLine) -> None:
    for _n in range(110):
        stock_factories.fill(sole, 1, size="38")
    page = text(desk, f"materials/{sole.pk}/", size="38", page="2")
    balances = re.findall(r'<td class="num b pl">[^<]*</td><td class="num">([^<]*)</td>', page)
    assert balances == [str(n) for n in range(70, 59, -1)]
