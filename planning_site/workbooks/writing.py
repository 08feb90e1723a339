"""Writes tables as Excel and CSV: text stays text, whatever it begins with; A4 landscape with the head on every page."""

import csv
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Literal

import xlsxwriter

ColumnKind = Literal["text", "int", "decimal", "date", "percent"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER_FORMATS = {"int": "#,##0", "decimal": "#,##0.00", "date": "yyyy-mm-dd", "percent": "0.0%", "text": "@"}
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Column:
    """One column: its head, width in characters, what it holds, whether it is summed, and an own number format."""

    header: str
    width: float = 12
    kind: ColumnKind = "text"
    total: bool = False
    number_format: str = ""


@dataclass(frozen=True)
class SheetContent:
    """One sheet: title, lines of facts below it, columns and rows; `total_label` adds a row of sums at the end."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    name: str = ""
    meta: Sequence[str] = ()
    total_label: str = ""


def table_workbook(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet_name: str = "",
    meta: Sequence[str] = (),
    total_label: str = "",
) -> bytes:
    """Return an .xlsx workbook with one table; see SheetContent for the arguments."""
    return workbook([SheetContent(title, columns, rows, sheet_name, meta, total_label)])


def workbook(sheets: Sequence[SheetContent]) -> bytes:
    """Return an .xlsx workbook with one table per sheet. Raise ValueError when there is no sheet."""
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, {**options, "nan_inf_to_errors": True, "remove_timezone": True})
    used: set[str] = set()
    for sheet in sheets:
        _SheetWriter(book, sheet, _sheet_name(sheet.name or sheet.title, used)).write()
    book.close()
    return buffer.getvalue()


def _sheet_name(wanted: str, used: set[str]) -> str:
    """Return a name Excel takes: at most 31 characters, none of []:*?/\\, used once."""
    base = wanted.translate(FORBIDDEN_IN_NAMES).strip(" '")[:31] or "1"
    name, count = base, 1
    while name.lower() in used:
        count += 1
        name = f"{base[: 30 - len(str(count))]} {count}"
    used.add(name.lower())
    return name


class _SheetWriter:
    """Writes one sheet."""

    def __init__(self, book: Any, content: SheetContent, name: str) -> None:
        self.content = content
        self.sheet = book.add_worksheet(name)
        self.title_format = book.add_format({"bold": True, "font_size": 14})
        self.meta_format = book.add_format({"font_color": "#555555"})
        self.head_format = book.add_format({"bold": True, "border": 1, "bg_color": "#EEF1F4", "text_wrap": True, "valign": "vcenter"})
        self.formats = [book.add_format({"border": 1, "num_format": _number_format(column)}) for column in content.columns]
        self.total_formats = [
            book.add_format({"border": 1, "bold": True, "top": 2, "num_format": _number_format(column)}) for column in content.columns
        ]

    def write(self) -> None:
        """Write title, facts, head, rows and sums, and set the page up for printing."""
        content, sheet = self.content, self.sheet
        sheet.write_string(0, 0, content.title, self.title_format)
        for offset, line in enumerate(content.meta, 1):
            sheet.write_string(offset, 0, line, self.meta_format)
        head = len(content.meta) + 1
        for index, column in enumerate(content.columns):
            sheet.write_string(head, index, column.header, self.head_format)
            sheet.set_column(index, index, column.width)
        last, sums = self._rows(head + 1)
        if content.total_label:
            self._totals(last, sums)
        sheet.freeze_panes(head + 1, 0)
        self._print_setup(head)

    def _rows(self, row: int) -> tuple[int, list[Any]]:
        """Write the rows from `row` on; return the row after the last and the sums of summed columns."""
        sums: list[Any] = [Decimal(0) if column.total else None for column in self.content.columns]
        for values in self.content.rows:
            for index, value in enumerate(values):
                self._cell(row, index, value, self.formats[index])
                if sums[index] is not None and isinstance(value, int | float | Decimal):
                    sums[index] += Decimal(str(value))
            row += 1
        return row, sums

    def _totals(self, row: int, sums: list[Any]) -> None:
        """Write the row of sums; its label stands in the first column that is not summed."""
        label_at = next((index for index, value in enumerate(sums) if value is None), None)
        for index, value in enumerate(sums):
            self._cell(row, index, self.content.total_label if index == label_at else value, self.total_formats[index])

    def _cell(self, row: int, column: int, value: Any, style: Any) -> None:
        """Write one value by its type; text is never taken for a formula, a link or a number."""
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, style)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, style)
        elif isinstance(value, int | float | Decimal):
            self.sheet.write_number(row, column, float(value), style)
        elif isinstance(value, datetime.date):
            self.sheet.write_datetime(row, column, _naive(value), style)
        else:
            self.sheet.write_string(row, column, str(value)[:32_767], style)

    def _print_setup(self, head: int) -> None:
        """A4 landscape, one page wide, title and head repeated, page numbers below."""
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, head)
        sheet.set_footer("&L&8&A&R&8&P / &N")


def _naive(value: datetime.date) -> datetime.datetime:
    """Return what xlsxwriter takes for a day or an instant."""
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return datetime.datetime(value.year, value.month, value.day)


def _number_format(column: Column) -> str:
    """Return the column's number format."""
    return column.number_format or NUMBER_FORMATS[column.kind]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a CSV with a byte order mark for Excel; text that would be a formula gets an apostrophe before it."""
    buffer = StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_harmless(value) for value in header])
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return buffer.getvalue()


def _harmless(value: Any) -> Any:
    """Return a value no spreadsheet program runs: numbers stay numbers, text beginning like a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
