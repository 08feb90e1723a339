"""The import pages: choose, see, correct, import."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from orders.models import Order, OrderLine, Salesperson
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.workbooks.models import ColumnMapping, HeaderAlias, ImportJob
from planning_site.workbooks.services import jobs
from scheduling.models import Team
from tests import factories
from tests.workbooks.builders import line, order_book, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory")]

State = ImportJob.State


@pytest.fixture
def seller() -> User:
    return factories.user(Department.SALES, language="en")


@pytest.fixture
def sales(client: Client, seller: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A salesperson's browser; jobs stay where they are until the test executes them."""
    monkeypatch.setattr("planning_site.workbooks.views._start", lambda job: None)
    client.force_login(seller)
    return client


def send(client: Client, data: bytes, name: str = "订单.xlsx", **values: str) -> ImportJob:
    """Upload a file and have it read."""
    response = client.post(reverse("workbooks:upload"), {"file": SimpleUploadedFile(name, data), **values})
    assert response.status_code == 302, response.content.decode()
    job = ImportJob.objects.latest("id")
    jobs.execute(job.pk)
    job.refresh_from_db()
    return job


def page(client: Client, job: ImportJob, **query: str) -> str:
    response = client.get(reverse("workbooks:job", args=[job.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_file_is_shown_with_its_rows_before_anything_is_written(sales: Client) -> None:
    job = send(sales, order_book([line("HT1"), line("HT2", s38=-66)]))
    html = page(sales, job)
    assert "not written yet" in html
    assert "Import 1 good row" in html
    assert "Pairs cannot be negative." in html
    assert 'name="cell-0-5-9" value="-66"' in html
    assert not Order.objects.exists()


def test_good_rows_are_imported(sales: Client, seller: User) -> None:
    job = send(sales, order_book([line("HT1"), line("HT2", s38=-66)]))
    sales.post(reverse("workbooks:approve", args=[job.pk]))
    jobs.execute(job.pk)
    assert Order.objects.get().created_by == seller
    assert "The good rows are in." in page(sales, job)
    again = send(sales, bytes(ImportJob.objects.get().content))
    assert "The very same file was imported by" in page(sales, again)


def test_importing_none_writes_nothing(sales: Client) -> None:
    job = send(sales, order_book([line("HT1")]))
    sales.post(reverse("workbooks:drop", args=[job.pk]))
    assert ImportJob.objects.get().state == State.DROPPED
    assert not Order.objects.exists()


def test_wrong_cell_is_corrected_in_place(sales: Client) -> None:
    job = send(sales, order_book([line("HT1", s38=-66, total=60), line("HT2", due="12月32日")]))
    cells = {"cell-0-4-9": "10", "cell-0-5-14": "2026-12-31", "cell-0-9-9": "1", "cell-x": "1"}
    sales.post(reverse("workbooks:correct", args=[job.pk]), cells)
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.result["new"], job.result["wrong_rows"]) == (2, 0)
    assert sorted(job.corrections) == [["男鞋", 4, 9, "10"], ["男鞋", 5, 14, "2026-12-31"]]


def test_suggestion_is_taken_with_one_button(sales: Client) -> None:
    factories.style("HD2616", colours=("黑",), sizes=("38", "40"))
    job = send(sales, order_book([line("HT1", style="HD2661"), line("HT2", style="HD9999")]))
    assert 'name="fix" value="cell-0-4-7=HD2616"' in page(sales, job)
    sales.post(reverse("workbooks:correct", args=[job.pk]), {"fix": "cell-0-4-7=HD2616", "cell-0-4-7": "HD2661", "cell-0-5-7": "HD9999"})
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.result["new"], job.result["wrong_rows"]) == (1, 1)


def test_changed_row_shows_old_and_new(sales: Client, seller: User) -> None:
    factories.salesperson("何芳", account=seller)
    job = send(sales, order_book([line("HT1")]))
    sales.post(reverse("workbooks:approve", args=[job.pk]))
    jobs.execute(job.pk)
    html = page(sales, send(sales, order_book([line("HT1", s38=22, total=72, due="2026-12-29")])))
    assert "<del>2026-12-25</del> <ins>2026-12-29</ins>" in html
    assert "<del>10</del> <ins>22</ins>" in html


def test_wrong_rows_are_downloaded_with_their_reasons(sales: Client) -> None:
    job = send(sales, order_book([line("HT1"), line("HT2", due="12月32日")]))
    response = sales.get(reverse("workbooks:wrong_rows", args=[job.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == ["Row", "序号", "接单日期"]
    row = [cell.value for cell in sheet[3]]
    assert row[0] == 5
    assert "N5 = 12月32日" in row[-1]


def test_customers_own_columns_are_explained_and_remembered(sales: Client) -> None:
    data = b'NUM;MODELAO;TOM;GRADE;QTD;VALOR\n7;HD1;PRETO;38;1.200;"R$ 39,99"\n'
    job = send(sales, data, "pedido.csv", customer="Pampa")
    assert "No known kind of workbook yet" in page(sales, job)
    form: dict[str, Any] = {
        "kind": "orders.order_book",
        "head": ["NUM", "MODELAO", "TOM", "GRADE", "QTD", "VALOR"],
        "meaning": ["contract", "style", "colour", "size", "pairs", "price"],
        "set-customer": "C01",
        "set-due_on": "2027-01-05",
        "words": "PRETO=黑; BRANCO=白",
        "customer": "Pampa",
        "numbers": "",
        "days": "",
    }
    sales.post(reverse("workbooks:columns", args=[job.pk]), form)
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.result["new"], job.result["pairs"], job.result["wrong"]) == (1, 1200, 0)
    again = send(sales, data.replace(b"7;HD1;PRETO", b"8;HD1;BRANCO"), "pedido2.csv", customer="Pampa")
    assert again.result["new"] == 1
    assert ColumnMapping.objects.get().values == {"colour": {"preto": "黑", "branco": "白"}}


def test_taught_header_words_are_understood_in_other_files(sales: Client) -> None:
    job = send(sales, b"NUM;MODELAO;TOM;38;39\n7;HD1;\xe9\xbb\x91;1;2\n", "x.csv")
    form: dict[str, Any] = {
        "kind": "orders.order_book",
        "head": ["NUM", "MODELAO", "TOM", "38", "39"],
        "meaning": ["contract", "style", "colour", "size:38", "size:39"],
        "teach": "on",
    }
    sales.post(reverse("workbooks:columns", args=[job.pk]), form)
    assert set(HeaderAlias.objects.values_list("words", "field")) == {("NUM", "contract"), ("MODELAO", "style"), ("TOM", "colour")}
    other = send(sales, xlsx([["NUM", "交期", "MODELAO", "客户", "TOM", "40"], ["9", "2026-12-25", "HD1", "C01", "黑", 5]]))
    assert (other.kind, other.result["new"]) == ("order_book", 1)


def test_mapping_that_would_not_do_is_told_and_changes_nothing(sales: Client) -> None:
    job = send(sales, b"NUM;B;C\n1;2;3\n", "x.csv")
    form = {"kind": "orders.order_book", "head": ["NUM", "B", "C"], "meaning": ["contract", "contract", ""]}
    response = sales.post(reverse("workbooks:columns", args=[job.pk]), form, follow=True)
    assert "Two columns are taken for" in response.content.decode()
    assert not ColumnMapping.objects.exists()


def test_columns_of_another_kind_are_offered(sales: Client) -> None:
    job = send(sales, b"NUM;B;C\n1;2;3\n", "x.csv")
    assert 'value="grade"' in page(sales, job, kind="orders.customers")
    assert 'value="contract"' in page(sales, job, kind="no.such.kind")


def test_sheet_of_another_department_is_left_out_and_named(sales: Client) -> None:
    teams = xlsx([["车间", "工序", "班组", "人数"], ["裁断车间", "裁断", "一组", 5]])
    job = send(sales, teams)
    assert "that is for Planning" in page(sales, job)
    assert job.result["new"] == 0
    assert not Team.objects.exists()


def test_refused_file_says_why_and_what_to_do(sales: Client) -> None:
    html = page(sales, send(sales, b"MZ\x90\x00" + bytes(300)))
    assert "This is a program, not a workbook." in html


def test_file_above_the_limit_is_refused_while_it_arrives(sales: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    response = sales.post(reverse("workbooks:upload"), {"file": SimpleUploadedFile("big.xlsx", b"x" * 2000)})
    assert response.status_code == 422
    assert "larger than" in response.content.decode()
    response = sales.post(reverse("workbooks:upload"), {"file": SimpleUploadedFile("huge.xlsx", b"x" * 400_000)})
    assert response.status_code == 413
    assert not ImportJob.objects.exists()


def test_upload_without_its_token_is_refused(seller: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(seller)
    response = strict.post(reverse("workbooks:upload"), {"file": SimpleUploadedFile("a.csv", b"a;b")})
    assert response.status_code == 403


def test_upload_without_a_file_says_so(sales: Client) -> None:
    response = sales.post(reverse("workbooks:upload"), {})
    assert "Choose a file first." in response.content.decode()


def test_working_job_shows_progress_and_then_loads_itself(sales: Client) -> None:
    sales.post(reverse("workbooks:upload"), {"file": SimpleUploadedFile("b.xlsx", order_book([line("HT1")]))})
    job = ImportJob.objects.get()
    url = reverse("workbooks:job", args=[job.pk])
    assert "Waiting for a worker" in page(sales, job)
    assert 'role="progressbar"' in sales.get(url, {"watch": "1"}, headers={"HX-Request": "true"}).content.decode()
    jobs.execute(job.pk)
    assert sales.get(url, {"watch": "1"}, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["job", "wrong_rows"])
def test_other_peoples_files_are_not_found(name: str, sales: Client, client: Client) -> None:
    job = send(sales, order_book([line("HT1")]))
    client.force_login(factories.user(Department.SALES))
    assert client.get(reverse(f"workbooks:{name}", args=[job.pk])).status_code == 404
    client.force_login(factories.user(superuser=True))
    assert client.get(reverse(f"workbooks:{name}", args=[job.pk])).status_code == 200


def test_file_cannot_be_approved_by_somebody_else(sales: Client, client: Client) -> None:
    job = send(sales, order_book([line("HT1")]))
    client.force_login(factories.user(Department.SALES))
    for name in ("approve", "drop", "correct", "columns"):
        assert client.post(reverse(f"workbooks:{name}", args=[job.pk])).status_code == 404
    client.force_login(factories.user(Department.WORKSHOP))
    assert client.get(reverse("workbooks:upload")).status_code == 403
    assert not Order.objects.exists()


def test_page_of_a_job_takes_few_queries(sales: Client, django_assert_max_num_queries: Any) -> None:
    job = send(sales, order_book([line(f"HT{n}", due="?") for n in range(60)]))
    page(sales, job)
    with django_assert_max_num_queries(15):
        html = page(sales, job)
    assert len(html.encode()) < 100 * 1024
    assert Salesperson.objects.count() == OrderLine.objects.count() == 0
