"""Reads and writes the JSON of the planning benchmark (tests/bench/FORMAT.md); plans get status and reasons besides."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .plan import Entry, Fault, JobOutcome, Plan, Reason
from .problem import Costs, Job, Line, Preference, Problem, Stage, Tool, ToolStock, Window
from .reader import MISSING, Reader

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def _names(record: "type[DataclassInstance]", *more: str, but: tuple[str, ...] = ()) -> frozenset[str]:
    """The fields of a dataclass as they are called in the file."""
    return (frozenset(f.name for f in fields(record)) - frozenset(but)) | frozenset(more)


PROBLEM_FIELDS = _names(Problem, "cost", "name", "seed", "comment", but=("costs",))
STAGE_FIELDS, LINE_FIELDS, JOB_FIELDS = _names(Stage), _names(Line), _names(Job)
ENTRY_FIELDS, WINDOW_FIELDS, PREFERENCE_FIELDS = _names(Entry), _names(Window), _names(Preference)
TOOL_FIELDS, STOCK_FIELDS = _names(Tool), _names(ToolStock)


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
    r = Reader()
    r.known(data, PROBLEM_FIELDS, "problem")
    problem = Problem(
        days=r.whole(data, "days", "problem"),
        lag=r.whole(data, "lag", "problem") if "lag" in data else 1,
        stages=r.rows(data, "stages", lambda row, s: _stage(r, row, s)),
        lines=r.rows(data, "lines", lambda row, s: _line(r, row, s)),
        jobs=r.rows(data, "jobs", lambda row, s: _job(r, row, s)),
        costs=_costs(r, data),
        smallest_lot=r.whole(data, "smallest_lot", "problem") if "smallest_lot" in data else 0,
        base=r.rows(data, "base", lambda row, s: entry_from_json(r, row, s)),
        frozen=r.rows(data, "frozen", lambda row, s: entry_from_json(r, row, s)),
        bans=r.rows(data, "bans", lambda row, s: _window(r, row, s)),
        reserved=r.rows(data, "reserved", lambda row, s: _window(r, row, s)),
        tools=r.rows(data, "tools", lambda row, s: _tool(r, row, s)),
    )
    return tuple(r.faults) or problem


def _stage(r: Reader, row: Mapping[str, Any], subject: str) -> Stage:
    r.known(row, STAGE_FIELDS, subject)
    return Stage(r.text(row, "id", subject), r.texts(row, "after", subject), r.table(row, "lags", subject, r.whole))


def entry_from_json(r: Reader, row: Mapping[str, Any], subject: str) -> Entry:
    """One entry; what is wrong with it goes to the reader's faults."""
    r.known(row, ENTRY_FIELDS, subject)
    return Entry(
        job=r.text(row, "job", subject),
        stage=r.text(row, "stage", subject),
        line=r.text(row, "line", subject),
        day=r.whole(row, "day", subject),
        pairs=r.whole(row, "pairs", subject),
    )


def _window(r: Reader, row: Mapping[str, Any], subject: str) -> Window:
    r.known(row, WINDOW_FIELDS, subject)
    return Window(
        line=r.text(row, "line", subject),
        first=r.whole(row, "first", subject) if "first" in row else 0,
        last=r.whole(row, "last", subject) if row.get("last") is not None else None,
        jobs=r.some(row, "jobs", subject),
        styles=r.some(row, "styles", subject),
        families=r.some(row, "families", subject),
        tags=r.some(row, "tags", subject),
    )


def _tool(r: Reader, row: Mapping[str, Any], subject: str) -> Tool:
    r.known(row, TOOL_FIELDS, subject)
    return Tool(
        id=r.text(row, "id", subject),
        stock=r.rows(row, "stock", lambda stock, _: _stock(r, stock, f"{subject}: stock"), subject, needed=True),
        turns=r.number(row, "turns", subject) if "turns" in row else 1.0,
        pairs_per_turn=r.whole(row, "pairs_per_turn", subject) if "pairs_per_turn" in row else 1,
    )


