"""The parts of a digest and which department gets which. Texts are in the language that is active while a part is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from orders.models import Order, OrderLine
from planning_site.core.departments import Department
from planning_site.core.templatetags import figures
from planning_site.outbox.selectors import needing_a_person
from procurement.models import PurchaseOrderLine
from quality.selectors import OpenStyle
from scheduling.digest.facts import Facts, LateLine
from scheduling.digest.styles import orders_of, release_days, waits_for
from scheduling.models import Plan, PlanRun
from scheduling.notices.content import Work, work_of
from scheduling.selectors.floor import floor_of
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.titles import plan_title

SHOWN = 10  # rows of a part; the rest is counted and behind the link

Urgency = Literal["late", "today", "soon", "work", "new"]
ORDER: tuple[Urgency, ...] = ("late", "today", "soon", "work", "new")


@dataclass(frozen=True)
class Reader:
    """For whom a part is made: a salesperson's own customers, or (None) everything. Equal readers get the same part."""

    seller: int | None = None

    def looks_after(self, order: Order) -> bool:
        """Whether an order is the reader's: its own salesperson decides, else the customer's."""
        return self.seller is None or self.seller == (order.salesperson_id or order.customer.salesperson_id)

    def knows(self, sellers: Collection[int | None]) -> bool:
        """Whether one of these looks after the matter."""
        return self.seller is None or self.seller in sellers


@dataclass(frozen=True)
class Item:
    """A row: what, and beside it the details."""

    what: str
    detail: str
    link: str = ""


@dataclass(frozen=True)
class Section:
    """A part with its first rows. `total` counts all of them."""

    title: str
    urgency: Urgency
    items: tuple[Item, ...]
    total: int
    link: str = ""

    @property
    def rank(self) -> int:
        """Late first, new last."""
        return ORDER.index(self.urgency)

    @property
    def hidden(self) -> int:
        """Rows beyond those shown."""
        return self.total - len(self.items)


Builder = Callable[[Facts, Reader], Section | None]


def late_orders(facts: Facts, reader: Reader) -> Section | None:
    rows = [row for row in facts.late_lines if reader.looks_after(row.line.order)]
    return _section(_("Late or not planned"), "late", rows, _late_item, url("scheduling:month"))


def due_today(facts: Facts, reader: Reader) -> Section | None:
    lines = [line for line in facts.due_lines if line.due_on == facts.day and reader.looks_after(line.order)]
    return _section(_("Due today"), "today", lines, lambda line: _due_item(line, facts), url("orders:list"))


def due_soon(facts: Facts, reader: Reader) -> Section | None:
    lines = [line for line in facts.due_lines if line.due_on > facts.day and reader.looks_after(line.order)]
    return _section(_("Due in the next 3 days"), "soon", lines, lambda line: _due_item(line, facts), url("orders:list"))


def new_orders(facts: Facts, reader: Reader) -> Section | None:
    orders = [order for order in facts.new_orders if reader.looks_after(order)]
    return _section(_("New orders"), "new", orders, _order_item, url("orders:list"))


def new_plans(facts: Facts, reader: Reader) -> Section | None:
    return _section(_("New plans"), "new", facts.new_plans, _plan_item, url("scheduling:month"))


def todays_work(facts: Facts, reader: Reader) -> Section | None:
    """Today's day plan by team; where none is published, that is what is late."""
    missing = [plant for plant, plan in facts.day_plans if plan is None]
    if missing:
        return Section(_("No day plan is published for today"), "late", (), len(missing), url("scheduling:day"))
    plans = [plan for _plant, plan in facts.day_plans if plan]
    rows = [work for plan in plans for work in work_of(plan, floor_of(plan.plant))]
    return _section(_("Today's work"), "work", rows, _work_item, plan_url(plans[0]) if plans else "", shown=len(rows))


def this_week(facts: Facts, reader: Reader) -> Section | None:
    plans = [plan for _plant, plan in facts.week_plans if plan]
    rows = [work for plan in plans for work in work_of(plan, floor_of(plan.plant))]
    return _section(_("This week"), "work", rows, _work_item, plan_url(plans[0]) if plans else "", shown=len(rows))


def late_material(facts: Facts, reader: Reader) -> Section | None:
    return _section(_("Material past its promised day"), "late", facts.overdue_material, _material_item)


def material_today(facts: Facts, reader: Reader) -> Section | None:
    lines = [line for line in facts.arriving if line.promised_on == facts.day]
    return _section(_("Material promised for today"), "today", lines, _material_item)


def material_soon(facts: Facts, reader: Reader) -> Section | None:
    lines = [line for line in facts.arriving if line.promised_on != facts.day]
    return _section(_("Material promised for the next 3 days"), "soon", lines, _material_item)


def unconfirmed_material(facts: Facts, reader: Reader) -> Section | None:
    return _section(_("Material without a confirmed day"), "soon", facts.unconfirmed_material, _material_item)


def unreleased_styles(facts: Facts, reader: Reader) -> Section | None:
    """New styles that are not released, with what each waits for and who owes it (C1); with orders due in three days no work for later."""
    rows = facts.unreleased_styles
    urgent = bool(rows) and rows[0].style.first_due <= facts.until
    urgency: Urgency = "today" if urgent else "soon"
    return _section(_("New styles not released"), urgency, rows, lambda row: _style_item(row, facts.day), url("quality:styles"))


def stuck_mails(facts: Facts, reader: Reader) -> Section | None:
    count = needing_a_person()
    return Section(_("Mails that failed or may not have left"), "late", (), count, url("outbox:list")) if count else None


