"""What a job waits for, in words: a material with its purchase order, or an item of pre-production, and who owes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags import figures
from scheduling.gates import Hold


def hold_text(hold: Hold) -> str:
    """`大底 白 S15-WH until 14 Dec (立达鞋底 CG264118, 陆采购)`."""
    details = pgettext("list", ", ").join(part for part in (hold.reference, hold.owner) if part)
    said = f"{hold.what} {_when(hold)}".strip()
    return f"{said} ({details})" if details else said


def _when(hold: Hold) -> str:
    """Until when it is missing; a day that nobody promised says so."""
    if hold.day is not None:
        return _("until %(day)s") % {"day": figures.day(hold.day)}
    if hold.assumed is not None:
        return _("has no date; assumed %(day)s by the usual lead time") % {"day": figures.day(hold.assumed)}
    return _("has no date")


def holds_of(detail: dict[str, Any]) -> list[Hold]:
    """The holds that a plan kept with a job's reason."""
    return [Hold.from_json(row) for row in detail.get("holds", ())]


def holds_text(holds: Iterable[Hold]) -> str:
    """Several holds in one line."""
    return "; ".join(hold_text(hold) for hold in holds)