def _stock(r: Reader, row: Mapping[str, Any], subject: str) -> ToolStock:
    r.known(row, STOCK_FIELDS, subject)
    if "pieces" not in row:
        r.note(subject, "pieces", "an object of pieces by size", MISSING)
    return ToolStock(
        pieces=r.table(row, "pieces", subject, r.whole),
        lines=frozenset(r.texts(row, "lines", subject)) if row.get("lines") is not None else None,
        first=r.whole(row, "first", subject) if "first" in row else 0,
        last=r.whole(row, "last", subject) if row.get("last") is not None else None,
    )


def _preference(r: Reader, row: Mapping[str, Any], subject: str) -> Preference:
    r.known(row, PREFERENCE_FIELDS, subject)
    return Preference(frozenset(r.texts(row, "lines", subject)), r.number(row, "cost", subject))


def _line(r: Reader, row: Mapping[str, Any], subject: str) -> Line:
    r.known(row, LINE_FIELDS, subject)
    return Line(
        id=r.text(row, "id", subject),
        stage=r.text(row, "stage", subject),
        minutes=r.numbers(row, "minutes", subject),
        overtime=r.numbers(row, "overtime", subject),
        families=None if row.get("families") is None else frozenset(r.texts(row, "families", subject)),
        changeover=r.number(row, "changeover", subject),
        pair_cost=r.number(row, "pair_cost", subject) if "pair_cost" in row else 0.0,
        minimum_lot=r.whole(row, "minimum_lot", subject) if "minimum_lot" in row else 0,
        out_days=r.whole(row, "out_days", subject) if "out_days" in row else 0,
        back_days=r.whole(row, "back_days", subject) if "back_days" in row else 0,
        smallest_lot=r.whole(row, "smallest_lot", subject) if row.get("smallest_lot") is not None else None,
    )


def _job(r: Reader, row: Mapping[str, Any], subject: str) -> Job:
    r.known(row, JOB_FIELDS, subject)
    minutes = row.get("minutes", MISSING)
    if not isinstance(minutes, dict):
        r.note(subject, "minutes", "an object of minutes by stage", minutes)
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
        ready=r.table(row, "ready", subject, r.whole),
        made=r.table(row, "made", subject, r.whole),
        tags=r.some(row, "tags", subject),
        only_lines={stage: frozenset(lines) for stage, lines in r.table(row, "only_lines", subject, r.texts).items()},
        prefer=r.table(row, "prefer", subject, lambda rows, stage, s: _preference(r, r.inner(rows, stage, s), f"{s}: {stage}")),
        priority=r.number(row, "priority", subject) if "priority" in row else 1.0,
        sizes=r.table(row, "sizes", subject, r.whole),
        tools={stage: frozenset(names) for stage, names in r.table(row, "tools", subject, r.texts).items()},
    )


def _costs(r: Reader, data: Mapping[str, Any]) -> Costs:
    """Weights of the objective; those not given have their default."""
    given = data.get("cost", {})
    if not isinstance(given, dict):
        r.note("problem", "cost", "an object", given)
        return Costs()
    known = Costs.__dataclass_fields__
    r.known(given, frozenset(known), "cost")
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
        "moved_pairs": plan.moved_pairs,
        "team_cost": round(plan.team_cost, 4),
        "on_time": round(plan.on_time, 6),
        "rounds": plan.rounds,
        "seed": plan.seed,
        "problems": [_fault(f) for f in plan.problems],
        "warnings": [_fault(f) for f in plan.warnings],
        "outcomes": [_outcome(o) for o in plan.outcomes if o.state != "on_time"],
        "entries": [{"job": e.job, "stage": e.stage, "line": e.line, "day": e.day, "pairs": e.pairs} for e in plan.entries],
    }


def _fault(fault: Fault) -> dict[str, str]:
    return {"subject": fault.subject, "field": fault.field, "message": fault.message}


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
    if reason.tools:
        shown["tools"] = [list(spot) for spot in reason.tools]
    return shown


def entries_from_json(rows: list[dict[str, Any]]) -> tuple[Entry, ...]:
    """The entries of a plan file written by `to_json`."""
    return tuple(Entry(e["job"], e["stage"], e["line"], e["day"], e["pairs"]) for e in rows)
