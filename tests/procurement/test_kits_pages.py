"""The kit matrix and the chase lists: scanned in seconds, opened to sizes, exported (E4.1, E4.2, E5.1, E5.2, D5, D6)."""

import datetime as dt
import re
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Chase, JobKit, Material, NeededDay, Supplier
from procurement.services import requirements, stock
from procurement.services.stock_picking import Wanted
from tests import factories
from tests.procurement import stock_factories
from tests.procurement.test_kits_rows import WANT, bill, fill_soles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
KITS, CHASE = "/procurement/kits/", "/procurement/chase/"


@pytest.fixture
def frozen() -> object:
    with time_machine.travel("2026-12-08 10:00+08:00", tick=False):  # a Tuesday
        yield


@pytest.fixture
def wang(client: Client) -> User:
    person = factories.user(Department.PLANNING, name="wang", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def lining() -> Material:
    of = stock_factories.material("LN-BK", unit="码")
    of.category = "里料"
    of.save()
    return of


@pytest.fixture
def sole() -> Material:
    of = stock_factories.sole("S15")
    of.category = "底材"
    of.save()
    return of


def planned(lining: Material, sole: Material, cutting: int, bottoming: int) -> OrderLine:
    """A job that begins cutting and bottoming on these days of December."""
    line = stock_factories.job(WANT)
    bill(line, (lining, "里料", "0.2", "cutting", "0"), (sole, "大底", "1", "bottoming", "0"))
    days = {(row.order_line_id, row.stage): row.starts_on for row in NeededDay.objects.all()}
    days |= {(line.pk, "cutting"): dt.date(2026, 12, cutting), (line.pk, "bottoming"): dt.date(2026, 12, bottoming)}
    requirements.set_needed_days(plant=default_plant(), days=days, source="周计划")
    return line


def rows(client: Client, **query: str) -> list[str]:
    page = client.get(KITS, query).content.decode()
    return re.findall(r"(?s)<tr data-row>.*?</tr>", page)


def listed(client: Client, clause: str, **query: str) -> list[tuple[str, str]]:
    """(style, material) of a chase list."""
    page = client.get(CHASE, {"clause": clause, **query}).content.decode()
    return re.findall(r'(?s)<tr data-row>.*?kits/\d+/">(\S+) .*?materials/\d+/">([^<]*)<', page)


def test_jobs_stand_by_the_day_they_start_with_shape_word_and_number(client: Client, wang: User, lining: Material, sole: Material) -> None:
    soon, late = planned(lining, sole, 10, 14), planned(lining, sole, 16, 20)
    stock_factories.fill(lining, 100)
    fill_soles(sole, {**WANT, "39": 30})
    requirements.recalculate(default_plant())
    first, second = rows(client)
    assert soon.style.code in first
    assert late.style.code in second
    assert "14 Dec Mon" in first, "it waits for the soles of bottoming: the lining is there"
    assert '<span class="st plain late">broken sizes</span>' in first
    assert "<b>150</b> / 240" in first
    assert f'<a class="st plain late" href="{soon.pk}/{sole.pk}/">−90</a>' in first, "opens who brings it"
    assert 'aria-label="here"' in first
    assert "cannot run" in second
    page = client.get(KITS).content.decode()
    assert re.findall(r'<th scope="col" class="c">([^<]*)</th>', page) == ["里料", "大底"], "parts of the first stage first"


def test_the_matrix_is_filtered_by_window_state_part_and_words(client: Client, wang: User, lining: Material, sole: Material) -> None:
    full, broken = planned(lining, sole, 10, 14), planned(lining, sole, 20, 24)
    stock_factories.fill(lining, 100)
    fill_soles(sole, {"38": 120, "39": 120, "40": 120})
    requirements.recalculate(default_plant())
    assert len(rows(client, within="all")) == 2
    assert [full.style.code in row for row in rows(client, within="2")] == [True]
    assert [broken.style.code in row for row in rows(client, within="all", state="broken")] == [True]
    assert [full.style.code in row for row in rows(client, within="all", state="full")] == [True]
    assert len(rows(client, within="all", part="大底")) == 1
    assert rows(client, within="all", part="里料") == []
    assert [broken.style.code in row for row in rows(client, within="all", q="S15")] == [True], "by what is missing"
    assert [full.style.code in row for row in rows(client, within="all", q=full.order.number)] == [True]
    assert "No job fits" in client.get(KITS, {"q": "nobody"}).content.decode()


def test_a_row_opens_to_its_sizes_its_deliveries_and_what_may_run_instead(
    client: Client, wang: User, lining: Material, sole: Material
) -> None:
    line = planned(lining, sole, 10, 14)
    stock_factories.fill(lining, 100)
    fill_soles(sole, {**WANT, "39": 30})
    coming = stock_factories.ordered(sole, 90, promised_on=dt.date(2026, 12, 18), size="39")
    assert coming.order is not None
    Chase.objects.create(order=coming.order, at=timezone.now(), by=wang, answer="周五一定到")
    requirements.recalculate(default_plant())
    part = client.get(f"{KITS}{line.pk}/", {"columns": "8"}, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<tr class="ex"><td colspan="8">')
    for words in (coming.number, "18 Dec", "周五一定到", "38, 40", "may run instead", "−90", "full kit on Fri 18 Dec"):
        assert words in part, words
    assert line.order.number in client.get(f"{KITS}{line.pk}/").content.decode()


def test_jobs_without_a_bill_are_named_and_an_empty_page_says_why(client: Client, wang: User) -> None:
    assert "Requirements were not calculated yet" in client.get(KITS).content.decode()
    stock_factories.job()
    requirements.recalculate(default_plant())
    page = client.get(KITS).content.decode()
    assert "1 job has no bill of materials" in page
    assert "No job starts in these days" in page


def test_each_clause_has_its_days_and_what_is_there_is_not_chased(client: Client, wang: User, lining: Material, sole: Material) -> None:
    """From Tuesday the 8th: tomorrow is the 9th (E5.2), two days are the 10th (E4.1, D5), 3-5 days are the 11th to the 14th (E5.1)."""
    jobs = {day: planned(lining, sole, day, day) for day in (9, 10, 11, 14, 15)}
    stock_factories.fill(lining, 48)
    requirements.recalculate(default_plant())
    of = {day: line.style.code for day, line in jobs.items()}
    # the lining in the warehouse goes to the job of the 9th: it is to be collected, and not missing
    assert listed(client, "E5.2") == [(of[9], "LN-BK"), (of[9], "S15")]
    assert listed(client, "E4.1") == [(of[9], "LN-BK"), (of[9], "S15"), (of[10], "LN-BK"), (of[10], "S15")]
    assert listed(client, "D5") == [(of[9], "S15"), (of[10], "LN-BK"), (of[10], "S15")]
    assert listed(client, "D6") == [(of[9], "S15"), (of[10], "S15"), (of[11], "S15")], "soles, three days"
    assert listed(client, "E5.1") == [(of[11], "LN-BK"), (of[11], "S15"), (of[14], "LN-BK"), (of[14], "S15")]
    assert listed(client, "D5", q="LN") == [(of[10], "LN-BK")]


def test_the_lists_say_how_much_they_hold_and_open_at_the_readers_own(client: Client, wang: User, lining: Material, sole: Material) -> None:
    planned(lining, sole, 9, 14)
    stock_factories.fill(lining, 100)
    requirements.recalculate(default_plant())
    page = client.get(CHASE).content.decode()
    counts = dict(re.findall(r'clause=([^"]+)"[^>]*>[^<]* (\d+)</a>', page))
    assert counts == {"E5.2": "1", "E4.1": "1", "D5": "0", "D6": "0", "E5.1": "1"}
    assert re.findall(r'clause=([^"]+)" aria-current', page) == ["E5.1"], "planning chases for the week plan"
    client.force_login(factories.user(Department.WAREHOUSE, language="en"))
    page = client.get(CHASE).content.decode()
    assert re.findall(r'clause=([^"]+)" aria-current', page) == ["E5.2"], "nothing is a storekeeper's own: the first that has something"


def test_what_was_collected_leaves_the_list(client: Client, wang: User, lining: Material, sole: Material) -> None:
    line = planned(lining, sole, 9, 9)
    stock_factories.fill(lining, 48)
    fill_soles(sole, WANT)
    requirements.recalculate(default_plant())
    assert len(listed(client, "E5.2")) == 2
    stock.issue(plant=default_plant(), job=line, lines=[Wanted(Decimal(48), lining)], by=wang)
    requirements.recalculate(default_plant())
    assert listed(client, "E5.2") == [(line.style.code, "S15")]
    assert "Everything is there for these days" in client.get(CHASE, {"clause": "D5"}).content.decode()


def test_a_chase_row_names_sizes_supplier_promise_and_the_last_question(
    client: Client, wang: User, lining: Material, sole: Material
) -> None:
    line = planned(lining, sole, 9, 10)
    stock_factories.fill(lining, 48)
    fill_soles(sole, {**WANT, "39": 30})
    coming = stock_factories.ordered(sole, 90, promised_on=dt.date(2026, 12, 18), size="39")
    assert coming.order is not None
    Chase.objects.create(order=coming.order, at=timezone.now(), by=wang, answer="周五一定到")
    requirements.recalculate(default_plant())
    page = client.get(CHASE, {"clause": "D5"}).content.decode()
    for words in (
        coming.number,
        "18 Dec",
        "周五一定到",
        "39 <b>90</b>",
        'st plain late">90 双',
        "7 Dec Mon",
        f"/kits/{line.pk}/{sole.pk}/?next=",
    ):
        assert words in page, words


def test_who_brings_a_missing_material_is_asked_from_its_cell_in_all_his_orders(
    client: Client, wang: User, lining: Material, sole: Material
) -> None:
    """D7, E5.1."""
    line = planned(lining, sole, 9, 10)
    stock_factories.fill(lining, 48)
    fill_soles(sole, {"40": 60})
    lida = Supplier.objects.create(code="G03", name="立达鞋底", contact="王先生", phone="0577")
    ordered = [stock_factories.ordered(sole, 120, promised_on=dt.date(2026, 12, day), size=size) for day, size in ((9, "38"), (11, "39"))]
    for one in ordered:
        one.order.supplier = lida
        one.order.save()
    requirements.recalculate(default_plant())
    address = f"{KITS}{line.pk}/{sole.pk}/"
    page = client.get(address).content.decode()
    for words in ("大底 S15", "立达鞋底", "王先生", "tel:0577", ordered[0].number, ordered[1].number, "11 Dec", "What could run now"):
        assert words in page, words
    assert "<html" in page
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode(), "beside the matrix only the panel"
    asked = {"channel": "phone", "asked": "王先生", "answer": "模具坏了", "new_date": "2026-12-18", "next": f"{KITS}?within=5"}
    response = client.post(f"{address}chase/", asked)
    assert response["Location"] == f"{KITS}?within=5"
    assert [(chase.order, chase.by, chase.answer) for chase in Chase.objects.order_by("order_id")] == [
        (one.order, wang, "模具坏了") for one in ordered
    ]
    for one in ordered:
        one.refresh_from_db()
        assert one.promised_on == dt.date(2026, 12, 18)
    kit = JobKit.objects.get(order_line=line)
    assert kit.ready_on == dt.date(2026, 12, 18), "whom it hits is known at once"
    assert "18 Dec" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"new_date": "2026-12-07"}, "has passed"), ({"answer": ""}, "Answer"), ({"lines": "999999"}, "Select a valid choice")],
)
def test_a_chase_that_says_nothing_or_promises_yesterday_is_refused(
    client: Client, wang: User, lining: Material, sole: Material, wrong: dict[str, str], words: str
) -> None:
    line = planned(lining, sole, 9, 10)
    coming = stock_factories.ordered(sole, 240, promised_on=dt.date(2026, 12, 9), size="39")
    requirements.recalculate(default_plant())
    asked = {"channel": "phone", "answer": "周五到"} | wrong
    response = client.post(f"{KITS}{line.pk}/{sole.pk}/chase/", asked | {"next": "//evil.example/"}, follow=True)
    assert response.redirect_chain == [(KITS, 302)], "never to another site"
    assert words in response.content.decode()
    assert not Chase.objects.exists()
    coming.refresh_from_db()
    assert coming.promised_on == dt.date(2026, 12, 9)


