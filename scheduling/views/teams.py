"""Teams and what they can do: the one source of capacity."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders.models import Style
from planning_site.core import access, audit
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from scheduling.forms import CapacityForm
from scheduling.models import Stage, Team
from scheduling.selectors.floor import floor_of
from scheduling.services.teams import set_capacity

CHANGES_SHOWN = 20


@dataclass(frozen=True)
class StageTeams:
    """A stage with its teams and what the rated ones have in a day."""

    stage: Stage
    teams: list[Team]

    @property
    def people(self) -> int:
        """People of the teams whose number is known."""
        return sum(team.people or 0 for team in self.teams)

    @property
    def minutes(self) -> float:
        """Person-minutes a day of the rated teams."""
        return sum(team.minutes_a_day or 0.0 for team in self.teams)

    @property
    def unrated(self) -> int:
        """Teams that the sums leave out."""
        return sum(not team.is_rated for team in self.teams)


@require_safe
def team_list(request: LoggedInRequest) -> HttpResponse:
    """All teams by stage."""
    floor = floor_of(default_plant())
    blocks = [StageTeams(stage, floor.teams_of(stage)) for stage in floor.stages]
    context = {
        "blocks": blocks,
        "team_count": len(floor.teams),
        "unrated": sum(block.unrated for block in blocks),
        "may_edit": access.may(request.user, "scheduling:team_edit", "write"),
    }
    return render(request, "scheduling/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Change what a team can do."""
    team = get_object_or_404(Team.objects.select_related("workshop", "stage"), pk=pk)
    families = set(Style.objects.order_by().values_list("family", flat=True).distinct())
    form = CapacityForm(request.POST or None, initial=CapacityForm.values_of(team), known_families=families)
    if request.method == "POST" and form.is_valid():
        try:
            set_capacity(team_id=team.pk, capacity=form.capacity(), by=request.user, why=form.cleaned_data["why"])
        except DomainError as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("%(team)s: the next plan counts on it. Plans that stand keep what they were made with.") % {"team": team}
            )
            return redirect("scheduling:teams")
    context = {"team": team, "form": form, "families": sorted(families), "history": audit.history_of(team)[:CHANGES_SHOWN]}
    return render(request, "scheduling/team_form.html", context)
