"""Writes a large order book for the demo factory's styles: python -m tests.workbooks.generate_book LINES FILE"""

import datetime as dt
import random
import sys
from pathlib import Path

import openpyxl
import xlsxwriter

DEMO = Path(__file__).resolve().parent.parent.parent / "planning_site" / "demo" / "基础资料.xlsx"
SIZES = range(34, 41)
HEAD = [
    "序号",
    "接单日期",
    "业务员",
    "客户",
    "客户订单号",
    "合同号",
    "货 号",
    "颜色",
    *(f"{size}#" for size in SIZES),
    "合计",
    "单价",
    "要求交货日期",
    "备注",
    "跟进",
]


def generate(lines: int, path: Path, *, price: float = 50.5) -> None:
    """Write an order book of 20 columns with so many lines, dates partly as text."""
    demo = openpyxl.load_workbook(DEMO, read_only=True)
    ranges = {row[0]: row[6:8] for row in demo["鞋型"].iter_rows(min_row=2, values_only=True)}
    goods = [row[:2] for row in demo["颜色"].iter_rows(min_row=2, values_only=True) if ranges[row[0]] == (34, 40)]
    chance = random.Random(1)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("女鞋")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(2, 0, HEAD)
        for index in range(lines):
            pairs = [chance.randrange(6, 300, 6) for _size in SIZES]
            style, colour = chance.choice(goods)
            start = [index + 1, None, "何芳", "华荣贸易", f"PO{index:06}", f"HT29{index:06}", style, colour]
            sheet.write_row(3 + index, 0, [*start, *pairs, sum(pairs), price, "2027年1月5日", "中性包装", "是"])
            sheet.write_datetime(3 + index, 1, dt.datetime(2026, 11, 4), day)


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
