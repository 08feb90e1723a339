"""What a version changed against the one that stood published when it was made."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models import Plan, PlanJob


class Kind(models.TextChoices):
    LATER = "later", _("later")
    EARLIER = "earlier", _("earlier")
    TEAM = "team", _("other team")
    NEW = "new", _("new")
    CANCELLED = "cancelled", _("cancelled")


@dataclass(frozen=True)
class Mark:
    """One change: by how many calendar days, or from which team to which."""

    kind: Kind
    days: int = 0
    from_team: int | None = None
    to_team: int | None = None


@dataclass(frozen=True)
class Stay:
    """Where a team works on a job at a stage: first and last day, in one version of a plan."""

    first: dt.date
    last: dt.date


Row = tuple[int, int, int]  # order line, stage, team
Stays = Mapping[Row, Stay]


@dataclass(frozen=True)
class JobChanges:
    """Changes by order line, and the order lines that the plan no longer holds."""

    base: Plan
    marks: dict[int, Mark] = field(default_factory=dict)
    cancelled: tuple[int, ...] = ()

    @property
    def counts(self) -> dict[Kind, int]:
        """Changed jobs by kind, in the order of `Kind`, without kinds of no jobs."""
        return _counts(self.marks.values(), len(self.cancelled))

    def lines(self, kind: Kind) -> list[int]:
        """Order lines with one kind of change."""
        return [line for line, mark in self.marks.items() if mark.kind == kind]


@dataclass(frozen=True)
class RowChanges:
    """Changes by row (order line, stage, team), and the rows whose job is no longer at that stage."""

    base: Plan
    marks: dict[Row, Mark] = field(default_factory=dict)
    cancelled: tuple[Row, ...] = ()

    @property
    def counts(self) -> dict[Kind, int]:
        """Changed rows by kind, in the order of `Kind`, without kinds of no rows."""
        return _counts(self.marks.values(), len(self.cancelled))


def job_changes(plan: Plan, base: Plan) -> JobChanges:
    """Whether each job now ends later or earlier than in `base`, or is new; one query over both versions."""
    ends: dict[int, dict[int, dt.date | None]] = {plan.pk: {}, base.pk: {}}
    for plan_id, line, finish in (
        PlanJob.objects.filter(plan__in=[plan, base]).order_by().values_list("plan_id", "order_line_id", "finish_on")
    ):
        ends[plan_id][line] = finish
    now, before = ends[plan.pk], ends[base.pk]
    marks: dict[int, Mark] = {}
    for line, finish in now.items():
        if line not in before:
            marks[line] = Mark(Kind.NEW)
        elif (mark := _end_mark(before[line], finish)) is not None:
            marks[line] = mark
    return JobChanges(base, marks, tuple(sorted(before.keys() - now.keys())))


def _end_mark(before: dt.date | None, now: dt.date | None) -> Mark | None:
    """A job that is planned only now is earlier, one that is no longer planned is later, by a number of days nobody knows."""
    if before == now:
        return None
    if before is None or now is None:
        return Mark(Kind.EARLIER if before is None else Kind.LATER)
    return Mark(Kind.LATER if now > before else Kind.EARLIER, abs((now - before).days))


def row_changes(base: Plan, now: Stays, before: Stays) -> RowChanges:
    """Compare the rows of two versions. A row of a job and stage that only has other teams now changed its team."""
    teams_before: dict[tuple[int, int], set[int]] = {}
    teams_now: dict[tuple[int, int], set[int]] = {}
    for rows, teams in ((before, teams_before), (now, teams_now)):
        for line, stage, team in rows:
            teams.setdefault((line, stage), set()).add(team)
    marks = {row: mark for row, stay in now.items() if (mark := _row_mark(row, stay, before, teams_before, teams_now)) is not None}
    gone = tuple(sorted(row for row in before if row[:2] not in teams_now))
    return RowChanges(base, marks, gone)


def _row_mark(
    row: Row, stay: Stay, before: Stays, teams_before: Mapping[tuple[int, int], set[int]], teams_now: Mapping[tuple[int, int], set[int]]
) -> Mark | None:
    job, team = row[:2], row[2]
    if job not in teams_before:
        return Mark(Kind.NEW)
    if row not in before:
        left = sorted(teams_before[job] - teams_now[job])
        return Mark(Kind.TEAM, from_team=left[0] if left else None, to_team=team)
    old = before[row]
    days = (stay.last - old.last).days or (stay.first - old.first).days
    return Mark(Kind.LATER if days > 0 else Kind.EARLIER, abs(days)) if days else None


def _counts(marks: Iterable[Mark], cancelled: int) -> dict[Kind, int]:
    found = Counter(mark.kind for mark in marks)
    found[Kind.CANCELLED] = cancelled
    return {kind: found[kind] for kind in Kind if found[kind]}
