"""Reads an uploaded file that is hostile until parsed: in a child process with bounded memory, time and output."""

import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.errors import DomainError

from .book import Book, Cell, CellError, Sheet
from .refusals import sentence
from .sandbox.limits import DEFAULT, Limits

ROOM = Path(__file__).resolve().parent
BOOTSTRAP = "import sys; sys.path.insert(0, sys.argv[1]); from sandbox.main import main; main()"
SHEET_NAME_FOR_TEXT = "CSV"


class Refused(DomainError):  # noqa: N818  the outcome's name in the whole product
    """The file cannot be taken; the message says why and what to do, `code` is the reason for programs."""


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> Book:
    """Return the workbook in `data`; raise Refused for anything that is not a bounded, honest workbook."""
    if len(data) > limits.file_bytes:
        raise refuse("too_large", limit=limits.file_bytes // (1024 * 1024))
    lines = _run_child(data, limits)
    try:
        answers = [json.loads(line) for line in lines]
    except ValueError as error:
        raise refuse("crashed") from error
    if not answers:
        raise refuse("crashed")
    if "refused" in answers[-1]:
        raise refuse(answers[-1]["refused"], **answers[-1]["params"])
    head, sheets = answers[0], answers[1:]
    return Book(
        name=name,
        format=head["format"],
        encoding=head.get("encoding", ""),
        separator=head.get("separator", ""),
        sheets=tuple(_sheet(item) for item in sheets),
    )


def _run_child(data: bytes, limits: Limits) -> list[bytes]:
    """Run the reading process and return its lines; its death by signal, memory or time is a refusal."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", BOOTSTRAP, str(ROOM), limits.to_json()]
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(data)
        source.seek(0)
        environment = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
        try:
            done = subprocess.run(
                command, stdin=source, stdout=target, stderr=subprocess.DEVNULL, env=environment, timeout=limits.wall_seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise refuse("slow") from error
        if done.returncode != 0:
            raise refuse("slow" if -done.returncode in (signal.SIGXCPU, signal.SIGKILL) else "crashed")
        target.seek(0)
        return target.read(limits.output_bytes).splitlines()


def _sheet(item: dict[str, Any]) -> Sheet:
    """Turn one line of the child into a sheet."""
    rows: list[list[Any]] = item["rows"]
    for row in rows:
        for index, value in enumerate(row):
            if type(value) is list:
                row[index] = _tagged(value)
    merged = tuple((top, left, bottom, right) for top, left, bottom, right in item["merged"])
    return Sheet(name=item["name"] or SHEET_NAME_FOR_TEXT, rows=rows, hidden=item["hidden"], merged=merged)


def _tagged(value: list[str]) -> Cell:
    """Turn a tagged value of the child into a day, a time or a cell error."""
    tag, text = value
    if tag == "d":
        return datetime.datetime.fromisoformat(text) if "T" in text else datetime.date.fromisoformat(text)
    return CellError(text) if tag in ("e", "f") else text


def refuse(code: str, **params: str | int) -> Refused:
    """Return the refusal with the sentence of `code`, for callers that refuse before reading."""
    return Refused(sentence(code, params), code)


def unknown_columns(seen: list[str]) -> Refused:
    """Return the refusal of a workbook no kind was recognised in, naming the columns that were seen."""
    words = pgettext("list", ", ").join(seen[:30]) or _("none")
    return Refused(
        _("This is none of the workbooks known here. Columns seen: %(words)s. Say which column is what, then it is remembered.")
        % {"words": words},
        "unknown_kind",
    )
