"""Teams and what they can do: the one source of capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.models import Style
from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant, plants
from planning_site.core.requests import LoggedInRequest
from scheduling.forms.capacity import CapacityForm, LoanForm
from scheduling.models import Stage, Team, TeamLoan
from scheduling.selectors.floor import floor_of
from scheduling.selectors.room import borrowed_teams
from scheduling.selectors.team_history import team_history
from scheduling.services.sharing import end_loan, lend_team
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
    plant = default_plant()
    floor = floor_of(plant)
    blocks = [StageTeams(stage, [team for team in floor.teams_of(stage) if team.workshop.plant_id == plant.pk]) for stage in floor.stages]
    context = {
        "blocks": blocks,
        "borrowed": borrowed_teams(plant, clock.today()) if len(plants()) > 1 else [],
        "team_count": len(floor.teams),
        "unrated": sum(block.unrated for block in blocks),
        "may_edit": access.may(request.user, "scheduling:team_edit", "write"),
    }
    return render(request, "scheduling/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Change what a team can do."""
    team = get_object_or_404(Team.objects.select_related("workshop__plant", "stage"), pk=pk)
    form = CapacityForm(request.POST or None, initial=CapacityForm.values_of(team), known_families=_families())
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
    return render(request, "scheduling/team_form.html", _team_context(team, form, LoanForm(team=team)))


def _team_context(team: Team, form: CapacityForm, loan: LoanForm) -> dict[str, Any]:
    return {
        "team": team,
        "form": form,
        "families": sorted(form.known_families),
        "history": team_history(team)[:CHANGES_SHOWN],
        "loan": loan,
        "loans": team.loans.select_related("plant", "set_by", "ended_by")[:CHANGES_SHOWN],
        "today": clock.today(),
    }


@require_POST
def team_lend(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Let another plant plan with a team."""
    team = get_object_or_404(Team.objects.select_related("workshop__plant", "stage"), pk=pk)
    form = LoanForm(request.POST, team=team)
    if form.is_valid():
        try:
            lend_team(team=team, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The next plan of %(plant)s can count on it.") % {"plant": form.cleaned_data["plant"]})
            return redirect("scheduling:team_edit", team.pk)
    capacity = CapacityForm(initial=CapacityForm.values_of(team), known_families=_families())
    return render(request, "scheduling/team_form.html", _team_context(team, capacity, form), status=400)


@require_POST
def team_loan_end(request: LoggedInRequest, pk: int) -> HttpResponse:
    """End a loan."""
    found = get_object_or_404(TeamLoan, pk=pk)
    try:
        end_loan(loan_id=found.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("scheduling:team_edit", found.team_id)


def _families() -> set[str]:
    return set(Style.objects.order_by().values_list("family", flat=True).distinct())
