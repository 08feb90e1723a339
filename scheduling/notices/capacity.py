"""Mails to sales about overload (B3a) and idle time (B4), in the language of each reader."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from planning_site.core.departments import Department
from planning_site.outbox import services as outbox
from planning_site.outbox.rendering import Rendered, language_of, render_mail
from scheduling.answers.capacity import IdleWindow, Overload
from scheduling.models import CapacityNotice
from scheduling.notices.receivers import people_of

Kind = CapacityNotice.Kind


def tell(notice: CapacityNotice, rows: Sequence[Overload | IdleWindow]) -> int:
    """One mail per person of sales; a second call for the same notice writes none. Returns the number of mails."""
    clause, mails = CapacityNotice.CLAUSES[Kind(notice.kind)], []
    for department, people in people_of((Department.SALES,)).items():
        for user in people:
            text = _render(notice, rows, clause, language_of(user))
            mails.append(
                outbox.Mail(
                    key=f"capacity:{notice.kind}:plan-{notice.plan_id}:user-{user.pk}",
                    to_user=user,
                    department=department,
                    rule_code=clause,
                    subject=text.subject,
                    text=text.text,
                    html=text.html,
                )
            )
    return len(outbox.write_many(mails))


def _render(notice: CapacityNotice, rows: Sequence[Overload | IdleWindow], clause: str, language: str) -> Rendered:
    with translation.override(language):
        values = {
            "title": _title(notice),
            "late": notice.kind == Kind.OVERLOAD,
            "rows": [row.text for row in rows],
            "link": settings.SITE_URL.rstrip("/") + reverse("scheduling:capacity", args=[notice.plan_id]),
            "clause": clause,
        }
    return render_mail("capacity", values, language=language)


def _title(notice: CapacityNotice) -> str:
    if notice.kind == Kind.OVERLOAD:
        return _("%(plan)s: more work than capacity, and what planning does about it") % {"plan": notice.plan}
    return _("%(plan)s: idle time, please chase orders") % {"plan": notice.plan}
