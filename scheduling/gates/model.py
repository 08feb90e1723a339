"""Gates as values: what holds a job, until when, and who stands behind the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    DOCUMENTS = "documents", pgettext_lazy("gate", "documents")
    RELEASE = "release", pgettext_lazy("gate", "release of the style")
    MATERIAL = "material", pgettext_lazy("gate", "material")
    TOOLING = "tooling", pgettext_lazy("gate", "tooling")


class State(models.TextChoices):
    """open: it may run · expected: on a day that somebody stands behind · closed: nobody can name a day."""

    OPEN = "open", pgettext_lazy("gate", "open")
    EXPECTED = "expected", pgettext_lazy("gate", "expected")
    CLOSED = "closed", pgettext_lazy("gate", "closed")


@dataclass(frozen=True)
class Hold:
    """One thing that is not there yet: a material with its purchase orders, or an item of pre-production.

    `day`: the last day on which it is still missing as somebody has promised; None: nobody has. `assumed`: the day that the month plan
    takes instead (today + lead time); None where not even the lead time is known. `stage` is empty where it holds every stage. `ahead`:
    working days before its stage begins that it has to be there (D5, D6), which the month plan keeps.
    """

    kind: Kind
    what: str
    owner: str = ""
    reference: str = ""
    stage: str = ""
    day: dt.date | None = None
    assumed: dt.date | None = None
    sizes: tuple[str, ...] = ()
    style: int | None = None  # whose pre-production page says more
    purchase_order: int | None = None  # the order that is to bring it
    ahead: int = 0

    @property
    def planned_on(self) -> dt.date | None:
        """The day that the month plan counts with."""
        return self.day or self.assumed

    def to_json(self) -> dict[str, Any]:
        """What is kept with a plan that waited for it."""
        return {
            "kind": self.kind.value,
            "what": self.what,
            "owner": self.owner,
            "reference": self.reference,
            "stage": self.stage,
            "day": self.day.isoformat() if self.day else None,
            "assumed": self.assumed.isoformat() if self.assumed else None,
            "sizes": list(self.sizes),
            "style": self.style,
            "purchase_order": self.purchase_order,
            "ahead": self.ahead,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Hold:
        values = dict(row)
        for name in ("day", "assumed"):
            values[name] = dt.date.fromisoformat(values[name]) if values[name] else None
        return cls(**values | {"kind": Kind(values["kind"]), "sizes": tuple(values["sizes"])})


@dataclass(frozen=True)
class Gate:
    """A gate of an order line at a stage (empty: at every stage). `day` is the last day on which it is still shut, if expected."""

    kind: Kind
    stage: str
    state: State
    day: dt.date | None = None
    holds: tuple[Hold, ...] = ()

    def lets_start(self, start: dt.date) -> bool:
        """Whether work may begin on a day: it is open, or expected to be before."""
        return self.state == State.OPEN or (self.day is not None and self.day < start)


@dataclass(frozen=True)
class LineGates:
    """All gates of an order line that are not open; an empty tuple: it may run."""

    line: int
    gates: tuple[Gate, ...]

    def shut(self, starts: Mapping[str, dt.date]) -> list[Gate]:
        """The gates that are shut on the first day of some stage, by stage code in `starts`."""
        if not starts:
            return []
        first = min(starts.values())
        return [gate for gate in self.gates if (at := starts.get(gate.stage) if gate.stage else first) and not gate.lets_start(at)]

    def of(self, kind: Kind) -> list[Gate]:
        return [gate for gate in self.gates if gate.kind == kind]

    def state(self, kind: Kind) -> State:
        """The worst state of a kind."""
        found = [gate.state for gate in self.of(kind)]
        return State.CLOSED if State.CLOSED in found else State.EXPECTED if found else State.OPEN

    @property
    def holds(self) -> list[Hold]:
        """Everything that is not there yet."""
        return [hold for gate in self.gates for hold in gate.holds]

    @property
    def is_open(self) -> bool:
        return not self.gates
