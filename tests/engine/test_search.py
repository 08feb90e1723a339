"""The search in time: the same plan every time, whole whenever it is stopped, and able to go on from an earlier one."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scheduling.engine import Entry, Plan, Progress, evaluate, solve
from scheduling.engine import chains as chains_module
from scheduling.engine.arrays import build
from scheduling.engine.bench_format import from_json
from scheduling.engine.prices import order_by_prices
from scheduling.engine.problem import Costs, Job, Line, Problem, Stage
from tests.engine import bench


@pytest.fixture(scope="module")
def problem() -> Problem:
    found = from_json(bench.instance("S", 1))
    assert isinstance(found, Problem)
    return found


def test_plan_by_rounds_does_not_depend_on_the_number_of_processors(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = []
    for count in (1, 2):
        monkeypatch.setattr(chains_module, "processors", lambda count=count: count)
        plans.append(solve(problem, rounds=6000, seed=4))
    assert plans[0].entries == plans[1].entries
    assert plans[0].rounds == 6000
    assert plans[0].entries != solve(problem, rounds=6000, seed=5).entries


@pytest.mark.parametrize(("size", "rounds"), [("S", 5000), ("M", 3000)])
def test_two_processes_write_the_same_bytes(size: str, rounds: int, tmp_path: Path) -> None:
    source = tmp_path / "instance.json"
    source.write_text(json.dumps(bench.instance(size, 3)))
    outs = [tmp_path / "one.json", tmp_path / "two.json"]
    command = [sys.executable, "-m", "scheduling.engine", "solve", str(source), "--rounds", str(rounds), "--seed", "7", "-o"]
    for out in outs:
        subprocess.run([*command, str(out)], check=True, timeout=300)
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_search_that_is_stopped_gives_a_whole_plan(problem: Problem) -> None:
    asked = [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > 30

    plan = solve(problem, seconds=1e6, should_stop=stop)
    judged = evaluate(problem, plan.entries)
    assert plan.status == "complete"
    assert judged.feasible
    assert judged.cost == pytest.approx(plan.cost)


def test_search_goes_on_from_an_earlier_plan(problem: Problem) -> None:
    earlier = solve(problem, rounds=8000, seed=1)
    later = solve(problem, rounds=500, seed=2, start=earlier.entries)
    assert later.cost <= earlier.cost + 1e-6
    assert solve(problem, rounds=500, seed=2).cost > later.cost


def test_start_that_no_longer_fits_is_made_whole(problem: Problem) -> None:
    earlier = solve(problem, rounds=500)
    gone = {job.id for job in problem.jobs[:3]}
    start = [e for e in earlier.entries if e.job not in gone]
    lines = tuple(replace(line, minutes=(0.0, *line.minutes[1:])) for line in problem.lines)
    fewer = replace(problem, lines=lines)
    plan = solve(fewer, rounds=100, start=start)
    assert plan.status == "complete"
    assert evaluate(fewer, plan.entries).errors == ()


def test_best_plan_so_far_can_be_read_while_the_search_runs(problem: Problem) -> None:
    seen: list[tuple[Entry, ...]] = []
    plan = solve(problem, rounds=3000, on_best=lambda read: seen.append(read()))
    costs = [evaluate(problem, entries).cost for entries in seen]
    assert all(evaluate(problem, entries).feasible for entries in seen)
    assert costs[0] >= plan.cost - 1e-6


def test_progress_tells_a_cost_that_no_plan_goes_below() -> None:
    tight = from_json(bench.instance("S", 2))
    assert isinstance(tight, Problem)
    late = replace(tight, jobs=tuple(replace(job, due=job.release) for job in tight.jobs))
    rows: list[Progress] = []
    plan: Plan = solve(late, rounds=3000, on_progress=rows.append)
    assert 0 < rows[-1].bound <= plan.cost
    assert rows[-1].cost >= plan.cost - 1e-6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_search_with_the_best_plan_written(number: signal.Signals, tmp_path: Path) -> None:
    source, out = tmp_path / "instance.json", tmp_path / "plan.json"
    source.write_text(json.dumps(bench.instance("S", 1)))
    command = [sys.executable, "-m", "scheduling.engine", "solve", str(source), "--seconds", "100000", "--progress", "-o", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["cost"] > 0
        running.send_signal(number)
        running.stdout.read()
        assert running.wait(timeout=120) == 0
    plan = json.loads(out.read_text())
    assert plan["status"] == "complete"
    assert bench.program("check").check(bench.instance("S", 1), plan)["errors"] == []


def test_jobs_that_had_better_wait_are_given_up_for_all_others() -> None:
    """A slow job of little weight is due amid ten urgent ones that fill a day each: by its due day it would hold up those behind it."""
    stage = Stage("stitch")
    line = Line("team", "stitch", (480.0,) * 40, (0.0,) * 40, None, 0.0)
    slow = Job("slow", "s", "shoe", 96, 0, 4, 0.5, {"stitch": 25.0})
    quick = tuple(Job(f"quick{i}", "s", "shoe", 240, i, i, 3.0, {"stitch": 2.0}) for i in range(10))
    model = build(Problem(40, 1, (stage,), (line,), (slow, *quick), Costs()), (slow, *quick), 1)
    by_due_day = model.order(0.0)
    order = order_by_prices(model, by_due_day)
    assert by_due_day.tolist().index(0) == 5
    assert order.tolist().index(0) == 10
