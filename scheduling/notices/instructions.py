"""Issued instruction orders reach their receivers (E3): one mail per person with all orders of the issue, and a row to acknowledge each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.outbox import services as outbox
from planning_site.outbox.models import Attachment
from planning_site.outbox.rendering import Rendered, language_of, render_mail
from planning_site.workbooks.writing import XLSX
from scheduling.exports.instruction import instructions_workbook
from scheduling.instructions import Contents, Difference
from scheduling.instructions.wording import difference_text
from scheduling.models import InstructionReceiver, InstructionVersion
from scheduling.notices.receivers import people_of

CLAUSE = "E3"
RECEIVERS = (Department.PURCHASING, Department.QC, Department.PRODUCTION, Department.WORKSHOP, Department.WAREHOUSE)
SHOWN = 40  # orders that a mail lists by name; the file has all of them

logger = logging.getLogger(__name__)


def instructions_issued(*, versions: Sequence[InstructionVersion], by: User | None) -> list[InstructionReceiver]:
    """Name the receivers of each version and write their mails, in the caller's transaction. Empty departments are on record."""
    members = people_of(RECEIVERS)
    people: dict[int, tuple[User, Department]] = {}
    for department in RECEIVERS:
        for user in members[department]:
            people.setdefault(user.pk, (user, department))
    rows = [
        InstructionReceiver(version=version, user=user, department=department)
        for version in versions
        for user, department in people.values()
    ]
    InstructionReceiver.objects.bulk_create(rows, batch_size=2000)
    empty = [department.value for department in RECEIVERS if not members[department]]
    if empty:
        logger.warning("nobody receives instruction orders in: %s", ", ".join(empty))
        audit.record_many([audit.Entry(version.instruction, "nobody in", {"departments": (None, empty)}) for version in versions], by=by)
    letters = _Letters(versions, by)
    outbox.write_many(_mail(versions, user, department, letters) for user, department in people.values())
    return rows


def _mail(versions: Sequence[InstructionVersion], user: User, department: Department, letters: _Letters) -> outbox.Mail:
    language = language_of(user)
    text = letters.text(language)
    return outbox.Mail(
        key=f"instructions:{min(version.pk for version in versions)}:user-{user.pk}",
        to_user=user,
        department=department,
        rule_code=CLAUSE,
        subject=text.subject,
        text=text.text,
        html=text.html,
        attachments=[letters.file(language)],
    )


class _Letters:
    """The text and the file of an issue, made once per language, however many people get them."""

    def __init__(self, versions: Sequence[InstructionVersion], by: User | None) -> None:
        self._versions = versions
        self._by = by
        self._texts: dict[str, Rendered] = {}
        self._files: dict[str, Attachment] = {}

    def text(self, language: str) -> Rendered:
        if language not in self._texts:
            with translation.override(language):
                context = self._context()
            self._texts[language] = render_mail("instructions_issued", context, language=language)
        return self._texts[language]

    def file(self, language: str) -> Attachment:
        if language not in self._files:
            with translation.override(language):
                filename, content = instructions_workbook(self._versions)
            self._files[language] = outbox.store_attachment(filename=filename, content=content, content_type=XLSX)
        return self._files[language]

    def _context(self) -> dict[str, Any]:
        site = settings.SITE_URL.rstrip("/")
        single = self._versions[0] if len(self._versions) == 1 else None
        link = site + (reverse("scheduling:instruction", args=[single.instruction_id]) if single else reverse("scheduling:instructions"))
        return {
            "single": single,
            "count": len(self._versions),
            "rows": [_row(version, site) for version in self._versions[:SHOWN]],
            "hidden": max(0, len(self._versions) - SHOWN),
            "link": link if single else f"{link}?state=mine",
            "issued_by": self._by,
            "why": self._versions[0].why,
            "clause": CLAUSE,
        }


def _row(version: InstructionVersion, site: str) -> dict[str, Any]:
    changed = [difference_text(Difference.from_json(row)) for row in version.differences]
    return {
        "version": version,
        "contents": Contents.from_json(version.content),
        "link": site + reverse("scheduling:instruction", args=[version.instruction_id]),
        "changed": changed[:6],
        "more": max(0, len(changed) - 6),
    }
