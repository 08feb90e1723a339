"""Small lots are joined where the plan allows it, and only there."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Costs, Entry, Job, Line, Problem, Stage, evaluate, solve
from scheduling.engine.board import Board
from scheduling.engine.lots import CHANGEOVERS_PER_CRUMB, consolidate
from tests.engine import bench
from tests.engine.factories import factory, job, problems

MANY = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
ONE = (Stage("make"),)
TWO = (Stage("cut"), Stage("stitch", ("cut",)))
Row = tuple[str, str, int, int]  # job, line, day, pairs; a line is called "stage-number"


def shop(jobs: Sequence[Job], lines: Sequence[Line], stages: tuple[Stage, ...] = ONE, smallest: int = 24) -> Problem:
    return replace(factory(jobs, len(lines[0].minutes), stages, lines=tuple(lines)), smallest_lot=smallest)


def team(name: str, *minutes: float, overtime: float = 0.0, changeover: float = 10.0) -> Line:
    return Line(name, name.split("-")[0], minutes, (overtime,) * len(minutes), None, changeover)


def joined(problem: Problem, rows: Sequence[Row]) -> list[Row]:
    """What becomes of a feasible plan; whatever that is, it is feasible."""
    entries = [Entry(name, where.split("-")[0], where, day, pairs) for name, where, day, pairs in rows]
    assert evaluate(problem, entries).errors == ()
    after = consolidate(problem, entries)
    assert evaluate(problem, after).errors == ()
    return [(e.job, e.line, e.day, e.pairs) for e in after]


def crumbs(problem: Problem, entries: Sequence[Entry]) -> int:
    pairs = {j.id: j.pairs for j in problem.jobs}
    return sum(e.pairs < problem.smallest_lot and e.pairs < pairs[e.job] for e in entries)


def one(pairs: int = 100, minutes: float = 10.0, name: str = "a", due: int = 9, style: str = "s1") -> Job:
    return job(name, {"make": minutes}, pairs, due, style=style)


def test_crumb_joins_the_nearest_day_that_has_room() -> None:
    problem = shop([one(103)], [team("make-1", 600, 600, 600, 600)])
    assert joined(problem, [("a", "make-1", 0, 50), ("a", "make-1", 1, 50), ("a", "make-1", 3, 3)]) == [
        ("a", "make-1", 0, 50),
        ("a", "make-1", 1, 53),
    ]


def test_crumb_stays_where_no_other_day_has_room_or_pairs_to_spare() -> None:
    problem = shop([one(83)], [team("make-1", 400, 400, 400)])
    rows = [("a", "make-1", 0, 40), ("a", "make-1", 1, 40), ("a", "make-1", 2, 3)]
    assert joined(problem, rows) == rows


def test_crumb_of_a_full_factory_grows_from_a_lot_that_can_spare_pairs() -> None:
    problem = shop([one(123)], [team("make-1", 600, 600, 600)])
    assert joined(problem, [("a", "make-1", 0, 60), ("a", "make-1", 1, 60), ("a", "make-1", 2, 3)]) == [
        ("a", "make-1", 0, 60),
        ("a", "make-1", 1, 39),
        ("a", "make-1", 2, 24),
    ]


@pytest.mark.parametrize(("pairs", "moves"), [(14, True), (16, False)])
def test_joining_may_cost_a_changeover_in_overtime_and_no_more(pairs: int, moves: bool) -> None:
    """14 pairs of 40 minutes in overtime cost 28, 16 cost 32; a changeover costs 30."""
    problem = shop([one(50 + pairs, 40.0)], [replace(team("make-1", 2000, 40 * pairs), overtime=(800.0, 0.0))])
    rows = [("a", "make-1", 0, 50), ("a", "make-1", 1, pairs)]
    assert joined(problem, rows) == ([("a", "make-1", 0, 50 + pairs)] if moves else rows)


@pytest.mark.parametrize(("room", "moves"), [(530, True), (529, False)])
def test_crumb_joins_another_line_that_makes_the_job(room: float, moves: bool) -> None:
    problem = shop([one(53)], [team("make-1", room), team("make-2", 30)])
    rows = [("a", "make-1", 0, 50), ("a", "make-2", 0, 3)]
    assert joined(problem, rows) == ([("a", "make-1", 0, 53)] if moves else rows)


def test_crumb_never_opens_a_line_that_does_not_make_the_job() -> None:
    problem = shop([one(43)], [team("make-1", 400, 30), team("make-2", 900, 900)])
    rows = [("a", "make-1", 0, 40), ("a", "make-1", 1, 3)]
    assert joined(problem, rows) == rows


@pytest.mark.parametrize(("due", "moves"), [(0, False), (1, True)])
def test_jobs_of_a_style_swap_pairs_on_full_days(due: int, moves: bool) -> None:
    """Only the due day of the job that would come later forbids it."""
    jobs = [one(63, name="a", due=0), one(87, name="b", due=due)]
    problem = shop(jobs, [team("make-1", 1000, 500)])
    rows = [("a", "make-1", 0, 60), ("b", "make-1", 0, 40), ("b", "make-1", 1, 47), ("a", "make-1", 1, 3)]
    after = [("a", "make-1", 0, 63), ("b", "make-1", 0, 37), ("b", "make-1", 1, 50)]
    assert joined(problem, rows) == (after if moves else rows)


@pytest.mark.parametrize(("second_day", "moves"), [(544, True), (543, False)])
def test_another_style_gives_way_with_as_many_pairs_as_the_minutes_need(second_day: float, moves: bool) -> None:
    """The crumb's 3 pairs of 10 minutes need 2 pairs of 16 to change the day, and those need more than the crumb sets free."""
    jobs = [one(63, name="a", due=0), one(58, 16.0, name="b", style="s2")]
    problem = shop(jobs, [team("make-1", 1016, second_day, changeover=0.0)])
    rows = [("a", "make-1", 0, 60), ("b", "make-1", 0, 26), ("b", "make-1", 1, 32), ("a", "make-1", 1, 3)]
    after = [("a", "make-1", 0, 63), ("b", "make-1", 0, 24), ("b", "make-1", 1, 34)]
    assert joined(problem, rows) == (after if moves else rows)


