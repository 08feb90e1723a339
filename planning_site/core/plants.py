"""The plant that a request is about: the one that its person chose. With one plant nobody has to choose."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User

DEFAULT_CODE = "P1"


@dataclass
class Choice:
    """The plants as one request sees them, read once, and which of them its person chose."""

    wanted: int | None

    @cached_property
    def all(self) -> list[Plant]:
        """Every plant, by code."""
        return list(Plant.objects.all())

    @property
    def plant(self) -> Plant:
        """The one that was chosen, else the first."""
        chosen = next((plant for plant in self.all if plant.pk == self.wanted), None)
        return chosen or (self.all[0] if self.all else _first())


_chosen: ContextVar[Choice | None] = ContextVar("plant", default=None)


@contextmanager
def chosen_by(user: User | None) -> Iterator[Choice]:
    """Work for the plant that a person chose: `default_plant` gives that one inside."""
    choice = Choice(user.plant_id if user is not None else None)
    token = _chosen.set(choice)
    try:
        yield choice
    finally:
        _chosen.reset(token)


def default_plant() -> Plant:
    """The plant of the request; outside of one the first. Made on demand, so that a new installation can take its first workbook."""
    choice = _chosen.get()
    return choice.plant if choice is not None else _first()


def plants() -> list[Plant]:
    """Every plant, by code; one query for a request."""
    choice = _chosen.get()
    return choice.all if choice is not None else list(Plant.objects.all())


def choose_plant(*, user: User, plant_id: int) -> Plant:
    """Keep with the account which plant its pages are about. Raises DomainError for one that does not exist."""
    plant = Plant.objects.filter(pk=plant_id).first()
    if plant is None:
        raise DomainError(_("There is no such plant."), "plant")
    user.plant = plant
    user.save(update_fields=["plant"])
    return plant


def _first() -> Plant:
    return Plant.objects.first() or Plant.objects.get_or_create(code=DEFAULT_CODE, defaults={"name": "本厂"})[0]
