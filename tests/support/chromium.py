"""Which browser the tests drive."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium(of_playwright: str) -> Path | None:
    """Return the browser's program: CHROMIUM of the environment, the system's, or the one that playwright installed; else None.

    Raises FileNotFoundError if CHROMIUM names a file that is not there.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).exists():
            raise FileNotFoundError(f"CHROMIUM names {named}, which is not there.")
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return Path(of_playwright) if Path(of_playwright).exists() else None
