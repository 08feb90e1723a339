"""What holds for every small factory, whatever it looks like."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Problem, evaluate, solve
from scheduling.engine.arrays import build
from scheduling.engine.kernels.anneal import anneal
from scheduling.engine.kernels.construct import construct
from scheduling.engine.kernels.jobs import total_cost
from scheduling.engine.reasons import unplannable
from tests.engine import bench
from tests.engine.factories import problems
from tests.engine.state_check import check_state

FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def without(problem: Problem, jobs: set[str]) -> dict[str, object]:
    """The problem as an instance of the benchmark, some jobs left away."""
    return {
        "days": problem.days,
        "lag": problem.lag,
        "stages": [{"id": s.id, "after": list(s.after)} for s in problem.stages],
        "lines": [
            {
                "id": line.id,
                "stage": line.stage,
                "minutes": list(line.minutes),
                "overtime": list(line.overtime),
                "families": None if line.families is None else sorted(line.families),
                "changeover": line.changeover,
            }
            for line in problem.lines
        ],
        "jobs": [
            {
                "id": j.id,
                "style": j.style,
                "family": j.family,
                "pairs": j.pairs,
                "release": max(0, j.release),
                "due": j.due,
                "weight": j.weight,
                "minutes": dict(j.minutes),
            }
            for j in problem.jobs
            if j.id not in jobs
        ],
        "cost": {"late": 1.0, "overtime": 0.05, "changeover": 30.0, "split": 60.0, "wip": 0.002},
    }


@FEW
@given(problem=problems(), seed=st.integers(0, 5), rounds=st.sampled_from([None, 300]))
def test_plan_is_feasible_exact_and_names_what_it_leaves_out(problem: Problem, seed: int, rounds: int | None) -> None:
    plan = solve(problem, seed=seed, rounds=rounds)
    judged = evaluate(problem, plan.entries)
    assert judged.errors == ()
    left_out = {o.job for o in plan.outcomes if o.state == "left_out"}
    assert left_out == set(judged.left_out)
    assert plan.status == ("partial" if left_out else "complete")
    assert all(o.reasons for o in plan.outcomes if o.state != "on_time")
    made: dict[tuple[str, str], int] = {}
    for e in plan.entries:
        made[e.job, e.stage] = made.get((e.job, e.stage), 0) + e.pairs
    assert made == {(j.id, s.id): j.pairs for j in problem.jobs if j.id not in left_out for s in problem.stages}
    release = {j.id: j.release for j in problem.jobs}
    assert all(e.day >= release[e.job] for e in plan.entries)
    if len(left_out) < len(problem.jobs):
        report = bench.judge(dict(without(problem, left_out)), plan)
        assert report["errors"] == []
        assert abs(report["cost"] - judged.cost) <= 0.06


@FEW
@given(problem=problems(), seed=st.integers(0, 5))
def test_running_sums_of_the_search_never_drift(problem: Problem, seed: int) -> None:
    hopeless = unplannable(problem)
    model = build(problem, tuple(j for j in problem.jobs if j.id not in hopeless), seed)
    if not model.jobs:
        return
    construct(model.state.desk, model.order(0.0), 0)
    check_state(model)
    before = total_cost(model.state.desk)
    anneal(model.state.desk, 10.0, 200)
    check_state(model)
    assert total_cost(model.state.desk) < before + 200 * 10.0 * 40  # no round may accept more than its threshold


@FEW
@given(problem=problems())
def test_longer_search_never_gives_a_dearer_plan_than_the_first(problem: Problem) -> None:
    first, later = solve(problem, seed=1), solve(problem, seed=1, rounds=200)
    assert len(later.outcomes) == len(first.outcomes)
    left = [sum(o.state == "left_out" for o in plan.outcomes) for plan in (first, later)]
    if left[0] == left[1] == 0:
        assert later.cost <= first.cost + 1e-3
