"""Workbooks and CSV going out: text stays text, whatever it begins with."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from planning_site.workbooks import writing
from planning_site.workbooks.writing import Column, SheetContent

COLUMNS = [Column("合同号", 16), Column("双数", 8, "int", total=True), Column("单价", 8, "decimal"), Column("交期", 11, "date")]
ROWS = [["=1+1", 3600, Decimal("151.10"), dt.date(2026, 12, 22)], ["http://x.example", 400, None, None], ["0012", 5, 0, None]]


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_table_is_written_with_types_sums_and_print_setup() -> None:
    data = writing.table_workbook("月计划", COLUMNS, ROWS, sheet_name="12月/1", meta=["v3 王计划"], total_label="合计")
    sheet = opened(data).worksheets[0]
    assert sheet.title == "12月 1"
    assert [cell.value for cell in sheet[3]] == ["合同号", "双数", "单价", "交期"]
    assert [cell.value for cell in sheet[4]] == ["=1+1", 3600, 151.1, dt.datetime(2026, 12, 22)]
    assert sheet["A4"].data_type == "s"
    assert sheet["A5"].hyperlink is None
    assert (sheet["A6"].value, sheet["C5"].value, sheet["C6"].value) == ("0012", None, 0)
    assert [cell.value for cell in sheet[7]] == ["合计", 4005, None, None]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$3"


def test_sheets_of_one_name_get_different_names() -> None:
    sheets = [SheetContent("很长的名字" * 10, COLUMNS, []) for _ in range(3)]
    names = opened(writing.workbook(sheets)).sheetnames
    assert len(set(names)) == 3
    assert all(len(name) <= 31 for name in names)


def test_workbook_without_a_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="sheet"):
        writing.workbook([])


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_would_be_a_formula_is_quoted_in_csv(text: str) -> None:
    assert f"'{text}" in writing.csv_text(["a"], [[text]])


def test_numbers_stay_numbers_in_csv() -> None:
    assert writing.csv_text(["a", "b"], [[-5, None]]).endswith("-5,\r\n")
