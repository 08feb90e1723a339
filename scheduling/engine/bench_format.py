"""Reads and writes the JSON of the planning benchmark (tests/bench/FORMAT.md); plans get status and reasons besides."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .plan import Entry, Fault, JobOutcome, Plan, Reason
from .problem import Costs, Job, Line, Problem, Stage

T = TypeVar("T")
MISSING = object()


class _Reader:
    """Takes values out of parsed JSON and notes every wrong one instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def _note(self, subject: str, field: str, wanted: str, value: Any) -> None:
        what = "is missing" if value is MISSING else f"must be {wanted}, not {_short(value)}"
        self.faults.append(Fault(subject, field, what))

    def text(self, row: Mapping[str, Any], field: str, subject: str) -> str:
        value = row.get(field, MISSING)
        if isinstance(value, str) and value:
            return value
        self._note(subject, field, "a text", value)
        return ""

    def whole(self, row: Mapping[str, Any], field: str, subject: str, default: int = 0) -> int:
        value = row.get(field, MISSING)
        if _is_number(value) and float(value).is_integer():
            return int(value)
        self._note(subject, field, "a whole number", value)
        return default

    def number(self, row: Mapping[str, Any], field: str, subject: str, default: float = 0.0) -> float:
        value = row.get(field, MISSING)
        if _is_number(value):
            return float(value)
        self._note(subject, field, "a number", value)
        return default

    def numbers(self, row: Mapping[str, Any], field: str, subject: str) -> tuple[float, ...]:
        value = row.get(field, MISSING)
        if not isinstance(value, list):
            self._note(subject, field, "a list of numbers", value)
            return ()
        for i, x in enumerate(value):
            if not _is_number(x):
                self._note(subject, field, f"numbers (day {i})", x)
                return ()
        return tuple(map(float, value))

    def texts(self, row: Mapping[str, Any], field: str, subject: str) -> tuple[str, ...]:
        value = row.get(field, MISSING)
        if isinstance(value, list) and all(isinstance(x, str) for x in value):
            return tuple(value)
        self._note(subject, field, "a list of texts", value)
        return ()

    def rows(self, data: Mapping[str, Any], field: str, read: Callable[[Mapping[str, Any], str], T]) -> tuple[T, ...]:
        """Every object of a list, read by `read(row, subject)`; subjects are called by id where they have one."""
        value = data.get(field, MISSING)
        if not isinstance(value, list):
            self._note("problem", field, "a list", value)
            return ()
        return tuple(self._each(value, field[:-1], read))

    def _each(self, value: list[Any], kind: str, read: Callable[[Mapping[str, Any], str], T]) -> Iterator[T]:
        for i, row in enumerate(value):
            if isinstance(row, dict):
                yield read(row, f"{kind} {row['id']}" if isinstance(row.get("id"), str) else f"{kind} number {i + 1}")
            else:
                self._note(f"{kind} number {i + 1}", "", "an object", row)


