"""Teams outside: transport there and back, a minimum lot, a price; and the smallest lot of a team."""

from dataclasses import replace

import pytest

from scheduling.engine import Entry, Job, Line, Problem, Session, Stage, evaluate, replan, solve
from tests.engine import own_check
from tests.engine.factories import CHAIN, factory, job, line

RATES = {"cut": 1.0, "stitch": 10.0, "pack": 1.0}
OUTSIDE = Line("outside", "stitch", (4800.0,) * 10, (0.0,) * 10, out_days=1, back_days=2, pair_cost=0.5)
INSIDE = tuple(line(f"{s.id}-1", s.id, 10) for s in CHAIN)


def workshop(*jobs: Job, outside: Line = OUTSIDE, inside: tuple[Line, ...] = (INSIDE[0], INSIDE[2])) -> Problem:
    return factory(jobs, lines=(*inside, outside))


def days(problem: Problem) -> dict[str, list[int]]:
    plan = solve(problem, rounds=500)
    assert own_check.breaches(problem, plan.entries) == []
    return {s.id: sorted({e.day for e in plan.entries if e.stage == s.id}) for s in problem.stages}


def test_work_outside_waits_for_transport_there_and_the_next_stage_for_transport_back() -> None:
    """Cut on day 0, a lag, a day on the way; made on day 2; two days back, a lag."""
    assert days(workshop(job("x", RATES, due=0))) == {"cut": [0], "stitch": [2], "pack": [5]}


def test_material_that_is_ready_later_leaves_later() -> None:
    assert days(workshop(job("x", RATES, due=0, ready={"stitch": 3})))["stitch"] == [4]


def test_job_is_finished_when_it_is_back() -> None:
    last = replace(OUTSIDE, stage="make", id="far")
    problem = factory([job("x", {"make": 1.0}, due=2, weight=2.0)], stages=(Stage("make"),), lines=(last,))
    plan = solve(problem, rounds=100)
    assert (plan.entries[0].day, plan.by_job["x"].finish, plan.by_job["x"].late_days) == (1, 3, 1)
    assert plan.cost == pytest.approx(10 * 2.0 + 10 * 0.5)
    assert Session(problem, plan.entries).finish("x") == 3


def test_what_would_come_back_behind_the_horizon_is_left_out_and_named() -> None:
    problem = workshop(job("x", RATES), outside=replace(OUTSIDE, back_days=7))
    plan = solve(problem, rounds=100)
    assert plan.by_job["x"].state == "left_out"
    assert plan.by_job["x"].reasons[0].kind == "horizon"


@pytest.mark.parametrize(("price", "used"), [(0.5, True), (5.0, False)])
def test_outside_team_is_used_where_it_costs_less_than_being_late(price: float, used: bool) -> None:
    jobs = [job(f"x{i}", RATES, pairs=48, due=6, style=f"s{i}") for i in range(6)]
    plan = solve(workshop(*jobs, outside=replace(OUTSIDE, pair_cost=price), inside=INSIDE), rounds=3000)
    assert any(e.line == "outside" for e in plan.entries) == used
    assert plan.team_cost == pytest.approx(price * sum(e.pairs for e in plan.entries if e.line == "outside"))


def test_minimum_lot_is_kept_or_nothing_goes_outside() -> None:
    jobs = [job(f"x{i}", RATES, pairs=60, due=6, style=f"s{i}") for i in range(5)]
    problem = workshop(*jobs, outside=replace(OUTSIDE, minimum_lot=40), inside=INSIDE)
    plan = solve(problem, rounds=3000)
    lots = {j.id: sum(e.pairs for e in plan.entries if (e.job, e.line) == (j.id, "outside")) for j in jobs}
    assert any(lots.values())
    assert all(n == 0 or n >= 40 for n in lots.values())
    assert own_check.breaches(problem, plan.entries) == []


def test_job_below_the_minimum_lot_stays_inside() -> None:
    jobs = [job(f"x{i}", RATES, pairs=30, due=0, weight=9.0) for i in range(6)]
    plan = solve(workshop(*jobs, outside=replace(OUTSIDE, minimum_lot=31, pair_cost=0.0), inside=INSIDE), rounds=1000)
    assert not any(e.line == "outside" for e in plan.entries)


def test_too_small_a_lot_and_too_late_a_return_are_errors_of_a_plan() -> None:
    problem = workshop(job("x", RATES, pairs=30), outside=replace(OUTSIDE, minimum_lot=20), inside=INSIDE)
    split = [Entry("x", "cut", "cut-1", 0, 30), Entry("x", "stitch", "stitch-1", 1, 20), Entry("x", "stitch", "outside", 2, 10)]
    errors = evaluate(problem, [*split, Entry("x", "pack", "pack-1", 5, 30)]).errors
    assert errors == ("outside makes 10 pairs of x at stitch, at least 20",)
    early = evaluate(problem, [split[0], Entry("x", "stitch", "outside", 1, 30), Entry("x", "pack", "pack-1", 3, 30)]).errors
    assert len(early) == 2


def test_frozen_work_outside_stands_and_the_rest_goes_on_from_it() -> None:
    """It left the day before the horizon; it is back on day 2."""
    problem = workshop(job("x", RATES, made={"cut": 10}))
    problem = replace(problem, frozen=(Entry("x", "stitch", "outside", 0, 10),))
    plan = solve(problem, rounds=100)
    assert [w.field for w in plan.warnings] == ["day"]
    assert (plan.status, plan.by_job["x"].finish) == ("complete", 3)


def test_replanning_brings_work_inside_when_transport_gets_too_long() -> None:
    problem = workshop(job("x", RATES, pairs=20, due=9), inside=INSIDE)
    base = [Entry("x", "cut", "cut-1", 0, 20), Entry("x", "stitch", "outside", 2, 20), Entry("x", "pack", "pack-1", 5, 20)]
    assert {e.line for e in replan(problem, base, stability=1.0, seconds=None, rounds=50).entries} == {"cut-1", "outside", "pack-1"}
    longer = replace(problem, lines=(*INSIDE, replace(OUTSIDE, back_days=9)))
    plan = replan(longer, base, stability=1.0, seconds=None, rounds=50)
    assert {e.line for e in plan.entries} == {"cut-1", "stitch-1", "pack-1"}
    assert evaluate(longer, plan.entries).errors == ()


def test_team_has_its_own_smallest_lot() -> None:
    """One pair more than a day holds: the packer may have it alone, the stitchers join it to another day."""
    x = job("x", {"cut": 1.0, "stitch": 10.0, "pack": 10.0}, pairs=55, due=9)
    lines = (INSIDE[0], replace(INSIDE[1], smallest_lot=5), INSIDE[2])
    plan = solve(factory([x], lines=lines))
    lots = [e.pairs for e in plan.entries if e.stage == "stitch"]
    assert min(lots) >= 5
    assert sum(lots) == 55


def test_wrong_teams_outside_are_named_at_once() -> None:
    wrong = replace(OUTSIDE, minimum_lot=-1, out_days=-1, back_days=10**6, smallest_lot=-1)
    plan = solve(workshop(job("x", RATES), outside=wrong))
    assert {f.field for f in plan.problems} == {"minimum_lot", "out_days", "back_days", "smallest_lot"}
