"""Work that was planned before, by dates and rows: what a search goes on from, on another day or in another worker."""

import datetime as dt
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scheduling.adapters.problem import Framed
from scheduling.engine import Entry, Job
from scheduling.models import Plan

FAST = 1  # level of compression: a search waits for it
WIDTH = 5  # numbers of an entry


@dataclass(frozen=True, slots=True)
class Work:
    """Pairs of an order line that a team makes at a stage on a day; works of a team and day stand in the order of work."""

    order_line: int
    stage: str
    team: int
    day: dt.date
    pairs: int


def works_of_plan(plan: Plan) -> list[Work]:
    """All work of a plan, by team and day in the order of work; one query."""
    rows = plan.entries.order_by("team", "day", "position").values_list("order_line_id", "stage__code", "team_id", "day", "pairs")
    return [Work(*row) for row in rows]


def pack_works(framed: Framed, entries: Iterable[Entry]) -> bytes:
    """Entries of the engine as compressed JSON that another day and another process understand."""
    stages = {stage.id: place for place, stage in enumerate(framed.problem.stages)}
    numbers: list[int] = []
    for entry in entries:
        numbers += (int(entry.job), stages[entry.stage], int(entry.line), entry.day, entry.pairs)
    parts = {"days": [day.isoformat() for day in framed.days], "stages": list(stages), "entries": numbers}
    return zlib.compress(json.dumps(parts, separators=(",", ":")).encode(), FAST)


def unpack_works(data: bytes) -> list[Work]:
    """The inverse of `pack_works`."""
    parts = json.loads(zlib.decompress(data))
    days = [dt.date.fromisoformat(day) for day in parts["days"]]
    stages, numbers = parts["stages"], parts["entries"]
    rows = (numbers[place : place + WIDTH] for place in range(0, len(numbers), WIDTH))
    return [Work(line, stages[stage], team, days[day], pairs) for line, stage, team, day, pairs in rows]


def starting_entries(framed: Framed, works: Iterable[Work]) -> tuple[Entry, ...]:
    """The works that are still right as entries of the engine.

    A job counts as a whole or not at all: with all the pairs that it lacks at every stage of its route, by teams that still can, on days
    that are still to come. The engine plans the others anew.
    """
    by_line: dict[int, list[tuple[int, Work]]] = defaultdict(list)
    for place, work in enumerate(works):
        by_line[work.order_line].append((place, work))
    days = {day: index for index, day in enumerate(framed.days)}
    able = {(line.id, line.stage): line.families for line in framed.problem.lines}
    kept: list[tuple[int, Entry]] = []
    for job in framed.problem.jobs:
        mine = by_line.get(int(job.id), [])
        entries = [(place, Entry(job.id, w.stage, str(w.team), days.get(w.day, -1), w.pairs)) for place, w in mine]
        if _is_whole(job, [entry for _place, entry in entries], able, len(framed.problem.stages)):
            kept += entries
    return tuple(entry for _place, entry in sorted(kept, key=lambda item: item[0]))


def known_entries(framed: Framed, works: Iterable[Work]) -> tuple[Entry, ...]:
    """The works on days of the problem as entries, whether they can still stand or not: the engine mends what cannot."""
    days = {day: index for index, day in enumerate(framed.days)}
    known = {job.id for job in framed.problem.jobs}
    lines = {line.id for line in framed.problem.lines}
    return tuple(
        Entry(str(work.order_line), work.stage, str(work.team), days[work.day], work.pairs)
        for work in works
        if work.day in days and str(work.order_line) in known and str(work.team) in lines
    )


def stay_near(framed: Framed, works: Iterable[Work]) -> Framed:
    """The frame with the work that it is to stay near to."""
    return replace(framed, near=known_entries(framed, works))


def _is_whole(job: Job, entries: Sequence[Entry], able: dict[tuple[str, str], frozenset[str] | None], stages: int) -> bool:
    made: dict[str, int] = defaultdict(int)
    for entry in entries:
        families = able.get((entry.line, entry.stage), frozenset())
        if entry.day < max(0, job.release) or (families is not None and job.family not in families):
            return False
        made[entry.stage] += entry.pairs
    left = job.pairs - min(job.made.values(), default=0)  # pairs that passed are made at every stage alike
    return len(made) == stages and set(made.values()) == {left}
