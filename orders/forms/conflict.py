"""Two editors of one order: what the second is shown, both values side by side."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.forms.entry import OrderEntry
from orders.forms.lines import SIZE, LineForm
from orders.forms.snapshot import Difference, Merged
from orders.models import Order
from planning_site.core.audit import history_of
from planning_site.core.models import Change


@dataclass(frozen=True)
class Pair:
    """One field with both values as shown; `field` is its input and `stored` what taking theirs puts there."""

    title: str
    mine: str
    theirs: str
    field: str = ""
    stored: str = ""


@dataclass(frozen=True)
class Clash:
    """`both` was changed by both editors, `taken` only by the other; `last` is the other's last change."""

    order: Order
    last: Change | None
    both: list[Pair]
    taken: list[Pair]


def clashes(entry: OrderEntry, merged: Merged) -> Clash:
    """For the form that was filled from `merged`."""
    assert entry.order is not None
    order = entry.order
    pairs = [(difference.clash, _pair(entry, difference)) for difference in merged.differences]
    return Clash(
        order=order,
        last=history_of(order, *order.lines.all()).first(),
        both=[pair for is_clash, pair in pairs if is_clash],
        taken=[pair for is_clash, pair in pairs if not is_clash],
    )


def _pair(entry: OrderEntry, difference: Difference) -> Pair:
    if not difference.line and not difference.where:
        field = entry.header.fields[difference.name]
        return Pair(str(field.label), difference.mine, difference.theirs, difference.name, difference.theirs)
    form = next((form for form in entry.lines.forms if form.initial.get("id") == difference.line), None)
    input_name = form.add_prefix(difference.name) if form and difference.name in form.fields else ""
    return Pair(f"{difference.where} · {_label(form, difference.name)}", difference.mine, difference.theirs, input_name, difference.theirs)


def _label(form: LineForm | None, name: str) -> str:
    if name.startswith(SIZE):
        return name.removeprefix(SIZE)
    if form is None or name not in form.fields:
        return _("the whole line")
    return str(form.fields[name].label)
