"""Values out of a query string. A value that cannot be read counts as not given."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.http import QueryDict


def whole(query: QueryDict, name: str) -> int | None:
    """A whole number of at most nine digits."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def date(query: QueryDict, name: str) -> dt.date | None:
    """A day as `2026-12-08`, or a month as `2026-12`."""
    text = query.get(name, "")
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    return None
