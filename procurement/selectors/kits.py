"""What jobs could run, and from when: kits as they were calculated last (E4.2, E4.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from orders.models import OrderLine
from orders.sizes import SizeRun
from planning_site.core import clock
from procurement.models import JobKit

ALL = ""  # every stage


class Ready(NamedTuple):
    """The first day with a full kit of a size; None where no known day brings one, and then what is missing by code."""

    day: dt.date | None
    missing: tuple[str, ...] = ()


def kit_ready_day(lines: Collection[int], *, stage: str = ALL, today: dt.date | None = None) -> dict[int, dict[str, Ready]]:
    """Per order line and size the first day with a full kit: `today` where it is there already. Two queries.

    A material without a date never counts: its day is None and the material is named. With `stage` only what that stage takes. A job
    whose bill of materials nobody wrote is not ready, and says so.
    """
    today = today or clock.today()
    kits = {kit.order_line_id: kit for kit in JobKit.objects.filter(order_line__in=lines).only("order_line", "ready", "missing", "sizes")}
    found: dict[int, dict[str, Ready]] = {}
    for pk, sizes in OrderLine.objects.filter(pk__in=lines).values_list("pk", "sizes"):
        kit = kits.get(pk)
        if kit is None:
            found[pk] = dict.fromkeys(sizes, Ready(None, (_("bill of materials"),)))
        else:
            found[pk] = {size: _ready(kit, size, stage, today) for size in sizes}
    return found


def ready_by_stage(lines: Collection[int], *, today: dt.date | None = None) -> dict[tuple[int, str], Ready]:
    """Per (order line, stage) the first day with all that the stage takes of every size. One query. A stage without material is absent."""
    today = today or clock.today()
    found: dict[tuple[int, str], Ready] = {}
    for kit in JobKit.objects.filter(order_line__in=lines).only("order_line", "ready", "missing"):
        for stage, of_sizes in kit.ready.items():
            days = [_day(day, today) for day in of_sizes.values()]
            known = [day for day in days if day is not None]
            full = len(known) == len(days)
            found[kit.order_line_id, stage] = Ready(max(known, default=today) if full else None, () if full else _missing(kit, stage, None))
    return found


def kits_on(day: dt.date, lines: Collection[int], *, stage: str = ALL) -> dict[int, SizeRun]:
    """Pairs by size that could run on a day, by order line: all material of the job, or with `stage` only what it takes. One query.

    Jobs without a kit are absent: nobody knows what they take. A stage that takes no material may run every pair.
    """
    found: dict[int, SizeRun] = {}
    for kit in JobKit.objects.filter(order_line__in=lines).only("order_line", "days", "sizes"):
        wanted = {size: figures[0] for size, figures in kit.sizes.items()}
        rows = kit.days.get(stage)
        if rows is None:
            found[kit.order_line_id] = wanted
            continue
        come = [pairs for first, pairs in rows if not first or dt.date.fromisoformat(first) <= day]
        found[kit.order_line_id] = dict(zip(wanted, come[-1], strict=True))
    return found


def _ready(kit: JobKit, size: str, stage: str, today: dt.date) -> Ready:
    stages = kit.ready.values() if stage == ALL else [kit.ready[stage]] if stage in kit.ready else []
    days = [_day(of_sizes.get(size), today) for of_sizes in stages]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return Ready(None, _missing(kit, stage, size))
    return Ready(max(known, default=today))


def _day(text: str | None, today: dt.date) -> dt.date | None:
    if text is None:
        return None
    return max(dt.date.fromisoformat(text), today) if text else today


def _missing(kit: JobKit, stage: str, size: str | None) -> tuple[str, ...]:
    """Codes of what no known day brings, for a stage and a size (None: any)."""
    rows: Iterable[dict[str, Any]] = (row for row in kit.missing if row["day"] is None and stage in (ALL, row["stage"]))
    return tuple(row["code"] for row in rows if size is None or size in row["sizes"] or "" in row["sizes"])
