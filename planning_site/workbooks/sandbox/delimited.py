"""Reads delimited text as spreadsheet programs save it: several encodings and separators."""

import csv
import re
from collections import Counter
from io import StringIO
from typing import Any

from .limits import Limits
from .refusal import RefusalError

SEPARATORS = ",;\t|"
SAMPLE_LINES = 60
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read(data: bytes, limits: Limits) -> tuple[list[list[Any]], str, str]:
    """Return rows of text or None, the encoding and the separator; raise RefusalError."""
    text, encoding = decode(data)
    if CONTROL.search(text):
        raise RefusalError("not_workbook")
    separator = sniff_separator(text)
    csv.field_size_limit(limits.text_length)
    rows: list[list[Any]] = []
    cells = 0
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            rows.append([value if value.strip() else None for value in row])
            cells += len(row)
            if len(rows) > limits.rows:
                raise RefusalError("too_many_rows", limit=limits.rows, found=len(rows))
            if len(row) > limits.columns:
                raise RefusalError("too_many_columns", limit=limits.columns, found=len(row))
            if cells > limits.cells:
                raise RefusalError("too_many_cells", limit=limits.cells)
    except csv.Error as error:
        raise RefusalError("damaged") from error
    return rows, encoding, separator


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: a byte order mark, UTF-8, GB18030 (GBK), else Windows-1252."""
    if data.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif _looks_chinese(data):
        candidates = ["utf-8", "gb18030"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise RefusalError("encoding")


def _looks_chinese(data: bytes) -> bool:
    """Tell GBK from Western text: Chinese characters are pairs of high bytes, accented letters mostly stand alone."""
    runs = HIGH_RUN.findall(data[:200_000])
    high = sum(len(run) for run in runs)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    return high > 0 and paired * 2 >= high


def sniff_separator(text: str) -> str:
    """Return the separator that splits most of the first lines into the same number of cells, the most cells among equals."""
    head = text[:12]
    if head[:4].lower() == "sep=" and head[4:5] in SEPARATORS:
        return head[4]
    lines = [line for line in text[:200_000].splitlines()[:SAMPLE_LINES] if line.strip()]
    best, best_score = ",", (0, 0)
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
        except csv.Error:
            continue
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            best, best_score = max((best, best_score), (separator, (count, width)), key=lambda item: item[1])
    return best
