"""Reasons are proved: whatever a measure promises is there when it is taken and the job is planned again."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import (
    Entry,
    Explanation,
    Measure,
    Problem,
    Session,
    Stage,
    adopt,
    apply_measure,
    chain_of,
    evaluate,
    explain_all,
    explain_job,
    solve,
)
from tests.engine import bench
from tests.engine.factories import factory, job, line, problems
from tests.engine.rich import rich_problems

FEW = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}
MAKE = (Stage("make"),)


def opened(problem: Problem) -> Session:
    return Session(problem, solve(problem).entries)


def only(kind: str, explanation: Explanation) -> Measure:
    return next(m for m in explanation.measures if m.kind == kind)


@FEW
@given(problem=st.one_of(problems(), rich_problems()))
def test_every_measure_keeps_its_promise_and_gives_a_feasible_plan(problem: Problem) -> None:
    problem = replace(problem, base=())
    session = opened(problem)
    entries, cost = session.entries(), session.cost
    explanations = explain_all(session, seconds=60.0)
    assert (session.entries(), session.cost) == (entries, cost)
    late = {j.id for j in session.model.jobs if session.finish(j.id) is None or (session.finish(j.id) or 0) > j.due}
    assert {e.job for e in explanations} == late | set(session.hopeless)
    for e in explanations:
        for measures in [(m,) for m in e.measures] + [e.together]:
            if not measures:
                continue
            after = apply_measure(session, e.job, *measures)
            assert after.finish(e.job) == measures[-1].finish
            assert evaluate(after.problem, after.entries()).errors == ()
        assert all(m.punctual for m in (e.single, *e.together[-1:]) if m is not None)


@FEW
@given(problem=st.one_of(problems(), rich_problems()))
def test_the_days_of_a_chain_cover_the_time_up_to_the_finish(problem: Problem) -> None:
    session = opened(replace(problem, base=()))
    for job_ in session.model.jobs:
        finish = session.finish(job_.id)
        chain = chain_of(session, job_.id)
        end = problem.days if finish is None else finish
        assert sum(r.days for r in chain) == end
        assert all(r.days > 0 for r in chain)


def test_a_full_team_is_a_link_with_its_jobs_and_lifting_it_says_the_new_day() -> None:
    rates = {"make": 10.0}
    jobs = [job("heavy", rates, pairs=96, due=1, weight=9.0), job("light", rates, pairs=48, due=0)]
    session = opened(factory(jobs, stages=MAKE, overtime=0, changeover=0.0))
    e = explain_job(session, "light")
    assert (e.finish, e.late_days) == (2, 2)
    link = e.chain[0]
    assert (link.reason.kind, link.reason.stage, link.reason.jobs) == ("capacity", "make", ("heavy",))
    assert link.lifted is not None
    assert (link.lifted.kind, link.lifted.finish, link.lifted.total_minutes) == ("extra", 0, 480.0)


def test_minutes_opened_on_a_day_that_frozen_work_overfills_are_said_in_full() -> None:
    """600 minutes are frozen on a day of 480, 480 more are wanted: 600 beyond what is allowed."""
    jobs = [job("held", {"make": 10.0}, pairs=60, due=0), job("x", {"make": 10.0}, pairs=48, due=0)]
    problem = replace(factory(jobs, stages=MAKE, overtime=0, changeover=0.0), frozen=(Entry("held", "make", "make-1", 0, 60),))
    session = opened(problem)
    measure = only("extra", explain_job(session, "x"))
    assert (measure.finish, measure.total_minutes) == (0, 600.0)
    assert apply_measure(session, "x", measure).finish("x") == 0


def test_earlier_start_counts_for_frozen_work_that_it_brings_within_reach() -> None:
    """Frozen work of a job that may not start yet is fed by nobody; once it may, it has to be fed, and the measure reckons with that."""
    rates = {"cut": 10.0, "stitch": 10.0, "pack": 10.0}
    x = job("x", rates, pairs=20, due=3, release=6)
    problem = replace(factory([x], days=14), frozen=(Entry("x", "pack", "pack-1", 3, 5),))
    session = opened(problem)
    for measure in explain_job(session, "x").measures:
        after = apply_measure(session, "x", measure)
        assert after.finish("x") == measure.finish
        assert evaluate(after.problem, after.entries()).errors == ()


def test_overtime_that_the_plan_did_not_want_is_a_measure_with_its_minutes() -> None:
    jobs = [job("a", {"make": 10.0}, pairs=50, due=0, weight=0.01)]
    e = explain_job(opened(factory(jobs, stages=MAKE, overtime=60)), "a")
    assert [link.reason.kind for link in e.chain] == ["overtime"]
    assert e.single is not None
    assert (e.single.kind, e.single.finish, e.single.total_minutes) == ("overtime", 0, 20.0)
    assert e.single.cost == pytest.approx(20 * 0.05 - 0.01 * 2, abs=0.01)


def test_late_material_is_a_link_and_the_latest_good_day_is_named() -> None:
    jobs = [job("a", RATES, pairs=20, due=6, ready={"stitch": 8})]
    e = explain_job(opened(factory(jobs, days=20)), "a")
    reason = next(link.reason for link in e.chain if link.reason.kind == "ready")
    assert (reason.stage, reason.last_day) == ("stitch", 8)
    assert e.single is not None
    assert (e.single.kind, e.single.stage, e.single.day, e.single.finish) == ("ready", "stitch", 5, 6)


def test_a_job_that_can_wait_is_named_with_what_it_loses() -> None:
    rates = {"make": 10.0}
    jobs = [job("first", rates, pairs=48, due=5), job("second", rates, pairs=48, due=0)]
    problem = factory(jobs, stages=MAKE, overtime=0, changeover=0.0)
    entries = tuple(replace(e, day={"first": 0, "second": 1}[e.job]) for e in solve(problem).entries)
    session = Session(problem, entries)
    measure = only("postpone", explain_job(session, "second"))
    assert (measure.jobs, measure.finish, dict(measure.late_jobs)) == (("first",), 0, {})
    assert measure.cost < 0


def test_several_measures_together_where_none_helps_alone() -> None:
    jobs = [job("a", RATES, pairs=60, due=4, ready={"stitch": 6}, release=0), job("b", RATES, pairs=90, due=4, weight=9.0, style="s1")]
    session = opened(factory(jobs, days=20, overtime=0))
    e = explain_job(session, "a")
    assert e.single is None or e.together == (e.single,)
    assert e.together
    assert e.together[-1].punctual
    assert apply_measure(session, "a", *e.together).finish("a") == e.together[-1].finish


def test_left_out_jobs_have_their_reasons_and_no_trace_of_measures_that_cannot_be() -> None:
    problem = factory([job("a", {"cut": 2.0}), job("b", RATES, pairs=4_000)])
    found = {e.job: e for e in explain_all(opened(problem))}
    assert [link.reason.kind for link in found["a"].chain] == ["no_rate", "no_rate"]
    assert found["b"].finish is None
    assert found["b"].chain[0].reason.kind in {"capacity", "work"}


def test_without_time_the_chains_are_there_and_measures_are_marked_as_missing() -> None:
    session = opened(bench.problem(bench.instance("S", 1)))
    found = explain_all(session, seconds=0.0)
    assert found
    assert not any(e.complete or e.measures for e in found)
    assert all(e.chain for e in found)


def test_adopting_opens_minutes_and_days_in_the_problem() -> None:
    problem = factory([job("a", RATES, ready={"stitch": 3})])
    extra = Measure("extra", 0, 0, 0.0, "cut", ("cut-1",), minutes=())
    ready = Measure("ready", 0, 0, 0.0, "stitch", day=1)
    assert adopt(problem, "a", [extra, ready]).jobs[0].ready == {"stitch": 1}


def test_a_frozen_entry_that_holds_a_job_up_is_a_link_and_the_day_without_it_is_said() -> None:
    late = Entry("a", "pack", "pack-1", 8, 20)
    problem = replace(factory([job("a", RATES, pairs=20, due=4)]), frozen=(late,))
    session = opened(problem)
    e = explain_job(session, "a")
    link = e.chain[0]
    assert (link.reason.kind, link.reason.stage, link.reason.lines) == ("frozen", "pack", ("pack-1",))
    assert link.lifted is not None
    assert (link.lifted.kind, link.lifted.punctual) == ("frozen", True)
    assert apply_measure(session, "a", link.lifted).finish("a") == link.lifted.finish <= 4


def test_an_outside_team_that_makes_the_job_punctual_is_named_with_what_it_costs() -> None:
    lines = (line("own", "make", 10, overtime=0), replace(line("outside", "make", 10, overtime=0), pair_cost=50.0))
    session = opened(factory([job("a", {"make": 10.0}, pairs=60, due=0, weight=0.1)], stages=MAKE, lines=lines))
    e = explain_job(session, "a")
    assert (e.finish, e.late_days) == (1, 1)
    assert e.single is not None
    assert (e.single.kind, e.single.lines, e.single.finish) == ("outsource", ("outside",), 0)
    assert e.single.cost == pytest.approx(12 * 50.0 + 60.0 - 12 * 0.1, abs=0.1)


def test_two_threads_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(bench.problem(bench.instance("S", 1)))
    monkeypatch.setattr("scheduling.engine.explain.MANY", 2)
    found = explain_all(session, seconds=600.0)
    assert len(found) > 2
    assert list(found) == [explain_job(session, e.job) for e in found]


def test_overtime_and_outside_teams_are_measures_of_their_own() -> None:
    lines = (line("own", "make", 10, overtime=120), replace(line("outside", "make", 10, overtime=120), pair_cost=50.0))
    session = opened(factory([job("a", {"make": 10.0}, pairs=60, due=0, weight=0.001)], stages=MAKE, lines=lines))
    e = explain_job(session, "a")
    overtime, outside = only("overtime", e), only("outsource", e)
    assert ({m.line for m in overtime.minutes}, overtime.finish) == ({"own"}, 0)
    assert (outside.stage, outside.lines, outside.minutes, outside.finish) == ("make", ("outside",), (), 0)
    assert e.single == overtime
    for measure in (overtime, outside):
        after = apply_measure(session, "a", measure)
        assert after.finish("a") == 0
        assert {x.line for x in after.entries()} == ({"own"} if measure is overtime else {"own", "outside"})
        assert after.cost - session.cost == pytest.approx(measure.cost, abs=1e-3)
