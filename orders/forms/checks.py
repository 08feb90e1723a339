"""What is wrong with an order on the screen (must be changed) and what is odd about it (must be confirmed)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.forms.header import HeaderForm
from orders.forms.lines import BaseLineFormSet, LineForm, size_field
from orders.models import Order, OrderLine
from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar

FAR = dt.timedelta(days=400)  # a due day beyond is more often a wrong year than a plan


@dataclass(frozen=True)
class Issue:
    """One thing to do. `field` is the name of the input it is about, `fill` the inputs that `fill 0` would fill."""

    level: Literal["fix", "confirm"]
    title: str
    text: str
    field: str
    code: str = ""
    fill: tuple[str, ...] = ()
    is_settled: bool = False


def faults(header: HeaderForm, lines: BaseLineFormSet) -> list[Issue]:
    """Everything that keeps the order from being saved; a line's blank sizes are one thing to do."""
    issues = [
        Issue("fix", str(header.fields[name].label), str(error), header.add_prefix(name))
        for name, errors in header.errors.items()
        for error in errors
    ]
    for form in lines.wanted:
        issues += _faults_of(form)
    return issues + [Issue("fix", _("Lines"), str(error), "lines-0-style") for error in lines.non_form_errors()]


def _faults_of(form: LineForm) -> Iterator[Issue]:
    blanks = form.blanks
    if blanks:
        names = tuple(form.add_prefix(size_field(size)) for size in blanks)
        text = ngettext(
            "Size %(sizes)s is blank. Blank is not 0: enter 0 if there are none, else the pairs.",
            "Sizes %(sizes)s are blank. Blank is not 0: enter 0 if there are none, else the pairs.",
            len(blanks),
        ) % {"sizes": ", ".join(blanks)}
        yield Issue("fix", line_title(form), text, names[0], fill=names)
    for name, errors in form.errors.items():
        if name in {size_field(size) for size in blanks}:
            continue
        title = f"{line_title(form)} · {form.fields[name].label}"
        for error in errors:
            yield Issue("fix", title, str(error), form.add_prefix(name))


def line_title(form: LineForm) -> str:
    """`Line 4 HD2603 黑`."""
    number = _("Line %(n)d") % {"n": form.number}
    return f"{number} {form.label}".strip()


def doubts(
    header: HeaderForm, lines: BaseLineFormSet, *, calendar: WorkingCalendar, order: Order | None, confirmed: set[str]
) -> list[Issue]:
    """What is allowed but seldom meant. An edit is asked only about what it brings; a confirmation is of a value, and of no other."""
    cleaned = getattr(header, "cleaned_data", {})
    found = list(_same_po(cleaned, order))
    day = cleaned.get("ordered_on")
    if day and day > clock.today():
        found.append(
            _doubt(str(header.fields["ordered_on"].label), _("%(day)s has not come yet.") % {"day": day}, "ordered_on", "ordered", day)
        )
    stored = {line.pk: line for line in order.lines.all()} if order else {}
    for form in lines.wanted:
        if form.is_valid():
            line = stored.get(form.cleaned_data["id"])
            found += [*_total_doubt(form), *_price_doubt(form, line), *_due_doubt(form, line, calendar)]
    return [replace(issue, is_settled=issue.code in confirmed) for issue in found]


def _doubt(title: str, text: str, field: str, kind: str, *values: object) -> Issue:
    return Issue("confirm", title, text, field, ":".join(map(str, (kind, field, *values))))


def _same_po(cleaned: dict[str, Any], order: Order | None) -> Iterator[Issue]:
    po, customer = cleaned.get("po"), cleaned.get("customer")
    if not po or not customer:
        return
    others = Order.objects.filter(customer=customer, po__iexact=po).exclude(state=Order.State.CANCELLED)
    if order is not None:
        others = others.exclude(pk=order.pk)
    numbers = list(others.values_list("number", flat=True)[:3])
    if numbers:
        text = _("%(po)s of this customer already stands in %(numbers)s.") % {"po": po, "numbers": ", ".join(numbers)}
        yield _doubt(_("Customer PO"), text, "po", "po", po)


def _total_doubt(form: LineForm) -> Iterator[Issue]:
    stated = form.cleaned_data.get("stated")
    total = sum(form.as_input().sizes.values())
    if stated is None or stated == total:
        return
    words = {"sum": f"{total:,}", "stated": f"{stated:,}", "gap": f"{abs(total - stated):,}"}
    text = _("The sizes add up to %(sum)s, the customer wrote %(stated)s: %(gap)s pairs apart. The sizes count.") % words
    yield _doubt(line_title(form), text, form.add_prefix("stated"), "total", total, stated)


def _price_doubt(form: LineForm, line: OrderLine | None) -> Iterator[Issue]:
    price = form.cleaned_data.get("price")
    if "price" not in form.fields or price or (line is not None and line.price == price):
        return
    text = _("There is no price yet.") if price is None else _("The price is 0.")
    yield _doubt(line_title(form), text, form.add_prefix("price"), "price", price)


def _due_doubt(form: LineForm, line: OrderLine | None, calendar: WorkingCalendar) -> Iterator[Issue]:
    due = form.cleaned_data["due_on"]
    if line is not None and line.due_on == due:
        return
    if due < clock.today():
        text = _("Due on %(day)s, which has passed.")
    elif due > clock.today() + FAR:
        text = _("Due on %(day)s, more than a year ahead.")
    elif not calendar.is_working(due):
        text = _("Due on %(day)s, when the factory is closed.")
    else:
        return
    yield _doubt(line_title(form), text % {"day": due}, form.add_prefix("due_on"), "due", due)
