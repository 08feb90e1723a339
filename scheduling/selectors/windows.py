"""When and by whom each stage of a job is done in a plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Min, Sum

from scheduling.models import Plan, PlanEntry


@dataclass(frozen=True)
class Window:
    """First and last day of a job at a stage, the teams that share it, and the pairs that are planned there."""

    first: dt.date
    last: dt.date
    teams: tuple[int, ...]
    pairs: int


Windows = dict[int, dict[int, Window]]  # order line → stage → window


def stage_windows(plan: Plan, order_lines: Collection[int]) -> Windows:
    """The windows of some jobs, one query."""
    rows = (
        PlanEntry.objects.filter(plan=plan, order_line__in=order_lines)
        .order_by()
        .values("order_line_id", "stage_id")
        .annotate(first=Min("day"), last=Max("day"), team_ids=ArrayAgg("team_id", distinct=True), total=Sum("pairs"))
    )
    out: Windows = defaultdict(dict)
    for row in rows:
        out[row["order_line_id"]][row["stage_id"]] = Window(row["first"], row["last"], tuple(row["team_ids"]), row["total"])
    return dict(out)
