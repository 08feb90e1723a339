"""Which code made a plan: the engine's sources in one short line."""

import hashlib
from functools import lru_cache
from pathlib import Path

from scheduling import engine

SHOWN = 12  # hexadecimal digits: enough to tell versions apart


@lru_cache(maxsize=1)
def engine_version() -> str:
    """The hash of all source files of the engine. Two plans of the same input, seed and version differ by the time they had only."""
    root = Path(engine.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:SHOWN]
