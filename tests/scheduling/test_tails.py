"""What passed the final inspection is finished; what failed makes the tail, and only the tail is planned again (C5, E4.4)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from orders.models import OrderLine
from planning_site.core.departments import Department
from quality import services as quality
from quality.models import DefectCode, Inspection
from scheduling import engine, services
from scheduling.adapters import frame_problem, plan_entries, plan_jobs, read_snapshot, starting_entries, works_of_plan
from scheduling.models import Plan, PlanRun
from scheduling.services.day_sizes import fill_sizes
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 12, 9)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(factories.NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    return factories.floor(lines=3)


def inspect(line: OrderLine, *, failed: int, kind: str = Inspection.Kind.FINAL, stage: str = "") -> Inspection:
    """Every pair of the line presented; so many of its largest size failed."""
    largest = max(line.sizes, key=lambda size: line.sizes[size])
    counts = [quality.Count(size, pairs, pairs, failed if size == largest else 0) for size, pairs in line.sizes.items()]
    defects = [quality.Found(DefectCode.objects.all()[0], failed, largest)] if failed else []
    by = people.user(Department.QC)
    return quality.inspect_line(line=line, kind=kind, findings=quality.Findings(counts, defects), stage=stage, by=by)


def planned(floor: Floor) -> Counter[tuple[int, str]]:
    """Pairs by order line and stage that a plan made now has to make."""
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    plan = engine.solve(frame.problem, rounds=20, seed=1)
    codes = {stage.pk: code for code, stage in floor.stages.items()}
    made: Counter[tuple[int, str]] = Counter()
    for row in plan_entries(frame, plan):
        made[row.order_line_id, codes[row.stage_id]] += row.pairs
    return made


def test_only_the_tail_of_a_line_is_planned_at_every_stage(floor: Floor) -> None:
    first, other, _third = floor.lines
    inspect(first, failed=40)
    made = planned(floor)
    assert {made[first.pk, code] for code in floor.stages} == {40}
    assert {made[other.pk, code] for code in floor.stages} == {other.pairs}


def test_a_line_that_passed_whole_is_planned_no_more_until_its_inspection_is_reversed(floor: Floor) -> None:
    first = floor.lines[0]
    inspection = inspect(first, failed=0)
    assert first.pk not in {line.id for line in read_snapshot(floor.plant).lines}
    quality.reverse_inspection(inspection=inspection, reason="数错", by=people.user(Department.QC))
    assert {planned(floor)[first.pk, code] for code in floor.stages} == {first.pairs}


def test_an_in_line_inspection_finishes_nothing(floor: Floor) -> None:
    first = floor.lines[0]
    inspect(first, failed=10, kind=Inspection.Kind.IN_LINE, stage="stitching")
    assert {planned(floor)[first.pk, code] for code in floor.stages} == {first.pairs}


def test_the_job_keeps_its_pairs_and_its_due_day(floor: Floor) -> None:
    first = floor.lines[0]
    inspect(first, failed=40)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    [job] = [job for job in plan_jobs(frame, engine.solve(frame.problem, rounds=20, seed=1)) if job.order_line_id == first.pk]
    assert (job.pairs, job.due_on) == (first.pairs, first.due_on)
    assert job.finish_on is not None


def test_a_new_plan_starts_from_the_one_in_force_and_leaves_out_what_has_passed_since(floor: Floor) -> None:
    factories.month(floor, state=Plan.State.PUBLISHED)
    inspect(floor.lines[0], failed=40)
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 30)
    kept = starting_entries(frame, works_of_plan(Plan.objects.get()))
    assert str(floor.lines[0].pk) not in {entry.job for entry in kept}
    assert str(floor.lines[1].pk) in {entry.job for entry in kept}
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    plan = PlanRun.objects.get(pk=run.pk).plan
    assert plan is not None
    of_line = Counter[str]()
    for entry in plan.entries.filter(order_line=floor.lines[0]).select_related("stage"):
        of_line[entry.stage.code] += entry.pairs
    assert of_line == dict.fromkeys(floor.stages, 40)


def test_the_sizes_of_a_day_are_those_of_the_tail(floor: Floor) -> None:
    first = floor.lines[0]
    largest = max(first.sizes, key=lambda size: first.sizes[size])
    inspect(first, failed=40)
    week = factories.month(floor, state=Plan.State.DRAFT)
    week.entries.filter(order_line=first).delete()
    team = floor.teams["packing"][0]
    entry = week.entries.create(
        order_line=first, stage=floor.stages["packing"], team=team, day=dt.date(2026, 12, 9), position=1, pairs=40, minutes=144
    )
    assert fill_sizes(week, [entry], {first.pk: first}) == []
    assert entry.sizes == {largest: 40}


def test_the_page_of_an_order_says_what_passed_and_what_is_missing(floor: Floor) -> None:
    first = floor.lines[0]
    factories.month(floor, state=Plan.State.PUBLISHED)
    client = Client()
    client.force_login(people.user(Department.SALES))
    address = reverse("scheduling:order_plan", args=[first.order_id])
    assert "尾数" not in client.get(address).content.decode()
    inspect(first, failed=40)
    assert f"终检合格 {first.pairs - 40}，尾数 40" in client.get(address).content.decode()
