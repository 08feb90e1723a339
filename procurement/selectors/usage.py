"""Bills of materials: which version an order is made by, and what it says."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from orders.models import OrderLine
from procurement.models import D5_DAYS, MaterialCategory, PartStage, Usage, UsageVersion


class Version(NamedTuple):
    """A version of one style and colour, without its rows."""

    valid_from: dt.date
    pk: int


def versions(colours: Collection[int] | None = None) -> dict[int, list[Version]]:
    """The versions of each style and colour, oldest first. One query."""
    rows = UsageVersion.objects.order_by("style_colour", "valid_from")
    if colours is not None:
        rows = rows.filter(style_colour__in=colours)
    found: dict[int, list[Version]] = defaultdict(list)
    for colour, valid_from, pk in rows.values_list("style_colour_id", "valid_from", "pk"):
        found[colour].append(Version(valid_from, pk))
    return dict(found)


def in_force(of_colour: Sequence[Version], day: dt.date) -> Version | None:
    """The version for an order of that day: the newest valid then, else the first; None where there is none.

    The day is the one the order was ordered on. What was confirmed with the customer then is what he gets, however often the plan
    moves; and an order from before the first version is made by the first.
    """
    if not of_colour:
        return None
    place = bisect_right([version.valid_from for version in of_colour], day)
    return of_colour[max(place - 1, 0)]


def usage_of_lines(lines: Iterable[OrderLine]) -> dict[int, list[Usage]]:
    """The rows of usage by order line (with its order loaded), in the order of the bill; a line without usage has none. Two queries."""
    lines = list(lines)
    known = versions({line.colour_id for line in lines})
    chosen = {line.pk: in_force(known.get(line.colour_id, ()), line.order.ordered_on) for line in lines}
    rows: dict[int, list[Usage]] = defaultdict(list)
    for row in usage_rows({version.pk for version in chosen.values() if version}):
        rows[row.version_id].append(row)
    return {pk: rows.get(version.pk, []) if version else [] for pk, version in chosen.items()}


def usage_rows(of_versions: Collection[int]) -> QuerySet[Usage]:
    """The rows of these versions with their materials."""
    return Usage.objects.filter(version__in=of_versions).select_related("material").order_by("version", "id")


class StageRules:
    """At which stage a part is needed: as its row of usage says, else its part, else the category of its material. Two queries."""

    def __init__(self) -> None:
        self.parts = dict(PartStage.objects.values_list("part", "stage"))
        self.categories = {category.name: category for category in MaterialCategory.objects.all()}

    def stage_of(self, usage: Usage) -> str:
        """The stage's code. What nobody placed is needed at the first stage: too early is no harm, too late is."""
        category = self.categories.get(usage.material.category)
        return usage.stage or self.parts.get(usage.part) or (category.stage if category else "cutting")

    def arrive_before(self, category: str) -> int:
        """Working days before its stage that a material has to be there: D5 says 2, D6 2-3 for soles, boxes and cartons."""
        found = self.categories.get(category)
        return found.arrive_before if found else D5_DAYS
