"""How stock and kits are shown: quantities in the decimals they have, cells of the kit matrix, runs of sizes."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags.figures import MISSING, day, pairs, written
from procurement.models import JobKit
from procurement.selectors import kits_matrix

register = template.Library()
State = JobKit.State


@register.filter
def amount(value: Decimal | float | int | None) -> str:
    """A quantity with separators and no zeros at the end: `1,200.5`; what is missing is a dash."""
    if value is None or value == "":
        return MISSING
    text = f"{Decimal(str(value)):,.3f}"
    return written(text.rstrip("0").rstrip("."))


@register.filter
def amount_or_dash(value: Decimal | None) -> str:
    """A quantity; nothing is a dash."""
    return amount(value or None)


@register.filter
def plain(value: Decimal | None) -> str:
    """A quantity as a field takes it: `1200.5`."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


@register.filter
def signed_amount(value: Decimal | None) -> str:
    """A move: `+96`, `−12.5`."""
    text = amount(value)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """An entry of a mapping; the key itself where a name is missing, nothing where a figure is."""
    found = mapping.get(key)
    return found if found is not None else key if mapping and isinstance(next(iter(mapping.values())), str) else None


def kit_state(kit: JobKit) -> str:
    """The state that the page shows: full, but only just, is a state of its own."""
    return kits_matrix.TIGHT if kit.state_at_start == State.FULL and kit.is_tight else kit.state_at_start


@register.filter
def kit_shape(kit: JobKit) -> str:
    return kits_matrix.SHAPES[kit_state(kit)]


@register.filter
def kit_words(kit: JobKit) -> str:
    return str(kits_matrix.STATES[kit_state(kit)])


@register.filter
def kit_share(kit: JobKit) -> int:
    """Percent of the pairs that the kit at the start allows; a kit that is not full never shows 100."""
    return 100 * kit.pairs_at_start // kit.wanted if kit.wanted else 0


@register.filter
def total_pairs(run: Mapping[str, int]) -> int:
    return sum(run.values())


@register.filter
def runs(run: Mapping[str, int]) -> str:
    """The sizes of a run: `38, 39, 43`."""
    return ", ".join(size for size, count in run.items() if count)


@register.simple_tag
def kit_cell(kit: JobKit, part: str) -> SafeString:
    """A cell of the matrix: shape, word and number by the state of the part."""
    cell = kit.cells.get(part)
    if cell is None:
        return format_html('<td class="kc"><span class="muted" aria-label="{}">·</span></td>', _("not used"))
    state, when = cell["state"], day(dt.date.fromisoformat(cell["day"])) if cell.get("day") else ""
    if state == "here":
        return format_html('<td class="kc"><i role="img" aria-label="{}"></i></td>', pgettext("material", "here"))
    if state == "coming":
        return format_html('<td class="kc">{}</td>', when)
    link = f"{kit.order_line_id}/{cell['material']}/"  # below the address of the matrix
    if state == "tight":
        return format_html('<td class="kc t"><a class="st plain risk" href="{}">{}</a></td>', link, when)
    missing = short_amount(cell.get("missing"))
    title = f"{amount(cell.get('missing'))} {cell.get('unit', '')} {when}".strip()
    if state == "open":
        return format_html(
            '<td class="kc o" data-part="{}" title="{}"><a class="st plain wait" href="{}">{}</a></td>', part, title, link, _("no day")
        )
    return format_html(
        '<td class="kc l" data-part="{}" title="{}"><a class="st plain late" href="{}">−{}</a></td>', part, title, link, missing
    )


def short_amount(value: float | None) -> str:
    """A quantity in a narrow cell: whole, rounded up."""
    return MISSING if value is None else pairs(-(-value // 1))
