"""Plans of small factories that use every field, judged by a checker of the tests' own."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduling.engine import Entry, Problem, evaluate, replan, sizes_of, solve
from tests.engine import own_check
from tests.engine.factories import factory, job
from tests.engine.rich import rich_problems

FEW = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(problem=rich_problems(), seed=st.integers(0, 5), rounds=st.sampled_from([None, 300]))
def test_plan_breaks_no_rule_and_costs_what_it_says(problem: Problem, seed: int, rounds: int | None) -> None:
    plan = solve(problem, seed=seed, rounds=rounds)
    assert own_check.breaches(problem, plan.entries) == []
    assert own_check.cost(problem, plan.entries) == pytest.approx(plan.cost, abs=1e-6)
    left_out = {o.job for o in plan.outcomes if o.state == "left_out"}
    for j in problem.jobs:
        if j.id not in left_out:
            assert own_check.whole(problem, j, list(plan.entries))
            assert pairs_by_size(problem, plan.entries, j.id) == sizes_to_make(problem, j.id)


@FEW
@given(problem=rich_problems(), chance=st.randoms(use_true_random=False))
def test_replanned_plan_breaks_no_rule(problem: Problem, chance: Random) -> None:
    """Of the base half of the days are wrong, and it was made without tools: much of it cannot stand."""
    loose = replace(problem, tools=(), jobs=tuple(replace(j, tools={}) for j in problem.jobs))
    old = [replace(e, day=max(0, e.day - chance.randrange(2))) for e in solve(loose).entries]
    assert own_check.breaches(problem, replan(problem, old, seconds=None, rounds=100).entries) == []


@FEW
@given(problem=rich_problems(), chance=st.randoms(use_true_random=False))
def test_both_checkers_find_the_same_plans_feasible(problem: Problem, chance: Random) -> None:
    """One entry is moved, halved, doubled or dropped."""
    entries = list(solve(problem).entries)
    if not entries:
        return
    i = chance.randrange(len(entries))
    e = entries[i]
    changes = [
        [replace(e, day=(e.day + chance.choice([-1, 1])) % problem.days)],
        [replace(e, line=chance.choice([x.id for x in problem.lines if x.stage == e.stage]))],
        [replace(e, pairs=1 + e.pairs // 2), replace(e, day=(e.day + 1) % problem.days, pairs=e.pairs - 1 - e.pairs // 2)],
        [replace(e, pairs=e.pairs + 1)],
        [],
    ]
    entries[i : i + 1] = [e for e in chance.choice(changes) if e.pairs > 0]
    assert bool(evaluate(problem, entries).errors) == bool(own_check.breaches(problem, entries))


def pairs_by_size(problem: Problem, entries: tuple[Entry, ...], name: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for e, sizes in sizes_of(problem, entries):
        assert sum(sizes.values()) == e.pairs
        for size, pairs in sizes.items():
            if e.job == name:
                found[e.stage, size] = found.get((e.stage, size), 0) + pairs
    return found


def sizes_to_make(problem: Problem, name: str) -> dict[tuple[str, str], int]:
    job_ = own_check.jobs_of(problem)[name]
    run = own_check.run_of(job_)
    found = {}
    for stage, made in own_check.reported(problem, job_).items():
        before = own_check.first_pairs(run, made)
        found |= {(stage, size): n - before[size] for size, n in run.items() if n > before[size]}
    return found


@given(run=st.lists(st.integers(1, 400), min_size=1, max_size=14))
@example(run=[1] * 14)
@example(run=[1, 400, 1, 399])
@settings(max_examples=150, deadline=None, derandomize=True)
def test_sizes_are_made_in_proportion_and_never_taken_back(run: list[int]) -> None:
    """What is made of a size never falls, ends at the size run, and is never far from its share."""
    sizes = {str(i): n for i, n in enumerate(run)}
    problem = factory([job("x", {}, pairs=sum(run), sizes=sizes)])
    before = dict.fromkeys(sizes, 0)
    for pairs in range(sum(run) + 1):
        counts = own_check.first_pairs(sizes, pairs)
        assert sum(counts.values()) == pairs
        assert all(before[s] <= n <= before[s] + 1 and abs(n - pairs * sizes[s] / sum(run)) < 3 for s, n in counts.items())
        before = counts
    assert before == sizes
    (found,) = sizes_of(problem, [Entry("x", "cut", "cut-1", 0, sum(run))])
    assert found[1] == sizes
