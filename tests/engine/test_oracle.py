"""The engine against the proved best plan of tiny factories that use the optional fields."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from scheduling.engine import Costs, Entry, Job, Line, Preference, Problem, Stage, Tool, ToolStock, Window, solve
from tests.engine.oracle import Oracle

STAGES = (Stage("make"), Stage("pack", ("make",)))
DAYS, ROUNDS = 4, 4_000
CASES = range(14)


def tiny(case: int) -> Problem:
    """Two lines make, one packs; three jobs with some of the optional fields each."""
    chance = Random(case)
    lines = tuple(
        Line(name, stage, (240.0,) * DAYS, (60.0,) * DAYS, pair_cost=chance.choice([0.0, 0.0, 0.5]))
        for name, stage in (("a", "make"), ("b", "make"), ("p", "pack"))
    )
    if chance.random() < 0.5:
        far = chance.randint(0, 1), chance.randint(0, 1)
        lines = (lines[0], Line("b", "make", (480.0,) * DAYS, (0.0,) * DAYS, None, 0.0, 0.25, 5, *far), lines[2])
    jobs = tuple(tiny_job(chance, i) for i in range(3))
    lasts = Tool("last", (ToolStock({"38": chance.randint(1, 2), "39": 2}), ToolStock({"38": 1}, first=2)), 2.0)
    return Problem(
        days=DAYS,
        lag=1,
        stages=(STAGES[0], replace(STAGES[1], lags={"make": chance.choice([0, 1])})),
        lines=lines,
        jobs=jobs,
        costs=Costs(move=chance.choice([0.0, 2.0])),
        bans=(Window("a", 0, chance.randint(0, 1), styles=frozenset({"s1"})),) if chance.random() < 0.4 else (),
        reserved=(Window("b", 1, 1, tags=frozenset({"vip"})),) if chance.random() < 0.3 else (),
        base=(Entry("j1", "make", chance.choice("ab"), chance.randint(0, 1), 5),) if chance.random() < 0.5 else (),
        frozen=(Entry("j2", "make", "b", 0, 2),) if chance.random() < 0.4 else (),
        tools=(lasts,),
    )


def tiny_job(chance: Random, i: int) -> Job:
    pairs = chance.randint(4, 8)
    sizes = {"38": chance.randint(1, pairs - 1)}
    return Job(
        id=f"j{i}",
        style=chance.choice(["s1", "s2"]),
        family="shoe",
        pairs=pairs,
        release=0,
        due=chance.randint(0, 2),
        weight=chance.choice([1.0, 3.0]),
        minutes={"make": chance.choice([30.0, 45.0]), "pack": 10.0},
        ready={"make": chance.randint(0, 1)} if i == 0 else {},
        made={"make": chance.randint(0, 3)} if i == 1 else {},
        tags=frozenset({"vip"}) if i == 1 else frozenset(),
        prefer={"make": Preference(frozenset({"a"}), 0.25)} if i == 2 else {},
        sizes=sizes | {"39": pairs - sizes["38"]},
        tools={"make": frozenset({"last"})} if chance.random() < 0.5 else {},
    )


def test_engine_is_never_below_the_proved_best_and_mostly_reaches_it() -> None:
    reached, proved = 0, 0
    for case in CASES:
        problem = tiny(case)
        best = Oracle(problem).solve()
        plan = solve(problem, rounds=ROUNDS)
        if best is None:
            assert plan.status == "partial"
            continue
        assert plan.status == "complete"
        assert plan.cost >= best - 1e-6
        assert plan.cost <= 1.15 * best + 1e-6
        proved += 1
        reached += plan.cost == pytest.approx(best, abs=1e-6)
    assert proved >= 10
    assert reached >= 0.5 * proved


def more_capacity(problem: Problem) -> Problem:
    return replace(problem, lines=tuple(replace(x, overtime=tuple(m + 60.0 for m in x.overtime)) for x in problem.lines))


def earlier_material(problem: Problem) -> Problem:
    return replace(problem, jobs=tuple(replace(j, ready={}) for j in problem.jobs))


def later_due(problem: Problem) -> Problem:
    return replace(problem, jobs=tuple(replace(j, due=j.due + 1) for j in problem.jobs))


def more_tools(problem: Problem) -> Problem:
    return replace(problem, tools=tuple(replace(t, turns=t.turns + 1) for t in problem.tools))


@pytest.mark.parametrize("ease", [more_capacity, earlier_material, later_due, more_tools])
def test_easier_problem_never_has_a_dearer_best_plan(ease: Callable[[Problem], Problem]) -> None:
    for case in CASES[:5]:
        problem = tiny(case)
        hard, easy = Oracle(problem).solve(), Oracle(ease(problem)).solve()
        if hard is not None:
            assert easy is not None
            assert easy <= hard + 1e-6
            assert solve(ease(problem), rounds=ROUNDS).cost <= 1.15 * hard + 1e-6
