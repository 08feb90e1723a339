"""Gates → ready days: until when each stage of a job waits, and for what. What nobody can name a day for is blocked, not ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orders.models import Order, OrderLine
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.models import Plant
from scheduling.gates import Hold, LineGates, gates_of

EVERY_STAGE = ""


@dataclass(frozen=True)
class Waiting:
    """What a job waits for. `until` has the last day on which a stage ("": all of them) cannot begin yet; `is_blocked`: nobody can name
    a day, neither by a promise nor by a lead time. A day by lead time is an assumption that `holds` marks as such.
    """

    until: Mapping[str, dt.date] = field(default_factory=dict)
    is_blocked: bool = False
    holds: tuple[Hold, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What is kept with a plan's input."""
        until = {stage: day.isoformat() for stage, day in self.until.items()}
        return {"until": until, "blocked": self.is_blocked, "holds": [hold.to_json() for hold in self.holds]}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Waiting:
        until = {stage: dt.date.fromisoformat(day) for stage, day in row["until"].items()}
        return cls(until, row["blocked"], tuple(Hold.from_json(hold) for hold in row["holds"]))


NOTHING = Waiting()


def read_waiting(plant: Plant, today: dt.date, stages: frozenset[str]) -> dict[int, Waiting]:
    """What every open order line of the plant waits for; lines that wait for nothing are absent."""
    lines = OrderLine.objects.filter(order__plant=plant, order__state=Order.State.OPEN).select_related("style", "colour")
    found, calendar = gates_of(plant, lines, today=today), calendar_of(plant)
    return {pk: waiting_of(gates, stages, calendar) for pk, gates in found.items() if not gates.is_open}


def waiting_of(gates: LineGates, stages: frozenset[str], calendar: WorkingCalendar) -> Waiting:
    """One job's gates as the engine needs them. A stage that the plant does not have counts for all of them.

    Material has to be there some working days before its stage begins (D5, D6): the day on which it comes is the first of them.
    """
    until: dict[str, dt.date] = {}
    blocked = False
    for hold in gates.holds:
        stage = hold.stage if hold.stage in stages else EVERY_STAGE
        day = hold.planned_on
        if day is None:
            blocked = True
        else:
            last_shut = calendar.add(day, hold.ahead - 1) if hold.ahead > 1 else day
            until[stage] = max(last_shut, until.get(stage, last_shut))
    return Waiting(until, blocked, tuple(gates.holds))
