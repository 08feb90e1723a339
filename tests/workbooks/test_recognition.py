"""Which sheet is what, where its header is, which rows are data: without a database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_site.workbooks import guard, registry
from planning_site.workbooks.book import Book, Cell, Sheet
from planning_site.workbooks.reading import BookReading, SheetReading, correct, read_book
from planning_site.workbooks.registry import Knowledge, Remapping
from planning_site.workbooks.tables import Passed
from planning_site.workbooks.words import normalise
from tests.workbooks import builders

HEAD = ["序号", "合同号", "客户", "货 号", "颜色", "38#", "39", "40.5", "合计", "交期"]


def read(*rows: list[Any], merged: tuple[tuple[int, int, int, int], ...] = (), known: Knowledge | None = None) -> BookReading:
    """Read one sheet of these rows."""
    grid: list[list[Cell]] = [list(row) for row in rows]
    return read_book(Book("b", "xlsx", (Sheet("S", grid, merged=merged),)), registry.kinds(), known or Knowledge())


def only(reading: BookReading) -> SheetReading:
    """The one sheet that was read."""
    assert len(reading.sheets) == 1, reading.unknown
    return reading.sheets[0]


def order(contract: str = "HT1", pairs: tuple[Any, ...] = (1, 2, 3), **extra: Any) -> list[Any]:
    return [1, contract, "甲", "HD1", "黑", *pairs, sum(n for n in pairs if isinstance(n, int)), "2026-12-25"]


def test_header_is_found_below_titles_and_sizes_by_their_pattern() -> None:
    sheet = only(read(["统计表"], ["制表: 销售部    日期: 2026-11-23"], HEAD, order()))
    assert (sheet.kind.code, sheet.header_row) == ("orders.order_book", 3)
    assert sheet.records[0].sizes == {"38": 1, "39": 2, "40.5": 3}
    assert sheet.passed[Passed.TITLE] == 2


@pytest.mark.parametrize(
    ("row", "sort"),
    [
        ([None, None, "小计", None, None, None, None, None, 60], Passed.SUBTOTAL),
        (["合计", None, None, None, None, 60, 70, 80, 210], Passed.SUBTOTAL),
        ([None, "合计", None, None, None, 60, 70, 80, 210], Passed.SUBTOTAL),
        ([None, None, None, None, "华荣 小计", 60], Passed.SUBTOTAL),
        (["制表人:", None, None, "审核:", None, None, "核准:"], Passed.SIGNATURE),
        (["制表人:", "张三", None, "审核:", "李四"], Passed.SIGNATURE),
        (["※ 交期以合同为准"], Passed.NOTE),
        ([7, None, None, None, None, None, None, None, 0, None], Passed.BLANK),
        ([None, " "], Passed.BLANK),
        (HEAD, Passed.HEADER),
    ],
)
def test_rows_without_data_are_passed_over_and_counted(row: list[Any], sort: Passed) -> None:
    plain = only(read(HEAD, order("HT1"), order("HT2")))
    with_row = only(read(HEAD, order("HT1"), row, order("HT2")))
    assert [record.row for record in with_row.records] == [2, 4]
    assert with_row.passed[sort] == plain.passed[sort] + 1


def test_row_without_its_contract_is_wrong_not_a_note() -> None:
    record = only(read(HEAD, order(""))).records[0]
    assert [item.field for item in record.wrong] == ["contract"]


def test_merged_customer_is_filled_down_and_quantities_are_not() -> None:
    rows = [order("HT1"), [2, "HT2", None, "HD1", "白", 4, None, None, None, "2026-12-26"]]
    sheet = only(read(HEAD, *rows, merged=((2, 3, 3, 3), (2, 9, 3, 9), (2, 7, 3, 7))))
    assert sheet.records[1].values["customer"] == "甲"
    assert "total" not in sheet.records[1].values
    assert sheet.records[1].sizes == {"38": 4}


def test_blank_row_inside_a_merged_customer_is_no_order() -> None:
    sheet = only(read(HEAD, order("HT1"), [None] * 10, order("HT2"), merged=((2, 3, 4, 3),)))
    assert [record.row for record in sheet.records] == [2, 4]


def test_header_of_two_rows_with_sizes_in_the_lower_one() -> None:
    upper = ["合同号", "客户", "货号", "颜色", "配码", None, None, "交期"]
    lower = [None, None, None, None, 38, 39, 40, None]
    sheet = only(read(upper, lower, ["HT1", "甲", "HD1", "黑", 1, 2, 3, "2026-12-25"], merged=((1, 5, 1, 7),)))
    assert sheet.header_row == 2
    assert sheet.records[0].sizes == {"38": 1, "39": 2, "40": 3}


def test_second_block_with_other_sizes_on_the_same_sheet() -> None:
    second = ["序号", "合同号", "客户", "货 号", "颜色", "34#", "35#", "36#", "合计", "交期"]
    sheet = only(read(HEAD, order("HT1"), [], second, order("HT2")))
    assert [record.sizes for record in sheet.records] == [{"38": 1, "39": 2, "40.5": 3}, {"34": 1, "35": 2, "36": 3}]


def test_data_row_of_text_is_not_taken_for_a_second_header_row() -> None:
    text = "合同号,客户,货号,颜色,尺码,双数,箱数,交期\nHT1,甲,HD1,黑,38,12,20,2026-12-25\nHT1,甲,HD1,黑,39,12,21,2026-12-25\n"
    book = guard.read(text.encode(), "b.csv")
    sheet = only(read_book(book, registry.kinds(), Knowledge()))
    assert sheet.header_row == 1
    assert [record.sizes for record in sheet.records] == [{"38": 12, "39": 12}]


def test_one_row_per_size_is_joined_to_one_line() -> None:
    head = ["合同号", "客户", "货号", "颜色", "尺码", "数量", "单价", "交期"]
    rows = [["HT1", "甲", "HD1", "黑", size, pairs, "50.5", "2026-12-25"] for size, pairs in (("38", 10), ("39#", "20双"))]
    sheet = only(read(head, *rows, ["HT1", "甲", "HD1", "白", 38, 5, "50.5", "2026-12-25"]))
    assert [(record.values["colour"], record.sizes) for record in sheet.records] == [("黑", {"38": 10, "39": 20}), ("白", {"38": 5})]
    assert sheet.records[0].rows == (2, 3)


@pytest.mark.parametrize(
    ("second", "field", "row"),
    [
        (["HT1", "甲", "HD1", "黑", 38, 20, "2026-12-25"], "size:38", 3),
        (["HT1", "甲", "HD1", "黑", 39, 20, "2026-12-26"], "due_on", 3),
        (["HT1", "甲", "HD1", "黑", "XL", 20, "2026-12-25"], "size", 3),
        (["HT1", "甲", "HD1", "黑", 39, None, "2026-12-25"], "pairs", 3),
    ],
)
def test_row_of_a_size_that_contradicts_is_named_by_its_own_row(second: list[Any], field: str, row: int) -> None:
    head = ["合同号", "客户", "货号", "颜色", "尺码", "数量", "交期"]
    record = only(read(head, ["HT1", "甲", "HD1", "黑", 38, 10, "2026-12-25"], second)).records[0]
    assert [(item.field, item.row) for item in record.wrong] == [(field, row)]


def test_column_of_pairs_beside_sizes_is_their_total() -> None:
    head = ["合同号", "客户", "货号", "颜色", 38, 39, "数量", "交期"]
    record = only(read(head, ["HT1", "甲", "HD1", "黑", 1, 2, 3, "2026-12-25"])).records[0]
    assert (record.sizes, record.values["total"]) == ({"38": 1, "39": 2}, 3)


def test_form_is_read_by_its_labels_and_size_block() -> None:
    reading = read(
        ["制 造 通 知 单"],
        ["单号: HT9        版次: 1"],
        ["客户", "甲", None, "客户PO", "PO9"],
        ["公司货号", "HD1", None, "颜色", "黑"],
        ["接单日期", "2026-11-02", None, "交期", "2027年1月17日"],
        [],
        ["配码", 38, 39, "合计"],
        ["双数", "36双", 54, 90],
    )
    record = only(reading).records[0]
    assert reading.kind == "notice"
    assert record.values["contract"] == "HT9"
    assert record.values["po"] == "PO9"
    assert record.sizes == {"38": 36, "39": 54}
    assert record.values["total"] == 90
    assert record.place_of("size:38")[:2] == (8, 2)


def test_unknown_table_names_its_columns() -> None:
    reading = read(["Foo", "Bar", "Baz"], [1, 2, 3])
    assert reading.kind is None
    assert [cell.text for cell in reading.unknown[0].cells] == ["Foo", "Bar", "Baz"]


def test_hidden_sheet_is_named_and_left_alone() -> None:
    data = builders.xlsx([["客户编号", "客户名称"], ["C1", "甲"]], hidden=["旧单"])
    reading = read_book(guard.read(data, "b"), registry.kinds(), Knowledge())
    assert reading.hidden == ["旧单"]
    assert [sheet.kind.code for sheet in reading.sheets] == ["orders.customers"]


def test_one_sheet_feeds_two_rooms() -> None:
    head = ["公司货号", "鞋型", "起码", "止码", "裁断(分钟/双)", "针车(分钟/双)"]
    reading = read(head, ["HD1", "男正装", 38, 45, 5.8, 38.4])
    assert [(sheet.kind.code, sheet.primary) for sheet in reading.sheets] == [("orders.styles", True), ("scheduling.stage_minutes", False)]


def test_added_header_word_is_understood() -> None:
    head = ["Vertrag", "客户", "Leisten-Nr", "颜色", 38, "交期"]
    assert read(head, ["HT1", "甲", "HD1", "黑", 1, "2026-12-25"]).kind is None
    known = Knowledge(aliases={"orders.order_book": {normalise("Vertrag"): "contract", normalise("Leisten-Nr"): "style"}})
    assert read(head, ["HT1", "甲", "HD1", "黑", 1, "2026-12-25"], known=known).kind == "order_book"


def test_customers_own_file_is_read_by_its_remembered_columns() -> None:
    text = 'NUM;MODELAO;TOM;GRADE;QTD;VALOR;DIA\n7;HD1;PRETO;38;1.200;"R$ 39,99";05/06/2027\n'
    book = guard.read(text.encode(), "b.csv")
    unknown = read_book(book, registry.kinds(), Knowledge()).unknown[0]
    columns = {"num": "contract", "modelao": "style", "tom": "colour", "grade": "size", "qtd": "pairs", "valor": "price", "dia": "due_on"}
    remapping = Remapping("orders.order_book", columns, {"customer": "甲"}, {"colour": {"preto": "黑"}})
    known = Knowledge(remappings={unknown.signature: remapping})
    record = only(read_book(book, registry.kinds(), known)).records[0]
    assert record.wrong == []
    assert record.sizes == {"38": 1200}  # the price proves the decimal comma, so 1.200 is twelve hundred
    assert str(record.values["price"]) == "39.99"
    assert record.values["due_on"].isoformat() == "2027-06-05"
    assert (record.values["customer"], record.values["colour"]) == ("甲", "黑")


def test_signature_leaves_sizes_out() -> None:
    women = ["合同号", "客户", "货号", "颜色", "34#", "35#", "交期"]
    men = ["合同号", "客户", "货号", "颜色", "38#", "39#", "40#", "交期"]
    row = ["HT1", "甲", "HD1", "黑", 1, 2, "2026-12-25"]
    assert only(read(women, row)).signature == only(read(men, [*row[:6], 3, "2026-12-25"])).signature


def test_corrected_cell_replaces_what_the_file_says() -> None:
    book = Book("b", "xlsx", (Sheet("S", [list(HEAD), order(pairs=(-1, 2, 3))]),))
    assert only(read_book(book, registry.kinds(), Knowledge())).records[0].wrong
    corrected = correct(book, {("S", 2, 6): "66"})
    assert only(read_book(corrected, registry.kinds(), Knowledge())).records[0].sizes["38"] == 66
    assert book.sheets[0].rows[1][5] == -1


def test_formula_that_was_never_calculated_is_wrong_in_a_size_and_nothing_in_a_total() -> None:
    rows = [["合同号", "客户", "货号", "颜色", 38, 39, "合计", "交期"], ["HT1", "甲", "HD1", "黑", "=1+1", 2, "=E2+F2", "2026-12-25"]]
    record = only(read_book(guard.read(builders.xlsx(rows), "b"), registry.kinds(), Knowledge())).records[0]
    assert [item.field for item in record.wrong] == ["size:38"]
    assert "total" not in record.values


@given(st.permutations(range(len(HEAD))), st.integers(0, 6), st.lists(st.integers(0, 500), min_size=3, max_size=3))
def test_columns_in_any_order_below_any_title_give_the_same_order(columns: list[int], titles: int, pairs: list[int]) -> None:
    row = order(pairs=(pairs[0], pairs[1], pairs[2]))
    rows = [["统计表"]] * titles + [[HEAD[n] for n in columns], [row[n] for n in columns]]
    sheet = only(read(*rows))
    assert sheet.header_row == titles + 1
    record = sheet.records[0]
    assert record.wrong == []
    assert record.sizes == {size: n for size, n in zip(("38", "39", "40.5"), pairs, strict=True) if n}
    assert record.values["contract"] == "HT1"


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=8), st.sampled_from(HEAD)), max_size=8), max_size=12))
def test_any_sheet_is_read_without_breaking(rows: list[list[Any]]) -> None:
    reading = read(*rows)
    for sheet in reading.sheets:
        passed = sum(count for sort, count in sheet.passed.items() if sort is not Passed.TITLE)
        assert len(sheet.records) + passed <= len(rows) + 1
