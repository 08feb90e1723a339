"""Gates (B2, C5, D5, E4.2, E4.4): what holds a job, how the month plan counts with it, and what may be published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from orders.models import OrderLine, Style
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.roles import Role
from procurement.models import NeededDay, PurchaseOrderLine, Usage, UsageVersion
from procurement.services.requirements import recalculate
from procurement.services.requirements import refresh as refresh_materials
from quality.models import StyleRelease, StyleTool, Tool, ToolSize
from scheduling.adapters import frame_problem, pack_input, plan_jobs, read_snapshot, unpack_input
from scheduling.adapters.gates import Waiting
from scheduling.adapters.problem import Framed
from scheduling.adapters.rows import binding_holds, name_holds
from scheduling.day_kits import may_run
from scheduling.engine import solve
from scheduling.gates import Hold, Kind, LineGates, State, gates_of
from scheduling.models import Plan, PlanEntry, PlanException, PlanHit, PlanJob, PlanSwap
from scheduling.selectors.floor import floor_of
from scheduling.selectors.reasons import reason_text
from scheduling.services import publish_plan
from scheduling.services.drafts import save_draft
from scheduling.services.finer import draft_finer
from scheduling.services.gatekeeping import Decision
from scheduling.services.hits import refresh_hits
from scheduling.services.swaps import Swap, swap_in_day_plan
from tests import factories as people
from tests.procurement.factories import purchase_line
from tests.scheduling import factories
from tests.scheduling.gate_factories import make, stock
from tests.scheduling.instruction_factories import material, preparation
from tests.scheduling.pages import browser, text_of
from tests.scheduling.plan_factories import Floor, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon", "in_english")]

TODAY = dt.date(2026, 12, 8)
FIRST = dt.date(2026, 12, 9)
WEEK = dt.date(2026, 12, 7)
Outcome, Reason = PlanJob.Outcome, PlanJob.Reason


def supervisor() -> User:
    return people.user(Department.PLANNING, Role.PLANNING_SUPERVISOR, language="en")


def gates(line: OrderLine, floor: Floor) -> LineGates:
    found = OrderLine.objects.select_related("style", "colour").get(pk=line.pk)
    return gates_of(floor.plant, [found], today=TODAY)[line.pk]


def framed(floor: Floor, days: int = 40) -> Framed:
    return frame_problem(read_snapshot(floor.plant), FIRST, days)


class TestGates:
    def test_with_everything_there_no_gate_is_shut(self) -> None:
        floor = make()
        assert gates(floor.lines[0], floor).is_open

    def test_material_is_expected_on_the_day_that_the_supplier_promised(self) -> None:
        floor = make(but="M-BK")
        purchase_line(floor.plant, material("M-BK", "", "", ""), "CG1", quantity=10_000, promised_on=dt.date(2026, 12, 14))
        recalculate(floor.plant)
        [gate] = gates(floor.lines[0], floor).gates
        assert (gate.kind, gate.stage, gate.state, gate.day) == (Kind.MATERIAL, "cutting", State.EXPECTED, dt.date(2026, 12, 14))
        assert "CG1" in gate.holds[0].reference
        assert not gate.lets_start(dt.date(2026, 12, 14))
        assert gate.lets_start(dt.date(2026, 12, 15))

    def test_a_material_without_a_date_is_named_and_closed_never_there(self) -> None:
        floor = make(but="M-BK")
        purchase_line(floor.plant, material("M-BK", "", "", ""), "CG1", quantity=10_000, state="waiting")
        recalculate(floor.plant)
        [gate] = gates(floor.lines[0], floor).gates
        assert (gate.state, gate.day, gate.holds[0].day) == (State.CLOSED, None, None)
        assert gate.holds[0].what == "面料 黑 M-BK"
        assert not gate.lets_start(dt.date(2027, 12, 1))

    def test_without_usage_documents_are_not_complete(self) -> None:
        floor = make(2)
        UsageVersion.objects.filter(style_colour=floor.lines[0].colour).delete()
        recalculate(floor.plant)
        [gate] = gates(floor.lines[0], floor).gates
        assert (gate.kind, gate.state) == (Kind.DOCUMENTS, State.CLOSED)
        assert gates(floor.lines[1], floor).is_open

    def test_where_no_job_has_usage_material_is_not_judged(self) -> None:
        floor = factories.floor(lines=1)
        recalculate(floor.plant)
        assert gates(floor.lines[0], floor).is_open

    def test_a_new_style_waits_for_its_release_and_names_item_and_owner(self) -> None:
        floor = make()
        Style.objects.update(is_new=True)
        chen = people.user(Department.TECHNICAL, name="chen")
        preparation(floor.lines[0].style, done=False, owner=chen)
        [gate] = gates(floor.lines[0], floor).gates
        assert (gate.kind, gate.state, gate.holds[0].owner) == (Kind.RELEASE, State.EXPECTED, "chen")
        assert gate.day is not None

    def test_a_released_style_is_open(self) -> None:
        floor = make()
        Style.objects.update(is_new=True)
        StyleRelease.objects.create(style=floor.lines[0].style, result="pass", signed_by=people.user(Department.QC))
        assert gates(floor.lines[0], floor).is_open

    def test_queries_do_not_grow_with_the_lines(self, django_assert_max_num_queries: object) -> None:
        floor = make(12, but="M-BK")
        lines = list(OrderLine.objects.select_related("style", "colour"))
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            gates_of(floor.plant, lines, today=TODAY)


class TestMonth:
    def test_a_stage_starts_so_many_working_days_after_its_material_has_come_as_it_has_to_be_there_before(self) -> None:
        """D6: soles three working days before."""
        floor = make(but="S15")
        for size in ("38", "39", "40", "41", "42"):
            line = purchase_line(
                floor.plant, material("S15", "", "", ""), "CG1", quantity=5_000, size=size, promised_on=dt.date(2026, 12, 12)
            )
            PurchaseOrderLine.objects.filter(pk=line.pk).update(promised_on=dt.date(2026, 12, 12))
        recalculate(floor.plant)
        [job] = framed(floor).problem.jobs
        assert dict(job.ready) == {"bottoming": 6}  # Saturday 12 December is day 3, Monday 14 is day 4
        assert job.release == 0

    def test_without_a_promise_the_lead_time_is_assumed_and_says_so(self) -> None:
        """D5: two working days before."""
        floor = make(but="M-BK")
        material("M-BK", "", "", "").__class__.objects.filter(code="M-BK").update(lead_time_days=10)
        recalculate(floor.plant)
        frame = framed(floor)
        [job] = frame.problem.jobs
        assert frame.days[job.ready["cutting"]] == dt.date(2026, 12, 21)  # Friday 18 December and two working days
        hold = frame.snapshot.lines[0].waiting.holds[0]
        assert (hold.day, hold.assumed) == (None, dt.date(2026, 12, 18))

    def test_without_date_and_lead_time_a_job_is_left_out_with_the_name_of_the_material(self) -> None:
        floor = make(but="M-BK")
        frame = framed(floor)
        [row] = plan_jobs(frame, solve(frame.problem, seed=1))
        row.order_line = floor.lines[0]
        assert (row.outcome, row.reason) == (Outcome.LEFT_OUT, Reason.MATERIAL)
        assert reason_text(row, floor_of(floor.plant)) == "面料 黑 M-BK has no date (Purchasing)"

    def test_a_late_job_names_the_material_and_its_purchase_order(self) -> None:
        floor = make(but="M-BK")
        purchase_line(floor.plant, material("M-BK", "", "", ""), "CG7", quantity=10_000, promised_on=dt.date(2027, 1, 8))
        recalculate(floor.plant)
        frame = framed(floor, 60)
        [row] = plan_jobs(frame, solve(frame.problem, seed=1))
        row.order_line = floor.lines[0]
        assert (row.outcome, row.reason) == (Outcome.LATE, Reason.MATERIAL)
        assert "面料 黑 M-BK until 8 Jan 2027 (CG7, Purchasing)" in reason_text(row, floor_of(floor.plant))

    def test_where_teams_were_full_the_material_is_the_last_link_of_the_chain(self) -> None:
        frame = framed(make(but="M-BK"))
        alone = {"reason": "release", "stage": None, "days": 4}
        full = {"reason": "capacity", "stage": None, "days": 2}
        row = PlanJob(reason=Reason.CAPACITY, reason_detail={"days": 9, "further": [alone, full]})
        name_holds(row, frame.snapshot.lines[0], frame, was_free=True)
        assert (row.reason, [link["reason"] for link in row.reason_detail["further"]]) == (Reason.CAPACITY, ["capacity", Reason.MATERIAL])
        last = row.reason_detail["further"][-1]
        assert (last["days"], last["holds"][0]["what"]) == (4, "面料 黑 M-BK")

    @pytest.mark.parametrize(("other", "named"), [(dt.date(2026, 12, 12), ["sole"]), (dt.date(2027, 1, 7), ["sole", "lace"])])
    def test_what_comes_in_time_is_not_named_beside_what_makes_the_job_late(self, other: dt.date, named: list[str]) -> None:
        frame = framed(make(but="M-BK"))
        sole = Hold(Kind.MATERIAL, "sole", stage="bottoming", day=dt.date(2027, 1, 8))
        lace = Hold(Kind.MATERIAL, "lace", stage="packing", day=other)
        line = replace(frame.snapshot.lines[0], due_on=dt.date(2026, 12, 30), waiting=Waiting(holds=(lace, sole)))
        assert [hold.what for hold in binding_holds(line, frame)] == named

    def test_a_plan_that_is_made_again_still_names_what_its_jobs_waited_for(self) -> None:
        floor = make(but="M-BK")
        frame = framed(floor)
        again = unpack_input(pack_input(frame).data, frame.snapshot.calendar)
        assert [line.waiting for line in again.snapshot.lines] == [line.waiting for line in frame.snapshot.lines]
        [row] = plan_jobs(again, solve(again.problem, seed=1))
        assert row.reason == Reason.MATERIAL

    def test_a_late_job_of_a_new_style_names_the_item_and_its_owner(self) -> None:
        floor = make()
        Style.objects.update(is_new=True)
        plan = preparation(floor.lines[0].style, done=False, owner=people.user(Department.TECHNICAL, name="chen"))
        plan.items.update(forecast_on=dt.date(2027, 1, 8))
        frame = framed(floor, 60)
        [row] = plan_jobs(frame, solve(frame.problem, seed=1))
        row.order_line = floor.lines[0]
        assert row.reason == Reason.STYLE
        assert "chen" in reason_text(row, floor_of(floor.plant))


def published_month(floor: Floor) -> Plan:
    return factories.month(floor, state="published")


class TestWeek:
    """E4.1, C5, D5: a week plan is published with jobs whose gates are open or expected before their start."""

    def draft(self, floor: Floor) -> Plan:
        return make_week(published_month(floor), monday=WEEK, first_day=FIRST, state="draft")

    def test_with_open_gates_it_is_published(self) -> None:
        plan = self.draft(make(2))
        assert publish_plan(plan_id=plan.pk, by=factories.planner()).state == Plan.State.PUBLISHED
        assert not PlanException.objects.exists()

    def test_expected_before_the_start_is_enough(self) -> None:
        floor = make(2, but="S15")
        for size in ("38", "39", "40", "41", "42"):
            purchase_line(floor.plant, material("S15", "", "", ""), "CG1", quantity=5_000, size=size, promised_on=TODAY)
        recalculate(floor.plant)
        plan = self.draft(floor)
        assert publish_plan(plan_id=plan.pk, by=factories.planner()).state == Plan.State.PUBLISHED

    def test_shut_gates_refuse_it_with_the_jobs_by_name(self) -> None:
        floor = make(2, but="M-BK")
        plan = self.draft(floor)
        with pytest.raises(DomainError, match="2 jobs would begin before their gates are open") as refused:
            publish_plan(plan_id=plan.pk, by=supervisor())
        assert refused.value.code == "gates"
        plan.refresh_from_db()
        assert plan.state == Plan.State.DRAFT

    def test_only_the_supervisor_confirms_an_exception_and_it_is_kept(self) -> None:
        floor = make(1, but="M-BK")
        plan = self.draft(floor)
        decision = Decision(reasons={floor.lines[0].pk: "leather comes by courier tonight"})
        with pytest.raises(DomainError) as refused:
            publish_plan(plan_id=plan.pk, by=factories.planner(), decision=decision)
        assert refused.value.code == "role"
        boss = supervisor()
        publish_plan(plan_id=plan.pk, by=boss, decision=decision)
        kept = PlanException.objects.get()
        assert (kept.approved_by, kept.gate, kept.reason) == (boss, Kind.MATERIAL, "leather comes by courier tonight")
        assert kept.holds[0]["what"] == "面料 黑 M-BK"

    def test_what_is_left_out_stays_in_the_plan_with_its_reason(self) -> None:
        floor = make(2, but="M-BK")
        stock(floor, "M-BK", 300)  # enough for the first job only
        recalculate(floor.plant)
        plan = self.draft(floor)
        publish_plan(plan_id=plan.pk, by=factories.planner(), decision=Decision(leave_all=True))
        assert set(plan.entries.values_list("order_line", flat=True)) == {floor.lines[0].pk}
        left = plan.jobs.get(order_line=floor.lines[1])
        assert (left.outcome, left.reason) == (Outcome.LEFT_OUT, Reason.MATERIAL)

    def test_with_nothing_left_it_is_not_published(self) -> None:
        plan = self.draft(make(2, but="M-BK"))
        with pytest.raises(DomainError) as refused:
            publish_plan(plan_id=plan.pk, by=factories.planner(), decision=Decision(leave_all=True))
        assert refused.value.code == "nothing_left"
        assert plan.entries.exists()

    def test_publishing_tells_purchasing_when_each_stage_begins(self) -> None:
        floor = make(1)
        plan = self.draft(floor)
        publish_plan(plan_id=plan.pk, by=factories.planner())
        days = dict(NeededDay.objects.values_list("stage", "starts_on"))
        first = plan.entries.filter(stage__code="cutting").order_by("day").values_list("day", flat=True)[0]
        assert days["cutting"] == first

    def test_the_consequence_page_lists_each_exception(self, django_assert_max_num_queries: object) -> None:
        floor = make(3, but="M-BK")
        plan = self.draft(floor)
        client = browser(Department.PLANNING, Role.PLANNING_SUPERVISOR)  # type: ignore[arg-type]
        url = reverse("scheduling:plan_publish", args=[plan.pk])
        text = text_of(client, url)
        assert "3 jobs would begin before their gates are open" in text
        assert "面料 黑 M-BK has no date" in text
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            client.get(url)
        line = floor.lines[0].pk
        client.post(url, {"shut": [row.pk for row in floor.lines], f"reason-{line}": "agreed with sales"})
        plan.refresh_from_db()
        assert plan.state == Plan.State.PUBLISHED
        assert set(plan.entries.values_list("order_line", flat=True)) == {line}


class TestDay:
    """C5, E4.2, E4.4: released styles with full or matching kits only, by size."""

    def week(self, floor: Floor) -> Plan:
        return make_week(published_month(floor), monday=WEEK, first_day=FIRST)

    def draft(self, floor: Floor) -> Plan:
        draft = draft_finer(floor.plant, Plan.Horizon.DAY, FIRST, today=TODAY)
        return save_draft(draft, plant=floor.plant, horizon=Plan.Horizon.DAY, period=FIRST, by=None)

    def test_full_kits_run_whole(self) -> None:
        floor = make(2)
        self.week(floor)
        plan = self.draft(floor)
        assert plan.metrics["cut"] == []
        assert plan.entries.exists()

    def test_a_short_size_cuts_the_job_to_full_sizes_and_is_named(self) -> None:
        floor = make(1, but="42")
        self.week(floor)
        plan = self.draft(floor)
        entry = plan.entries.get(stage__code="bottoming")
        [cut] = plan.metrics["cut"]
        assert "42" not in entry.sizes
        assert cut["planned"]["42"] > 0
        assert cut["left"] == entry.sizes
        assert entry.pairs == sum(entry.sizes.values())
        assert "S15" in cut["holds"][0]["what"]

    def test_promised_for_today_is_not_there(self) -> None:
        floor = make(1, but="M-BK")
        purchase_line(floor.plant, material("M-BK", "", "", ""), "CG1", quantity=10_000, promised_on=TODAY)
        recalculate(floor.plant)
        self.week(floor)
        assert not self.draft(floor).entries.filter(stage__code="cutting").exists()

    def test_a_style_without_release_is_in_no_day_plan(self) -> None:
        floor = make(2)
        self.week(floor)
        Style.objects.filter(pk=floor.lines[0].style_id).update(is_new=True)
        plan = self.draft(floor)
        assert set(plan.entries.values_list("order_line", flat=True)) == {floor.lines[1].pk}
        assert plan.jobs.get(order_line=floor.lines[0]).reason == Reason.STYLE

    def test_a_release_that_is_taken_back_stops_the_publication_even_of_the_supervisor(self) -> None:
        floor = make(1)
        self.week(floor)
        plan = self.draft(floor)
        Style.objects.update(is_new=True)
        with pytest.raises(DomainError) as refused:
            publish_plan(plan_id=plan.pk, by=supervisor(), decision=Decision(reasons={floor.lines[0].pk: "no"}))
        assert refused.value.code == "kits"

    def test_a_kit_that_became_smaller_stops_the_publication(self) -> None:
        floor = make(1)
        self.week(floor)
        plan = self.draft(floor)
        version = UsageVersion.objects.get(style_colour=floor.lines[0].colour)
        Usage.objects.filter(version=version, part="面料").update(per_pair=Decimal(5000))
        recalculate(floor.plant)
        with pytest.raises(DomainError) as refused:
            publish_plan(plan_id=plan.pk, by=factories.planner())
        assert refused.value.code == "kits"

    def test_two_days_do_not_count_on_the_same_kit(self) -> None:
        floor = make(1, but="M-BK", pairs=2400)
        stock(floor, "M-BK", 700)
        recalculate(floor.plant)
        self.week(floor)
        first = self.draft(floor)
        publish_plan(plan_id=first.pk, by=factories.planner())
        second = draft_finer(floor.plant, Plan.Horizon.DAY, dt.date(2026, 12, 10), today=TODAY)
        cut_today = sum(entry.pairs for entry in first.entries.filter(stage__code="cutting"))
        cut_tomorrow = sum(entry.pairs for entry in second.entries if entry.stage.code == "cutting")
        assert 0 < cut_today + cut_tomorrow <= 700


@pytest.mark.parametrize(
    ("want", "have", "runs"),
    [
        ({"38": 10, "39": 20}, {"38": 10, "39": 20}, {"38": 10, "39": 20}),
        ({"38": 10, "39": 20}, {"38": 10, "39": 0}, {"38": 10}),
        ({"38": 10, "39": 20}, {"38": 5, "39": 19}, {"38": 5, "39": 10}),
        ({"38": 10, "39": 20}, {"38": 9, "39": 20}, {"38": 9, "39": 18}),
        ({"38": 10, "39": 20}, {}, {}),
    ],
    ids=["full", "whole sizes", "matching set", "the larger of both", "nothing"],
)
def test_broken_sizes_never_run(want: dict[str, int], have: dict[str, int], runs: dict[str, int]) -> None:
    found = may_run(want, have)
    assert sum(found.values()) >= sum(runs.values())
    assert all(pairs <= have.get(size, 0) for size, pairs in found.items())
    share = {size: pairs * sum(found.values()) / sum(want.values()) for size, pairs in want.items()}
    assert all(found[size] == want[size] or abs(found[size] - share[size]) <= len(want) for size in found)


SIZES = st.sampled_from(["38", "39", "40", "41", "42"])


@given(want=st.dictionaries(SIZES, st.integers(1, 400), min_size=1), have=st.dictionaries(SIZES, st.integers(0, 500)))
def test_no_size_runs_beyond_its_kit_and_what_runs_is_full_or_matching(want: dict[str, int], have: dict[str, int]) -> None:
    """E4.4."""
    found = may_run(want, have)
    assert all(0 <= pairs <= min(want[size], have.get(size, 0)) for size, pairs in found.items())
    total, runs = sum(want.values()), sum(found.values())
    is_whole = all(pairs == want[size] for size, pairs in found.items() if pairs)
    is_matching = all(abs(found.get(size, 0) - pairs * runs / total) <= len(want) for size, pairs in want.items())
    assert is_whole or is_matching


class TestSwap:
    def cut_day(self) -> tuple[Floor, Plan, dict[str, int]]:
        floor = make(2, pairs=4800)  # both jobs run for days, so that neither has all of its pairs in the first
        make_week(published_month(floor), monday=WEEK, first_day=FIRST)
        draft = draft_finer(floor.plant, Plan.Horizon.DAY, FIRST, today=TODAY)
        plan = save_draft(draft, plant=floor.plant, horizon=Plan.Horizon.DAY, period=FIRST, by=None)
        entry = PlanEntry.objects.get(plan=plan, stage__code="cutting", order_line=floor.lines[0])
        return floor, plan, {"stage_id": entry.stage_id, "team_id": entry.team_id}

    def test_the_supervisor_swaps_with_before_after_and_reason(self) -> None:
        floor, plan, at = self.cut_day()
        wish = Swap(plan.pk, floor.lines[0].pk, floor.lines[1].pk, pairs=50, kind="rush", reason="rush order", **at)
        planned = plan.entries.get(order_line=floor.lines[0], **at).sizes
        made = swap_in_day_plan(swap=wish, by=supervisor())
        assert (made.before["sizes"], made.after["pairs"], made.reason) == (planned, 50, "rush order")
        assert plan.entries.filter(order_line=floor.lines[1], stage_id=at["stage_id"], team_id=at["team_id"], pairs=50).exists()
        assert not plan.entries.filter(order_line=floor.lines[0], stage_id=at["stage_id"]).exists()

    def test_a_job_comes_in_with_no_more_than_its_tools_make_beside_the_others(self) -> None:
        floor, plan, at = self.cut_day()
        dies = Tool.objects.create(plant=floor.plant, kind="die", number="D1", turns_a_day=4)
        ToolSize.objects.create(tool=dies, size="", pieces=10)
        StyleTool.objects.create(style=floor.lines[1].style, tool=dies, stage="cutting")
        plan.entries.filter(order_line=floor.lines[1], stage_id=at["stage_id"]).delete()
        wish = Swap(plan.pk, floor.lines[0].pk, floor.lines[1].pk, pairs=50, kind="rush", reason="rush order", **at)
        made = swap_in_day_plan(swap=wish, by=supervisor())
        assert 30 <= made.after["pairs"] <= 40

    def test_a_job_whose_tools_are_taken_does_not_come_in(self) -> None:
        floor, plan, at = self.cut_day()
        dies = Tool.objects.create(plant=floor.plant, kind="die", number="D1", turns_a_day=4)
        ToolSize.objects.create(tool=dies, size="", pieces=1)
        StyleTool.objects.create(style=floor.lines[1].style, tool=dies, stage="cutting")
        assert plan.entries.filter(order_line=floor.lines[1], stage_id=at["stage_id"], pairs__gte=4).exists()
        wish = Swap(plan.pk, floor.lines[0].pk, floor.lines[1].pk, pairs=50, kind="rush", reason="rush order", **at)
        with pytest.raises(DomainError) as refused:
            swap_in_day_plan(swap=wish, by=supervisor())
        assert refused.value.code == "no_tools"

    def test_nobody_else_swaps(self) -> None:
        floor, plan, at = self.cut_day()
        wish = Swap(plan.pk, floor.lines[0].pk, floor.lines[1].pk, pairs=50, kind="rush", reason="rush order", **at)
        with pytest.raises(DomainError) as refused:
            swap_in_day_plan(swap=wish, by=factories.planner())
        assert refused.value.code == "role"
        assert not PlanSwap.objects.exists()

    def test_a_job_without_a_kit_does_not_come_in(self) -> None:
        floor, plan, at = self.cut_day()
        Style.objects.filter(pk=floor.lines[1].style_id).update(is_new=True)
        wish = Swap(plan.pk, floor.lines[0].pk, floor.lines[1].pk, pairs=50, kind="rush", reason="rush order", **at)
        with pytest.raises(DomainError) as refused:
            swap_in_day_plan(swap=wish, by=supervisor())
        assert refused.value.code == "no_kit"


class TestHits:
    """D5, C3: a promise that moves, an item that slips: within a minute the planner sees whom it hits."""

    def test_a_promise_that_moves_behind_the_start_hits_jobs_entries_and_customers(self, django_assert_max_num_queries: object) -> None:
        floor = make(1, but="M-BK")
        leather = material("M-BK", "", "", "")
        coming = purchase_line(floor.plant, leather, "CG1", quantity=10_000, promised_on=TODAY)
        recalculate(floor.plant)
        published_month(floor)
        assert refresh_hits(floor.plant, today=TODAY) == []
        PurchaseOrderLine.objects.filter(pk=coming.pk).update(promised_on=dt.date(2026, 12, 14))
        refresh_materials(floor.plant, [leather.pk])
        [hit] = refresh_hits(floor.plant, today=TODAY)
        assert [job["line"] for job in hit.jobs] == [floor.lines[0].pk]
        client = browser(Department.PLANNING)
        text = text_of(client, reverse("scheduling:hits"))
        assert "面料 黑 M-BK until 14 Dec (CG1" in text
        assert floor.lines[0].order.customer.name in text
        assert "YJH-2026-12" in text
        assert "hits 1 job" in text_of(client, reverse("inbox:home"))
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            client.get(reverse("scheduling:hits"))

    def test_a_second_run_finds_nothing_new_and_what_is_over_goes(self) -> None:
        floor = make(1, but="M-BK")
        published_month(floor)
        assert len(refresh_hits(floor.plant, today=TODAY)) == 1
        assert refresh_hits(floor.plant, today=TODAY) == []
        stock(floor, "M-BK", 10_000)
        recalculate(floor.plant)
        refresh_hits(floor.plant, today=TODAY)
        assert not PlanHit.objects.exists()

    def test_an_item_that_slips_hits_the_jobs_of_its_style(self) -> None:
        floor = make(2)
        published_month(floor)
        Style.objects.filter(pk=floor.lines[0].style_id).update(is_new=True)
        preparation(floor.lines[0].style, done=False, owner=people.user(Department.TECHNICAL, name="chen"))
        [hit] = refresh_hits(floor.plant, today=TODAY)
        assert hit.hold["kind"] == Kind.RELEASE
        assert hit.hold["owner"] == "chen"
        assert [job["line"] for job in hit.jobs] == [floor.lines[0].pk]
