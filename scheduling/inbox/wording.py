"""How each kind of row reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.models import OrderLine
from orders.sizes import size_key
from planning_site.core.templatetags import figures
from planning_site.workbooks.models import ImportJob
from procurement.models import PurchaseOrderLine
from scheduling.digest.facts import LateLine
from scheduling.gates import Hold
from scheduling.inbox.rows import Key, Row
from scheduling.models import InstructionReceiver, Plan, PlanHit, PlanJob, PlanRun
from scheduling.selectors.holds import hold_text
from scheduling.selectors.reasons import reason_text
from scheduling.selectors.titles import plan_title

NOT_PLANNED = 1_000  # ranks before any number of days late

TITLES = {
    "now": gettext_lazy("To settle now"),
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "soon": gettext_lazy("Next 3 days"),
    "planned": gettext_lazy("Later, late by the plan"),
    "release": gettext_lazy("New styles to release"),
}


def broken_run(run: PlanRun) -> Row:
    title = plan_title(Plan(horizon=run.horizon, period=run.period))
    day = figures.factory_day(run.finished_at or run.requested_at)
    return Row(
        group="now",
        shape="late",
        when=_("failed"),
        below=figures.moment(run.finished_at),
        day=day,
        kind=_("Plan"),
        what=_("%(plan)s could not be made") % {"plan": title},
        whom=run.error.splitlines()[0] if run.error else "",
        url=reverse("scheduling:run", args=[run.pk]),
        action=_("See why"),
    )


def stuck_mails(count: int, today: dt.date) -> Row:
    return Row(
        group="now",
        shape="late",
        when=_("failed"),
        day=today,
        kind=_("Mail"),
        what=ngettext("%(n)d mail did not arrive", "%(n)d mails did not arrive", count) % {"n": count},
        whom=_("failed, or nobody knows whether they left"),
        url=reverse("outbox:list"),
        action=_("Look"),
    )


def waiting_import(job: ImportJob) -> Row:
    failed = job.state == ImportJob.State.FAILED
    wrong = job.result.get("wrong_rows", 0)
    rows = ngettext("%(n)d row is wrong", "%(n)d rows are wrong", wrong) % {"n": wrong}
    return Row(
        group="now",
        shape="late" if failed or wrong else "draft",
        when=_("failed") if failed else _("not written"),
        below=figures.moment(job.requested_at),
        day=figures.factory_day(job.requested_at),
        kind=_("Import"),
        what=(_("%(file)s could not be read") if failed else _("%(file)s waits to be imported")) % {"file": job.filename},
        whom=job.error.splitlines()[0] if job.error else rows if wrong else _("nothing wrong was found"),
        url=reverse("workbooks:job", args=[job.pk]),
        action=_("Check"),
    )


def draft(plan: Plan) -> Row:
    who = str(plan.created_by or _("the timetable"))
    return Row(
        group="now",
        shape="draft",
        when=_("draft"),
        below=figures.moment(plan.created_at),
        day=figures.factory_day(plan.created_at),
        kind=_("Plan"),
        what=_("%(plan)s v%(version)d is not published") % {"plan": plan_title(plan), "version": plan.version},
        whom=_("made by %(who)s; the departments do not see it") % {"who": who},
        url=reverse("scheduling:plan", args=[plan.pk]),
        action=_("Publish"),
    )


def missing_day_plan(day: dt.date) -> Row:
    return Row(
        group="now",
        shape="late",
        when=_("missing"),
        day=day,
        kind=_("Plan"),
        what=_("No day plan is published for today"),
        whom=_("the teams work by the week plan"),
        url=reverse("scheduling:week"),
        action=_("Week plan"),
    )


def late_line(row: LateLine, today: dt.date, until: dt.date) -> Row:
    """A line that is or will be late. Before its due day has come it says by how much."""
    line, job = row.line, row.job
    finish = job.finish_on if job else None
    if line.due_on < today:
        when = days_overdue(today - line.due_on)
    elif job and finish:
        when = ngettext("%(n)d day late", "%(n)d days late", job.late_days) % {"n": job.late_days}
    else:
        when = _("not planned")
    group = group_of(line.due_on, today, until)
    return Row(
        group=group,
        shape="late",
        when=when,
        below=due_text(line.due_on),
        day=line.due_on,
        kind=_("Order"),
        what=name_of(line),
        whom=about(line, finish),
        why=reason_text(job, row.floor) if job else _("in no published plan"),
        url=reverse("orders:detail", args=[line.order_id]),
        action=_("Open"),
        rank=-worst(job) if group == "planned" else 0,
    )


def worst(job: PlanJob | None) -> int:
    """Sorts jobs that have time left until they are due: what is not planned at all first, then by days late."""
    return job.late_days if job and job.finish_on else NOT_PLANNED


def due_line(line: OrderLine, finish: dt.date | None, today: dt.date) -> Row:
    """A line that is due soon and will be in time, as far as a plan says so."""
    return Row(
        group="today" if line.due_on == today else "soon",
        shape="ok" if finish else "wait",
        when=_("on time") if finish else _("not planned"),
        below=due_text(line.due_on),
        day=line.due_on,
        kind=_("Order"),
        what=name_of(line),
        whom=about(line, finish),
        why="" if finish else _("in no published plan"),
        url=reverse("orders:detail", args=[line.order_id]),
        action=_("Open"),
    )


def material(lines: list[PurchaseOrderLine], today: dt.date, *, receives: bool) -> Row:
    """Ordered material whose promised day has passed or is near, in one or more sizes: to receive, or to look at."""
    line = lines[0]
    promised = line.promised_on or today
    overdue = promised < today
    numbers = sorted({each.number for each in lines})
    more = _("%(number)s, %(n)d orders") % {"number": numbers[0], "n": len(numbers)} if len(numbers) > 1 else numbers[0]
    sizes = sorted({each.size for each in lines if each.size}, key=size_key)
    quantity = sum((each.quantity for each in lines), Decimal(0)).normalize()
    details = [more, *([str(line.supplier)] if line.supplier else []), f"{quantity:,f} {line.material.unit}"]
    if len(sizes) == 1:
        details.append(_("size %(size)s") % {"size": sizes[0]})
    elif sizes:
        details.append(_("%(first)s–%(last)s, %(n)d sizes") % {"first": sizes[0], "last": sizes[-1], "n": len(sizes)})
    return Row(
        group="overdue" if overdue else "today" if promised == today else "soon",
        shape="late" if overdue else "wait",
        when=days_overdue(today - promised) if overdue else _("promised"),
        below=due_text(promised),
        day=promised,
        kind=_("Material"),
        what=f"{line.material.name} {line.material.code}",
        whom=" · ".join(details),
        url=_purchase_url(line, receives),
        action=_("Receive") if receives else _("Open"),
    )


def _purchase_url(line: PurchaseOrderLine, receives: bool) -> str:
    """Where its purchase order is received, or shown."""
    if receives:
        return f"{reverse('procurement:stock_receive')}?order={line.order_id}"
    return reverse("procurement:order", args=[line.order_id])


def hit(found: PlanHit, today: dt.date, until: dt.date) -> Row:
    """A late material or approval (D5, C3), with how many jobs it hits and when the first of them is to begin."""
    hold = Hold.from_json(found.hold)
    jobs = len({job["line"] for job in found.jobs})
    moved = hold.day is not None and found.was_expected_on is not None and hold.day != found.was_expected_on
    return Row(
        group=group_of(found.first_start, today, until),
        shape="late",
        when=_("not there in time"),
        below=_("starts %(day)s") % {"day": figures.day(found.first_start)},
        day=found.first_start,
        kind=str(hold.kind.label),
        what=hold_text(hold),
        whom=ngettext("hits %(n)d job", "hits %(n)d jobs", jobs) % {"n": jobs},
        why=_("was promised for %(day)s") % {"day": figures.day(found.was_expected_on)} if moved else "",
        url=reverse("scheduling:hits") + f"#hit-{found.pk}",
        action=_("Whom it hits"),
    )


def instructions(waiting: list[InstructionReceiver]) -> Row:
    """Instruction orders to acknowledge (E3): one by its number, several by their count."""
    first = waiting[0].version
    one = len(waiting) == 1
    address = reverse("scheduling:instruction", args=[first.instruction_id]) if one else reverse("scheduling:instructions") + "?state=mine"
    count = ngettext("%(n)d instruction order", "%(n)d instruction orders", len(waiting)) % {"n": len(waiting)}
    return Row(
        group="now",
        shape="wait",
        when=_("to acknowledge"),
        below=figures.moment(first.issued_at),
        day=figures.factory_day(first.issued_at),
        kind=_("Instruction"),
        what=str(first) if one else count,
        whom=_("issued to you; say that it has arrived (E3)"),
        url=address,
        action=_("Acknowledge"),
    )


def group_of(due: dt.date, today: dt.date, until: dt.date) -> Key:
    if due < today:
        return "overdue"
    if due == today:
        return "today"
    return "soon" if due <= until else "planned"


def days_overdue(late: dt.timedelta) -> str:
    return ngettext("%(n)d day overdue", "%(n)d days overdue", late.days) % {"n": late.days}


def due_text(day: dt.date) -> str:
    """`12/9 周三`."""
    return f"{figures.weekday(day)} {figures.day(day)}" if figures.is_english() else f"{figures.day(day)} {figures.weekday(day)}"


def name_of(line: OrderLine) -> str:
    return f"{line.style} {line.colour} · {line.order.number}"


def about(line: OrderLine, finish: dt.date | None) -> str:
    """Whom it hits: customer, pairs, and the day it is expected to be finished."""
    words = [str(line.order.customer), _("%(pairs)s pairs") % {"pairs": figures.pairs(line.pairs)}]
    if finish:
        words.append(_("expected %(day)s") % {"day": figures.day(finish)})
    return " · ".join(words)
