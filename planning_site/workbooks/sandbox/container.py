"""Looks at the outside of a file: what it is, and whether its zip container is honest and of bearable size."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from .limits import Limits
from .refusal import RefusalError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
CHUNK = 1024 * 1024
LOCAL_HEADER = 30


def sniff(data: bytes) -> str:
    """Return "xlsx" or "text" by the file's first bytes, whatever its name says; raise RefusalError for anything else."""
    if not data.strip(b"\x00\r\n\t "):
        raise RefusalError("empty")
    if data.startswith(OLE_MAGIC):
        raise RefusalError("password" if "EncryptedPackage".encode("utf-16-le") in data else "legacy_xls")
    if data.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        return "xlsx"
    if data.startswith(PROGRAMS):
        raise RefusalError("program")
    if data.startswith(OTHER_ARCHIVES):
        raise RefusalError("archive")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise RefusalError("not_workbook")
    start = data[:2048].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")) or (start.startswith(b"<?xml") or b"<html" in start[:512]):
        raise RefusalError("web_page")
    return "text"


def open_checked(data: bytes, limits: Limits) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    """Open the zip and return its members by name after checking count, names, claims and flags; nothing is inflated yet."""
    _check_end_record(data, limits)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, struct.error, EOFError, NotImplementedError, OverflowError) as error:
        raise RefusalError("damaged") from error
    members: dict[str, zipfile.ZipInfo] = {}
    claimed = 0
    for info in archive.infolist():
        _check_member(info, members)
        members[info.filename] = info
        claimed += info.file_size
        _check_size(claimed, info.file_size, info.compress_size, limits)
    _check_kind(members)
    return archive, members


def _check_end_record(data: bytes, limits: Limits) -> None:
    """Refuse a truncated file and one with too many members before the list of members is built in memory."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or len(data) < at + 22:
        raise RefusalError("damaged")
    count = int.from_bytes(data[at + 10 : at + 12], "little")
    if count == 0xFFFF or count > limits.members:
        raise RefusalError("too_many_members", limit=limits.members)
    # The list of members ends where the end record begins: its real length bounds what a lying count may hide.
    if int.from_bytes(data[at + 12 : at + 16], "little") > limits.members * 1024:
        raise RefusalError("too_many_members", limit=limits.members)


def _check_member(info: zipfile.ZipInfo, members: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse what no spreadsheet program writes: encryption, other compressions, doubled names, archives inside."""
    if info.flag_bits & 0x1:
        raise RefusalError("password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusalError("damaged")
    if info.filename in members:
        raise RefusalError("damaged")
    name = info.filename.lower()
    if name.endswith((".zip", ".rar", ".7z", ".gz", ".exe", ".dll", ".jar")):
        raise RefusalError("nested", name=info.filename[:80])


def _check_size(total: int, size: int, packed: int, limits: Limits) -> None:
    """Refuse a member or file that is, or claims to be, too large when unpacked."""
    if total > limits.inflated_bytes:
        raise RefusalError("bomb", limit=limits.inflated_bytes // (1024 * 1024))
    if size > limits.ratio_from_bytes and size > limits.ratio * max(packed, 1):
        raise RefusalError("bomb", limit=limits.inflated_bytes // (1024 * 1024))


def _check_kind(members: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse zip files that are not an .xlsx or .xlsm workbook, saying what they are where we can."""
    if "xl/workbook.xml" in members:
        return
    if "xl/workbook.bin" in members:
        raise RefusalError("xlsb")
    if "mimetype" in members or "content.xml" in members:
        raise RefusalError("ods")
    raise RefusalError("not_workbook")


def stream(data: bytes, info: zipfile.ZipInfo, limits: Limits, spent: list[int]) -> Iterator[bytes]:
    """Yield a member's bytes in chunks as they really inflate, counting them in `spent[0]`; never trust the claimed size.

    The claim in the list of members is compared with the truth at the end: other readers allocate by the claim.
    """
    start = _data_offset(data, info)
    packed = memoryview(data)[start : start + info.compress_size]
    if len(packed) != info.compress_size:
        raise RefusalError("damaged")
    seen = 0
    for chunk in _inflate(packed, info.compress_type):
        seen += len(chunk)
        spent[0] += len(chunk)
        _check_size(spent[0], seen, info.compress_size, limits)
        yield chunk
    if seen != info.file_size:
        raise RefusalError("damaged")


def _data_offset(data: bytes, info: zipfile.ZipInfo) -> int:
    """Return where the member's packed bytes begin, by its own header."""
    header = data[info.header_offset : info.header_offset + LOCAL_HEADER]
    if len(header) < LOCAL_HEADER or not header.startswith(ZIP_MAGIC):
        raise RefusalError("damaged")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    return info.header_offset + LOCAL_HEADER + int(name_length) + int(extra_length)


def _inflate(packed: memoryview, compress_type: int) -> Iterator[bytes]:
    """Yield the unpacked bytes in chunks of at most one mebibyte."""
    if compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), CHUNK):
            yield bytes(packed[at : at + CHUNK])
        return
    engine = zlib.decompressobj(-15)
    pending = bytes(packed)
    try:
        while not engine.eof:
            chunk = engine.decompress(pending, CHUNK)
            pending = engine.unconsumed_tail
            if chunk:
                yield chunk
            elif not pending:
                break
    except zlib.error as error:
        raise RefusalError("damaged") from error
    if not engine.eof:
        raise RefusalError("damaged")