@pytest.mark.parametrize(("third_day", "moves"), [(430, True), (429, False)])
def test_jobs_give_way_one_after_the_other(third_day: float, moves: bool) -> None:
    """a joins day 0, b makes room there and goes to day 1, c makes room there and goes to day 2."""
    jobs = [one(43, name="a", due=0), one(80, name="b", due=1), one(80, name="c")]
    problem = shop(jobs, [team("make-1", 800, 800, third_day), team("make-2", 0, 0, 30)])
    rows = [("a", "make-1", 0, 40), ("b", "make-1", 0, 40), ("b", "make-1", 1, 40), ("c", "make-1", 1, 40)]
    rows += [("c", "make-1", 2, 40), ("a", "make-2", 2, 3)]
    after = [("a", "make-1", 0, 43), ("b", "make-1", 0, 37), ("b", "make-1", 1, 43), ("c", "make-1", 1, 37), ("c", "make-1", 2, 43)]
    assert joined(problem, rows) == (after if moves else rows)


@pytest.mark.parametrize(("second_day", "moves"), [(120, True), (119, False)])
def test_two_crumbs_make_one_lot(second_day: float, moves: bool) -> None:
    problem = shop([one(24, 5.0)], [team("make-1", 60, second_day)])
    rows = [("a", "make-1", 0, 12), ("a", "make-1", 1, 12)]
    assert joined(problem, rows) == ([("a", "make-1", 1, 24)] if moves else rows)


@pytest.mark.parametrize(("room", "moves"), [(410, True), (409, False)])
def test_crumb_is_shared_out_where_no_single_day_has_room(room: float, moves: bool) -> None:
    problem = shop([one(83)], [team("make-1", 420, room, 30)])
    rows = [("a", "make-1", 0, 40), ("a", "make-1", 1, 40), ("a", "make-1", 2, 3)]
    after = [("a", "make-1", 0, 42), ("a", "make-1", 1, 41)]
    assert joined(problem, rows) == (after if moves else rows)


