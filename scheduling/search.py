"""One search over orders, styles, customers and pages. It shows only what the reader may open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Customer, OrderLine, Style
from orders.selectors import order_book, search
from planning_site.core import access
from planning_site.core.models import User
from planning_site.core.navigation import sections_for
from planning_site.core.plants import default_plant
from planning_site.core.templatetags import figures
from planning_site.workbooks.cells import half_width
from scheduling import standing
from scheduling.models import PlanJob

MAX_LENGTH = 60
ASKED = re.compile(r"(?:问|ask)\s*(?P<style>\S+)\s+(?P<pairs>\d{1,6})(?:双| pairs)?", re.IGNORECASE)
ORDERS, OTHERS = 8, 4  # hits of a kind

Outcome = PlanJob.Outcome


@dataclass(frozen=True)
class Hit:
    """A thing to open. `state` and `word` make its chip; no word, no chip."""

    title: str
    detail: str
    url: str
    state: str = ""
    word: str = ""


@dataclass(frozen=True)
class Kind:
    """Hits of one kind under a heading."""

    title: str
    hits: tuple[Hit, ...]


def hits_for(user: User, text: str) -> list[Kind]:
    """Kinds with hits. Without a text: the newest orders and every page, as a start."""
    text = half_width(text)
    kinds = [Kind(_("Pages"), (*date_asked(user, text), *pages_like(user, text)))]
    if access.may(user, "orders:list"):
        kinds.insert(0, Kind(_("Orders"), tuple(orders_like(text))))
        if text:
            kinds[1:1] = [Kind(_("Styles"), tuple(styles_like(text))), Kind(_("Customers"), tuple(customers_like(text)))]
    return [kind for kind in kinds if kind.hits]


def date_asked(user: User, text: str) -> Iterable[Hit]:
    """`问 HD2616 1200`, in English `ask HD2616 1200`: the page that answers by when so many pairs could be there."""
    found = ASKED.fullmatch(text)
    if found and access.may(user, "scheduling:promise"):
        style, pairs = found["style"].upper(), int(found["pairs"])
        title = _("Ask a date: %(style)s, %(pairs)s pairs") % {"style": style, "pairs": figures.pairs(pairs)}
        yield Hit(title, "", reverse("scheduling:promise", query={"style": style, "pairs": str(pairs)}))


def pages_like(user: User, text: str) -> Iterable[Hit]:
    """Pages by their name or that of their section."""
    for section, pages in sections_for(user):
        for page in pages:
            if text.lower() in f"{page.label} {section.label}".lower():
                yield Hit(str(page.label), str(section.label), reverse(page.url_name))


def orders_like(text: str) -> list[Hit]:
    """Order lines, the newest orders first, each with its state in the month plan in force."""
    book = order_book()
    found = search(book, text).lines if text else book
    lines = list(found.order_by("-order__ordered_on", "-order__number", "position")[:ORDERS])
    jobs = planned_jobs(lines)
    return [order_hit(line, jobs.get(line.pk)) for line in lines]


def planned_jobs(lines: list[OrderLine]) -> dict[int, PlanJob]:
    """What the month plan in force says about each line that it holds."""
    plan = standing.month_plan_in_force(default_plant()) if lines else None
    return {job.order_line_id: job for job in PlanJob.objects.filter(plan=plan, order_line__in=lines)} if plan else {}


def order_hit(line: OrderLine, job: PlanJob | None) -> Hit:
    order = line.order
    details = [str(order.customer), *([order.po] if order.po else []), _("%(pairs)s pairs") % {"pairs": figures.pairs(line.pairs)}]
    details.append(_("due %(day)s") % {"day": figures.day(line.due_on)})
    state, word = state_of(job) if order.state == order.State.OPEN else ("frozen", str(order.get_state_display()))
    return Hit(f"{order.number} · {line.style} {line.colour}", " · ".join(details), reverse("orders:detail", args=[order.pk]), state, word)


def state_of(job: PlanJob | None) -> tuple[str, str]:
    """Shape and word of a line's chip."""
    if job is None:
        return "wait", _("not planned")
    if job.outcome == Outcome.LATE:
        return "late", ngettext("%(n)d day late", "%(n)d days late", job.late_days) % {"n": job.late_days}
    return ("ok", _("on time")) if job.outcome == Outcome.ON_TIME else ("late", _("not planned"))


def styles_like(text: str) -> list[Hit]:
    styles = Style.objects.filter(code__has_text=text).order_by("code")[:OTHERS]
    return [Hit(style.code, style.family, in_order_book(style.code)) for style in styles]


def customers_like(text: str) -> list[Hit]:
    customers = Customer.objects.filter(name__has_text=text).order_by("name")[:OTHERS]
    return [Hit(customer.name, customer.code, in_order_book(customer.name)) for customer in customers]


def in_order_book(text: str) -> str:
    return reverse("orders:list", query={"q": text})
