"""A promise is what planning the order finds, and what stands when it is kept."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import (
    BrokenPromiseError,
    Entry,
    InvalidProblemError,
    Problem,
    Promise,
    Session,
    Stage,
    Wish,
    evaluate,
    keep_promise,
    promise,
    replan,
    solve,
)
from tests.engine.factories import factory, job, line, problems
from tests.engine.rich import rich_problems

FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
RATES = {"make": 10.0}
MAKE = (Stage("make"),)


def by_way(session: Session, wish: Wish, moves: int = 3) -> dict[str, Promise]:
    return {p.way: p for p in promise(session, wish, moves)}


def standing(entries: tuple[Entry, ...], without: set[str]) -> set[Entry]:
    return {e for e in entries if e.job not in without}


@FEW
@given(problem=st.one_of(problems(), rich_problems()), pairs=st.integers(1, 90), data=st.data())
def test_every_promise_is_kept_and_moves_nobody_but_those_it_names(problem: Problem, pairs: int, data: st.DataObject) -> None:
    problem = replace(problem, base=())
    session = Session(problem, solve(problem).entries)
    stages = {s.id: data.draw(st.sampled_from([0.37, 2.0, 11.5])) for s in problem.stages}
    wanted = data.draw(st.one_of(st.none(), st.integers(0, problem.days)))
    wish = Wish("s1", pairs, "boot", wanted=wanted, weight=2.0, minutes=stages)
    entries, cost = session.entries(), session.cost
    promises = promise(session, wish, moves=2)
    assert (session.entries(), session.cost) == (entries, cost)
    assert [p.way for p in promises] == ["as_is", "overtime", "outsourcing", "moving"]
    for p in (p for p in promises if p.finish is not None):
        kept = keep_promise(session, wish, p)
        assert kept.finish("promise") == p.finish
        assert evaluate(kept.problem, kept.entries()).errors == ()
        assert kept.cost - cost == pytest.approx(p.cost, abs=1e-3)
        assert standing(kept.entries(), {"promise", *p.moved}) == standing(entries, set(p.moved))
        assert len(p.moved) <= 2
        for name in p.moved:
            ends = session.finish(name), kept.finish(name)
            assert all(day is not None and day <= session.job(name).due for day in ends)
    plain = promises[0].finish
    assert plain is None or all(p.finish is not None and p.finish <= plain for p in promises)


def crowded() -> Session:
    """One team, busy on days 0 to 2 with a job that has time until day 6, then free."""
    lines = (line("own", "make", 10, overtime=240, changeover=0.0), replace(line("outside", "make", 10, overtime=0), pair_cost=2.0))
    problem = factory([job("calm", RATES, pairs=144, due=6)], lines=lines, stages=MAKE)
    entries = tuple(Entry("calm", "make", "own", day, 48) for day in range(3))
    return Session(problem, entries)


def test_each_way_has_its_own_day_and_price() -> None:
    found = by_way(crowded(), Wish("s1", 48, wanted=1))
    days = {way: (p.finish, p.punctual) for way, p in found.items()}
    assert days == {"as_is": (3, False), "overtime": (1, True), "outsourcing": (0, True), "moving": (0, True)}
    assert [(m.line, m.day, m.minutes) for m in found["overtime"].minutes] == [("own", 0, 240.0), ("own", 1, 240.0)]
    assert found["outsourcing"].outside == {"outside": 48}
    assert found["outsourcing"].cost == pytest.approx(96.0)
    assert found["moving"].moved == ("calm",)
    assert found["as_is"].cost == pytest.approx(48 * 2.0)
    assert found["overtime"].cost == pytest.approx(480 * 0.05, abs=0.1)


def test_nobody_is_moved_who_would_be_late_or_where_none_may_move() -> None:
    session = crowded()
    assert by_way(session, Wish("s1", 48), moves=0)["moving"].finish == 3
    problem = replace(session.problem, jobs=(replace(session.problem.jobs[0], due=2),))
    tight = Session(problem, session.entries())
    assert by_way(tight, Wish("s1", 480))["moving"].moved == ()


def test_who_makes_room_may_have_room_made_in_turn() -> None:
    jobs = [job("first", RATES, pairs=48, due=1), job("second", RATES, pairs=48, due=2)]
    problem = factory(jobs, stages=MAKE, overtime=0, changeover=0.0)
    session = Session(problem, (Entry("first", "make", "make-1", 0, 48), Entry("second", "make", "make-1", 1, 48)))
    found = by_way(session, Wish("s1", 48))
    assert found["as_is"].finish == 2
    assert (found["moving"].finish, found["moving"].moved) == (0, ("first", "second"))
    assert by_way(session, Wish("s1", 48), moves=1)["moving"].finish == 1


def test_a_kept_promise_stays_when_the_plan_is_made_anew_with_steady_hands() -> None:
    session, wish = crowded(), Wish("s1", 48, wanted=1)
    kept = keep_promise(session, wish, by_way(session, wish)["overtime"])
    again = replan(kept.problem, kept.entries(), stability=1.0, seconds=None, rounds=200)
    assert again.by_job["promise"].finish == 1
    assert again.moved_pairs == 0


def test_a_promise_from_a_former_plan_that_has_no_room_any_more_is_refused_by_name() -> None:
    session, wish = crowded(), Wish("s1", 48)
    outside = by_way(session, wish)["outsourcing"]
    kept = keep_promise(session, wish, outside)
    with pytest.raises(BrokenPromiseError, match="outside has more work than minutes on day 0"):
        keep_promise(kept, replace(wish, id="second"), replace(outside, entries=tuple(replace(e, job="second") for e in outside.entries)))
    with pytest.raises(ValueError, match="nothing was promised"):
        keep_promise(session, wish, Promise("as_is", None))


def test_a_new_style_takes_the_mean_of_its_family_and_material_holds_it_up() -> None:
    jobs = [job("a", {"make": 4.0}, pairs=10), job("b", {"make": 10.0}, pairs=20, style="s2")]
    session = Session(factory(jobs, stages=MAKE, changeover=0.0), ())
    found = by_way(session, Wish("new", 61, "shoe", ready={"make": 4}))["as_is"]
    assert found.finish == 5  # 61 pairs at 8 minutes are more than a day of 480
    assert {e.day for e in found.entries} == {4, 5}


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        (Wish("unknown", 5), "job promise: family: is needed"),
        (Wish("unknown", 5, "unknown"), "job promise: minutes: are needed"),
        (Wish("s1", 0), "pairs"),
        (Wish("s1", 5, id="calm"), "is the id of a job"),
        (Wish("s1", 5, minutes={"make": -1.0}), "minutes"),
    ],
)
def test_a_wrong_wish_is_refused_with_its_faults(wish: Wish, named: str) -> None:
    with pytest.raises(InvalidProblemError, match=named):
        promise(crowded(), wish)


def test_without_a_rate_there_is_no_day_but_a_reason() -> None:
    problem = factory([job("a", {"cut": 1.0, "stitch": 1.0, "pack": 1.0})])
    session = Session(problem, ())
    found = by_way(session, Wish("s2", 5, "shoe", minutes={"cut": 1.0, "pack": 1.0}))
    assert {p.finish for p in found.values()} == {None}
    assert [(r.kind, r.stage) for r in found["as_is"].reasons] == [("no_rate", "stitch")]
