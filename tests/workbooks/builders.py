"""Workbooks made for tests: plain ones by openpyxl, hostile ones byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

ORDER_HEAD = ["序号", "接单日期", "业务员", "客户", "客户订单号", "合同号", "货 号", "颜色"]
ORDER_TAIL = ["合计", "单价", "要求交货日期", "备注"]
SHEET_XML = "xl/worksheets/sheet1.xml"


def xlsx(rows: Iterable[Sequence[Any]], *, title: str = "Sheet1", merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet with these rows, and empty hidden sheets of the given names."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    for name in hidden:
        other = book.create_sheet(name)
        other.append(["合同号", "货号", "颜色", "38", "客户", "交期"])
        other.append(["HT-HIDDEN", "HD1", "黑", 5, "某客户", "2026-12-25"])
        other.sheet_state = "hidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def order_book(lines: Iterable[Sequence[Any]], sizes: Sequence[int] = (38, 39, 40), *, head: Sequence[str] = ORDER_HEAD) -> bytes:
    """An order book as the factory keeps it: a title, a line of facts, the header in row 3, lines from row 4 on."""
    rows: list[Sequence[Any]] = [["2026年11月订单统计表"], ["制表: 销售部    日期: 2026-11-23"]]
    rows.append([*head, *(f"{size}#" for size in sizes), *ORDER_TAIL])
    return xlsx([*rows, *lines], title="男鞋")


def line(contract: str = "HT1", **values: Any) -> list[Any]:
    """One row of `order_book` with three sizes."""
    row = {
        "serial": 1, "ordered": "2026-11-04", "sales": "何芳", "customer": "华荣贸易", "po": "PO1", "contract": contract, "style": "HD1",
        "colour": "黑", "s38": 10, "s39": 20, "s40": 30, "total": 60, "price": 50.5, "due": "2026-12-25", "note": None,
    }  # fmt: skip
    unknown = set(values) - set(row)
    assert not unknown, unknown
    return list((row | values).values())


def members(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, content: bytes, base: bytes | None = None) -> bytes:
    """A good workbook with one part replaced or added."""
    return zipped({**members(base or xlsx([["a", "b"], [1, 2]])), name: content})


def with_sheet(cells: str) -> bytes:
    """A workbook whose one sheet has this XML as its rows."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return with_part(SHEET_XML, f"{head}{cells}</sheetData></worksheet>".encode())


def claiming(size: int) -> bytes:
    """A workbook whose sheet claims to be `size` bytes when unpacked, in both headers, though it is small."""
    data = bytearray(xlsx([["a"], [1]]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(SHEET_XML)
        directory = archive.start_dir
    struct.pack_into("<I", data, info.header_offset + 22, size)
    at = data.index(SHEET_XML.encode(), directory) - 46
    struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def lying_bomb(inflated: int) -> bytes:
    """A workbook whose sheet unpacks to `inflated` bytes and claims to be small: who trusts the claim runs full."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(b" " * inflated) + engine.flush()
    data = bytearray(zipped({**members(xlsx([["a"], [1]])), SHEET_XML: b"@" * len(packed)}, zipfile.ZIP_STORED))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(SHEET_XML)
        directory = archive.start_dir
    start = info.header_offset + 30 + len(SHEET_XML)
    data[start : start + len(packed)] = packed
    struct.pack_into("<H", data, info.header_offset + 8, 8)
    at = data.index(SHEET_XML.encode(), directory) - 46
    struct.pack_into("<H", data, at + 10, 8)
    return bytes(data)


def password_protected() -> bytes:
    """The outside of a workbook encrypted by Excel: an OLE container with an EncryptedPackage stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def old_xls() -> bytes:
    """The outside of a workbook of Excel 97: an OLE container with a Workbook stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le") + bytes(2000)
