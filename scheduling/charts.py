"""Charts as SVG, drawn on the server. Each has a sentence for screen readers, and the page has the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.templatetags import figures
from scheduling.selectors.load import Load

LABEL_WIDTH = 76
STEP = 69
BAR = 56
HEAD = 22
ROW = 58
FULL = 36.0  # height of 100%
HIGHEST = 1.35  # what is above is cut off; its number is written all the same
FOOT = 6


@dataclass(frozen=True)
class LoadRow:
    """One line of the chart: a stage or a team with its weeks."""

    name: str
    loads: Sequence[Load]
    link: Callable[[Load], str]


def load_chart(rows: Sequence[LoadRow]) -> SafeString:
    """Bars of load by week, one line per row, each against its own 100% line.

    Overload is hatched above the line, idle is dashed, and what is not known is written as such: shape before colour.
    """
    weeks = [load.week for load in rows[0].loads] if rows else []
    width, height = LABEL_WIDTH + STEP * len(weeks), HEAD + ROW * len(rows)
    heads = format_html_join(
        "",
        '<text x="{}" y="14" text-anchor="middle">{}</text>',
        [(_middle(place), f"{week.year} {week.label}" if week.year else week.label) for place, week in enumerate(weeks)],
    )
    body = format_html_join("", "{}", [(_row(row, HEAD + ROW * place, width),) for place, row in enumerate(rows)])
    return format_html(
        '<svg class="loadchart" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="5" height="5" class="hb"/><rect width="2" height="5" class="hs"/></pattern></defs>{}{}</svg>',
        width,
        height,
        width,
        height,
        load_sentence(rows),
        heads,
        body,
    )


def load_sentence(rows: Sequence[LoadRow]) -> str:
    """The chart in words: where it is more than full, else where it is fullest."""
    over = [(row, load) for row in rows for load in row.loads if load.is_overload]
    known = [(row, load) for row in rows for load in row.loads if load.share is not None]
    named = sorted(over or known, key=lambda item: -(item[1].share or 0))[:3]
    if not named:
        return _("No capacity is known.")
    listed = pgettext("list", ", ").join(
        _("%(name)s %(week)s %(share)s") % {"name": row.name, "week": figures.week(load.week.monday), "share": figures.percent(load.share)}
        for row, load in named
    )
    return (_("Above 100%%: %(list)s") if over else _("Nothing is above 100%%. Fullest: %(list)s")) % {"list": listed}


def _middle(place: int) -> float:
    return LABEL_WIDTH + STEP * place + STEP / 2


def _row(row: LoadRow, top: int, width: int) -> SafeString:
    base = top + ROW - FOOT
    line = base - FULL
    bars = format_html_join("", "{}", [(_bar(row, load, _middle(place), base),) for place, load in enumerate(row.loads)])
    return format_html(
        '<text x="0" y="{}" class="rw">{}</text><path d="M{} {}H{}" class="full"/><path d="M{} {}H{}" class="base"/>{}',
        base - FULL / 2 + 4,
        row.name,
        LABEL_WIDTH,
        line,
        width,
        LABEL_WIDTH,
        base,
        width,
        bars,
    )


def _bar(row: LoadRow, load: Load, middle: float, base: float) -> SafeString:
    if load.share is None:
        word = _("closed") if load.rated else _("not rated")
        return format_html('<text x="{}" y="{}" text-anchor="middle" class="none">– {}</text>', middle, base - 6, word)
    regular = min(load.share, 1.0) * FULL
    over = max(0.0, min(load.share, HIGHEST) - 1.0) * FULL if load.is_overload else 0.0
    left = middle - BAR / 2
    kind = "bar idle" if load.is_idle else "bar"
    shape = format_html('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', left, _px(base - regular), BAR, _px(regular), kind)
    if over:
        shape += format_html('<rect x="{}" y="{}" width="{}" height="{}" class="over"/>', left, _px(base - regular - over), BAR, _px(over))
    inside = regular > 16
    label = format_html(
        '<text x="{}" y="{}" text-anchor="middle" class="{}">{}</text>',
        middle,
        _px(base - regular + 12 if inside else base - regular - 4),
        "v hot" if load.is_overload else "v",
        figures.percent(load.share).rstrip("%"),
    )
    title = _("%(name)s, %(week)s: %(share)s") % {
        "name": row.name,
        "week": figures.week(load.week.monday),
        "share": figures.percent(load.share),
    }
    return format_html('<a href="{}"><title>{}</title>{}{}</a>', row.link(load), title, shape, label)


def _px(value: float) -> str:
    """Tenths of a pixel are enough."""
    return f"{value:.1f}".removesuffix(".0")
