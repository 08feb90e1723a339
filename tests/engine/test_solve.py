"""solve(): determinism, stopping, progress, invalid input."""

import math
from dataclasses import replace

import numpy as np
import pytest

from scheduling.engine import Costs, Job, Line, Plan, Problem, Progress, Stage, evaluate, solve
from scheduling.engine.arrays import build, enlarge
from scheduling.engine.bench_format import to_json
from scheduling.engine.first import construct_best, improve_order
from scheduling.engine.kernels.construct import construct
from scheduling.engine.kernels.jobs import total_cost
from scheduling.engine.relaxed import relax
from tests.engine import bench
from tests.engine.factories import CHAIN, factory, job, line
from tests.engine.state_check import check_state

RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}


def test_same_seed_and_rounds_give_the_same_plan() -> None:
    problem = bench.problem(bench.instance("S", 1))
    plans = [to_json(solve(problem, seed=7, rounds=3_000)) for _ in range(2)]
    assert plans[0] == plans[1]


def test_another_seed_searches_elsewhere() -> None:
    problem = bench.problem(bench.instance("S", 1))
    assert solve(problem, seed=7, rounds=3_000).entries != solve(problem, seed=8, rounds=3_000).entries


def test_exactly_the_given_rounds_are_run() -> None:
    assert solve(bench.problem(bench.instance("S", 1)), rounds=1_234).rounds == 1_234


def test_progress_falls_and_ends_with_the_plans_cost() -> None:
    seen: list[Progress] = []
    plan = solve(bench.problem(bench.instance("S", 2)), rounds=20_000, on_progress=seen.append)
    assert [p.cost for p in seen] == sorted((p.cost for p in seen), reverse=True)
    assert seen[-1].rounds == 20_000
    assert seen[-1].cost == pytest.approx(plan.cost, rel=1e-4)
    assert seen[-1].late_jobs == sum(o.state != "on_time" for o in plan.outcomes)
    assert seen[-1].on_time == pytest.approx(plan.on_time)


def test_stopping_gives_the_best_whole_plan_so_far() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    data = bench.instance("S", 3)
    plan = solve(bench.problem(data), seconds=3600, should_stop=stop)
    assert asked > 3
    assert plan.status == "complete"
    assert bench.judge(data, plan)["feasible"]


def test_a_stopped_search_is_no_worse_than_the_first_plan() -> None:
    problem = bench.problem(bench.instance("S", 3))
    assert solve(problem, rounds=500).cost <= solve(problem).cost


def test_no_jobs_is_a_complete_empty_plan() -> None:
    plan = solve(factory([]))
    assert plan.status == "complete"
    assert plan.entries == ()
    assert plan.cost == 0
    assert plan.on_time == 1.0


@pytest.mark.parametrize(
    ("broken", "kind", "stage"),
    [
        (job("x", {}), "no_route", None),
        (job("x", {"cut": 1.0, "pack": 1.0}), "no_rate", "stitch"),
        (job("x", RATES, family="boot"), "no_team", "stitch"),
        (job("x", RATES, release=9), "release", None),
        (job("x", RATES, pairs=100_000), "horizon", "stitch"),
    ],
)
def test_what_cannot_be_planned_is_left_out_and_named_and_the_rest_is_planned(broken: Job, kind: str, stage: str | None) -> None:
    lines = (line("c", "cut", 10), line("s", "stitch", 10, families=frozenset({"shoe"})), line("p", "pack", 10))
    plan = solve(factory([job("good", RATES), broken], lines=lines), rounds=50)
    assert plan.status == "partial"
    outcome = plan.by_job["x"]
    assert outcome.state == "left_out"
    assert (outcome.reasons[0].kind, outcome.reasons[0].stage) == (kind, stage)
    assert plan.by_job["good"].state == "on_time"
    assert {e.job for e in plan.entries} == {"good"}


