"""Reads a checked .xlsx workbook with python-calamine into plain rows."""

import datetime
import posixpath
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import python_calamine

from . import container, scan
from .limits import Limits
from .refusal import RefusalError

RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATIONSHIP = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read(data: bytes, limits: Limits) -> list[dict[str, Any]]:
    """Return one dict per worksheet: name, hidden, rows, merged; raise RefusalError."""
    facts = _inspect(data, limits)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        wanted = [sheet for sheet in workbook.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if not wanted:
            raise RefusalError("no_sheet")
        return [_sheet(workbook, sheet, facts.get(sheet.name), limits) for sheet in wanted]
    except python_calamine.PasswordError as error:
        raise RefusalError("password") from error
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError, ValueError) as error:
        raise RefusalError("damaged") from error


def _inspect(data: bytes, limits: Limits) -> dict[str, scan.SheetFacts]:
    """Stream every XML member once within the limits and return the facts of each sheet by its name."""
    _, members = container.open_checked(data, limits)
    spent = [0]
    kept: dict[str, bytes] = {}
    facts: dict[str, scan.SheetFacts] = {}
    cells = 0
    for name, info in members.items():
        lower = name.lower()
        if not lower.endswith((".xml", ".rels", ".vml")):
            _refuse_archive(data, info, name)
            continue
        chunks = scan.guarded(container.stream(data, info, limits, spent))
        if lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
            facts[name] = scan.scan_sheet(chunks, limits)
            cells += facts[name].cells
            if cells > limits.cells:
                raise RefusalError("too_many_cells", limit=limits.cells)
        elif name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            kept[name] = b"".join(chunks)
        else:
            for _ in chunks:
                pass
    return _by_sheet_name(kept, facts, limits)


def _refuse_archive(data: bytes, info: Any, name: str) -> None:
    """Refuse a stored member that is itself an archive or a program, whatever it is called; embedded objects are never opened."""
    if name.startswith("xl/embeddings/"):
        return
    start = info.header_offset + container.LOCAL_HEADER
    head = data[start : start + 1024]
    if info.compress_type == 0 and (container.ZIP_MAGIC in head or head[len(info.filename.encode()) :].startswith(b"MZ")):
        raise RefusalError("nested", name=name[:80])


def _by_sheet_name(kept: dict[str, bytes], facts: dict[str, scan.SheetFacts], limits: Limits) -> dict[str, scan.SheetFacts]:
    """Join sheet names to the facts of their files through the workbook's relationships."""
    try:
        book = ElementTree.fromstring(kept["xl/workbook.xml"])
        relations = ElementTree.fromstring(kept.get("xl/_rels/workbook.xml.rels", b"<r/>"))
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise RefusalError("damaged") from error
    targets = {item.get("Id"): _target(item.get("Target") or "") for item in relations}
    named: dict[str, scan.SheetFacts] = {}
    count = 0
    for sheet in book.iter():
        if not sheet.tag.endswith("}sheet"):
            continue
        count += 1
        path = targets.get(sheet.get(RELATIONSHIP) or sheet.get(STRICT_RELATIONSHIP), "")
        if path in facts:
            named[sheet.get("name") or ""] = facts[path]
        elif path.startswith("xl/") and "sheet" not in path.lower():
            # A sheet kept under a name we did not scan would reach the parser unmeasured.
            raise RefusalError("damaged")
    if count > limits.sheets:
        raise RefusalError("too_many_sheets", limit=limits.sheets, found=count)
    return named


def _target(target: str) -> str:
    """Return a relationship's target as a path inside the zip."""
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target))


def _sheet(workbook: Any, meta: Any, facts: scan.SheetFacts | None, limits: Limits) -> dict[str, Any]:
    """Read one sheet into rows of JSON values, row 1 first."""
    if facts is None:
        raise RefusalError("damaged")
    sheet = workbook.get_sheet_by_name(meta.name)
    merged = sheet.merged_cell_ranges or []
    grid = sheet.to_python(skip_empty_area=False) if sheet.height and sheet.width else []
    rows = [[_value(value) for value in row] for row in grid]
    for (row, column), word in facts.errors.items():
        _mark(rows, row, column, ["e", word])
    for row, column in facts.uncalculated:
        _mark(rows, row, column, ["f", ""])
    return {
        "name": meta.name,
        "hidden": meta.visible != python_calamine.SheetVisibleEnum.Visible,
        "rows": rows,
        "merged": [[top + 1, left + 1, bottom + 1, right + 1] for (top, left), (bottom, right) in merged[: limits.rows]],
    }


def _mark(rows: list[list[Any]], row: int, column: int, value: list[str]) -> None:
    """Put a marked value at a cell counted from 1, making the grid large enough."""
    while len(rows) < row:
        rows.append([])
    line = rows[row - 1]
    line.extend([None] * (column - len(line)))
    line[column - 1] = value


def _value(value: Any) -> Any:
    """Return a cell as JSON: blank is null, days and times are tagged lists."""
    convert = _CONVERT.get(type(value))
    return convert(value) if convert is not None else str(value)


def _number(value: float) -> int | float:
    """Whole numbers come as floats from Excel; 54.0 is 54."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


_CONVERT: dict[type, Callable[[Any], Any]] = {
    float: _number,
    int: lambda value: value,
    bool: lambda value: value,
    str: lambda value: value or None,
    datetime.datetime: lambda value: ["d", value.isoformat()],
    datetime.date: lambda value: ["d", value.isoformat()],
    datetime.time: lambda value: ["t", value.isoformat()],
    datetime.timedelta: lambda value: ["t", str(value)],
}
