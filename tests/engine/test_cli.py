"""The command line, as a user calls it."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from scheduling.engine.cli import main
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
    assert rows[-1].keys() == {"seconds", "rounds", "cost", "late", "on_time", "bound"}
    assert all(0 <= row["bound"] <= row["cost"] for row in rows)
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


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """An instance and a plan of it."""
    folder = tmp_path_factory.mktemp("files")
    source, plan = folder / "instance.json", folder / "plan.json"
    source.write_text(bench.instance_text("S", 1))
    assert run("solve", str(source), "-o", str(plan)).returncode == 0
    return str(source), str(plan)


def ask(*arguments: str, status: str = "complete") -> dict[str, Any]:
    """The one JSON object that a command prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(arguments) == 0
    answer: dict[str, Any] = json.loads(printed.getvalue())
    assert answer["status"] == status
    return answer


def test_an_answer_is_one_line_of_json_and_nothing_else(files: tuple[str, str]) -> None:
    done = run("idle", *files)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert json.loads(done.stdout)["status"] == "complete"


def test_replan_prints_the_plan_or_writes_it(files: tuple[str, str], tmp_path: Path) -> None:
    printed = ask("replan", *files, "--stability", "1", "--seconds", "0")
    assert printed["moved_pairs"] == 0
    out = tmp_path / "new.json"
    shown = ask("replan", *files, "--stability", "1", "--seconds", "0", "-o", str(out))
    assert "entries" not in shown
    assert json.loads(out.read_text())["entries"] == printed["entries"]


def test_solve_keeps_a_former_plan_as_far_as_the_dial_says(files: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "new.json"
    arguments = ["solve", files[0], "--base", files[1], "--stability", "1", "--rounds", "300", "-o", str(out)]
    assert main(arguments) == 0
    assert json.loads(out.read_text())["moved_pairs"] == 0
    assert main([*arguments, "--base", str(tmp_path / "none.json")]) == 2
    (fault,) = json.loads(out.read_text())["problems"]
    assert (fault["subject"], fault["message"]) == ("plan", "cannot be read: No such file or directory")


def test_promise_prints_the_four_ways(files: tuple[str, str]) -> None:
    style = bench.instance("S", 1)["jobs"][0]["style"]
    found = ask("promise", *files, "--style", style, "--pairs", "120", "--wanted", "30", "--moves", "1")["promises"]
    assert [p["way"] for p in found] == ["as_is", "overtime", "outsourcing", "moving"]
    assert all(p["finish"] > 0 and p["entries"] and p["punctual"] == (p["finish"] <= 30) for p in found)
    new = ask("promise", *files, "--style", "new", "--family", "boot", "--pairs", "9", "--minutes", "cutting=1")["promises"]
    assert {r["kind"] for r in new[0]["reasons"]} == {"no_rate"}


def test_the_plan_is_written_when_nobody_reads_the_progress_any_more(files: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    command = [sys.executable, "-m", "scheduling.engine", "solve", files[0], "--rounds", "200", "--progress", "-o", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, "")
    assert json.loads(out.read_text())["status"] == "complete"


def test_reasons_prints_chains_and_measures(files: tuple[str, str]) -> None:
    late = [o["job"] for o in json.loads(Path(files[1]).read_text())["outcomes"]]
    (one,) = ask("reasons", *files, "--job", late[0])["jobs"]
    assert one["job"] == late[0]
    assert one["chain"][0]["reason"]["kind"]
    assert {e["job"] for e in ask("reasons", *files)["jobs"]} == set(late)
    assert not any("measures" in e for e in ask("reasons", *files, "--seconds", "0", status="partial")["jobs"])


def test_overload_and_idle_print_weeks_and_windows(files: tuple[str, str]) -> None:
    found = ask("overload", *files, "--week", "5")
    assert {"week", "stage", "families", "needed", "available", "jobs"} == found["overload"][0].keys()
    assert {r["kind"] for r in found["remedies"]} <= {"inside", "overtime", "outsourcing", "postpone"}
    windows = ask("idle", *files, "--least", "100")["idle"]
    assert all(w["minutes"] >= 100 and w["pairs"] for w in windows)


def test_entries_that_cannot_stand_are_named(files: tuple[str, str], tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"entries": [{"job": "nobody", "stage": "cutting", "line": "cutting-1", "day": 0, "pairs": 3}]}')
    assert ask("idle", files[0], str(plan))["dropped"][0]["subject"] == "job nobody"


@pytest.mark.parametrize("command", ["replan", "promise", "reasons", "overload", "idle"])
@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "plan: is not JSON"),
        ("[]", "plan: must hold one JSON object"),
        ("{}", "plan: entries: is missing"),
        ('{"entries": 5}', "entries: must be a list"),
        ('{"entries": [4, {"job": "a", "stage": 7, "line": "x", "day": 1.5, "pairs": true}]}', "pairs: must be a whole number"),
    ],
)
def test_a_bad_plan_gives_the_status_invalid_and_no_trace(
    command: str, content: str, named: str, files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(content)
    more = ["--style", "s", "--pairs", "1"] if command == "promise" else []
    assert main([command, files[0], str(plan), *more]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "invalid"
    assert named in "; ".join(f"{p['subject']}: {p['field']}: {p['message']}".replace(": : ", ": ") for p in answer["problems"])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["promise", "--style", "nothing", "--pairs", "1"], "no job has the style nothing"),
        (["promise", "--style", "nothing", "--family", "boot", "--pairs", "0"], "pairs"),
        (["promise", "--style", "x", "--family", "boot", "--pairs", "1", "--minutes", "cutting=nan"], "minutes"),
        (["reasons", "--job", "nobody"], "is not part of the problem"),
        (["overload", "--week", "0"], "at least a day"),
        (["replan", "-o", "/nowhere/plan.json"], "cannot be written"),
    ],
)
def test_a_wrong_question_gives_the_status_invalid(
    arguments: list[str], named: str, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([arguments[0], *files, *arguments[1:]]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "invalid"
    assert named in json.dumps(answer["problems"])


def test_bad_instance_and_missing_plan_are_named_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.json"
    source.write_text("[]")
    assert main(["idle", str(source), str(tmp_path / "none.json")]) == 2
    assert [p["subject"] for p in json.loads(capsys.readouterr().out)["problems"]] == ["file", "plan"]
