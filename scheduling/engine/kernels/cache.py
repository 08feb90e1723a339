"""Where the compiled code of the kernels is kept.

numba notices a change of the file a kernel stands in, not of the files of the kernels it calls. So the compiled
code lives in a folder named after the contents of all kernel files: old code is never run by accident. Several
processes may compile at once; numba writes each file whole and then renames it.
"""

import hashlib
import os
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent


def fingerprint() -> str:
    """Short hash over the source of all kernels."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """Where compiled kernels are kept: NUMBA_CACHE_DIR, else beside the source, else the user's cache."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return Path(named)
    beside = FOLDER / "__pycache__"
    for root in (beside, Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "luyue"):
        if _writable(root):
            return root
    return Path(tempfile.gettempdir()) / f"luyue-{os.getuid()}"


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def cache_folder() -> Path:
    return cache_root() / f"kernels-{fingerprint()}"