@pytest.mark.parametrize(("overtime", "moves"), [(1600, True), (1599, False)])
def test_line_gives_up_the_little_that_it_has_of_a_job(overtime: float, moves: bool) -> None:
    """Each crumb alone would cost 40 in overtime; together they also save the 60 for the second line."""
    lines = [replace(team("make-1", 2000, 0), overtime=(float(overtime), 0.0)), team("make-2", 800, 800)]
    problem = shop([one(90, 40.0)], lines)
    rows = [("a", "make-1", 0, 50), ("a", "make-2", 0, 20), ("a", "make-2", 1, 20)]
    assert joined(problem, rows) == ([("a", "make-1", 0, 90)] if moves else rows)


def test_job_smaller_than_the_lot_is_no_crumb() -> None:
    problem = shop([one(3), one(50, name="b")], [team("make-1", 600, 600)])
    rows = [("b", "make-1", 0, 50), ("a", "make-1", 1, 3)]
    assert joined(problem, rows) == rows


@pytest.mark.parametrize(("due", "moves"), [(0, False), (1, True)])
def test_no_pair_goes_past_the_due_day(due: int, moves: bool) -> None:
    problem = shop([one(43, due=due)], [team("make-1", 30, 600)])
    rows = [("a", "make-1", 0, 3), ("a", "make-1", 1, 40)]
    assert joined(problem, rows) == ([("a", "make-1", 1, 43)] if moves else rows)


@pytest.mark.parametrize(("cut_room", "moves"), [(100, True), (99, False)])
def test_stage_before_comes_along_when_a_crumb_goes_earlier(cut_room: float, moves: bool) -> None:
    """The last 3 pairs are stitched on day 1 instead if they are cut on day 0."""
    both = job("a", {"cut": 2.0, "stitch": 10.0}, 77, due=3)
    problem = shop([both], [team("cut-1", cut_room, 60, 0, 0), team("stitch-1", 0, 500, 270, 30)], TWO)
    rows = [("a", "cut-1", 0, 47), ("a", "cut-1", 1, 30), ("a", "stitch-1", 1, 47), ("a", "stitch-1", 2, 27), ("a", "stitch-1", 3, 3)]
    after = [("a", "cut-1", 0, 50), ("a", "cut-1", 1, 27), ("a", "stitch-1", 1, 50), ("a", "stitch-1", 2, 27)]
    assert joined(problem, rows) == (after if moves else rows)


@pytest.mark.parametrize(("due", "moves"), [(3, True), (2, False)])
def test_stage_behind_comes_along_when_a_crumb_goes_later(due: int, moves: bool) -> None:
    """3 pairs are cut on day 2 instead if they may be stitched on day 3."""
    both = job("a", {"cut": 2.0, "stitch": 10.0}, 77, due=due)
    problem = shop([both], [team("cut-1", 54, 6, 100, 0), team("stitch-1", 0, 0, 300, 500)], TWO)
    rows = [("a", "cut-1", 0, 27), ("a", "cut-1", 1, 3), ("a", "cut-1", 2, 47), ("a", "stitch-1", 2, 30), ("a", "stitch-1", 3, 47)]
    after = [("a", "cut-1", 0, 27), ("a", "cut-1", 2, 50), ("a", "stitch-1", 2, 27), ("a", "stitch-1", 3, 50)]
    assert joined(problem, rows) == (after if moves else rows)


def test_crumb_does_not_overtake_the_stage_before() -> None:
    both = job("a", {"cut": 2.0, "stitch": 10.0}, 43, due=3)
    problem = shop([both], [team("cut-1", 80, 6, 0, 0), team("stitch-1", 0, 900, 30, 0)], TWO)
    rows = [("a", "cut-1", 0, 40), ("a", "cut-1", 1, 3), ("a", "stitch-1", 1, 40), ("a", "stitch-1", 2, 3)]
    assert joined(problem, rows) == rows


