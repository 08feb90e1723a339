"""Mails about requests to postpone (B3b): one per person with all lines of a batch; another when they stay without an answer."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from planning_site.core.departments import Department
from planning_site.core.templatetags import figures
from planning_site.outbox import services as outbox
from planning_site.outbox.rendering import Rendered, language_of, render_mail
from scheduling.models import PostponeRequest
from scheduling.notices.receivers import people_of

CLAUSE = "B3b"


def tell_sales(requests: Sequence[PostponeRequest]) -> int:
    """Write to the people of sales, each about the own customers' lines or, without any, about all. Returns the number of mails."""
    return _tell(requests, (Department.SALES,), "asked")


def tell_gm(requests: Sequence[PostponeRequest]) -> int:
    """Write that requests stay without an answer, to the general manager and to sales."""
    return _tell(requests, (Department.GM, Department.SALES), "escalated")


def _tell(requests: Sequence[PostponeRequest], departments: tuple[Department, ...], what: str) -> int:
    mails = []
    for department, people in people_of(departments).items():
        for user in people:
            seller = getattr(user, "salesperson", None) if department == Department.SALES else None
            own = [r for r in requests if seller is None or r.order_line.order.customer.salesperson_id in (None, seller.pk)]
            if own:
                text = _render(own, what, language_of(user))
                key = f"postpone:{what}:{own[0].pk}-{own[-1].pk}:user-{user.pk}"
                mails.append(
                    outbox.Mail(
                        key=key,
                        to_user=user,
                        department=department,
                        rule_code=CLAUSE,
                        subject=text.subject,
                        text=text.text,
                        html=text.html,
                    )
                )
    return len(outbox.write_many(mails))


def _render(requests: Sequence[PostponeRequest], what: str, language: str) -> Rendered:
    with translation.override(language):
        values = {
            "title": _title(len(requests), what),
            "late": what == "escalated",
            "rows": [_row(request) for request in requests],
            "link": settings.SITE_URL.rstrip("/") + reverse("scheduling:postpone"),
            "clause": CLAUSE,
        }
    return render_mail("postpone", values, language=language)


def _title(count: int, what: str) -> str:
    if what == "escalated":
        return ngettext("%(n)d request to postpone stays without an answer", "%(n)d requests to postpone stay without an answer", count) % {
            "n": count
        }
    return ngettext("Planning asks to postpone %(n)d order line", "Planning asks to postpone %(n)d order lines", count) % {"n": count}


def _row(request: PostponeRequest) -> dict[str, str]:
    line = request.order_line
    return {
        "what": f"{line.order.number} {line.style.code} {line.colour.name}",
        "customer": line.order.customer.name,
        "days": f"{figures.day(request.due_on)} → {figures.day(request.earliest_on)}",
        "why": request.reason,
        "by": figures.moment(request.answer_by),
    }
