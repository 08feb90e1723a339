"""One way to move anything from state to state: along the arrows of its model's `TRANSITIONS`, or not at all."""

from collections.abc import Mapping, Set
from typing import Any, Protocol

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError


class Stateful(Protocol):
    """A row with a `state` and the moves that are allowed from each."""

    state: Any

    @property
    def TRANSITIONS(self) -> Mapping[Any, Set[Any]]: ...  # noqa: N802 - a constant of the model's class

    def get_state_display(self) -> str: ...


def may_become(obj: Stateful, state: str) -> bool:
    """Whether the row may move to that state from where it stands."""
    return state in obj.TRANSITIONS[obj.state]


def transition(obj: Stateful, state: str) -> str:
    """Move a row to a state, in memory, and return the state before. The caller saves it under the lock that it holds.

    Raises DomainError (code `transition`) for a move that the model does not allow.
    """
    before = str(obj.state)
    if not may_become(obj, state):
        message = _("%(object)s is “%(state)s” and cannot become “%(wanted)s”.")
        words = {"object": obj, "state": obj.get_state_display()}
        obj.state = state
        words["wanted"] = obj.get_state_display()
        obj.state = before
        raise DomainError(message % words, "transition")
    obj.state = state
    return before
