"""A published plan reaches the departments: one mail per person, written in the transaction that publishes it."""

import logging
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.outbox import services as outbox
from planning_site.outbox.models import Attachment
from planning_site.outbox.rendering import Rendered, language_of, render_mail
from scheduling.exports import plan_workbook
from scheduling.models import Plan
from scheduling.notices.content import plan_content
from scheduling.notices.receivers import Receiver, receivers_of

__all__ = ["Distribution", "plan_published"]

logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Distribution:
    """Who was written to: how many mails, which departments have nobody in them, and who has no address and reads it here only."""

    mails: int
    empty_departments: tuple[Department, ...]
    without_address: tuple[User, ...]


def plan_published(*, plan: Plan, by: User | None) -> Distribution:
    """Write the mails that tell a plan's publication, with its Excel file, in the caller's transaction.

    Who gets it stands in `receivers.CLAUSES`. A second call writes nothing. Departments without people and people without an address
    are named in the plan's history.
    """
    receivers, empty = receivers_of(plan.horizon)
    letters = _Letters(plan, by)
    written = outbox.write_many(_mail(plan, receiver, letters) for receiver in receivers)
    without_address = tuple(receiver.user for receiver in receivers if not receiver.user.email)
    if written or not receivers:
        values: dict[str, tuple[Any, Any]] = {"mails": (None, len(written))}
        if empty:
            logger.warning("nobody receives %s in: %s", plan, ", ".join(empty))
            values["nobody in"] = (None, [department.value for department in empty])
        if without_address:
            values["no address"] = (None, [str(user) for user in without_address])
        audit.record(plan, "distribute", by=by, values=values)
    return Distribution(len(written), empty, without_address)


def _mail(plan: Plan, receiver: Receiver, letters: "_Letters") -> outbox.Mail:
    language = language_of(receiver.user)
    text = letters.text(language, receiver.clauses)
    return outbox.Mail(
        key=f"plan:{plan.pk}:user-{receiver.user.pk}",
        to_user=receiver.user,
        department=receiver.department,
        rule_code=", ".join(receiver.clauses),
        subject=text.subject,
        text=text.text,
        html=text.html,
        attachments=[letters.file(language)],
    )


class _Letters:
    """The text and the file of a plan, made once per language and clause, however many people get them."""

    def __init__(self, plan: Plan, by: User | None) -> None:
        self._plan = plan
        self._by = by
        self._texts: dict[tuple[str, tuple[str, ...]], Rendered] = {}
        self._files: dict[str, Attachment] = {}

    def text(self, language: str, clauses: tuple[str, ...]) -> Rendered:
        if (language, clauses) not in self._texts:
            with translation.override(language):
                content = plan_content(self._plan, self._by)
            self._texts[language, clauses] = render_mail("plan_published", {"content": content, "clauses": clauses}, language=language)
        return self._texts[language, clauses]

    def file(self, language: str) -> Attachment:
        if language not in self._files:
            with translation.override(language):
                filename, content = plan_workbook(self._plan)
            self._files[language] = outbox.store_attachment(filename=filename, content=content, content_type=XLSX)
        return self._files[language]
