"""The cost of a search over its seconds, as SVG drawn on the server, with the same in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning_site.core.templatetags import figures

WIDTH, HEIGHT = 420, 96
LEFT, RIGHT, TOP, BOTTOM = 4, 84, 16, 18
FEWEST = 2  # points that make a line

Point = Sequence[float]  # seconds, cost, late jobs


def cost_curve(points: Sequence[Point], seconds: float) -> SafeString:
    """A falling line of steps: cost over seconds, labelled at its first and last point. Empty for fewer than two points."""
    if len(points) < FEWEST:
        return SafeString("")
    highest, lowest = max(point[1] for point in points), min(point[1] for point in points)
    last = max(seconds, points[-1][0], 0.1)
    span = (highest - lowest) or 1.0

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at / last

    def y(cost: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (highest - cost) / span

    steps = "".join(f"H{x(point[0]):.1f}V{y(point[1]):.1f}" for point in points[1:])
    path = f"M{x(points[0][0]):.1f} {y(points[0][1]):.1f}{steps}"
    end_x, end_y = x(points[-1][0]), y(points[-1][1])
    return format_html(
        '<svg class="curve" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<path class="base" d="M{} {}H{}"/><path class="fall" d="{}"/><circle cx="{}" cy="{}" r="3"/>'
        '<text x="{}" y="{}" class="first">{}</text><text x="{}" y="{}" class="last">{}</text>'
        '<text x="{}" y="{}">0</text><text x="{}" y="{}" text-anchor="end">{}</text></svg>',
        *(WIDTH, HEIGHT, WIDTH, HEIGHT, curve_sentence(points)),
        *(LEFT, HEIGHT - BOTTOM + 3, WIDTH - RIGHT, path, f"{end_x:.1f}", f"{end_y:.1f}"),
        *(LEFT, TOP - 5, figures.pairs(points[0][1]), f"{end_x + 7:.1f}", f"{end_y + 4:.1f}", figures.pairs(points[-1][1])),
        *(LEFT, HEIGHT - 3, WIDTH - RIGHT, HEIGHT - 3, _("%(n)s s") % {"n": figures.pairs(last)}),
    )


def curve_sentence(points: Sequence[Point]) -> str:
    """The curve in words: from what to what, and how much less that is."""
    first, last = points[0][1], points[-1][1]
    saved = 1 - last / first if first else 0.0
    words = {"first": figures.pairs(first), "last": figures.pairs(last), "saved": figures.percent(saved), "n": figures.pairs(points[-1][0])}
    return _("Cost from %(first)s to %(last)s in %(n)s seconds, %(saved)s less") % words