STYLED = [one(30, name="a"), one(30, name="b", style="s2"), one(30, name="c"), one(30, name="d", style="s2")]


def test_work_of_a_day_goes_style_by_style() -> None:
    rows = [(name, "make-1", 0, 30) for name in "abcd"]
    assert joined(shop(STYLED, [team("make-1", 2000)]), rows) == [(name, "make-1", 0, 30) for name in "acbd"]


def test_day_starts_with_the_style_of_the_day_before_and_ends_with_that_of_the_next() -> None:
    jobs = [*STYLED[:3], one(30, name="y", style="s2"), one(30, name="z", style="s3"), one(30, name="e", style="s3")]
    problem = shop(jobs, [team("make-1", 2000, 2000, 2000)])
    rows = [("y", "make-1", 0, 30), ("e", "make-1", 1, 30), ("a", "make-1", 1, 30), ("b", "make-1", 1, 30), ("z", "make-1", 2, 30)]
    rows.append(("c", "make-1", 2, 30))
    assert [name for name, _, day, _ in joined(problem, rows) if day == 1] == ["b", "a", "e"]


@pytest.mark.parametrize(("room", "moves"), [(410, True), (400, False)])
def test_lots_of_a_job_on_a_day_become_one_unless_the_next_day_cannot_pay_the_changeover(room: float, moves: bool) -> None:
    jobs = [one(30, name="z"), one(50, name="a"), one(30, name="b", style="s2"), one(40, name="d")]
    problem = replace(shop(jobs, [team("make-1", 2000, 2000, room)]), costs=Costs(overtime=0.0))  # the minutes forbid it, not their price
    rows = [("z", "make-1", 0, 30), ("a", "make-1", 1, 26), ("b", "make-1", 1, 30), ("a", "make-1", 1, 24), ("d", "make-1", 2, 40)]
    after = [("z", "make-1", 0, 30), ("a", "make-1", 1, 50), ("b", "make-1", 1, 30), ("d", "make-1", 2, 40)]
    assert joined(problem, rows) == (after if moves else rows)


def shattered(problem: Problem, entries: Sequence[Entry], seed: int) -> tuple[Entry, ...]:
    """A worse plan of the same jobs: pairs broken off and carried to any day and line where the plan stays feasible."""
    rng = random.Random(seed)
    plan = list(entries)
    for _ in range(25 if plan else 0):
        place = rng.randrange(len(plan))
        old = plan[place]
        if old.pairs < 2:
            continue
        pairs = rng.randint(1, old.pairs - 1)
        there = rng.choice([line.id for line in problem.lines if line.stage == old.stage])
        part = Entry(old.job, old.stage, there, rng.randrange(problem.days), pairs)
        trial = [*plan[:place], replace(old, pairs=old.pairs - pairs), *plan[place + 1 :]]
        trial.insert(rng.randint(0, len(trial)), part)
        if evaluate(problem, trial).feasible:
            plan = trial
    return tuple(plan)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Problem, tuple[Entry, ...]]:
    problem = replace(draw(problems()), smallest_lot=draw(st.integers(2, 40)))
    plan = solve(replace(problem, smallest_lot=0), seed=draw(st.integers(0, 3)))
    return problem, shattered(problem, plan.entries, draw(st.integers(0, 1000)))


@MANY
@given(plans())
def test_plan_stays_feasible_and_whole_with_fewer_crumbs_no_later_and_hardly_dearer(case: tuple[Problem, tuple[Entry, ...]]) -> None:
    problem, entries = case
    after = consolidate(problem, entries)
    old, new = evaluate(problem, entries), evaluate(problem, after)
    assert new.errors == ()
    assert new.left_out == old.left_out
    gone = crumbs(problem, entries) - crumbs(problem, after)
    assert gone >= 0
    assert len(after) <= len(entries)
    assert new.cost <= old.cost + gone * CHANGEOVERS_PER_CRUMB * problem.costs.changeover + 1e-3
    assert new.late_pair_days <= old.late_pair_days + 1e-9
    due = {j.id: j.due for j in problem.jobs}
    assert all(new.finish[name] <= max(day, due[name]) for name, day in old.finish.items())
    assert all(pairs <= old.late_pairs.get(name, 0) for name, pairs in new.late_pairs.items())


