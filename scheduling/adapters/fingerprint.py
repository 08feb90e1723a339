"""A plan's input in one line: two plans with the same fingerprint and seed were made from the same facts."""

import hashlib
import json
from dataclasses import asdict

from scheduling.adapters.problem import Framed


def fingerprint(framed: Framed) -> str:
    """SHA-256 of the problem and the dates of its days, independent of how Python orders sets and mappings."""
    problem = framed.problem
    lines = [
        [line.id, line.stage, line.minutes[0], line.overtime[0], None if line.families is None else sorted(line.families), line.changeover]
        for line in problem.lines  # every working day of a team is the same
    ]
    parts = {
        "days": [day.isoformat() for day in framed.days],
        "lag": problem.lag,
        "stages": [[stage.id, stage.after] for stage in problem.stages],
        "lines": lines,
        "jobs": [[j.id, j.style, j.family, j.pairs, j.release, j.due, j.weight, sorted(j.minutes.items())] for j in problem.jobs],
        "costs": asdict(problem.costs),
        "smallest_lot": problem.smallest_lot,
    }
    return hashlib.sha256(json.dumps(parts, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
