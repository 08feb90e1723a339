"""A plan's input as compressed JSON: kept with the plan, so that it can be made again, and named by its hash."""

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from planning_site.core.calendar import WorkingCalendar
from scheduling.adapters.gates import NOTHING, Waiting
from scheduling.adapters.problem import Framed
from scheduling.adapters.snapshot import LineFacts, Snapshot, StageFacts
from scheduling.adapters.tooling import ToolFacts
from scheduling.engine import Entry, Problem, Tool
from scheduling.engine.bench_format import from_json

# The engine's reader asks for these even where they are empty.
ALWAYS = {"after", "minutes", "overtime", "pieces"}
LEVEL = 6


@dataclass(frozen=True)
class PackedInput:
    """The hash of days and problem (SHA-256), and all that is needed to make the plan again."""

    hash: str
    data: bytes


class UnreadableInputError(Exception):
    """A kept input that this version of the engine does not understand any more; the text says what."""


def fingerprint(framed: Framed) -> str:
    """A plan's input in one line: two plans with the same fingerprint and seed were made from the same facts."""
    return hashlib.sha256(_written(_core(framed))).hexdigest()


def pack_input(framed: Framed) -> PackedInput:
    """The problem with its dates, and what rows need beside it: ids of stages, due days, teams that were left out."""
    core = _core(framed)
    around = {
        "stages": [[stage.id, stage.code, list(stage.after)] for stage in framed.snapshot.stages],
        "due": {str(line.id): line.due_on.isoformat() for line in framed.snapshot.lines},
        "unrated": [list(team) for team in framed.snapshot.unrated],
        "tools": {tool.id: [tool.kind, tool.number] for tool in framed.snapshot.tools},
        "unrated_tools": list(framed.snapshot.unrated_tools),
        "waiting": {str(line.id): line.waiting.to_json() for line in framed.snapshot.lines if line.waiting != NOTHING},
    }
    return PackedInput(hashlib.sha256(_written(core)).hexdigest(), zlib.compress(_written(core | {"around": around}), LEVEL))


def unpack_input(data: bytes, calendar: WorkingCalendar) -> Framed:
    """The exact inverse of `pack_input`, on the calendar of today. Raises UnreadableInputError."""
    parts = json.loads(zlib.decompress(data))
    problem = from_json(parts["problem"])
    if not isinstance(problem, Problem):
        raise UnreadableInputError("; ".join(str(fault) for fault in problem[:3]))
    around = parts["around"]
    snapshot = Snapshot(
        calendar=calendar,
        stages=tuple(StageFacts(pk, code, tuple(after)) for pk, code, after in around["stages"]),
        teams=(),
        unrated=tuple((pk, name) for pk, name in around["unrated"]),
        lines=tuple(_line(job, around) for job in problem.jobs),
        tools=tuple(_tool(tool, *around["tools"][tool.id]) for tool in problem.tools),
        unrated_tools=tuple(around.get("unrated_tools", ())),
    )
    near = tuple(Entry(*entry) for entry in parts.get("near", ()))
    return Framed(snapshot, tuple(dt.date.fromisoformat(day) for day in parts["days"]), problem, near)


def name_of_entries(entries: Iterable[Entry]) -> str:
    """A plan in one short line: two plans of the same name have the same entries in the same order."""
    rows = [[entry.job, entry.stage, entry.line, entry.day, entry.pairs] for entry in entries]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()[:16]


def _line(job: Any, around: Mapping[str, Any]) -> LineFacts:
    due_on = dt.date.fromisoformat(around["due"][job.id])
    kept = around.get("waiting", {}).get(job.id)
    waiting = Waiting.from_json(kept) if kept else NOTHING
    facts = LineFacts(int(job.id), job.style, job.family, job.pairs, dt.date.min, due_on, job.minutes, job.weight, waiting)
    return replace(facts, sizes=job.sizes, tools=job.tools)


def _tool(tool: Tool, kind: str, number: str) -> ToolFacts:
    return ToolFacts(tool.id, kind, number, tool.stock[0].pieces, tool.turns, tool.pairs_per_turn)


def _core(framed: Framed) -> dict[str, Any]:
    problem = _plain(framed.problem)
    problem["cost"] = problem.pop("costs")  # as instance files call it
    near = [[entry.job, entry.stage, entry.line, entry.day, entry.pairs] for entry in framed.near]
    return {"days": [day.isoformat() for day in framed.days], "problem": problem} | ({"near": near} if near else {})


def _written(parts: dict[str, Any]) -> bytes:
    """One and the same text for one and the same input, however Python orders sets and mappings."""
    return json.dumps(parts, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    """Dataclasses, sets and tuples as JSON has them; fields that hold nothing are left out."""
    if is_dataclass(value):
        shown = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: _plain(held) for name, held in shown.items() if name in ALWAYS or not _is_nothing(held)}
    if isinstance(value, frozenset):
        return sorted(_plain(held) for held in value)
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    return value


def _is_nothing(held: Any) -> bool:
    """An empty set of families is not nothing: such a team can make none."""
    return held is None or (isinstance(held, tuple | Mapping) and not held)
