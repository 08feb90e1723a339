"""The stages and teams of a plant, read once for a page: two queries, three where the route is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planning_site.core.models import Plant
from scheduling.models import Stage, Team
from scheduling.shared_teams import working_for


@dataclass(frozen=True)
class Floor:
    """Stages in the order of the route, teams in the order of their stages."""

    stages: tuple[Stage, ...]
    teams: tuple[Team, ...]
    team: dict[int, Team] = field(init=False, repr=False)
    stage: dict[int, Stage] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "team", {team.pk: team for team in self.teams})
        object.__setattr__(self, "stage", {stage.pk: stage for stage in self.stages})

    def teams_of(self, stage: Stage) -> list[Team]:
        """The teams that work at a stage."""
        return [team for team in self.teams if team.stage_id == stage.pk]

    def stage_by_code(self, code: str) -> Stage | None:
        """The stage with a code, None for a code that no stage has."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def team_names(self, ids: Sequence[int]) -> list[str]:
        """Names in the order of the floor. A team that has left it since is not named."""
        wanted = set(ids)
        return [team.name for team in self.teams if team.pk in wanted]


def floor_of(plant: Plant | int, *, with_route: bool = False) -> Floor:
    """The floor of a plant. `with_route` loads which stages feed which as well."""
    stages = Stage.objects.order_by("position", "code")
    return Floor(tuple(stages.prefetch_related("after") if with_route else stages), teams_of(plant))


def teams_of(plant: Plant | int) -> tuple[Team, ...]:
    """The teams that work for a plant in the order of the route, each with its workshop and stage. One query."""
    return tuple(working_for(plant).select_related("workshop__plant", "stage").order_by("stage__position", "position", "id"))
