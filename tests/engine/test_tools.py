"""Lasts, dies and moulds by size: caps, places, days, turns."""

from dataclasses import replace

import pytest

from scheduling.engine import Entry, Problem, Session, Stage, Tool, ToolStock, chain_of, evaluate, sizes_of, solve
from tests.engine import own_check
from tests.engine.factories import factory, job, line

ONE = (Stage("make"),)
TWO = (line("a", "make", 10), line("b", "make", 10))
NEEDS = {"make": frozenset({"last"})}


def made_by_day(problem: Problem, name: str = "x", rounds: int = 500) -> dict[int, int]:
    plan = solve(problem, rounds=rounds)
    assert own_check.breaches(problem, plan.entries) == []
    found: dict[int, int] = {}
    for e in plan.entries:
        if e.job == name:
            found[e.day] = found.get(e.day, 0) + e.pairs
    return found


def test_scarcest_size_sets_the_pace() -> None:
    """Of size 40 one pair of lasts, turned six times a day: 6 of its 18 pairs a day, so three days for the job."""
    lasts = Tool("last", (ToolStock({"39": 10, "40": 1}),), turns=6.0)
    x = job("x", {"make": 1.0}, pairs=36, due=0, weight=9.0, sizes={"39": 18, "40": 18}, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(lasts,))
    found = made_by_day(problem)
    assert sorted(found) == [0, 1, 2]
    for day in found:
        sizes = [s for e, s in sizes_of(problem, solve(problem, rounds=500).entries) if e.day == day]
        assert sum(s["40"] for s in sizes) <= 6


def test_sizes_without_pieces_of_their_own_share_those_of_all_sizes() -> None:
    lasts = Tool("last", (ToolStock({"40": 50, "": 6}),))
    x = job("x", {"make": 1.0}, pairs=60, due=0, weight=9.0, sizes={"38": 10, "39": 10, "40": 30, "41": 10}, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(lasts,))
    assert sorted(made_by_day(problem)) == [0, 1, 2, 3, 4]
    assert solve(problem, rounds=50).by_job["x"].reasons[0].tools == (("last", ""),)


def test_jobs_and_lines_share_the_lasts() -> None:
    lasts = Tool("last", (ToolStock({"": 20}),))
    jobs = [job(n, {"make": 1.0}, pairs=20, due=0, weight=9.0, tools=NEEDS) for n in "xy"]
    plan = solve(replace(factory(jobs, stages=ONE, lines=TWO), tools=(lasts,)), rounds=500)
    by_day = [sum(e.pairs for e in plan.entries if e.day == day) for day in range(3)]
    assert by_day == [20, 20, 0]


def test_each_place_has_its_own_lasts() -> None:
    places = (ToolStock({"": 20}, frozenset({"a"})), ToolStock({"": 5}, frozenset({"b"})))
    x = job("x", {"make": 1.0}, pairs=50, due=0, weight=50.0, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO), tools=(Tool("last", places),))
    plan = solve(problem, rounds=500)
    pairs = {name: sum(e.pairs for e in plan.entries if (e.line, e.day) == (name, 0)) for name in "ab"}
    assert pairs == {"a": 20, "b": 5}


def test_line_without_the_lasts_does_not_make_the_job() -> None:
    lasts = Tool("last", (ToolStock({"": 100}, frozenset({"b"})),))
    plan = solve(replace(factory([job("x", {"make": 1.0}, tools=NEEDS)], stages=ONE, lines=TWO), tools=(lasts,)), rounds=100)
    assert {e.line for e in plan.entries} == {"b"}
    moved = [replace(e, line="a") for e in plan.entries]
    problem = replace(factory([job("x", {"make": 1.0}, tools=NEEDS)], stages=ONE, lines=TWO), tools=(lasts,))
    assert any("tools" in e for e in evaluate(problem, moved).errors)


def test_moulds_that_come_later_are_used_from_their_day_on() -> None:
    stock = (ToolStock({"": 2}, last=3), ToolStock({"": 10}, first=2))
    x = job("x", {"make": 1.0}, pairs=30, due=0, weight=9.0, tools=NEEDS)
    assert made_by_day(replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(Tool("last", stock),))) == {0: 2, 1: 2, 2: 12, 3: 12, 4: 2}


def test_tool_with_two_cavities_and_part_turns_is_rounded_down() -> None:
    mould = Tool("last", (ToolStock({"": 3}),), turns=1.5, pairs_per_turn=3)
    x = job("x", {"make": 1.0}, pairs=20, due=0, weight=9.0, tools=NEEDS)
    assert made_by_day(replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(mould,))) == {0: 13, 1: 7}


def test_missing_size_leaves_the_job_out_and_is_named() -> None:
    lasts = Tool("last", (ToolStock({"39": 10, "40": 0}),))
    jobs = [job(n, {"make": 1.0}, sizes={"39": 8, size: 2}, tools=NEEDS) for n, size in (("x", "40"), ("y", "41"))]
    good = job("z", {"make": 1.0}, sizes={"39": 10}, tools=NEEDS)
    plan = solve(replace(factory([*jobs, good], stages=ONE, lines=TWO), tools=(lasts,)), rounds=50)
    assert plan.status == "partial"
    reasons = [[(r.kind, r.stage, r.tools) for r in plan.by_job[n].reasons] for n in "xy"]
    assert reasons == [[("no_tools", "make", (("last", "40"),))], [("no_tools", "make", (("last", "41"),))]]
    assert plan.by_job["z"].state == "on_time"