@MANY
@given(case=plans(), seed=st.integers(0, 1000))
def test_every_verdict_is_that_of_the_checker(case: tuple[Problem, tuple[Entry, ...]], seed: int) -> None:
    """Random moves, good and bad: refused if and only if flow or lateness forbid them, else with the exact cost and room."""
    problem, entries = case
    rng = random.Random(seed)
    board = Board(problem, entries)
    for task in [lots for lots in board.lots if len(lots) > 1]:
        source, target = rng.sample(task, 2)
        old, before = evaluate(problem, board.entries()), crumbs(problem, board.entries())
        pairs = rng.randint(1, source.pairs)
        allowed = board.shift(source, target, pairs)
        if not allowed:
            source.pairs, target.pairs = source.pairs - pairs, target.pairs + pairs
        moved = tuple(e for e in board.entries() if e.pairs)
        new = evaluate(problem, moved)
        flow = [e for e in new.errors if "ready" in e]
        late = sum(new.late_pairs.values()) > sum(old.late_pairs.values()) or new.late_pair_days > old.late_pair_days
        if not allowed:
            assert flow or late or target.day > problem.jobs[source.job].due
            source.pairs, target.pairs = source.pairs + pairs, target.pairs - pairs
            continue
        assert not flow
        assert not late
        verdict = board.judge()
        assert bool(verdict.overfull) == bool(new.errors)
        assert verdict.cost == pytest.approx(new.cost - old.cost, abs=1e-4)
        assert verdict.crumbs == crumbs(problem, moved) - before
        if verdict.overfull or rng.random() < 0.5:
            board.undo()
            assert evaluate(problem, board.entries()) == old
        else:
            board.keep()


@MANY
@given(plans())
def test_second_pass_changes_nothing_and_the_same_plan_comes_out_twice(case: tuple[Problem, tuple[Entry, ...]]) -> None:
    problem, entries = case
    after = consolidate(problem, entries)
    assert consolidate(problem, entries) == after
    assert consolidate(problem, after) == after


def test_without_a_smallest_lot_the_plan_stays_as_it_is() -> None:
    problem = shop([one(53)], [team("make-1", 900, 900)], smallest=0)
    rows = [("a", "make-1", 0, 50), ("a", "make-1", 1, 3)]
    assert joined(problem, rows) == rows


def test_pass_that_runs_out_of_work_leaves_a_feasible_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bench.instance("S", 2)
    problem = replace(bench.problem(data), smallest_lot=24)
    entries = solve(replace(problem, smallest_lot=0)).entries
    monkeypatch.setattr("scheduling.engine.lots.WORK", 40)
    after = consolidate(problem, entries)
    assert evaluate(problem, after).errors == ()
    assert after != entries


def test_solved_benchmark_keeps_a_tenth_of_its_crumbs_at_most_and_gets_no_dearer() -> None:
    data = bench.instance("S", 1)
    loose = solve(bench.problem(data), rounds=3_000)
    tight = solve(bench.problem(data | {"smallest_lot": 24}), rounds=3_000)
    report = bench.judge(data, tight)
    assert report["errors"] == []
    assert report["cost"] == pytest.approx(tight.cost, abs=0.06)
    assert tight.cost <= 1.01 * loose.cost
    assert tight.late_pair_days <= loose.late_pair_days
    problem = bench.problem(data | {"smallest_lot": 24})
    assert crumbs(problem, tight.entries) <= 0.1 * crumbs(problem, loose.entries)


def test_negative_smallest_lot_is_named_as_a_fault() -> None:
    plan = solve(factory([job("a", {"make": 1.0})], stages=ONE, lines=(team("make-1", *[480.0] * 10),)))
    assert plan.status == "complete"
    plan = solve(shop([one()], [team("make-1", 900)], smallest=-1))
    assert [(f.subject, f.field) for f in plan.problems] == [("problem", "smallest_lot")]