def test_every_missing_rate_and_team_is_named_at_once() -> None:
    lines = (line("c", "cut", 10), line("s", "stitch", 10), line("p", "pack", 10, minutes=0, overtime=0))
    plan = solve(factory([job("x", {"cut": 1.0})], lines=lines))
    assert [(r.kind, r.stage) for r in plan.by_job["x"].reasons] == [("no_rate", "stitch"), ("no_rate", "pack"), ("no_team", "pack")]


def test_invalid_input_gives_every_fault_at_once() -> None:
    bad_line = Line("l", "nowhere", (480.0, -1.0), (math.nan,), None, -5.0)
    bad_job = Job("j", "s", "f", 0, 0, 3, math.inf, {"cut": 0.0, "dye": 1.0})
    problem = Problem(0, -1, (Stage("cut", ("pack",)), Stage("pack", ("cut", "glue"))), (bad_line, bad_line), (bad_job,), Costs(late=-1))
    plan = solve(problem)
    assert plan.status == "invalid"
    assert plan.entries == ()
    named = {(f.subject, f.field) for f in plan.problems}
    assert named >= {
        ("problem", "days"),
        ("problem", "lag"),
        ("cost", "late"),
        ("line l", "id"),
        ("line l", "stage"),
        ("line l", "minutes"),
        ("line l", "overtime"),
        ("line l", "changeover"),
        ("stage cut", "after"),
        ("stage pack", "after"),
        ("job j", "pairs"),
        ("job j", "weight"),
        ("job j", "minutes"),
    }


def test_two_last_stages_are_refused() -> None:
    plan = solve(Problem(3, 1, (Stage("a"), Stage("b")), (), ()))
    assert plan.status == "invalid"
    assert "more than one last stage" in plan.problems[0].message


def test_a_job_due_before_the_horizon_is_planned_as_soon_as_it_can_be() -> None:
    plan = solve(factory([job("x", RATES, due=-4)]))
    outcome = plan.by_job["x"]
    assert (outcome.state, outcome.finish, outcome.late_days, outcome.late_pairs) == ("late", 2, 6, 10)
    assert outcome.reasons[0].kind == "work"


def test_a_release_that_alone_makes_a_job_late_is_the_reason() -> None:
    outcome = solve(factory([job("x", RATES, release=3, due=3)])).by_job["x"]
    assert (outcome.reasons[0].kind, outcome.reasons[0].first_day, outcome.reasons[0].days) == ("release", 3, 2)


@pytest.mark.parametrize(("ready", "kinds"), [({}, ["capacity"]), ({"stitch": 7}, ["work"])])
def test_a_full_stage_is_no_reason_where_the_job_has_to_wait_behind_it_anyway(ready: dict[str, int], kinds: list[str]) -> None:
    first = job("first", {"cut": 540.0, "stitch": 1.0, "pack": 1.0}, pairs=4, due=5, weight=900.0)  # cuts for four whole days
    plan = solve(factory([first, job("second", RATES, due=3, ready=ready)], days=12), rounds=500)
    assert [reason.kind for reason in plan.by_job["second"].reasons] == kinds


def test_the_full_stage_is_the_reason_and_names_who_filled_it() -> None:
    jobs = [job("first", RATES, pairs=200, due=5, weight=9.0), job("second", RATES, pairs=40, due=2)]
    plan = solve(factory(jobs, days=14), rounds=500)
    reason = plan.by_job["second"].reasons[0] if plan.by_job["second"].state == "late" else plan.by_job["first"].reasons[0]
    assert reason.stage == "stitch"
    assert reason.kind in {"capacity", "overtime"}


