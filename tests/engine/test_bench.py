"""The engine on the benchmark: judged by the benchmark's own check.py, measured against edd.py."""

import pytest

from scheduling.engine import solve
from tests.engine import bench


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_small_instance_is_feasible_at_a_fraction_of_the_clerks_cost(seed: int) -> None:
    data = bench.instance("S", seed)
    plan = solve(bench.problem(data), rounds=30_000)
    report = bench.judge(data, plan)
    assert report["errors"] == []
    assert plan.status == "complete"
    assert report["cost"] <= 0.22 * bench.clerk_cost("S", seed)
    assert report["cost"] == pytest.approx(plan.cost, abs=0.06)


def test_first_small_plan_is_good_without_any_search() -> None:
    data = bench.instance("S", 1)
    assert bench.judge(data, solve(bench.problem(data)))["cost"] <= 0.22 * bench.clerk_cost("S", 1)


def test_medium_first_plan_is_within_eight_percent_of_the_clerks_cost_and_search_improves_it() -> None:
    data = bench.instance("M", 1)
    first = solve(bench.problem(data))
    better = solve(bench.problem(data), rounds=20_000)
    assert bench.judge(data, first)["feasible"]
    assert bench.judge(data, better)["feasible"]
    assert first.cost <= 0.08 * bench.clerk_cost("M", 1)
    assert better.cost < 0.95 * first.cost


def test_large_first_plan_is_within_eight_percent_of_the_clerks_cost() -> None:
    data = bench.instance("L", 1)
    plan = solve(bench.problem(data))
    report = bench.judge(data, plan)
    assert report["errors"] == []
    assert report["cost"] <= 0.08 * 103_136_653.7  # edd.py's cost, which takes seconds to work out


@pytest.mark.parametrize(("load", "lag"), [(1.3, 1), (1.06, 2), (1.3, 3)])
@pytest.mark.parametrize("seed", [4, 5])
def test_other_loads_and_lags_are_feasible(seed: int, load: float, lag: int) -> None:
    data = bench.instance("S", seed, load, lag)
    plan = solve(bench.problem(data), rounds=2_000)
    assert bench.judge(data, plan)["errors"] == []


def test_every_late_job_has_a_reason_and_only_late_jobs() -> None:
    plan = solve(bench.problem(bench.instance("S", 2)), rounds=2_000)
    late = [o for o in plan.outcomes if o.state == "late"]
    assert late
    assert all(o.reasons and o.late_days > 0 and o.late_pairs > 0 for o in late)
    assert not any(o.reasons for o in plan.outcomes if o.state == "on_time")


def test_every_answer_about_a_plan_can_be_measured_and_holds() -> None:
    problem = bench.problem(bench.instance("S", 1))
    rows = list(bench.program("answers").measure(problem, solve(problem).entries, anew=0.1))
    asked = [row["question"] for row in rows]
    assert asked[:5] == ["replan: rush order", "replan: team down 3 days", "replan: sole 6 days late", "replan: ten reports", "session"]
    for row in rows[:4]:
        assert (row["status"], row["errors"]) == ("complete", [])
        assert row["moved"] < 0.2
        assert row["anew"] > 0
    assert next(row for row in rows if row["question"] == "remedies")["weeks and stages left"] == 0
