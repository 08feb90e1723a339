"""Hostile, broken and foreign files: each is refused with a sentence, and the process that read it is gone."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from planning_site.workbooks import guard
from planning_site.workbooks.book import CellError
from planning_site.workbooks.sandbox.limits import DEFAULT
from tests.workbooks import builders
from tests.workbooks.generate_book import generate

BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(b'<!ENTITY lol%d "%s">' % (n, b"&lol%s;" % (str(n - 1).encode() if n > 1 else b"") * 10) for n in range(1, 10))
    + b"]><sst>&lol9;</sst>"
)


def far_cell() -> bytes:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "x"
    return builders.saved(book)


def many_members() -> bytes:
    return builders.zipped({f"xl/{n}.xml": b"" for n in range(DEFAULT.members + 1)})


def sheets(count: int) -> bytes:
    book = openpyxl.Workbook()
    for number in range(count - 1):
        book.create_sheet(f"s{number}")
    return builders.saved(book)


def utf16_entities() -> bytes:
    return builders.with_part("xl/sharedStrings.xml", b"\xff\xfe" + BILLION_LAUGHS.decode().encode("utf-16-le"))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "only blanks": (lambda: b"  \r\n\t ", "empty"),
    "a renamed program": (lambda: b"MZ\x90\x00" + os.urandom(5000), "program"),
    "a renamed Linux program": (lambda: b"\x7fELF" + os.urandom(5000), "program"),
    "a password": (builders.password_protected, "password"),
    "an old .xls": (builders.old_xls, "legacy_xls"),
    "an encrypted zip": (lambda: _flagged(builders.xlsx([["a"]])), "password"),
    "a web page called .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + os.urandom(100), "not_workbook"),
    "a packed archive": (lambda: b"7z\xbc\xaf\x27\x1c" + os.urandom(100), "archive"),
    "a zip of something else": (lambda: builders.zipped({"readme.txt": b"hello"}), "not_workbook"),
    "a binary workbook": (lambda: builders.zipped({"xl/workbook.bin": b"x"}), "xlsb"),
    "an OpenDocument file": (lambda: builders.zipped({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}), "ods"),
    "the first half only": (lambda: builders.xlsx([["a", "b"]] * 200)[:3000], "damaged"),
    "the last bytes missing": (lambda: builders.xlsx([["a", "b"]])[:-30], "damaged"),
    "a sheet that is no XML": (lambda: builders.with_part("xl/workbook.xml", b"<workbook"), "damaged"),
    "a zip bomb": (lambda: builders.with_part(builders.SHEET_XML, b" " * (200 * 1024 * 1024)), "bomb"),
    "a bomb beside the sheets": (lambda: builders.with_part("xl/media/image1.png", b"\0" * (200 * 1024 * 1024)), "bomb"),
    "a bomb that claims to be small": (lambda: builders.lying_bomb(200 * 1024 * 1024), "bomb"),
    "a claim of 2 GB": (lambda: builders.claiming(2 * 1024**3 - 1), "bomb"),
    "a small wrong claim": (lambda: builders.claiming(100_000), "damaged"),
    "too many parts": (many_members, "too_many_members"),
    "a zip inside": (lambda: builders.with_part("xl/more.zip", builders.xlsx([["a"]])), "nested"),
    "an entity bomb": (lambda: builders.with_part("xl/sharedStrings.xml", BILLION_LAUGHS), "entities"),
    "an entity bomb in the sheet": (lambda: builders.with_part(builders.SHEET_XML, BILLION_LAUGHS), "entities"),
    "an external entity": (
        lambda: builders.with_part("docProps/core.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        "entities",
    ),
    "an entity bomb in UTF-16": (utf16_entities, "encoding"),
    "a cell at XFD1048576": (far_cell, "too_many_rows"),
    "a cell in column XFD": (lambda: builders.with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "too_many_columns"),
    "a far cell with a prefixed name": (
        lambda: builders.with_part(
            builders.SHEET_XML,
            b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
            b"<x:row r='1048576'><x:c r='XFD1048576'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>",
        ),
        "too_many_rows",
    ),
    "cells without places in a far row": (lambda: builders.with_sheet('<row r="1048576"><c><v>1</v></c></row>'), "too_many_rows"),
    "too many sheets": (lambda: sheets(DEFAULT.sheets + 1), "too_many_sheets"),
    "bytes of no text": (lambda: b"abc\x00\x01\x02;" * 50, "not_workbook"),
}


def _flagged(data: bytes) -> bytes:
    """Set the encryption flag of every member."""
    raw = bytearray(data)
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.find(magic)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(magic, at + 4)
    return bytes(raw)


def children() -> set[str]:
    """Processes of this one that run or wait to be buried."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(listed.read_text().split()) if listed.exists() else set()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_a_sentence_and_its_process_is_gone(name: str) -> None:
    build, code = HOSTILE[name]
    before = children()
    with pytest.raises(guard.Refused) as refused:
        guard.read(build(), "book.xlsx")
    assert refused.value.code == code
    assert len(refused.value.message) >= 10
    assert "%(" not in refused.value.message
    assert children() <= before