def test_overtime_is_used_where_it_saves_more_lateness_than_it_costs() -> None:
    rates = {"make": 10.0}
    stages = (Stage("make"),)
    lines = (line("m", "make", 10, minutes=480, overtime=120),)
    late_is_dear = Problem(10, 1, stages, lines, (job("x", rates, pairs=60, due=0, weight=3.0),))
    late_is_cheap = replace(late_is_dear, jobs=(job("x", rates, pairs=60, due=0, weight=0.1),))
    assert solve(late_is_dear).overtime_minutes == 120
    assert solve(late_is_cheap).overtime_minutes == 0


def test_lines_share_a_job_while_lateness_costs_more_than_the_split() -> None:
    rates = {"make": 10.0}
    stages = (Stage("make"),)
    lines = tuple(line(f"m{i}", "make", 10, overtime=0) for i in range(2))
    big = Problem(10, 1, stages, lines, (job("x", rates, pairs=96, due=0, weight=3.0),))
    small = Problem(10, 1, stages, lines, (job("x", rates, pairs=50, due=0, weight=3.0),))
    assert solve(big).splits == 1
    assert solve(small).splits == 0


def test_evaluate_finds_each_broken_rule() -> None:
    problem = factory([job("x", RATES)], stages=CHAIN)
    plan = solve(problem)
    assert evaluate(problem, plan.entries).feasible
    moved = tuple(replace(e, day=e.day + (e.stage == "cut")) for e in plan.entries)
    assert any("ready" in error for error in evaluate(problem, moved).errors)
    fewer = tuple(replace(e, pairs=9) if e.stage == "pack" else e for e in plan.entries)
    assert any("9 of 10 pairs" in error for error in evaluate(problem, fewer).errors)
    wrong = tuple(replace(e, line="cut-1") for e in plan.entries)
    assert any("does not work at" in error for error in evaluate(problem, wrong).errors)
    packed = factory([job("x", RATES, pairs=100)], stages=CHAIN)
    heavy = tuple(replace(e, pairs=100) for e in plan.entries)
    assert any("minutes of work" in error for error in evaluate(packed, heavy).errors)


def test_plan_answers_by_job() -> None:
    plan: Plan = solve(factory([job("x", RATES)]))
    assert plan.by_job["x"].finish == 2


def test_a_better_order_of_insertion_is_found_before_the_search_begins() -> None:
    problem = bench.problem(bench.instance("S", 2))
    model = build(problem, problem.jobs, 0)
    state, attempt = construct_best(model)
    tried: list[int] = []

    def share_left(tries: int) -> float:
        tried.append(tries)
        return 1.0 - tries / 200

    shown: list[float] = []
    better = improve_order(model, attempt, 0, share_left, lambda at: shown.append(total_cost(at.desk)))
    assert tried == list(range(201))
    assert total_cost(better.desk) < total_cost(state.desk)
    assert len(shown) > 1
    assert shown == sorted(shown, reverse=True), "every better plan is shown, and only those"


def test_relaxed_plan_keeps_releases_and_gives_up_the_light_job() -> None:
    rates = {"make": 10.0}
    lines = (line("m", "make", 10, minutes=100, overtime=0),)
    jobs = tuple(job(f"j{i}", rates, pairs=20, due=1 + (i == 2), release=i, weight=5.0 - 2 * i) for i in range(3))
    model = build(Problem(10, 1, (Stage("make"),), lines, jobs), jobs, 0)
    relaxed = relax(model)
    assert relaxed is not None
    assert list(np.argsort(relaxed.mean)) == [0, 1, 2]
    assert all(relaxed.mean[i] >= i for i in range(3))
    assert relaxed.mean.sum() == pytest.approx(3 * 2.5, abs=0.2)  # six days of work fill days 0 to 5


def test_pieces_are_added_when_they_run_short() -> None:
    problem = bench.problem(bench.instance("S", 1))
    model = build(problem, problem.jobs, 0)
    before = len(model.state["pieces"])
    enlarge(model.state)
    construct(model.state.desk, model.order(0.0), 0)
    check_state(model)
    assert len(model.state["pieces"]) == 2 * before
    assert model.state.value("left_out") == 0