def failed_runs(facts: Facts, reader: Reader) -> Section | None:
    return _section(_("Plans that could not be made"), "late", facts.failed_runs, _run_item, url("scheduling:runs"))


ORDERS: tuple[Builder, ...] = (late_orders, due_today, due_soon, new_orders, new_plans)
MATERIAL: tuple[Builder, ...] = (late_material, material_today, material_soon)

SECTIONS: dict[Department, tuple[Builder, ...]] = {
    Department.SALES: ORDERS,
    Department.PLANNING: (*ORDERS, failed_runs, stuck_mails, late_material, unreleased_styles),
    Department.TECHNICAL: (unreleased_styles, new_orders, new_plans),
    Department.QC: (unreleased_styles, new_plans, this_week),
    Department.PURCHASING: (*MATERIAL, unconfirmed_material, new_orders, new_plans),
    Department.PRODUCTION: (late_orders, todays_work, this_week, new_plans),
    Department.WORKSHOP: (todays_work, this_week),
    Department.WAREHOUSE: (*MATERIAL, due_today, due_soon, new_plans),
    Department.GM: ORDERS,
}


def url(name: str, *args: object) -> str:
    """The address of a page as a mail needs it."""
    site: str = settings.SITE_URL
    return site.rstrip("/") + reverse(name, args=args)


def plan_url(plan: Plan) -> str:
    return url("scheduling:plan", plan.pk)


Row = TypeVar("Row")


def _section(
    title: str, urgency: Urgency, rows: Sequence[Row], item: Callable[[Row], Item], link: str = "", *, shown: int = SHOWN
) -> Section | None:
    """A part of the first rows, or None without any."""
    return Section(title, urgency, tuple(item(row) for row in rows[:shown]), len(rows), link) if rows else None


def _late_item(row: LateLine) -> Item:
    line, job = row.line, row.job
    due = _("due %(day)s") % {"day": figures.day(line.due_on)}
    if job is None:
        stand = _("in no published plan")
    elif job.finish_on is None:
        stand = _("not planned")
    else:
        days = ngettext("%(n)d day late", "%(n)d days late", job.late_days) % {"n": job.late_days}
        stand = _("expected %(day)s") % {"day": figures.day(job.finish_on)} + pgettext("sentence", ", ") + days
    reason = reason_text(job, row.floor) if job else ""
    detail = pgettext("sentence", ", ").join([*_about(line), due, stand])
    return Item(_name(line), f"{detail} – {reason}" if reason else detail, url("orders:detail", line.order_id))


def _due_item(line: OrderLine, facts: Facts) -> Item:
    finish = facts.finish_days.get(line.pk)
    stand = _("expected %(day)s") % {"day": figures.day(finish)} if finish else _("in no published plan")
    due = _("due %(day)s") % {"day": figures.day(line.due_on)}
    return Item(_name(line), pgettext("sentence", ", ").join([*_about(line), due, stand]), url("orders:detail", line.order_id))


def _name(line: OrderLine) -> str:
    return f"{line.style} {line.colour} · {line.order.number}"


def _about(line: OrderLine) -> list[str]:
    return [str(line.order.customer), _("%(pairs)s pairs") % {"pairs": figures.pairs(line.pairs)}]


def _order_item(order: Order) -> Item:
    lines = list(order.lines.all())
    words = [str(order.customer), _("%(pairs)s pairs") % {"pairs": figures.pairs(sum(line.pairs for line in lines))}]
    if lines:
        words.append(_("due %(day)s") % {"day": figures.day(min(line.due_on for line in lines))})
    return Item(order.number, pgettext("sentence", ", ").join(words), url("orders:detail", order.pk))


def _plan_item(plan: Plan) -> Item:
    who = plan.published_by or _("the timetable")
    return Item(f"{plan_title(plan)} · {plan}", _("published by %(who)s") % {"who": who}, plan_url(plan))


def _work_item(work: Work) -> Item:
    jobs = ngettext("%(n)d job", "%(n)d jobs", work.jobs) % {"n": work.jobs}
    return Item(work.name, pgettext("sentence", ", ").join([jobs, _("%(pairs)s pairs") % {"pairs": figures.pairs(work.pairs)}]))


def _material_item(line: PurchaseOrderLine) -> Item:
    what = f"{line.material.name} {line.material.code}" + (f" · {line.size}" if line.size else "")
    amount = f"{line.quantity.normalize():,f} {line.material.unit}"
    day = _("promised for %(day)s") % {"day": figures.day(line.promised_on)} if line.promised_on else _("no day promised")
    words = [line.number, str(line.supplier) if line.supplier else "", amount, day]
    if line.promised_on and line.state == PurchaseOrderLine.State.WAITING:
        words.append(_("not confirmed"))
    return Item(what, pgettext("sentence", ", ").join(word for word in words if word))


def _style_item(style: OpenStyle, today: dt.date) -> Item:
    due = _("due %(day)s") % {"day": figures.day(style.style.first_due)}
    words = [orders_of(style), due, waits_for(style, today), release_days(style)]
    what = f"{style.style} · {style.state.label}"
    return Item(what, pgettext("sentence", ", ").join(word for word in words if word), url("quality:style", style.style.pk))


def _run_item(run: PlanRun) -> Item:
    return Item(
        f"{run.get_horizon_display()} {figures.day(run.period)}",
        run.error.splitlines()[0] if run.error else "",
        url("scheduling:run", run.pk),
    )
