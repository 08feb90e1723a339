"""The week plan page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from planning_site.core import clock
from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from scheduling.selectors.changes import Kind
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import Shelf
from scheduling.selectors.receivers import Receiver, receivers_of
from scheduling.selectors.week import StageBlock, WeekGrid, job_name, week_grid
from scheduling.views.frame import frame

TEAMS_A_SHEET = 8  # stages that follow each other share a printed sheet up to this many teams
NAMED_CHANGES = 6


@dataclass(frozen=True)
class StageGroup:
    """Stages that are shown and printed together, as many as fit a sheet of paper."""

    stages: tuple[StageBlock, ...]

    @property
    def key(self) -> str:
        """The code of the first stage: the group's name in the address."""
        return self.stages[0].stage.code

    @property
    def label(self) -> str:
        """The stages' names."""
        return " · ".join(str(block.stage) for block in self.stages)

    @property
    def team_count(self) -> int:
        """Teams of all stages."""
        return sum(block.team_count for block in self.stages)


def stage_groups(blocks: Sequence[StageBlock]) -> list[StageGroup]:
    """Stages in the order of the route, packed into sheets."""
    groups: list[list[StageBlock]] = []
    for block in blocks:
        if groups and sum(other.team_count for other in groups[-1]) + block.team_count <= TEAMS_A_SHEET:
            groups[-1].append(block)
        else:
            groups.append([block])
    return [StageGroup(tuple(group)) for group in groups]


def render_week(request: LoggedInRequest, shelf: Shelf) -> HttpResponse:
    """Twelve queries at the most with those of `frame`."""
    plan = shelf.plan
    floor = floor_of(plan.plant, with_route=True)
    grid = week_grid(plan, floor, calendar_of(plan.plant), plan.replaces)
    groups = stage_groups(grid.stages)
    chosen = next((group for group in groups if group.key == request.GET.get("group")), None)
    receivers = receivers_of(plan)
    context = frame(request, shelf) | {
        "grid": grid,
        "groups": groups,
        "chosen": chosen,
        "shown": [chosen] if chosen else groups,
        "team_count": sum(group.team_count for group in groups),
        "only_changed": bool(request.GET.get("changed")) and grid.changes is not None,
        "differences": _differences(grid),
        "receivers": receivers,
        "arrived": sum(receiver.arrived for receiver in receivers),
        "arrived_share": _share(receivers),
        "today": clock.today(),
    }
    return render(request, "scheduling/week.html", context)


def _share(receivers: Sequence[Receiver]) -> int:
    return round(100 * sum(receiver.arrived for receiver in receivers) / len(receivers)) if receivers else 0


def _differences(grid: WeekGrid) -> list[dict[str, Any]]:
    """Kinds of change with their count and the first jobs by name."""
    if grid.changes is None:
        return []
    named: dict[Kind, dict[str, None]] = {kind: {} for kind in Kind}  # each name once, in the order of the rows
    for row, mark in grid.changes.marks.items():
        named[mark.kind][job_name(grid.lines[row[0]])] = None
    named[Kind.CANCELLED] = dict.fromkeys(job_name(grid.lines[row[0]]) for row in grid.changes.cancelled)
    out = []
    for kind, count in grid.changes.counts.items():
        names = list(named[kind])
        out.append({"kind": kind, "count": count, "names": names[:NAMED_CHANGES], "more": max(0, len(names) - NAMED_CHANGES)})
    return out
