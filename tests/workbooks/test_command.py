"""manage.py import_workbook: its output, its exit code, re-mapped columns."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.models import Order, OrderLine
from planning_site.core.models import Change
from planning_site.workbooks.models import ColumnMapping
from tests import factories
from tests.workbooks.builders import line, order_book, password_protected, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory")]

KEYS = {"file", "kind", "orders", "pairs", "pairs_by_size", "new", "changed", "unchanged", "wrong"}


def write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def run(*arguments: str) -> tuple[list[dict[str, Any]], int]:
    """Run with --json; return the list and the exit code."""
    out = StringIO()
    code = 0
    try:
        call_command("import_workbook", *arguments, "--json", stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    return json.loads(out.getvalue()), code


def test_json_is_one_list_with_exactly_these_keys(tmp_path: Path) -> None:
    name = write(tmp_path / "book.xlsx", order_book([line("HT1"), line("HT2", s38=-66), line("HT3", customer="没有")]))
    ((got,), code) = run(name)
    assert code == 0
    assert set(got) == KEYS
    assert (got["file"], got["kind"], got["orders"], got["pairs"], got["new"]) == (name, "order_book", 1, 60, 1)
    assert got["pairs_by_size"] == {"38": 10, "39": 20, "40": 30}
    assert [(item["sheet"], item["row"], item["column"], item["value"], item["contract"]) for item in got["wrong"]] == [
        ("男鞋", 5, "I", "-66", "HT2"),
        ("男鞋", 6, "D", "没有", "HT3"),
    ]
    assert set(got["wrong"][0]) == {"sheet", "row", "column", "value", "reason", "contract"}


def test_refused_file_is_told_in_the_list_and_by_the_exit_code(tmp_path: Path) -> None:
    good = write(tmp_path / "good.xlsx", order_book([line("HT1")]))
    bad = write(tmp_path / "bad.xlsx", password_protected())
    (refused, taken, missing), code = run(bad, good, str(tmp_path / "none.xlsx"))
    assert code == 1
    assert refused["kind"] is None
    assert [item["row"] for item in refused["wrong"]] == [None]
    assert missing["kind"] is None
    assert taken["new"] == 1
    assert Order.objects.count() == 1


def test_unknown_workbook_is_refused_with_its_columns(tmp_path: Path) -> None:
    ((got,), code) = run(write(tmp_path / "x.xlsx", xlsx([["Foo", "Bar", "Baz"], [1, 2, 3]])))
    assert code == 1
    assert "Foo" in got["wrong"][0]["reason"]


def test_files_given_together_see_each_other_in_any_order_also_in_a_dry_run(tmp_path: Path) -> None:
    styles = write(tmp_path / "styles.xlsx", xlsx([["公司货号", "鞋型", "起码", "止码"], ["NEW1", "童鞋", 38, 40]]))
    colours = write(tmp_path / "colours.xlsx", xlsx([["公司货号", "颜色", "色号"], ["NEW1", "粉", "PK"]]))
    book = write(tmp_path / "book.xlsx", order_book([line("HT1", style="NEW1", colour="粉")]))
    got, code = run(book, colours, styles, "--dry-run")
    assert code == 0
    assert [item["new"] for item in got] == [1, 1, 1]
    assert not Order.objects.exists()
    got, _code = run(book, "--dry-run")
    assert got[0]["wrong"][0]["value"] == "NEW1"


def test_all_or_nothing_writes_nothing_when_one_row_or_file_is_wrong(tmp_path: Path) -> None:
    good = write(tmp_path / "good.xlsx", order_book([line("HT1")]))
    wrong = write(tmp_path / "wrong.xlsx", order_book([line("HT2", due="?")]))
    run(good, wrong, "--all-or-nothing")
    run(good, write(tmp_path / "bad.xlsx", b"MZ12345"), "--all-or-nothing")
    assert not Order.objects.exists()


def test_history_names_the_file_without_its_folder(tmp_path: Path) -> None:
    run(write(tmp_path / "book.xlsx", order_book([line("HT1")])))
    run(write(tmp_path / "later.xlsx", order_book([line("HT1", due="2026-12-28")])))
    assert set(Change.objects.exclude(why="").values_list("why", flat=True)) == {"book.xlsx", "later.xlsx"}


def test_people_get_a_summary_and_history_gets_the_account(tmp_path: Path) -> None:
    factories.user(name="he")
    out = StringIO()
    name = write(tmp_path / "book.xlsx", order_book([line("HT1"), line("HT2", style="HD9")]))
    call_command("import_workbook", name, "--user", "he", stdout=out)
    assert "男鞋!G5 = HD9" in out.getvalue()
    assert Change.objects.filter(by__username="he").exists()
    with pytest.raises(CommandError):
        call_command("import_workbook", name, "--user", "nobody")


OWN = 'NUM;MODELAO;TOM;GRADE;QTD;VALOR\n7;HD1;PRETO;38;60;"R$ 39,99"\n'
MAP = [f"--map={pair}" for pair in ("NUM=contract", "MODELAO=style", "TOM=colour", "GRADE=size", "QTD=pairs", "VALOR=price")]


def test_customers_own_file_is_explained_once_and_comes_in_by_itself_next_time(tmp_path: Path) -> None:
    name = write(tmp_path / "own.csv", OWN.replace("PRETO", "黑").encode())
    _got, code = run(name)
    assert code == 1
    got, code = run(name, *MAP, "--set=customer=C01", "--set=due_on=2027-01-05", "--customer=Pampa", "--remember")
    assert (code, got[0]["new"], got[0]["wrong"]) == (0, 1, [])
    assert str(OrderLine.objects.get().price) == "39.99"
    next_one = write(tmp_path / "next.csv", OWN.replace("PRETO", "白").replace("7;", "8;").encode())
    got, code = run(next_one)
    assert (code, got[0]["new"], got[0]["wrong"]) == (0, 1, [])
    assert ColumnMapping.objects.get().customer == "Pampa"
    assert Order.objects.count() == 2


def test_two_customers_with_the_same_header_are_told_apart_by_name(tmp_path: Path) -> None:
    name = write(tmp_path / "own.csv", OWN.replace("PRETO", "黑").encode())
    for customer, code in (("Pampa", "C01"), ("Steppe", "C02")):
        run(name, *MAP, f"--set=customer={code}", "--set=due_on=2027-01-05", f"--customer={customer}", "--remember")
        Order.objects.all().delete()
    assert run(name)[1] == 1
    run(name, "--customer=Steppe")
    assert Order.objects.get().customer.code == "C02"


@pytest.mark.parametrize(
    "arguments",
    [["--map=NUM=nonsense"], ["--map=NUM"], ["--map=NUM=contract", "--kind=no.such"], ["--map=NUM=contract"], [*MAP, "--map=QTD=contract"]],
)
def test_mapping_that_would_not_do_is_refused(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_workbook", write(tmp_path / "own.csv", OWN.encode()), *arguments)
