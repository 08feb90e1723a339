"""Loading a plan into the search's state, and trying changes that are undone exactly."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Entry, Problem, evaluate, solve
from scheduling.engine.kernels.anneal import anneal
from scheduling.engine.session import InvalidProblemError, Session
from scheduling.engine.stays import hold_to
from tests.engine import bench
from tests.engine.factories import factory, job, line, problems
from tests.engine.state_check import check_state

RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}
FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def snapshot(session: Session) -> tuple[bytes, ...]:
    """Everything of the state but the stacks beside the plan (free pieces, journal)."""
    tables = [session.state[name].tobytes() for name in ("cells", "jobs", "lines")]
    sums = [
        str(session.state.value(n)).encode() for n in ("overtime", "changeovers", "splits", "left_out", "overfull", "n_notes", "n_free")
    ]
    return (*tables, *sums, repr(session.entries()).encode())


@FEW
@given(problem=problems(), seed=st.integers(0, 3))
def test_loading_is_the_exact_inverse_of_reading(problem: Problem, seed: int) -> None:
    plan = solve(problem, seed=seed, rounds=100)
    session = Session(problem, plan.entries)
    assert session.dropped == ()
    assert session.entries() == plan.entries
    check_state(session.model)
    if not session.state.value("left_out"):
        assert session.cost == pytest.approx(plan.cost, abs=1e-3)
    assert all(session.finish(o.job) == o.finish for o in plan.outcomes)


@FEW
@given(problem=problems(), seed=st.integers(0, 3), chance=st.randoms(use_true_random=False))
def test_any_entries_leave_a_feasible_plan_of_whole_jobs_and_name_the_rest(problem: Problem, seed: int, chance: Random) -> None:
    plan = solve(problem, seed=seed)
    names = [line.id for line in problem.lines] + ["nowhere"]
    spoilt = tuple(
        replace(
            e,
            day=e.day + chance.choice([0, 0, 0, 0, -1, 1, 99]),
            pairs=e.pairs + chance.choice([0, 0, 0, 0, 1, -1]),
            line=e.line if chance.random() < 0.9 else chance.choice(names),
        )
        for e in plan.entries
    )
    session = Session(problem, (*spoilt, Entry("stranger", "cut", "nowhere", 0, 1)))
    check_state(session.model)
    kept = session.entries()
    assert evaluate(problem, kept).errors == ()
    named = {fault.subject.removeprefix("job ") for fault in session.dropped}
    assert {e.job for e in spoilt} | {"stranger"} == named | {e.job for e in kept}
    assert not named & {e.job for e in kept}


@FEW
@given(problem=problems(), chance=st.randoms(use_true_random=False))
def test_trials_are_undone_exactly(problem: Problem, chance: Random) -> None:
    session = Session(problem, solve(problem).entries)
    if not session.model.jobs:
        return
    before = snapshot(session)
    with session.trial():
        for _ in range(8):
            name = chance.choice(session.model.jobs).id
            session.remove(name)
            where = chance.randrange(len(problem.lines)), chance.randrange(problem.days)
            session.set_minutes(*where, 240.0, 300.0)
            session.change("jobs", session.number[name], weight=0.0)
            if chance.random() < 0.7:
                session.insert(name)
    assert snapshot(session) == before


@FEW
@given(problem=problems())
def test_a_job_taken_out_and_put_in_leaves_a_feasible_plan(problem: Problem) -> None:
    session = Session(problem, solve(problem).entries)
    for job_ in session.model.jobs:
        mark = session.mark()
        session.remove(job_.id)
        if session.insert(job_.id) and session.whole:
            session.keep()
        else:
            session.undo(mark)
    check_state(session.model)
    assert evaluate(problem, session.entries()).errors == ()


def test_less_capacity_names_who_has_to_leave() -> None:
    problem = factory([job("a", RATES, pairs=40), job("b", RATES, pairs=40, style="s2")])
    entries = solve(problem).entries
    day = next(e.day for e in entries if e.stage == "stitch" and e.job == "b")
    closed = tuple(0.0 if d == day else 480.0 for d in range(10))
    lines = tuple(replace(x, minutes=closed, overtime=(0.0,) * 10) if x.stage == "stitch" else x for x in problem.lines)
    session = Session(replace(problem, lines=lines), entries)
    assert "job b" in {fault.subject for fault in session.dropped}
    assert all("stitch-1" in fault.message for fault in session.dropped)


def test_a_session_for_more_jobs_keeps_the_plan_and_can_insert_the_new_one() -> None:
    problem = factory([job("a", RATES), job("b", RATES)])
    session = Session(problem, solve(problem).entries)
    more = session.with_problem(replace(problem, jobs=(job("new", RATES), *problem.jobs)))
    assert set(more.entries()) == set(session.entries())
    assert more.finish("new") is None
    assert more.insert("new")
    assert more.finish("new") is not None
    more.keep()
    assert evaluate(more.problem, more.entries()).errors == ()


def test_a_wrong_problem_is_refused_with_every_fault() -> None:
    with pytest.raises(InvalidProblemError) as caught:
        Session(replace(factory([job("a", RATES, pairs=0)], lines=(line("c", "glue", 10),)), lag=-1))
    assert len(caught.value.faults) == 3


@FEW
@given(problem=problems(), seed=st.integers(0, 3))
def test_moved_pairs_are_counted_exactly_while_the_plan_changes(problem: Problem, seed: int) -> None:
    base = solve(problem, seed=seed).entries
    session = Session(problem, base)
    if not session.model.jobs:
        return
    hold_to(session.model, base, 0.7)
    assert session.state.value("moves") == 0
    anneal(session.desk, 5.0, 200)
    check_state(session.model)
    standing = session.entries()
    hold_to(session.model, base, 0.4)
    check_state(session.model)
    assert session.cost == pytest.approx(evaluate(problem, standing).cost + 0.4 * session.state.value("moves") + left_out_cost(session))


def left_out_cost(session: Session) -> float:
    jobs = session.state["jobs"]
    return float(jobs["missing"][jobs["planned"] == 0].sum())


def test_a_high_price_of_moving_keeps_every_pair_where_it_was() -> None:
    problem = bench.problem(bench.instance("S", 1))
    base = solve(problem).entries
    session = Session(problem, base)
    hold_to(session.model, base, 1e4)
    anneal(session.desk, 10.0, 5_000)
    assert session.state.value("moves") == 0
    hold_to(session.model, base, 0.0)
    anneal(session.desk, 10.0, 5_000)
    assert session.state.value("moves") == 0
    assert set(session.entries()) != set(base)
