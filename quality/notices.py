"""Mails of technical and QC, written in the transaction of the fact they tell: one per person and fact, in the reader's language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.outbox import services as outbox
from planning_site.outbox.models import OutgoingMail
from planning_site.outbox.rendering import Rendered, language_of, render_mail


@dataclass(frozen=True)
class Notice:
    """What a mail says, in the language that was active when it was made. `url` is a path of this site; `shape` is late, risk or ok."""

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    url: str
    link: str
    shape: str = "risk"


def tell(*, key: str, receivers: Iterable[tuple[User, Department]], build: Callable[[], Notice], rule_code: str) -> list[OutgoingMail]:
    """Write one mail per receiver in the caller's transaction; who was told under this key before is passed over."""
    texts: dict[str, Rendered] = {}
    mails = {}
    for user, department in receivers:
        language = language_of(user)
        if language not in texts:
            texts[language] = _render(build, language, rule_code)
        text = texts[language]
        mails[user.pk] = outbox.Mail(
            key=f"{key}:user-{user.pk}",
            to_user=user,
            department=department,
            rule_code=rule_code,
            subject=text.subject,
            text=text.text,
            html=text.html,
        )
    return outbox.write_many(mails.values())


def _render(build: Callable[[], Notice], language: str, rule_code: str) -> Rendered:
    with translation.override(language):
        notice = build()
        why = _("You get this by clause %(clause)s of the planning procedure.") % {"clause": rule_code}
    values = {"notice": notice, "link": settings.SITE_URL.rstrip("/") + notice.url, "why": why}
    return render_mail("quality_notice", values, language=language)
