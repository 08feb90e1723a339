"""The reading process: a file on standard input, one line of JSON per sheet on standard output."""

import contextlib
import json
import resource
import sys
from typing import Any

from . import container, delimited
from .limits import Limits
from .refusal import RefusalError


def main() -> None:
    """Read the file within the limits given as the last argument; every refusal is an answer, not a crash."""
    limits = Limits.from_json(sys.argv[-1])
    for name, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
    ):
        # A system that knows no such limit (macOS and memory) still has the others and the parent's clock.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (value, value))
    try:
        for answer in _answers(sys.stdin.buffer.read(limits.file_bytes + 1), limits):
            sys.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n")
    except RefusalError as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code, "params": refusal.params}) + "\n")
    except MemoryError:
        sys.stdout.write('{"refused":"memory","params":{}}\n')
    sys.stdout.flush()


def _answers(data: bytes, limits: Limits) -> list[dict[str, Any]]:
    """Return the header line and the sheets."""
    if len(data) > limits.file_bytes:
        raise RefusalError("too_large", limit=limits.file_bytes // (1024 * 1024))
    if container.sniff(data) == "xlsx":
        # Imported here and not above: a text file needs no spreadsheet parser in memory.
        from . import excel

        return [{"format": "xlsx"}, *excel.read(data, limits)]
    rows, encoding, separator = delimited.read(data, limits)
    sheet = {"name": "", "hidden": False, "rows": rows, "merged": []}
    return [{"format": "csv", "encoding": encoding, "separator": separator}, sheet]