def test_a_material_that_the_job_does_not_need_is_not_found(client: Client, wang: User, lining: Material, sole: Material) -> None:
    line = planned(lining, sole, 9, 10)
    requirements.recalculate(default_plant())
    assert client.get(f"{KITS}{line.pk}/{stock_factories.material('XX').pk}/").status_code == 404


def test_the_export_has_the_matrix_and_the_matching_detail_list(client: Client, wang: User, lining: Material, sole: Material) -> None:
    line = planned(lining, sole, 10, 14)
    stock_factories.fill(lining, 48)
    fill_soles(sole, {**WANT, "39": 30})
    requirements.recalculate(default_plant())
    book = openpyxl.load_workbook(BytesIO(client.get(f"{KITS}export/").content))
    jobs, detail = ([[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] for sheet in book.worksheets)
    assert (jobs[0][2], jobs[0][6], jobs[0][8], jobs[0][9]) == (f"{line.order.number}/1", 240, 150, "broken sizes")
    assert jobs[0][11:] == ["here", "90 双 missing"]
    assert [(row[2], row[4], row[6], row[7], row[9]) for row in detail] == [
        ("LN-BK", None, 48, 48, 0),
        ("S15", "38", 60, 60, 0),
        ("S15", "39", 120, 30, 90),
        ("S15", "40", 60, 60, 0),
    ]
    chased = openpyxl.load_workbook(BytesIO(client.get(f"{CHASE}export/", {"clause": "E5.1"}).content)).worksheets[0]
    assert [row[10].value for row in chased.iter_rows(min_row=4)] == ["39: 90"]


@pytest.mark.parametrize(
    "path", [KITS, f"{KITS}?within=all&state=broken", CHASE, f"{CHASE}?clause=E5.2", KITS + "{job}/", KITS + "{job}/{material}/"]
)
def test_pages_take_few_queries_and_little_html_whatever_the_number_of_jobs(
    client: Client, wang: User, lining: Material, sole: Material, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    line, *_others = (planned(lining, sole, 9 + n % 5, 12 + n % 5) for n in range(8))
    fill_soles(sole, {"38": 200, "39": 100})
    stock_factories.ordered(sole, 500, size="40", promised_on=dt.date(2026, 12, 30))
    requirements.recalculate(default_plant())
    assert JobKit.objects.count() == 8
    with django_assert_max_num_queries(15):
        response = client.get(path.format(job=line.pk, material=sole.pk))
    assert response.status_code == 200
    assert len(response.content) < 100_000
