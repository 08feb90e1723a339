"""The day plan page: all teams, or the one that a team leader keeps open on a phone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from planning_site.core.requests import LoggedInRequest
from scheduling.selectors.day import day_teams
from scheduling.selectors.floor import floor_of
from scheduling.selectors.plans import Shelf
from scheduling.selectors.receivers import receivers_of
from scheduling.views import params
from scheduling.views.frame import frame

MY_TEAM = "day_plan_team"  # session: the team that was chosen last


def render_day(request: LoggedInRequest, shelf: Shelf) -> HttpResponse:
    """Ten queries at the most with those of `frame`. `?team=` chooses a team and is remembered, `?team=0` forgets it."""
    plan = shelf.plan
    floor = floor_of(plan.plant)
    asked = params.whole(request.GET, "team")
    if asked is not None:
        request.session[MY_TEAM] = asked
    team = floor.team.get(request.session.get(MY_TEAM, 0))
    days = day_teams(plan, floor, [team.pk] if team else None)
    receivers = receivers_of(plan)
    context = frame(request, shelf) | {
        "floor": floor,
        "team": team,
        "days": days,
        "pairs": sum(day.pairs for day in days),
        "jobs": sum(len(day.jobs) for day in days),
        "receivers": receivers,
        "arrived": sum(receiver.arrived for receiver in receivers),
    }
    return render(request, "scheduling/day.html", context)
