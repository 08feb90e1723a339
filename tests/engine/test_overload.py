"""Overload by week, the remedies that end it, and idle time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Costs, Entry, Problem, Session, Stage, Window, idle, overload, remedies, solve
from scheduling.engine.flow import shortage
from tests.engine import bench
from tests.engine.factories import factory, job, line, problems
from tests.engine.rich import rich_problems

FEW = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
RATES = {"make": 10.0}
MAKE = (Stage("make"),)


def opened(problem: Problem) -> Session:
    return Session(problem, solve(problem).entries)


@FEW
@given(problem=st.one_of(problems(), rich_problems()), week=st.integers(1, 6))
def test_with_all_remedies_of_a_plan_taken_the_overload_is_gone(problem: Problem, week: int) -> None:
    session = opened(replace(problem, base=()))
    found = remedies(session, week=week)
    assert overload(session.problem, week=week, remedies=found) == ()
    if not overload(session.problem, week=week):
        assert found == ()
    assert all(r.pairs > 0 and r.cost >= 0 for r in found)
    for r in (r for r in found if r.kind == "postpone"):
        finish = session.finish(r.job)
        assert r.late_days == max(0, (problem.days if finish is None else finish) - session.problem.jobs[int(r.job[1:])].due)


@FEW
@given(needs=st.lists(st.integers(0, 9), min_size=1, max_size=3), room=st.lists(st.integers(0, 9), min_size=1, max_size=3), data=st.data())
def test_a_shortage_is_what_the_tightest_set_of_needs_lacks(needs: list[int], room: list[int], data: st.DataObject) -> None:
    able = [[data.draw(st.booleans()) for _ in room] for _ in needs]
    reach = np.array(able, float) * np.array(room, float)
    unmet, short = shortage([float(n) for n in needs], np.array(room, float), reach)

    def lack(some: list[int]) -> int:
        return sum(needs[i] for i in some) - sum(m for team, m in enumerate(room) if any(able[i][team] for i in some))

    sets = [[i for i in range(len(needs)) if mask >> i & 1] for mask in range(2 ** len(needs))]
    assert unmet == pytest.approx(max(map(lack, sets)))
    assert unmet == pytest.approx(lack(short))


def test_a_week_with_too_much_work_names_stage_families_minutes_and_jobs() -> None:
    jobs = [job("big", RATES, pairs=200, due=2), job("small", RATES, pairs=10, due=1), job("later", RATES, pairs=20, due=5)]
    found = overload(factory(jobs, stages=MAKE, changeover=0.0), week=3)
    assert [(e.week, e.stage, e.families, e.needed, e.available, e.jobs) for e in found] == [
        (0, "make", ("shoe",), 2100.0, 1440.0, ("big", "small"))
    ]
    assert found[0].excess == 660.0


def test_only_the_families_whose_teams_are_short_are_named() -> None:
    lines = (line("any", "make", 6, families=frozenset({"shoe", "boot"})), line("shoes", "make", 6, families=frozenset({"shoe"})))
    jobs = [job("a", RATES, pairs=300, due=5, family="boot"), job("b", RATES, pairs=250, due=5)]
    found = overload(factory(jobs, days=6, stages=MAKE, lines=lines))
    assert [(e.families, e.excess, e.jobs) for e in found] == [(("boot",), pytest.approx(120.0), ("a",))]


def test_lags_bring_the_work_of_early_stages_into_earlier_weeks_and_windows_and_frozen_entries_take_minutes() -> None:
    rates = {"cut": 10.0, "stitch": 1.0, "pack": 1.0}
    problem = factory([job("a", rates, pairs=60, due=4)], days=9)
    assert overload(problem, week=3) == ()
    closed = replace(problem, bans=(Window("cut-1", 0, 1, families=frozenset({"shoe"})),))
    assert [(e.week, e.stage, e.excess) for e in overload(closed, week=3)] == [(0, "cut", 120.0)]
    frozen = (Entry("b", "cut", "cut-1", 0, 48), Entry("b", "cut", "cut-1", 1, 42))
    held = replace(problem, jobs=(*problem.jobs, job("b", rates, pairs=90, due=8)), frozen=frozen)
    assert [(e.week, e.stage, e.excess, e.jobs) for e in overload(held, week=3)] == [(0, "cut", 60.0, ("a",))]


def rush() -> Problem:
    """A second week with 3,360 minutes of work for 1,440: the factory, its overtime and an outside team can take some of it."""
    lines = (line("own", "make", 9, overtime=120, changeover=0.0), replace(line("outside", "make", 9, 240, 0), pair_cost=0.5))
    jobs = [job("a", RATES, pairs=144, due=5, weight=9.0, release=2), job("b", RATES, pairs=192, due=5, weight=0.01, release=3)]
    return factory(jobs, days=9, stages=MAKE, lines=lines, lag=0)


def test_remedies_come_in_the_order_inside_overtime_outside_late_with_cost_and_effect() -> None:
    entries = [
        Entry("a", "make", "own", 2, 48),
        Entry("a", "make", "own", 3, 60),
        Entry("a", "make", "own", 4, 36),
        Entry("b", "make", "outside", 3, 24),
        Entry("b", "make", "own", 4, 12),
        Entry("b", "make", "own", 5, 60),
        Entry("b", "make", "own", 6, 48),
        Entry("b", "make", "own", 7, 48),
    ]
    session = Session(rush(), entries)
    assert session.dropped == ()
    found = remedies(session, week=3)
    assert [(r.kind, r.job, r.to_week, r.pairs, r.lines, r.late_days) for r in found] == [
        ("inside", "a", 0, 48, ("own",), 0),
        ("overtime", "a", 1, 12, ("own",), 0),
        ("overtime", "b", 1, 12, ("own",), 0),
        ("outsourcing", "b", 1, 24, ("outside",), 0),
        ("postpone", "b", 2, 96, ("own",), 2),
    ]
    assert sum(r.minutes for r in found) == pytest.approx(3360.0 - 1440.0)
    assert [r.cost for r in found] == pytest.approx([48 * 3 * Costs().wip, 6.0, 6.0, 12.0, (48 + 96) * 0.01])
    assert overload(session.problem, week=3, remedies=found) == ()
    assert [e.excess for e in overload(session.problem, week=3, remedies=found[:4])] == [pytest.approx(960.0)]


def test_a_job_that_the_plan_leaves_out_is_put_behind_the_horizon() -> None:
    problem = factory([job("a", RATES, pairs=600, due=9)], stages=MAKE)
    session = opened(problem)
    assert session.finish("a") is None
    assert [(r.kind, r.to_week, r.late_days) for r in remedies(session, week=5)] == [("postpone", 2, 1)]


def test_of_a_large_plan_no_overload_is_left_either() -> None:
    session = opened(bench.problem(bench.instance("S", 1)))
    assert overload(session.problem)
    assert overload(session.problem, remedies=remedies(session)) == ()


def test_idle_windows_go_over_days_off_and_say_what_would_fit() -> None:
    minutes = (480.0, 480.0, 0.0, 480.0, 480.0, 480.0)
    own = replace(line("own", "make", 6, changeover=30.0, families=frozenset({"shoe"})), minutes=minutes)
    outside = replace(line("outside", "make", 6), pair_cost=1.0)
    jobs = [job("a", RATES, pairs=30, due=1), job("b", {"make": 20.0}, pairs=30, due=1), job("c", RATES, family="boot", pairs=48, due=4)]
    problem = factory(jobs, days=6, stages=MAKE, lines=(own, outside))
    session = Session(problem, (Entry("a", "make", "own", 0, 30), Entry("b", "make", "own", 4, 24), Entry("b", "make", "own", 5, 6)))
    found = idle(session, least=60.0)
    assert [(i.line, i.first_day, i.last_day, i.minutes) for i in found] == [("own", 0, 3, 180.0 + 480 + 480), ("own", 5, 5, 360.0)]
    assert [dict(i.pairs) for i in found] == [{"shoe": 10 + 32 + 32}, {"shoe": 22}]
    assert len(idle(session, least=400.0)) == 1


def test_a_week_has_a_day_at_least() -> None:
    with pytest.raises(ValueError, match="at least a day"):
        overload(rush(), week=0)
