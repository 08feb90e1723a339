"""Replanning: a former plan is kept as far as it goes."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Entry, Job, Problem, Progress, Stage, evaluate, move_price, replan, solve
from scheduling.engine.arrays import build
from scheduling.engine.kernels.jobs import total_cost
from scheduling.engine.replan import Repair
from tests.engine import bench
from tests.engine.factories import factory, job, problems
from tests.engine.rich import rich_problems

FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}


def places(entries: tuple[Entry, ...]) -> dict[tuple[str, str, str, int], int]:
    found: dict[tuple[str, str, str, int], int] = {}
    for e in entries:
        key = e.job, e.stage, e.line, e.day
        found[key] = found.get(key, 0) + e.pairs
    return found


def moved_share(new: tuple[Entry, ...], old: tuple[Entry, ...], but: str = "") -> float:
    """Share of the pairs of jobs in both plans that changed line or day."""
    a, b = places(new), places(old)
    common = ({k[0] for k in a} & {k[0] for k in b}) - {but}
    pairs = {k: n for k, n in b.items() if k[0] in common}
    return 1 - sum(min(n, a.get(k, 0)) for k, n in pairs.items()) / sum(pairs.values())


def resized(job_: Job, pairs: int) -> Job:
    return replace(job_, pairs=max(1, *job_.made.values(), pairs))


def disturbed(problem: Problem, chance: Random) -> Problem:
    """A team fails on a day, a job comes later, one is larger, one is new."""
    lines = list(problem.lines)
    i, day = chance.randrange(len(lines)), chance.randrange(problem.days)
    cut = tuple(0.0 if d == day else m for d, m in enumerate(lines[i].minutes))
    lines[i] = replace(lines[i], minutes=cut, overtime=(0.0,) * problem.days)
    more = chance.choice([0, 0, 5])
    held = {e.job for e in problem.frozen}
    jobs = [replace(j, release=j.release + chance.choice([0, 0, 2])) for j in problem.jobs]
    jobs = [j if j.id in held or j.sizes else resized(j, j.pairs + chance.choice([0, more, -1])) for j in jobs]
    if jobs:
        jobs.append(replace(jobs[0], id="new", weight=3.0, made={}))
    return replace(problem, lines=tuple(lines), jobs=tuple(jobs), base=())


@FEW
@given(problem=rich_problems(), chance=st.randoms(use_true_random=False), stability=st.sampled_from([0.0, 0.5, 1.0]))
def test_any_change_gives_a_feasible_plan_that_says_what_it_costs(problem: Problem, chance: Random, stability: float) -> None:
    base = solve(problem).entries or problem.base
    changed = disturbed(problem, chance)
    plan = replan(changed, base, stability=stability, seconds=None, rounds=200, reasons=True)
    judged = evaluate(changed, plan.entries)
    assert judged.errors == ()
    assert plan.cost == pytest.approx(judged.cost, abs=1e-3)
    assert (plan.changeovers, plan.splits, plan.wip_pair_days) == (judged.changeovers, judged.splits, judged.wip_pair_days)
    assert plan.overtime_minutes == pytest.approx(judged.overtime_minutes, abs=1e-2)
    assert plan.late_pair_days == pytest.approx(judged.late_pair_days)
    assert plan.on_time == pytest.approx(judged.on_time)
    assert {o.job for o in plan.outcomes if o.state == "left_out"} == set(judged.left_out)
    assert plan.status == ("partial" if judged.left_out else "complete")
    assert {o.job: o.finish for o in plan.outcomes if o.finish is not None} == judged.finish
    assert {o.job: o.late_pairs for o in plan.outcomes if o.late_pairs} == judged.late_pairs
    assert all(o.reasons for o in plan.outcomes if o.state != "on_time")


@FEW
@given(problem=problems())
def test_nothing_changed_means_nothing_moves(problem: Problem) -> None:
    plan = solve(problem)
    again = replan(problem, plan.entries, stability=1.0, seconds=None, rounds=100)
    assert places(again.entries) == places(plan.entries)
    assert again.moved_pairs == 0


def test_the_same_rounds_and_seed_give_the_same_plan() -> None:
    problem = bench.problem(bench.instance("S", 1))
    base = solve(problem).entries
    late = replace(problem, jobs=(replace(problem.jobs[0], release=30), *problem.jobs[1:]))
    plans = [replan(late, base, seconds=None, rounds=800, seed=3).entries for _ in range(2)]
    assert plans[0] == plans[1]


def test_a_failed_team_moves_little_and_costs_hardly_more_than_a_plan_made_anew() -> None:
    problem = bench.problem(bench.instance("S", 1))
    base = solve(problem, rounds=20_000).entries
    failed = next(x for x in problem.lines if x.id == "stitching-2")
    minutes, overtime = ((*days[:4], 0.0, 0.0, 0.0, *days[7:]) for days in (failed.minutes, failed.overtime))
    rest = replace(failed, minutes=minutes, overtime=overtime)
    lines = tuple(rest if x is failed else x for x in problem.lines)
    down = replace(problem, lines=lines)
    steady = replan(down, base, stability=0.3, seconds=None, rounds=6_000)
    keen = replan(down, base, stability=0.0, seconds=None, rounds=6_000)
    assert evaluate(down, steady.entries).errors == ()
    assert moved_share(steady.entries, base) < 0.15
    assert moved_share(steady.entries, base) < moved_share(keen.entries, base)
    assert steady.cost < 1.15 * solve(down, rounds=20_000).cost


def test_a_rush_order_takes_the_place_of_jobs_that_can_wait() -> None:
    rates = {"make": 10.0}
    slow = [job(f"j{i}", rates, pairs=48, due=9) for i in range(6)]
    problem = factory(slow, days=10, stages=(Stage("make"),), overtime=0, changeover=0.0)
    base = solve(problem).entries
    rush = replace(problem, jobs=(*slow, job("rush", rates, pairs=48, due=0, weight=5.0)))
    plan = replan(rush, base, stability=0.5, seconds=None, rounds=50)
    assert plan.by_job["rush"].finish == 0
    assert all(o.state == "on_time" for o in plan.outcomes)
    assert plan.moved_pairs == 48


def test_the_dial_of_stability_is_a_price_that_rises_without_bound() -> None:
    costs = bench.problem(bench.instance("S", 1)).costs
    prices = [move_price(costs, s / 10) for s in range(11)]
    assert prices[0] == 0.0
    assert prices[5] == pytest.approx(0.5 * costs.late)
    assert prices == sorted(prices)
    assert prices[10] >= 1_000 * costs.late
    with pytest.raises(ValueError, match="stability"):
        move_price(costs, 1.1)


def test_a_wrong_problem_is_invalid_and_a_hopeless_one_says_why() -> None:
    assert replan(replace(factory([job("a", RATES)]), days=0), ()).status == "invalid"
    plan = replan(factory([job("a", {})]), (Entry("a", "cut", "cut-1", 0, 10), Entry("b", "cut", "cut-1", 0, 10)))
    assert plan.status == "partial"
    assert plan.by_job["a"].reasons[0].kind == "no_route"


def test_time_beyond_a_second_goes_to_the_whole_plan_which_stays_whole() -> None:
    problem = bench.problem(bench.instance("S", 1))
    old = solve(problem)
    seen: list[Progress] = []
    changed = replace(problem, jobs=(*problem.jobs, replace(problem.jobs[0], id="new", weight=3.0)))
    short = replan(changed, old.entries, stability=1.0, seconds=0.0)
    plan = replan(changed, old.entries, stability=1.0, seconds=1.3, on_progress=seen.append)
    assert evaluate(changed, plan.entries).errors == ()
    assert plan.status == short.status == "complete"
    assert plan.cost + plan.moved_pairs * move_price(changed.costs, 1.0) <= short.cost + short.moved_pairs * move_price(changed.costs, 1.0)
    assert seen
    assert seen[-1].rounds == plan.rounds


def test_moved_pairs_are_counted_even_where_moving_costs_nothing() -> None:
    problem = bench.problem(bench.instance("S", 1))
    old = solve(problem).entries
    plan = replan(problem, old, stability=0.0, seconds=1.2)
    moved = sum((Counter(places(plan.entries)) - Counter(places(old))).values())
    assert plan.moved_pairs == moved > 0


def test_should_stop_ends_the_search_over_the_whole_plan() -> None:
    problem = bench.problem(bench.instance("S", 1))
    plan = replan(problem, solve(problem).entries, seconds=1e6, should_stop=lambda: True)
    assert plan.status == "complete"
    assert plan.seconds < 60


def test_a_plan_that_is_put_back_never_replaces_a_cheaper_one() -> None:
    problem = bench.problem(bench.instance("S", 1))
    repair = Repair(build(problem, problem.jobs, 1), solve(problem).entries, 0.5, 1)
    repair.mend()
    standing = float(total_cost(repair.model.state.desk))
    repair.put_back(np.zeros((0, 3), np.int32))
    assert float(total_cost(repair.model.state.desk)) == standing
    assert repair.model.state.value("left_out") == 0
