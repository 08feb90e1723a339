"""Plans held warm: the engine's session of a plan that does not change, kept in this process for the questions people ask of it."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from scheduling import adapters, engine
from scheduling.models import Plan
from scheduling.services.month import framed_of
from scheduling.services.searching import session_of

MOST = 3  # plans held at once; a session of 5,000 jobs takes some 60 MB


@dataclass
class Warm:
    """A plan in the engine's hands. One question at a time: a session is not made for two threads."""

    framed: adapters.Framed
    session: engine.Session
    lock: threading.Lock = field(default_factory=threading.Lock)


_held: OrderedDict[tuple[int, dt.datetime], Warm] = OrderedDict()
_guard = threading.Lock()


@contextmanager
def warm(plan: Plan) -> Iterator[Warm]:
    """The session of a month plan; whoever asks must leave it as it was. Entries of a plan never change, so it stays right.

    Raises DomainError for a plan whose input was not kept, or cannot be read any more.
    """
    key = plan.pk, plan.created_at
    with _guard:
        held = _held.get(key)
        if held is not None:
            _held.move_to_end(key)
    if held is None:
        held = _load(plan)
        with _guard:
            held = _held.setdefault(key, held)
            while len(_held) > MOST:
                _held.popitem(last=False)
    with held.lock:
        yield held


def _load(plan: Plan) -> Warm:
    try:
        framed = framed_of(plan)
    except DomainError as error:
        if error.code != "no_input":
            raise
        message = _("%(plan)s was made before inputs were kept, so nothing can be asked of it. Make a new month plan and publish it.")
        raise DomainError(message % {"plan": plan}, error.code) from error
    return Warm(framed, session_of(framed, adapters.known_entries(framed, adapters.works_of_plan(plan))))