def test_file_above_the_limit_is_refused_before_a_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("a process was started"))
    with pytest.raises(guard.Refused) as refused:
        guard.read(b"x" * 1001, "book.xlsx", replace(DEFAULT, file_bytes=1000))
    assert refused.value.code == "too_large"


def test_shared_string_repeated_in_every_cell_ends_at_the_memory_limit() -> None:
    text = "x" * 32_000
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    row = "".join('<c t="s"><v>0</v></c>' for _ in range(200))
    sheet = "".join(f'<row r="{n}">{row}</row>' for n in range(1, 400))
    base = builders.members(builders.with_sheet(sheet))
    kinds = base["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    relations = base["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        b'Target="sharedStrings.xml"/></Relationships>',
    )
    data = builders.zipped(
        {**base, "xl/sharedStrings.xml": strings.encode(), "[Content_Types].xml": kinds, "xl/_rels/workbook.xml.rels": relations}
    )
    with pytest.raises(guard.Refused) as refused:
        guard.read(data, "book.xlsx")
    assert refused.value.code in {"memory", "crashed"}


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        (replace(DEFAULT, wall_seconds=0.001), {"slow"}),
        (replace(DEFAULT, memory_bytes=24 * 1024 * 1024), {"memory", "crashed"}),
        (replace(DEFAULT, output_bytes=100), {"crashed"}),
    ],
)
def test_process_that_passes_a_limit_is_ended_and_told(limits: object, codes: set[str]) -> None:
    before = children()
    with pytest.raises(guard.Refused) as refused:
        guard.read(builders.xlsx([["a", "b", "c"]] * 50), "book.xlsx", limits)  # type: ignore[arg-type]
    assert refused.value.code in codes
    assert children() <= before


def test_reading_process_loads_no_django() -> None:
    code = f"import sys; sys.path.insert(0, {str(guard.ROOM)!r}); import sandbox.main, sandbox.excel; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_book_of_20000_lines_is_read_within_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    generate(20_000, path)
    book = guard.read(path.read_bytes(), path.name)
    assert len(book.sheets[0].rows) == 20_003
    assert book.sheets[0].cell(20_003, 6) == "HT29019999"


def test_values_come_as_they_are() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([1, 2.5, "文字", True, dt.date(2026, 12, 25), dt.datetime(2026, 12, 25, 8, 30), None, "=A1+1"])
    sheet["I1"] = "#REF!"
    sheet["I1"].data_type = "e"
    sheet["C3"] = "far"
    read = guard.read(builders.saved(book), "book.xlsx").sheets[0]
    first = read.rows[0]
    assert first[:6] == [1, 2.5, "文字", True, dt.date(2026, 12, 25), dt.datetime(2026, 12, 25, 8, 30)]
    assert first[6] is None
    assert first[7] == CellError("")
    assert first[8] == CellError("#REF!")
    assert read.cell(3, 3) == "far"
    assert read.cell(99, 99) is None


def test_styled_but_empty_far_cells_do_not_count() -> None:
    data = builders.with_sheet('<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert guard.read(data, "book.xlsx").sheets[0].rows[0][0] == 7


def test_merged_cells_lend_their_value_downwards_only() -> None:
    read = guard.read(builders.xlsx([["a", "b"], [None, 1], [None, 2]], merged=["A1:A3", "B1:C1"]), "book.xlsx").sheets[0]
    assert read.filled == {(2, 1): "a", (3, 1): "a"}


def test_hidden_sheets_are_marked() -> None:
    read = guard.read(builders.xlsx([["a"]], hidden=["旧"]), "book.xlsx")
    assert [(sheet.name, sheet.hidden) for sheet in read.sheets] == [("Sheet1", False), ("旧", True)]


@pytest.mark.parametrize(
    ("data", "encoding", "separator"),
    [
        ("合同号,货号\nHT1,HD1\n".encode(), "utf-8", ","),
        ("合同号,货号\nHT1,HD1\n".encode("utf-8-sig"), "utf-8-sig", ","),
        ("合同号\t货号\nHT1\tHD1\n".encode("utf-16"), "utf-16", "\t"),
        ("合同号,货号\n华荣贸易,HD1\n".encode("gbk"), "gb18030", ","),
        ('PEDIDO;REFERÊNCIA;PREÇO\n1;2;"R$ 39,99"\n'.encode("cp1252"), "cp1252", ";"),
        (b"sep=|\na|b\n1|2\n", "utf-8", "|"),
        ("标题\na;b,c;d\n1;2;3\n4;5;6\n".encode(), "utf-8", ";"),
    ],
)
def test_text_files_are_read_in_their_encoding_and_separator(data: bytes, encoding: str, separator: str) -> None:
    book = guard.read(data, "book.csv")
    assert (book.encoding, book.separator) == (encoding, separator)
    assert all("�" not in str(cell) for row in book.sheets[0].rows for cell in row)


def test_text_file_beyond_the_rows_is_refused() -> None:
    with pytest.raises(guard.Refused) as refused:
        guard.read(b"a,b\n" * 50, "book.csv", replace(DEFAULT, rows=49))
    assert refused.value.code == "too_many_rows"
