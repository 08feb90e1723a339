"""Measures that the engine proposes as JSON by dates and ids, and back: kept with a what-if, and put on a plan."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from scheduling.adapters.problem import Framed
from scheduling.engine import Measure, Minutes


def measure_as_json(measure: Measure, framed: Framed) -> dict[str, Any]:
    """{"kind", "finish", "late_days" (working days), "cost", "stage", "teams", "day", "minutes": [[team, day, minutes], …],
    "order_lines", "late_only", "later": {order line: working days}}; days as dates, what is empty is left out."""
    days = framed.days
    shown: dict[str, Any] = {
        "kind": measure.kind,
        "finish": date_of(measure.finish, days),
        "late_days": measure.late_days,
        "cost": measure.cost,
        "stage": measure.stage,
        "teams": [int(line) for line in measure.lines],
        "day": None if measure.day is None else date_of(measure.day, days),
        "minutes": [[int(part.line), date_of(part.day, days), part.minutes] for part in measure.minutes],
        "order_lines": [int(job) for job in measure.jobs],
        "late_only": measure.late_only,
        "later": dict(measure.late_jobs),
    }
    return {name: value for name, value in shown.items() if value not in (None, [], {})}


def measure_of(data: Mapping[str, Any], framed: Framed) -> Measure:
    """The inverse of `measure_as_json` on the same days."""

    def index(day: str) -> int:
        return bisect_left(framed.days, dt.date.fromisoformat(day))

    return Measure(
        kind=data["kind"],
        finish=index(data["finish"]),
        late_days=data["late_days"],
        cost=data["cost"],
        stage=data.get("stage"),
        lines=tuple(str(team) for team in data.get("teams", ())),
        day=index(data["day"]) if "day" in data else None,
        minutes=tuple(Minutes(str(team), index(day), minutes) for team, day, minutes in data.get("minutes", ())),
        jobs=tuple(str(line) for line in data.get("order_lines", ())),
        late_only=data.get("late_only", False),
        late_jobs=dict(data.get("later", {})),
    )


def date_of(index: int, days: Sequence[dt.date]) -> str:
    """The day of a position; one behind the horizon counts as its last."""
    return days[min(max(index, 0), len(days) - 1)].isoformat()
