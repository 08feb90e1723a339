"""The optional fields of a problem: what each one means for the plan, and what holds for all of them together."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduling.engine import Entry, Job, Preference, Problem, Stage, Window, evaluate, replan, solve
from scheduling.engine.arrays import build
from scheduling.engine.facts import is_done
from scheduling.engine.kernels.anneal import anneal
from scheduling.engine.kernels.construct import construct
from scheduling.engine.reasons import unplannable
from tests.engine.factories import CHAIN, factory, job, line
from tests.engine.rich import rich_problems
from tests.engine.state_check import check_state

FEW = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
RATES = {"cut": 2.0, "stitch": 10.0, "pack": 1.0}


def made_before(problem: Problem, job_: Job) -> dict[str, int]:
    """Pairs that must have been made by stage: what any stage further on has reported."""

    def behind(stage: str) -> set[str]:
        near = {s.id for s in problem.stages if stage in s.after}
        return near.union(*(behind(s) for s in near))

    return {s.id: max(job_.made.get(x, 0) for x in {s.id} | behind(s.id)) for s in problem.stages}


def by_place(entries: Iterable[Entry]) -> Counter[tuple[str, str, str, int]]:
    found: Counter[tuple[str, str, str, int]] = Counter()
    for e in entries:
        found[e.job, e.stage, e.line, e.day] += e.pairs
    return found


def check_place(problem: Problem, name: str, stage: str, where: str, day: int) -> None:
    """The job may be worked on there: started, able, and no window against it."""
    job_ = next(j for j in problem.jobs if j.id == name)
    line_ = next(x for x in problem.lines if x.id == where)
    assert day - line_.out_days >= max(0, job_.release, job_.ready.get(stage, 0))
    assert line_.stage == stage
    assert line_.families is None or job_.family in line_.families
    assert where in job_.only_lines.get(stage, {where})

    def holds(window: Window) -> bool:
        return window.line == where and window.first <= day <= (problem.days if window.last is None else window.last)

    def names(window: Window) -> bool:
        return bool({name} & window.jobs or {job_.style} & window.styles or {job_.family} & window.families or job_.tags & window.tags)

    assert not any(holds(w) and names(w) for w in problem.bans)
    kept = [w for w in problem.reserved if holds(w)]
    assert not kept or any(map(names, kept))


@FEW
@given(problem=rich_problems(), seed=st.integers(0, 5), rounds=st.sampled_from([None, 300]))
def test_plan_keeps_every_field_and_names_what_it_leaves_out(problem: Problem, seed: int, rounds: int | None) -> None:
    plan = solve(problem, seed=seed, rounds=rounds)
    assert plan.status != "invalid"
    judged = evaluate(problem, plan.entries)
    assert judged.errors == ()
    assert judged.cost == pytest.approx(plan.cost)
    left_out = {o.job for o in plan.outcomes if o.state == "left_out"}
    assert left_out == set(judged.left_out)
    assert all(o.reasons for o in plan.outcomes if o.state != "on_time")
    made: dict[tuple[str, str], int] = defaultdict(int)
    for e in plan.entries:
        made[e.job, e.stage] += e.pairs
    places, held = by_place(plan.entries), by_place(problem.frozen)
    assert all(places[at] >= pairs for at, pairs in held.items())
    for j in problem.jobs:
        if j.id not in left_out:
            assert {s.id: made[j.id, s.id] for s in problem.stages} == {s: j.pairs - n for s, n in made_before(problem, j).items()}
    for at, pairs in places.items():
        if pairs > held[at]:
            check_place(problem, *at)


@FEW
@given(problem=rich_problems(), chance=st.randoms(use_true_random=False))
def test_replanning_keeps_every_field_too(problem: Problem, chance: Random) -> None:
    """The base was made without half of the frozen entries and for other days: much of it cannot stand."""
    before = replace(problem, frozen=problem.frozen[::2])
    old = [replace(e, day=max(0, e.day - chance.randrange(2))) for e in solve(before).entries]
    plan = replan(problem, old, seconds=None, rounds=100)
    judged = evaluate(problem, plan.entries)
    assert judged.errors == ()
    assert {o.job for o in plan.outcomes if o.state == "left_out"} == set(judged.left_out)
    assert plan.cost == pytest.approx(judged.cost - problem.costs.move * judged.moved_pairs, abs=1e-2)


@FEW
@given(problem=rich_problems(), seed=st.integers(0, 5))
def test_running_sums_of_the_search_never_drift(problem: Problem, seed: int) -> None:
    hopeless = unplannable(problem)
    model = build(problem, tuple(j for j in problem.jobs if j.id not in hopeless and not is_done(problem, j)), seed)
    if not model.jobs:
        return
    construct(model.state.desk, model.order(0.0), 0)
    check_state(model)
    anneal(model.state.desk, 10.0, 200)
    check_state(model)


def test_job_waits_for_the_day_on_which_a_stage_is_ready() -> None:
    plan = solve(factory([job("x", RATES, ready={"stitch": 4})]), rounds=100)
    days = {e.stage: e.day for e in plan.entries}
    assert days["stitch"] == 4
    assert days["pack"] == 5


def test_stage_waits_for_its_own_lag() -> None:
    stages = (CHAIN[0], CHAIN[1], Stage("pack", ("stitch",), {"stitch": 3}))
    plan = solve(factory([job("x", RATES)], stages=stages), rounds=100)
    assert {e.stage: e.day for e in plan.entries} == {"cut": 0, "stitch": 1, "pack": 4}


def test_pairs_made_before_are_not_planned_again_and_feed_the_next_stage_at_once() -> None:
    plan = solve(factory([job("x", RATES, pairs=30, due=0, weight=9.0, made={"cut": 30, "stitch": 12})]), rounds=100)
    found = sorted((e.stage, e.day, e.pairs) for e in plan.entries)
    assert found == [("pack", 0, 12), ("pack", 1, 18), ("stitch", 0, 18)]


def test_stage_that_is_done_needs_neither_rate_nor_team() -> None:
    lines = (line("s", "stitch", 10), line("p", "pack", 10))
    plan = solve(factory([job("x", {"stitch": 10.0, "pack": 1.0}, made={"cut": 10})], lines=lines))
    assert plan.status == "complete"
    assert {e.stage for e in plan.entries} == {"stitch", "pack"}


def test_job_that_is_done_is_on_time_and_has_no_entries() -> None:
    plan = solve(factory([job("x", RATES, made={"pack": 10}, due=-3), job("y", RATES)]))
    assert (plan.by_job["x"].state, plan.by_job["x"].finish, plan.by_job["x"].late_days) == ("on_time", -1, 0)
    assert {e.job for e in plan.entries} == {"y"}
    assert plan.on_time == 1.0


def test_pairs_that_stand_elsewhere_than_in_the_base_are_counted_and_cost() -> None:
    problem = factory([job("x", RATES)])
    entries = solve(problem).entries
    assert evaluate(replace(problem, base=entries), entries).moved_pairs == 0
    later = tuple(replace(e, day=e.day + 1) if e.stage == "pack" else e for e in entries)
    moved = evaluate(replace(problem, base=entries, costs=replace(problem.costs, move=2.0)), later)
    free = evaluate(problem, later)
    assert moved.moved_pairs == 10
    assert moved.cost == pytest.approx(free.cost + 20.0)
    assert evaluate(replace(problem, base=(Entry("other", "cut", "cut-1", 0, 5),)), later).moved_pairs == 0


def test_wrong_dates_lags_and_pairs_are_named_at_once() -> None:
    stages = (Stage("cut"), Stage("stitch", ("cut",), {"cut": -1, "pack": 1}), Stage("pack", ("stitch",)))
    wrong = job("x", RATES, ready={"glue": 1, "cut": 10**9}, made={"cut": 11, "dye": -1})
    plan = solve(replace(factory([wrong], stages=stages), base=(Entry("x", "cut", "c", 0, 0),)))
    assert plan.status == "invalid"
    assert sorted({(f.subject, f.field) for f in plan.problems}) == [
        ("base number 1", "pairs"),
        ("job x", "made"),
        ("job x", "ready"),
        ("stage stitch", "lags"),
    ]
    assert len(plan.problems) == 8


def test_frozen_entry_stands_and_the_rest_is_planned_around_it() -> None:
    held = Entry("x", "stitch", "stitch-1", 5, 30)
    problem = replace(factory([job("x", RATES, pairs=50, due=0, weight=9.0), job("y", RATES, pairs=30)]), frozen=(held,))
    plan = solve(problem, rounds=300)
    assert plan.status == "complete"
    assert held in plan.entries
    assert sum(e.pairs for e in plan.entries if (e.job, e.stage) == ("x", "stitch")) == 50
    assert plan.by_job["x"].finish == 6
    assert plan.warnings == ()


def test_frozen_work_that_overfills_a_day_leaves_no_room_and_is_named() -> None:
    held = Entry("x", "stitch", "stitch-1", 1, 80)
    problem = replace(factory([job("x", RATES, pairs=80), job("y", RATES, pairs=20)]), frozen=(held,))
    plan = solve(problem, rounds=300)
    assert plan.status == "complete"
    assert [(w.subject, w.field) for w in plan.warnings] == [("line stitch-1", "frozen")]
    assert [e.job for e in plan.entries if (e.line, e.day) == ("stitch-1", 1)] == ["x"]
    assert plan.overtime_minutes >= 800 - 480


def test_frozen_work_that_nothing_can_feed_in_time_is_named_and_its_job_still_planned() -> None:
    held = Entry("x", "pack", "pack-1", 0, 4)
    problem = replace(factory([job("x", RATES, due=0, weight=9.0)]), frozen=(held,))
    plan = solve(problem, rounds=300)
    assert plan.status == "complete"
    assert [(w.subject, w.field) for w in plan.warnings] == [("job x", "frozen")]
    assert held in plan.entries
    packed = sorted((e.day, e.pairs) for e in plan.entries if e.stage == "pack")
    assert packed == [(0, 4), (2, 6)]


def test_frozen_work_has_to_be_fed_in_time() -> None:
    rival = job("y", RATES, pairs=40, due=1, weight=50.0)
    problem = replace(factory([job("x", RATES, due=9), rival]), frozen=(Entry("x", "pack", "pack-1", 2, 10),))
    plan = solve(problem, rounds=300)
    assert plan.status == "complete"
    days = {(e.job, e.stage): e.day for e in plan.entries}
    assert (days["x", "cut"], days["x", "stitch"], days["x", "pack"]) == (0, 1, 2)


def test_frozen_entries_of_a_job_that_cannot_be_planned_stand_and_take_room() -> None:
    held = Entry("x", "cut", "cut-1", 0, 200)
    problem = replace(factory([job("x", {"cut": 2.0}, pairs=400), job("y", RATES, pairs=100)], overtime=0), frozen=(held,))
    plan = solve(problem, rounds=300)
    assert plan.by_job["x"].state == "left_out"
    assert held in plan.entries
    assert sum(e.pairs for e in plan.entries if (e.line, e.day) == ("cut-1", 0)) == 240
    assert evaluate(problem, plan.entries).errors == ()


def test_removed_frozen_entry_is_an_error_of_the_plan() -> None:
    held = Entry("x", "cut", "cut-1", 0, 10)
    problem = replace(factory([job("x", RATES)]), frozen=(held,))
    plan = solve(problem)
    assert any("frozen pairs" in e for e in evaluate(problem, [replace(e, day=e.day + 1) for e in plan.entries]).errors)


def test_wrong_frozen_entries_are_named_at_once() -> None:
    wrong = (
        Entry("x", "cut", "cut-1", 0, 11),
        Entry("z", "cut", "cut-1", 0, 1),
        Entry("x", "cut", "pack-1", 10, 0),
        Entry("x", "a", "b", 0, 1),
    )
    plan = solve(replace(factory([job("x", RATES)]), frozen=wrong))
    assert plan.status == "invalid"
    assert {(f.subject, f.field) for f in plan.problems} == {
        ("job x", "frozen"),
        ("frozen number 2", "job"),
        ("frozen number 3", "line"),
        ("frozen number 3", "day"),
        ("frozen number 3", "pairs"),
        ("frozen number 4", "stage"),
        ("frozen number 4", "line"),
    }


TWO = (line("a", "make", 10), line("b", "make", 10))
ONE = (Stage("make"),)


def lines_of(problem: Problem) -> dict[str, set[tuple[str, int]]]:
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for e in solve(problem, rounds=300).entries:
        found[e.job].add((e.line, e.day))
    return found


def test_closed_line_is_not_used_on_the_days_of_the_ban() -> None:
    problem = factory([job("x", {"make": 10.0}, pairs=40, due=0)], stages=ONE, lines=TWO[:1])
    ban = Window("a", 0, 2, styles=frozenset({"s1"}))
    assert lines_of(replace(problem, bans=(ban,))) == {"x": {("a", 3)}}
    assert lines_of(replace(problem, bans=(replace(ban, styles=frozenset({"s2"})),))) == {"x": {("a", 0)}}


def test_line_kept_for_samples_takes_samples_only() -> None:
    jobs = [job("x", {"make": 10.0}, pairs=40, due=0, tags=frozenset({"sample"})), job("y", {"make": 10.0}, pairs=96, due=1)]
    problem = replace(factory(jobs, stages=ONE, lines=TWO), reserved=(Window("a", tags=frozenset({"sample"})),))
    found = lines_of(problem)
    assert {name for name, _ in found["y"]} == {"b"}
    assert found["x"] == {("a", 0)}


def test_job_goes_to_the_lines_laid_down_for_it() -> None:
    jobs = [job(f"x{i}", {"make": 10.0}, pairs=48, due=0, only_lines={"make": frozenset({"b"})}) for i in range(2)]
    found = lines_of(factory(jobs, stages=ONE, lines=TWO))
    assert {name for places in found.values() for name, _ in places} == {"b"}


@pytest.mark.parametrize(("cost", "chosen"), [(0.5, {("b", 0)}), (3.0, {("a", 1)})])
def test_preferred_line_is_left_when_being_late_costs_more(cost: float, chosen: set[tuple[str, int]]) -> None:
    """40 pairs one day late cost 40; on the other line they cost 20 or 120."""
    wish = {"make": Preference(frozenset({"a"}), cost)}
    problem = factory([job("x", {"make": 10.0}, pairs=40, due=0, prefer=wish)], stages=ONE, lines=TWO)
    problem = replace(problem, bans=(Window("a", 0, 0, jobs=frozenset({"x"})),))
    assert lines_of(problem) == {"x": chosen}


def test_price_of_a_team_is_paid_by_the_pair_and_part_of_the_cost() -> None:
    lines = (replace(TWO[0], pair_cost=0.25),)
    plan = solve(factory([job("x", {"make": 10.0}, pairs=40)], stages=ONE, lines=lines))
    assert plan.team_cost == plan.cost == 10.0


def test_job_put_first_is_punctual_where_only_one_can_be() -> None:
    jobs = [job(f"x{i}", {"make": 10.0}, pairs=48, due=0) for i in range(3)]
    first = replace(jobs[1], priority=3.0)
    plan = solve(factory([jobs[0], first, jobs[2]], stages=ONE, lines=TWO[:1], overtime=0), rounds=300)
    assert plan.by_job["x1"].state == "on_time"


def test_job_with_no_line_open_to_it_is_left_out_and_named() -> None:
    problem = factory([job("x", {"make": 10.0}), job("y", {"make": 10.0}, style="s2")], stages=ONE, lines=TWO[:1])
    plan = solve(replace(problem, bans=(Window("a", styles=frozenset({"s1"})),)))
    assert [(r.kind, r.stage) for r in plan.by_job["x"].reasons] == [("no_team", "make")]
    assert plan.by_job["y"].state == "on_time"


def test_wrong_windows_and_wishes_are_named_at_once() -> None:
    wrong = job("x", RATES, only_lines={"cut": frozenset({"pack-1"})}, prefer={"glue": Preference(frozenset(), -1.0)}, priority=-1.0)
    problem = replace(factory([wrong]), bans=(Window("nowhere", 3, 1),), reserved=(Window("cut-1"),))
    plan = solve(replace(problem, lines=(replace(problem.lines[0], pair_cost=-1.0), *problem.lines[1:])))
    assert {(f.subject, f.field) for f in plan.problems} == {
        ("bans number 1", "line"),
        ("bans number 1", "last"),
        ("bans number 1", "jobs"),
        ("reserved number 1", "jobs"),
        ("line cut-1", "pair_cost"),
        ("job x", "only_lines"),
        ("job x", "prefer"),
        ("job x", "priority"),
    }
