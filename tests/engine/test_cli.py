"""The command line, as a user calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import bench


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scheduling.engine", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_solve_reads_an_instance_and_writes_a_plan_that_the_benchmark_accepts(tmp_path: Path) -> None:
    data, out = bench.instance("S", 1), tmp_path / "plan.json"
    source = tmp_path / "instance.json"
    source.write_text(json.dumps(data))
    done = run("solve", str(source), "--rounds", "2000", "--seed", "3", "--progress", "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert rows[-1]["rounds"] == 2000
    assert rows[-1].keys() == {"seconds", "rounds", "cost", "late", "on_time"}
    plan = json.loads(out.read_text())
    assert plan["status"] == "complete"
    report = bench.program("check").check(data, plan)
    assert report["errors"] == []
    assert report["cost"] == pytest.approx(plan["cost"], abs=0.06)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "is not JSON"),
        ("[]", "one JSON object"),
        ("[" * 100_000, "is not JSON"),
        ('{"days": 5, "stages": [], "lines": [], "jobs": []}', "there is no stage"),
        ('{"days": "5", "lag": 1.5, "stages": 3, "lines": [7], "jobs": [{"id": "j1"}]}', "job j1: pairs: is missing"),
        ('{"days": 1e400, "stages": [], "lines": [], "jobs": []}', "days"),
        ('{"days": true, "stages": [], "lines": [], "jobs": [], "cost": 4}', "cost"),
    ],
)
def test_bad_file_is_refused_with_names_and_without_a_trace(content: str, named: str, tmp_path: Path) -> None:
    source, out = tmp_path / "bad.json", tmp_path / "plan.json"
    source.write_text(content)
    done = run("solve", str(source), "-o", str(out))
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    plan = json.loads(out.read_text())
    assert plan["status"] == "invalid"
    assert plan["problems"]
    assert plan["entries"] == []


def test_missing_file_is_refused(tmp_path: Path) -> None:
    done = run("solve", str(tmp_path / "none.json"), "-o", str(tmp_path / "plan.json"))
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


def test_plan_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    source = tmp_path / "instance.json"
    source.write_text('{"days": 2, "stages": [{"id": "a", "after": []}], "lines": [], "jobs": []}')
    done = run("solve", str(source), "-o", str(tmp_path / "none" / "plan.json"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_warm_twice_compiles_once() -> None:
    assert run("warm").returncode == 0
    from scheduling.engine.warm import warm

    assert warm() is False
