"""Tooling by size in plans: caps that jobs share, days that a promise takes them into account for, reasons that name tool and size."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from django.utils import translation

from orders.models import OrderLine, Style
from quality import services as quality
from quality.models import Tool, ToolSize
from quality.services import ToolData
from scheduling import engine, services
from scheduling.adapters import fingerprint, frame_problem, metrics_of, pack_input, plan_jobs, read_snapshot, unpack_input, wanted_days
from scheduling.adapters.problem import Framed
from scheduling.answers.promise import Question, answer
from scheduling.models import Plan, PlanJob, PlanRun
from scheduling.selectors.floor import floor_of
from scheduling.selectors.reasons import reason_text
from scheduling.services.drafts import save_draft
from scheduling.services.finer import draft_finer
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, stand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon", "in_english")]

TODAY, FIRST = dt.date(2026, 12, 8), dt.date(2026, 12, 9)
GOOD = ToolSize.State.GOOD
MANY = {"38": 99, "39": 99, "40": 99, "41": 99, "42": 99}


def last(
    floor: Floor, styles: Sequence[Style], pieces: Mapping[str, int], turns: Decimal | None = Decimal(10), number: str = "2207"
) -> Tool:
    """A last of these styles at lasting."""
    data = ToolData(Tool.Kind.LAST, number, turns_a_day=turns)
    made = quality.save_tool(plant=floor.plant, data=data, pieces={(size, GOOD): n for size, n in pieces.items()}, by=None)
    quality.set_styles(tool=made, stage="lasting", styles=list(styles), by=None)
    return made


def framed(floor: Floor, days: int = 30) -> Framed:
    return frame_problem(read_snapshot(floor.plant), FIRST, days)


def lasted(frame: Framed, plan: engine.Plan, size: str) -> dict[int, int]:
    """Pairs of a size by day, all jobs together."""
    made: Counter[int] = Counter()
    for entry, sizes in engine.sizes_of(frame.problem, plan.entries):
        if entry.stage == "lasting":
            made[entry.day] += sizes.get(size, 0)
    return dict(+made)


def test_two_jobs_share_the_pairs_of_a_size_that_their_last_makes_in_a_day() -> None:
    floor = factories.floor(lines=2, styles=2, pairs=600)
    last(floor, floor.styles, MANY | {"40": 4})
    frame = framed(floor)
    plan = engine.solve(frame.problem, rounds=300, seed=1)
    made = lasted(frame, plan, "40")
    assert plan.status == "complete"
    assert sum(made.values()) == sum(line.sizes["40"] for line in floor.lines) == 270
    assert max(made.values()) <= 40
    assert engine.evaluate(frame.problem, plan.entries).errors == ()


def test_with_lasts_enough_the_same_jobs_are_punctual_and_with_few_one_is_late() -> None:
    floor = factories.floor(lines=2, styles=2, pairs=600)
    tool = last(floor, floor.styles, MANY)
    enough = engine.solve(framed(floor).problem, rounds=300, seed=1)
    assert {outcome.state for outcome in enough.outcomes} == {"on_time"}
    ToolSize.objects.filter(tool=tool, size="40").update(pieces=2)
    scarce = engine.solve(framed(floor).problem, rounds=300, seed=1)
    assert "late" in {outcome.state for outcome in scarce.outcomes}


def test_the_first_reason_of_a_late_job_names_tool_and_size_in_the_readers_language() -> None:
    floor = factories.floor(lines=1, pairs=1200)
    last(floor, floor.styles, MANY | {"40": 2})
    frame = framed(floor)
    [row] = plan_jobs(frame, engine.solve(frame.problem, rounds=100, seed=1))
    row.order_line = floor.lines[0]
    assert (row.outcome, row.reason, row.reason_stage_id) == ("late", PlanJob.Reason.TOOLING, floor.stages["lasting"].pk)
    assert row.reason_detail["tools"] == [{"kind": "last", "number": "2207", "size": "40"}]
    assert "too few of last 2207 size 40" in reason_text(row, floor_of(floor.plant))
    with translation.override("zh-hans"):
        assert "楦头 2207 40码不够" in reason_text(row, floor_of(floor.plant))


def test_jobs_that_had_the_tools_are_named_by_the_one_that_waited() -> None:
    floor = factories.floor(lines=2, styles=2, pairs=1200)
    OrderLine.objects.update(due_on=dt.date(2026, 12, 21))
    last(floor, floor.styles, MANY | {"40": 5})
    frame = framed(floor)
    rows = {row.order_line_id: row for row in plan_jobs(frame, engine.solve(frame.problem, rounds=300, seed=1))}
    late = [row for row in rows.values() if row.outcome == "late"]
    assert len(late) == 1
    links = [link for row in late for link in (row.reason_detail, *row.reason_detail["further"]) if link.get("tools")]
    assert any(set(link.get("order_lines", ())) & {line.pk for line in floor.lines} for link in links)


def test_a_size_without_a_usable_piece_keeps_the_job_out_of_the_plan_and_is_named() -> None:
    floor = factories.floor(lines=2, styles=2)
    tool = last(floor, [floor.lines[0].style], MANY)
    ToolSize.objects.filter(tool=tool, size="41").update(state=ToolSize.State.REPAIR)
    frame = framed(floor)
    plan = engine.solve(frame.problem, rounds=50, seed=1)
    states = {row.order_line_id: (row.outcome, row.reason) for row in plan_jobs(frame, plan)}
    assert states[floor.lines[0].pk] == ("left_out", PlanJob.Reason.TOOLING)
    assert states[floor.lines[1].pk] == ("on_time", "")
    assert plan.by_job[str(floor.lines[0].pk)].reasons[0].tools == ((str(tool.pk), "41"),)


def test_a_piece_for_every_size_is_shared_by_the_sizes_without_their_own() -> None:
    floor = factories.floor(lines=1, pairs=1200)
    last(floor, floor.styles, {"40": 50, "": 3})
    frame = framed(floor)
    plan = engine.solve(frame.problem, rounds=100, seed=1)
    others: Counter[int] = Counter()
    for size in ("38", "39", "41", "42"):
        others.update(lasted(frame, plan, size))
    assert max(others.values()) <= 30 < max(lasted(frame, plan, "40").values()) + 30


def test_a_tool_that_nobody_rated_limits_nothing_and_is_named_with_the_plan() -> None:
    floor = factories.floor(lines=2, styles=2)
    last(floor, [floor.lines[0].style], {"38": 1}, turns=None, number="9001")
    last(floor, [floor.styles[1]], MANY, number="9002")
    frame = framed(floor)
    assert {job.id: bool(job.tools) for job in frame.problem.jobs} == {
        str(line.pk): line.style_id == floor.styles[1].pk for line in floor.lines
    }
    assert metrics_of(frame, engine.solve(frame.problem, rounds=10, seed=1))["unrated_tools"] == ["9001"]


def test_a_tool_at_a_stage_that_the_plant_does_not_have_and_one_faster_than_any_factory_limit_nothing() -> None:
    floor = factories.floor(lines=1)
    tool = last(floor, floor.styles, MANY)
    quality.set_styles(tool=tool, stage="sole_making", styles=floor.styles, by=None)
    Tool.objects.create(plant=floor.plant, kind="mould", number="M1", turns_a_day=99_999, pairs_per_turn=999)
    frame = framed(floor)
    assert [dict(job.tools) for job in frame.problem.jobs] == [{"lasting": frozenset({str(tool.pk)})}]
    assert engine.solve(frame.problem, rounds=10, seed=1).status == "complete"


def test_a_kept_input_comes_back_with_its_tools_and_gives_the_same_plan_and_the_same_reasons() -> None:
    floor = factories.floor(lines=2, styles=2, pairs=1200)
    last(floor, floor.styles, MANY | {"40": 2})
    last(floor, floor.styles, {}, turns=None, number="9001")
    frame = framed(floor)
    packed = pack_input(frame)
    again = unpack_input(packed.data, frame.snapshot.calendar)
    assert again.problem == frame.problem
    assert (fingerprint(again), again.snapshot.unrated_tools) == (packed.hash, ("9001",))
    one, two = (engine.solve(each.problem, rounds=100, seed=3) for each in (frame, again))
    assert one.entries == two.entries
    texts = [[(row.reason, row.reason_detail) for row in plan_jobs(each, plan)] for each, plan in ((frame, one), (again, two))]
    assert texts[0] == texts[1]


def test_the_horizon_reaches_as_far_as_the_scarcest_tool_needs() -> None:
    floor = factories.floor(lines=4, pairs=2000)
    tool = last(floor, floor.styles, MANY)
    near = wanted_days(read_snapshot(floor.plant), FIRST)
    ToolSize.objects.filter(tool=tool, size="40").update(pieces=1)
    snapshot = read_snapshot(floor.plant)
    far = wanted_days(snapshot, FIRST)
    needed = sum(line.sizes["40"] for line in snapshot.lines) / 10
    assert near < needed < far
    assert engine.solve(frame_problem(snapshot, FIRST, far).problem, rounds=20, seed=1).status == "complete"


def month_of(floor: Floor) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    made = PlanRun.objects.get(pk=run.pk).plan
    assert made
    return Plan.objects.select_related("plant").get(pk=made.pk)


def test_a_day_plan_has_no_more_pairs_of_a_size_than_the_lasts_make_all_jobs_together() -> None:
    floor = factories.floor(lines=4, styles=2, pairs=700)
    last(floor, floor.styles, {"38": 3, "39": 5, "40": 7, "41": 6, "42": 4})
    month = stand(month_of(floor), "published")
    week = draft_finer(floor.plant, "week", dt.date(2026, 12, 14), today=TODAY)
    stand(save_draft(week, plant=floor.plant, horizon="week", period=dt.date(2026, 12, 14), by=None), "published")
    days = month.entries.filter(stage__code="lasting", day__range=("2026-12-14", "2026-12-19")).values_list("day", flat=True).distinct()
    assert days
    for day in sorted(set(days)):
        draft = draft_finer(floor.plant, "day", day, today=TODAY)
        made: Counter[str] = Counter()
        for entry in draft.entries:
            if entry.stage_id == floor.stages["lasting"].pk:
                made.update(entry.sizes or {})
        assert all(made[size] <= 10 * pieces for size, pieces in {"38": 3, "39": 5, "40": 7, "41": 6, "42": 4}.items()), (day, made)


def test_a_promise_counts_with_the_lasts_that_other_jobs_have() -> None:
    floor = factories.floor(lines=2, styles=2, pairs=1200)
    tool = last(floor, floor.styles, MANY | {"40": 40})
    free = answer(Question(floor.styles[0], 1200, FIRST), month_of(floor), floor_of(floor.plant), ()).plain
    ToolSize.objects.filter(tool=tool, size="40").update(pieces=4)
    scarce = answer(Question(floor.styles[0], 1200, FIRST), month_of(floor), floor_of(floor.plant), ())
    assert free.finish_on
    assert scarce.plain.finish_on
    assert scarce.plain.finish_on > free.finish_on
    assert "2207" in scarce.limit


def test_a_promise_for_a_style_without_orders_counts_with_its_lasts_too() -> None:
    floor = factories.floor(lines=2, styles=3, pairs=600)
    new = floor.styles[2]
    last(floor, [new], {"38": 1, "39": 1, "40": 1, "41": 1, "42": 1})
    plan = month_of(floor)
    asked = answer(Question(new, 500, FIRST), plan, floor_of(floor.plant), ())
    assert asked.plain.finish_on
    assert asked.plain.finish_on > dt.date(2026, 12, 18)  # a hundred pairs of each size, ten a day
    assert "2207" in asked.limit