def _is_number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 10**15
    return isinstance(value, float) and math.isfinite(value)


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def read_problem(text: str | bytes) -> Problem | tuple[Fault, ...]:
    """The problem in an instance file, or everything that is wrong with the file."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return (Fault("file", "", f"is not JSON: {error}"),)
    if not isinstance(data, dict):
        return (Fault("file", "", "must hold one JSON object"),)
    return from_json(data)


def from_json(data: Mapping[str, Any]) -> Problem | tuple[Fault, ...]:
    """The problem in parsed JSON, or its faults of form; `check_problem` finds those of content."""
    r = _Reader()
    problem = Problem(
        days=r.whole(data, "days", "problem"),
        lag=r.whole(data, "lag", "problem") if "lag" in data else 1,
        stages=r.rows(data, "stages", lambda row, s: Stage(r.text(row, "id", s), r.texts(row, "after", s))),
        lines=r.rows(data, "lines", lambda row, s: _line(r, row, s)),
        jobs=r.rows(data, "jobs", lambda row, s: _job(r, row, s)),
        costs=_costs(r, data),
        smallest_lot=r.whole(data, "smallest_lot", "problem") if "smallest_lot" in data else 0,
    )
    return tuple(r.faults) or problem


def _line(r: _Reader, row: Mapping[str, Any], subject: str) -> Line:
    return Line(
        id=r.text(row, "id", subject),
        stage=r.text(row, "stage", subject),
        minutes=r.numbers(row, "minutes", subject),
        overtime=r.numbers(row, "overtime", subject),
        families=None if row.get("families") is None else frozenset(r.texts(row, "families", subject)),
        changeover=r.number(row, "changeover", subject),
    )


def _job(r: _Reader, row: Mapping[str, Any], subject: str) -> Job:
    minutes = row.get("minutes", MISSING)
    if not isinstance(minutes, dict):
        r._note(subject, "minutes", "an object of minutes by stage", minutes)
        minutes = {}
    return Job(
        id=r.text(row, "id", subject),
        style=r.text(row, "style", subject),
        family=r.text(row, "family", subject),
        pairs=r.whole(row, "pairs", subject),
        release=r.whole(row, "release", subject),
        due=r.whole(row, "due", subject),
        weight=r.number(row, "weight", subject),
        minutes={stage: r.number(minutes, stage, f"{subject}: minutes") for stage in minutes},
    )


def _costs(r: _Reader, data: Mapping[str, Any]) -> Costs:
    """Weights of the objective; those not given have their default."""
    given = data.get("cost", {})
    if not isinstance(given, dict):
        r._note("problem", "cost", "an object", given)
        return Costs()
    known = Costs.__dataclass_fields__
    return Costs(**{name: r.number(given, name, "cost") for name in known if name in given})


def read_problem_file(path: Path) -> Problem | tuple[Fault, ...]:
    """As `read_problem`, from a file."""
    try:
        return read_problem(path.read_bytes())
    except OSError as error:
        return (Fault("file", "", f"cannot be read: {error.strerror or error}"),)


def to_json(plan: Plan) -> dict[str, Any]:
    """A plan as plain JSON: the benchmark's `entries`, then what the engine says about them."""
    return {
        "status": plan.status,
        "cost": round(plan.cost, 4),
        "late_pair_days": plan.late_pair_days,
        "overtime_minutes": round(plan.overtime_minutes, 4),
        "changeovers": plan.changeovers,
        "splits": plan.splits,
        "wip_pair_days": plan.wip_pair_days,
        "on_time": round(plan.on_time, 6),
        "rounds": plan.rounds,
        "seed": plan.seed,
        "problems": [{"subject": f.subject, "field": f.field, "message": f.message} for f in plan.problems],
        "outcomes": [_outcome(o) for o in plan.outcomes if o.state != "on_time"],
        "entries": [{"job": e.job, "stage": e.stage, "line": e.line, "day": e.day, "pairs": e.pairs} for e in plan.entries],
    }


def _outcome(outcome: JobOutcome) -> dict[str, Any]:
    return {
        "job": outcome.job,
        "state": outcome.state,
        "finish": outcome.finish,
        "late_days": outcome.late_days,
        "late_pairs": outcome.late_pairs,
        "reasons": [_reason(reason) for reason in outcome.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": reason.kind, "stage": reason.stage, "days": reason.days}
    if reason.first_day is not None:
        shown |= {"first_day": reason.first_day, "last_day": reason.last_day}
    if reason.lines:
        shown["lines"] = list(reason.lines)
    if reason.jobs:
        shown["jobs"] = list(reason.jobs)
    return shown


def entries_from_json(rows: list[dict[str, Any]]) -> tuple[Entry, ...]:
    """The entries of a plan file written by `to_json`."""
    return tuple(Entry(e["job"], e["stage"], e["line"], e["day"], e["pairs"]) for e in rows)
