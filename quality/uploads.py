"""What an uploaded file really is, read from its content: a file is hostile until it has shown that it is one of the few kinds taken.

Nothing is decompressed or run. Of a zip container only the list of members is read, of a picture only its head.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

MAX_BYTES = 15 * 1024 * 1024
MAX_SIDE = 20_000
MAX_PIXELS = 100_000_000
MAX_MEMBERS = 5_000
MAX_INFLATED = 400 * 1024 * 1024

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DXF = "image/vnd.dxf"
EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", WEBP: "webp", XLSX: "xlsx", DOCX: "docx", DXF: "dxf"}
PICTURES = (PNG, JPEG, WEBP)
OFFICE = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}
MACROS = ("vbaproject.bin",)


class UnknownContentError(ValueError):
    """The content is none of the kinds taken, or pretends to be one."""


@dataclass(frozen=True)
class Picture:
    """Width and height in pixels."""

    width: int
    height: int


def content_type_of(data: bytes) -> str:
    """The kind of a file by its content. Raises UnknownContentError."""
    for probe in PROBES:
        found = probe(data)
        if found:
            return found
    raise UnknownContentError


def _pdf(data: bytes) -> str:
    return PDF if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:] else ""


def _picture(data: bytes) -> str:
    """A picture whose head names a size that can be shown."""
    for content_type, measure in MEASURES.items():
        size = measure(data)
        if size is None:
            continue
        sides = (size.width, size.height)
        if min(sides) < 1 or max(sides) > MAX_SIDE or size.width * size.height > MAX_PIXELS:
            raise UnknownContentError
        return content_type
    return ""


def _png(data: bytes) -> Picture | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 33 or b"IEND" not in data[-64:]:
        return None
    return Picture(*struct.unpack(">II", data[16:24]))


def _jpeg(data: bytes) -> Picture | None:
    """Walk the segments up to the frame's head."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    place = 2
    while place + 9 < len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return Picture(width, height)
        place += 2 + int(struct.unpack(">H", data[place + 2 : place + 4])[0])
    return None


def _webp(data: bytes) -> Picture | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        return Picture(1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Picture(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if data[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return Picture(width & 0x3FFF, height & 0x3FFF)
    return None


def _office(data: bytes) -> str:
    """A workbook or a document without macros, by the names of its members; a bomb is told by the sizes they claim."""
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            members = container.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnknownContentError from error
    names = {member.filename.lower() for member in members}
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED:
        raise UnknownContentError
    if any(member.flag_bits & 1 for member in members) or any(name.endswith(MACROS) for name in names):
        raise UnknownContentError
    if "[content_types].xml" not in names:
        return ""
    return next((kind for part, kind in OFFICE.items() if part in names), "")


def _dxf(data: bytes) -> str:
    """A drawing as CAD programs exchange it: text that begins with a section and ends with EOF."""
    head, tail = data[:4096].lstrip(b"\xef\xbb\xbf \r\n"), data[-256:].split()
    if b"\0" in data[:4096] or not tail or tail[-1] != b"EOF":
        return ""
    words = [line.strip() for line in head.splitlines()]
    while words[:1] == [b"999"]:  # comments
        words = words[2:]
    return DXF if words[:2] == [b"0", b"SECTION"] else ""


MEASURES: dict[str, Callable[[bytes], Picture | None]] = {PNG: _png, JPEG: _jpeg, WEBP: _webp}
PROBES: tuple[Callable[[bytes], str], ...] = (_pdf, _picture, _office, _dxf)
