"""The optional fields of a problem: what each one means for the plan, and what holds for all of them together."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Entry, Job, Problem, Stage, evaluate, solve
from scheduling.engine.arrays import build
from scheduling.engine.facts import is_done
from scheduling.engine.kernels.anneal import anneal
from scheduling.engine.kernels.construct import construct
from scheduling.engine.reasons import unplannable
from tests.engine.factories import CHAIN, factory, job, line
from tests.engine.rich import rich_problems
from tests.engine.state_check import check_state

FEW = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}


def made_before(problem: Problem, job_: Job) -> dict[str, int]:
    """Pairs that must have been made by stage: what any stage further on has reported."""

    def behind(stage: str) -> set[str]:
        near = {s.id for s in problem.stages if stage in s.after}
        return near.union(*(behind(s) for s in near))

    return {s.id: max(job_.made.get(x, 0) for x in {s.id} | behind(s.id)) for s in problem.stages}


@FEW
@given(problem=rich_problems(), seed=st.integers(0, 5), rounds=st.sampled_from([None, 300]))
def test_plan_keeps_every_field_and_names_what_it_leaves_out(problem: Problem, seed: int, rounds: int | None) -> None:
    plan = solve(problem, seed=seed, rounds=rounds)
    assert plan.status != "invalid"
    judged = evaluate(problem, plan.entries)
    assert judged.errors == ()
    assert judged.cost == pytest.approx(plan.cost)
    left_out = {o.job for o in plan.outcomes if o.state == "left_out"}
    assert left_out == set(judged.left_out)
    assert all(o.reasons for o in plan.outcomes if o.state != "on_time")
    made: dict[tuple[str, str], int] = defaultdict(int)
    for e in plan.entries:
        made[e.job, e.stage] += e.pairs
    for j in problem.jobs:
        if j.id not in left_out:
            assert {s.id: made[j.id, s.id] for s in problem.stages} == {s: j.pairs - n for s, n in made_before(problem, j).items()}
    by_id = {j.id: j for j in problem.jobs}
    assert all(e.day >= max(0, by_id[e.job].release, by_id[e.job].ready.get(e.stage, 0)) for e in plan.entries)


@FEW
@given(problem=rich_problems(), seed=st.integers(0, 5))
def test_running_sums_of_the_search_never_drift(problem: Problem, seed: int) -> None:
    hopeless = unplannable(problem)
    model = build(problem, tuple(j for j in problem.jobs if j.id not in hopeless and not is_done(problem, j)), seed)
    if not model.jobs:
        return
    construct(model.state.desk, model.order(0.0), 0)
    check_state(model)
    anneal(model.state.desk, 10.0, 200)
    check_state(model)


def test_job_waits_for_the_day_on_which_a_stage_is_ready() -> None:
    plan = solve(factory([job("x", RATES, ready={"stitch": 4})]), rounds=100)
    days = {e.stage: e.day for e in plan.entries}
    assert days["stitch"] == 4
    assert days["pack"] == 5


def test_stage_waits_for_its_own_lag() -> None:
    stages = (CHAIN[0], CHAIN[1], Stage("pack", ("stitch",), {"stitch": 3}))
    plan = solve(factory([job("x", RATES)], stages=stages), rounds=100)
    assert {e.stage: e.day for e in plan.entries} == {"cut": 0, "stitch": 1, "pack": 4}


def test_pairs_made_before_are_not_planned_again_and_feed_the_next_stage_at_once() -> None:
    plan = solve(factory([job("x", RATES, pairs=30, due=0, weight=9.0, made={"cut": 30, "stitch": 12})]), rounds=100)
    found = sorted((e.stage, e.day, e.pairs) for e in plan.entries)
    assert found == [("pack", 0, 12), ("pack", 1, 18), ("stitch", 0, 18)]


def test_stage_that_is_done_needs_neither_rate_nor_team() -> None:
    lines = (line("s", "stitch", 10), line("p", "pack", 10))
    plan = solve(factory([job("x", {"stitch": 10.0, "pack": 1.0}, made={"cut": 10})], lines=lines))
    assert plan.status == "complete"
    assert {e.stage for e in plan.entries} == {"stitch", "pack"}


def test_job_that_is_done_is_on_time_and_has_no_entries() -> None:
    plan = solve(factory([job("x", RATES, made={"pack": 10}, due=-3), job("y", RATES)]))
    assert (plan.by_job["x"].state, plan.by_job["x"].finish, plan.by_job["x"].late_days) == ("on_time", -1, 0)
    assert {e.job for e in plan.entries} == {"y"}
    assert plan.on_time == 1.0


def test_pairs_that_stand_elsewhere_than_in_the_base_are_counted_and_cost() -> None:
    problem = factory([job("x", RATES)])
    entries = solve(problem).entries
    assert evaluate(replace(problem, base=entries), entries).moved_pairs == 0
    later = tuple(replace(e, day=e.day + 1) if e.stage == "pack" else e for e in entries)
    moved = evaluate(replace(problem, base=entries, costs=replace(problem.costs, move=2.0)), later)
    free = evaluate(problem, later)
    assert moved.moved_pairs == 10
    assert moved.cost == pytest.approx(free.cost + 20.0)
    assert evaluate(replace(problem, base=(Entry("other", "cut", "cut-1", 0, 5),)), later).moved_pairs == 0


def test_wrong_dates_lags_and_pairs_are_named_at_once() -> None:
    stages = (Stage("cut"), Stage("stitch", ("cut",), {"cut": -1, "pack": 1}), Stage("pack", ("stitch",)))
    wrong = job("x", RATES, ready={"glue": 1, "cut": 10**9}, made={"cut": 11, "dye": -1})
    plan = solve(replace(factory([wrong], stages=stages), base=(Entry("x", "cut", "c", 0, 0),)))
    assert plan.status == "invalid"
    assert sorted({(f.subject, f.field) for f in plan.problems}) == [
        ("base number 1", "pairs"),
        ("job x", "made"),
        ("job x", "ready"),
        ("stage stitch", "lags"),
    ]
    assert len(plan.problems) == 8
