"""Tiny cases with a known best plan: folders with an instance and what is expected of its plan."""

import json
from pathlib import Path

import pytest

from scheduling.engine import solve
from tests.engine import bench

FOLDERS = sorted(p for p in (Path(__file__).parent / "golden").iterdir() if p.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_golden_case(folder: Path) -> None:
    data = json.loads((folder / "instance.json").read_text())
    expected = json.loads((folder / "expected.json").read_text())
    plan = solve(bench.problem(data), rounds=500)
    assert plan.status == expected["status"]
    assert plan.cost == pytest.approx(expected["cost"], abs=1e-6)
    states = {o.job: [o.state, o.finish] for o in plan.outcomes}
    assert states == expected["jobs"]
    reasons = {o.job: [o.reasons[0].kind, o.reasons[0].stage] for o in plan.outcomes if o.reasons}
    assert reasons == expected["reasons"]