def test_late_job_says_that_tools_held_it_up() -> None:
    lasts = Tool("last", (ToolStock({"": 10}),))
    jobs = [job(n, {"make": 1.0}, pairs=40, due=3, weight=w, tools=NEEDS) for n, w in (("x", 1.0), ("y", 9.0))]
    problem = replace(factory(jobs, stages=ONE, lines=TWO), tools=(lasts,))
    plan = solve(problem, rounds=500)
    assert plan.by_job["y"].state == "on_time"
    first = plan.by_job["x"].reasons[0]
    assert (first.kind, first.stage, first.tools, first.jobs) == ("tooling", "make", (("last", ""),), ("y",))
    assert any(r.kind == "tooling" and r.jobs == ("y",) for r in chain_of(Session(problem, plan.entries), "x"))


def test_late_job_names_the_size_of_which_even_it_alone_has_too_few_tools() -> None:
    lasts = Tool("last", (ToolStock({"39": 50, "40": 2}),))
    x = job("x", {"make": 1.0}, pairs=30, due=1, sizes={"39": 22, "40": 8}, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(lasts,))
    plan = solve(problem, rounds=200)
    first = plan.by_job["x"].reasons[0]
    assert (plan.by_job["x"].finish, first.kind, first.tools, first.days, first.jobs) == (3, "tooling", (("last", "40"),), 3, ())
    links = chain_of(Session(problem, plan.entries), "x")
    assert [(r.kind, r.tools, r.days) for r in links] == [("tooling", (("last", "40"),), 3)]


def test_job_that_its_tools_keep_out_of_the_horizon_names_them() -> None:
    lasts = Tool("last", (ToolStock({"39": 50, "40": 1}),))
    x = job("x", {"make": 1.0}, pairs=60, sizes={"39": 20, "40": 40}, tools=NEEDS)
    plan = solve(replace(factory([x], stages=ONE, lines=TWO), tools=(lasts,)), rounds=50)
    assert [(r.kind, r.stage, r.tools) for r in plan.by_job["x"].reasons] == [("horizon", "make", (("last", "40"),))]


def test_frozen_work_beyond_the_tools_stands_and_is_named() -> None:
    held = Entry("x", "make", "a", 1, 8)
    jobs = [job(n, {"make": 1.0}, pairs=10, due=0, weight=9.0, tools=NEEDS) for n in "xy"]
    problem = replace(factory(jobs, stages=ONE, lines=TWO), tools=(Tool("last", (ToolStock({"": 5}),)),), frozen=(held,))
    plan = solve(problem, rounds=500)
    assert plan.status == "complete"
    assert [(w.subject, w.field) for w in plan.warnings] == [("tool last", "frozen")]
    assert sum(e.pairs for e in plan.entries if e.day == 1) == 8
    assert evaluate(problem, plan.entries).errors == ()


def test_small_lots_are_not_joined_beyond_the_tools() -> None:
    lasts = Tool("last", (ToolStock({"": 10}),))
    x = job("x", {"make": 1.0}, pairs=25, due=0, weight=9.0, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(lasts,), smallest_lot=12)
    assert made_by_day(problem) == {0: 10, 1: 10, 2: 5}


def test_over_used_tools_are_an_error_of_the_plan() -> None:
    lasts = Tool("last", (ToolStock({"39": 5, "40": 5}),))
    x = job("x", {"make": 1.0}, pairs=10, sizes={"39": 4, "40": 6}, tools=NEEDS)
    problem = replace(factory([x], stages=ONE, lines=TWO[:1]), tools=(lasts,))
    assert evaluate(problem, [Entry("x", "make", "a", 0, 10)]).errors == ("tool last, size 40 on day 0: 6 pairs, 5 possible",)


@pytest.mark.parametrize("made", [0, 3])
def test_plan_loaded_into_a_session_keeps_the_caps(made: int) -> None:
    lasts = Tool("last", (ToolStock({"": 5}),))
    jobs = [job(n, {"make": 1.0}, pairs=10, tools=NEEDS, made={"make": made}) for n in "xy"]
    problem = replace(factory(jobs, stages=ONE, lines=TWO), tools=(lasts,))
    x = [Entry("x", "make", "a", 0, 5), Entry("x", "make", "a", 1, 5 - made)]
    y = [Entry("y", "make", "b", 1, 5), Entry("y", "make", "b", 2, 5 - made)]
    session = Session(problem, x + y)
    assert [f.subject for f in session.dropped] == ["job x"]
    assert evaluate(problem, session.entries()).errors == ()


def test_wrong_tools_and_size_runs_are_named_at_once() -> None:
    wrong = job("x", {"make": 1.0}, sizes={"39": 4, "40": -1}, tools={"glue": frozenset({"last"}), "make": frozenset({"gone"})})
    tools = (
        Tool("last", (ToolStock({"39": -1}, frozenset({"nowhere"}), 3, 1),), turns=0.0, pairs_per_turn=0),
        Tool("last", (ToolStock({}, frozenset({"a"})), ToolStock({}, frozenset({"a", "b"})), ToolStock({}))),
        Tool("die", (ToolStock({"": 10**7}, frozenset(), 10**9),), turns=10.0**7),
    )
    plan = solve(replace(factory([wrong], stages=ONE, lines=TWO), tools=tools))
    assert plan.status == "invalid"
    found = sorted((f.subject, f.field) for f in plan.problems)
    assert found == [
        ("job x", "sizes"),
        ("job x", "sizes"),
        ("job x", "tools"),
        ("job x", "tools"),
        ("tool die", "stock"),
        ("tool die: stock", "first"),
        ("tool die: stock", "lines"),
        ("tool last", "id"),
        ("tool last", "pairs_per_turn"),
        ("tool last", "stock"),
        ("tool last", "stock"),
        ("tool last", "turns"),
        ("tool last: stock", "last"),
        ("tool last: stock", "lines"),
        ("tool last: stock", "pieces"),
    ]
