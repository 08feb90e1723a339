"""Pre-production plans: made, changed, reviewed (C1, E2); late items escalated (C1)."""

import datetime as dt

import pytest
import time_machine

from orders.models import Order, OrderLine
from planning_site.core import audit, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.outbox.models import OutgoingMail
from quality import services
from quality.models import Escalation, PreparationPlan, Step, StyleRelease
from quality.selectors import release_of
from quality.services import ItemChange
from tests import factories
from tests.quality import support
from tests.quality.support import DUE, NOON, TODAY, item, new_style, planned
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db
State = PreparationPlan.State


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


def changes(plan: PreparationPlan, **days: dt.date) -> dict[int, ItemChange]:
    return {
        row.pk: ItemChange(days.get(row.step.code, row.planned_on), row.owner, row.is_needed)
        for row in plan.items.select_related("step", "owner")
    }


def test_the_plan_is_worked_back_from_the_due_day_over_working_days() -> None:
    """C1, E2: 12 working days from release to shipment, New Year closed."""
    support.close_days(dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    plan = planned("HD2644")
    calendar = calendar_of(plan.plant)
    assert (plan.due_on, plan.required_on) == (DUE, dt.date(2026, 12, 30))
    days = {row.step.code: row.planned_on for row in plan.items.select_related("step")}
    assert days["qc_report"] == plan.required_on
    assert days["lasting"] == calendar.add(plan.required_on, -1)
    assert days["stitching"] == days["bottoming"] == calendar.add(plan.required_on, -2)
    assert days["pattern_change"] < days["dies"] < days["confirmation_sample"] < days["cutting"]
    assert all(calendar.is_working(day) for day in days.values())
    assert plan.announced_on == plan.required_on
    assert plan.state == State.PROPOSED


def test_technical_is_asked_to_sign_at_once() -> None:
    """C1"""
    chen = factories.user(Department.TECHNICAL, name="chen", language="en")
    plan = planned("HD2644")
    mail = OutgoingMail.objects.get(to_user=chen)
    assert mail.subject == "HD2644: pre-production plan to sign"
    assert mail.rule_code == "C1"
    assert "Cutting dies" in mail.text
    assert f"/quality/styles/{plan.style_id}/" in mail.text


def test_whoever_makes_the_plan_follows_it_and_the_beat_makes_what_is_missing() -> None:
    """E2: a named tracker; a plan on receipt of the order without anybody asking."""
    wang = factories.user(Department.PLANNING)
    assert planned(by=wang).tracker == wang
    new_style("HD1")
    factories.order(factories.line(factories.style("OLD")))
    not_ordered = factories.style("HD2", is_new=True)
    assert [plan.style.code for plan in services.make_missing_plans(today=TODAY)] == ["HD1"]
    assert services.make_missing_plans(today=TODAY) == []
    assert not PreparationPlan.objects.filter(style=not_ordered).exists()


def test_a_style_that_was_released_before_gets_no_plan() -> None:
    style = new_style()
    StyleRelease.objects.create(style=style, result=StyleRelease.Result.PASSED, signed_by=factories.user(Department.QC))
    assert services.make_missing_plans(today=TODAY) == []


def test_too_late_a_plan_begins_today_and_says_by_how_much_it_misses() -> None:
    plan = planned(due_on=dt.date(2026, 12, 18))
    outlook = release_of(plan.style, today=TODAY)
    assert item(plan, "pattern_change").planned_on >= TODAY
    assert outlook.expected_on is not None
    assert outlook.expected_on > plan.required_on
    assert outlook.slack is not None
    assert outlook.slack < 0


@pytest.mark.parametrize("code", ["not_new", "planned", "no_order", "not_planning"])
def test_what_is_no_plan(code: str) -> None:
    wang = factories.user(Department.PLANNING)
    if code == "not_planning":
        with raises_refusal(code):
            services.make_plan(style=new_style(), by=factories.user(Department.TECHNICAL), today=TODAY)
        return
    style = planned().style if code == "planned" else factories.style(is_new=code == "no_order")
    with raises_refusal(code):
        services.make_plan(style=style, by=wang, today=TODAY)


def test_technical_signs_or_sends_back_with_a_reason_and_planning_hears() -> None:
    """C1"""
    wang, chen = factories.user(Department.PLANNING, language="en"), factories.user(Department.TECHNICAL)
    plan = planned(by=wang)
    with raises_refusal("no_reason"):
        services.review_plan(plan=plan, version=1, agreed=False, note=" ", by=chen)
    with raises_refusal("not_technical"):
        services.review_plan(plan=plan, version=1, agreed=True, note="", by=wang)
    returned = services.review_plan(plan=plan, version=1, agreed=False, note="刀模厂 12/5 才有空", by=chen)
    assert returned.state == State.RETURNED
    assert OutgoingMail.objects.get(to_user=wang, key__startswith="preparation-returned").text.count("刀模厂 12/5 才有空") == 1
    with raises_refusal("transition"):
        services.review_plan(plan=plan, version=2, agreed=True, note="", by=chen)
    again = services.change_plan(
        plan=plan, version=2, items=changes(plan, dies=dt.date(2026, 12, 19)), tracker=wang, why="刀模厂", by=wang, today=TODAY
    )
    assert again.state == State.PROPOSED
    agreed = services.review_plan(plan=plan, version=3, agreed=True, note="", by=chen)
    assert (agreed.state, agreed.reviewed_by) == (State.AGREED, chen)


def test_a_changed_day_leaves_who_and_why_and_moves_the_release() -> None:
    """C1, C3: the release that moves is told to sales and planning."""
    wang, he = factories.user(Department.PLANNING), factories.user(Department.SALES, language="en")
    plan = planned("HD2644", by=wang)
    calendar = calendar_of(plan.plant)
    later = calendar.add(item(plan, "confirmation_sample").planned_on, 4)
    services.change_plan(
        plan=plan, version=1, items=changes(plan, confirmation_sample=later), tracker=wang, why="客户 12/20 才到", by=wang, today=TODAY
    )
    [change] = [row for row in audit.history_of(plan) if row.action == "change"]
    assert (change.by, change.why) == (wang, "客户 12/20 才到")
    assert change.values["confirmation_sample"][1] == later.isoformat()
    plan.refresh_from_db()
    assert plan.announced_on == calendar.add(plan.required_on, 4)
    mail = OutgoingMail.objects.get(to_user=he)
    assert "HD2644: release" in mail.subject
    assert "4 working days too late" in mail.text


def test_two_planners_do_not_overwrite_each_other() -> None:
    wang = factories.user(Department.PLANNING)
    plan = planned(by=wang)
    services.change_plan(plan=plan, version=1, items=changes(plan, dies=dt.date(2026, 12, 8)), tracker=wang, why="x", by=wang, today=TODAY)
    with raises_refusal("conflict"):
        services.change_plan(
            plan=plan, version=1, items=changes(plan, dies=dt.date(2026, 12, 9)), tracker=wang, why="y", by=wang, today=TODAY
        )
    assert item(plan, "dies").planned_on == dt.date(2026, 12, 8)


@pytest.mark.parametrize(("code", "day", "why"), [("no_reason", dt.date(2026, 12, 8), ""), ("closed_day", dt.date(2026, 12, 6), "x")])
def test_a_change_needs_a_reason_and_a_worked_day(code: str, day: dt.date, why: str) -> None:
    wang = factories.user(Department.PLANNING)
    plan = planned(by=wang)
    before = item(plan, "dies").planned_on
    with raises_refusal(code):
        services.change_plan(plan=plan, version=1, items=changes(plan, dies=day), tracker=wang, why=why, by=wang, today=TODAY)
    assert item(plan, "dies").planned_on == before


def test_a_change_of_nothing_writes_nothing() -> None:
    wang = factories.user(Department.PLANNING)
    plan = planned(by=wang)
    history = audit.history_of(plan).count()
    assert services.change_plan(plan=plan, version=1, items=changes(plan), tracker=wang, why="", by=wang, today=TODAY).version == 1
    assert audit.history_of(plan).count() == history


def test_an_item_that_is_not_needed_holds_nothing_but_the_report_stays() -> None:
    wang = factories.user(Department.PLANNING)
    plan = planned(by=wang)
    wanted = {
        row.pk: ItemChange(row.planned_on, row.owner, row.step.code not in ("dies", "qc_report"))
        for row in plan.items.select_related("step")
    }
    services.change_plan(plan=plan, version=1, items=wanted, tracker=wang, why="电脑切割", by=wang, today=TODAY)
    assert not item(plan, "dies").is_needed
    assert item(plan, "qc_report").is_needed
    assert "dies" not in [cell.step.code for cell in release_of(plan.style, today=TODAY).missing]


def test_a_due_day_that_moves_takes_the_needed_release_with_it() -> None:
    plan = planned()
    OrderLine.objects.filter(style=plan.style).update(due_on=dt.date(2027, 1, 8))
    [moved] = services.follow_due_days(today=TODAY)
    assert (moved.due_on, moved.required_on) == (dt.date(2027, 1, 8), dt.date(2026, 12, 25))
    assert services.follow_due_days(today=TODAY) == []
    assert audit.history_of(plan)[0].values["due"] == [DUE.isoformat(), "2027-01-08"]


def test_usual_durations_change_with_who_and_why_and_only_for_plans_to_come() -> None:
    wang = factories.user(Department.PLANNING)
    before = planned()
    dies = Step.objects.get(code="dies")
    wanted = {dies.pk: services.Standard(days=8, owner=wang)}
    with raises_refusal("no_reason"):
        services.change_standards(wanted=wanted, why="", by=wang)
    assert services.change_standards(wanted=wanted, why="刀模厂旺季", by=wang) == [dies]
    assert services.change_standards(wanted=wanted, why="", by=wang) == []
    change = audit.history_of(dies)[0]
    assert (change.by, change.why, change.values["working days"]) == (wang, "刀模厂旺季", [5, 8])
    after = planned()
    assert item(after, "dies").owner == wang
    assert item(after, "pattern_change").planned_on < item(before, "pattern_change").planned_on
    with raises_refusal("not_editor"):
        services.change_standards(wanted=wanted, why="x", by=factories.user(Department.SALES))


class TestEscalation:
    """C1: late item → escalated to the superior with the delay and its owner."""

    def test_a_late_item_is_named_with_owner_and_days_once_however_often_it_runs(self) -> None:
        huang, chen = factories.user(Department.GM, language="en"), factories.user(Department.TECHNICAL, name="chen", language="en")
        Step.objects.filter(code="colour_card").update(owner=chen)
        plan = planned("HD2644")
        due = item(plan, "colour_card").planned_on
        calendar = calendar_of(plan.plant)
        support_late_only(plan, "colour_card")
        assert services.escalate_late_items(now=at(due)).escalated == []
        [made] = services.escalate_late_items(now=at(calendar.add(due, 2))).escalated
        assert made.days_late == 2
        assert services.escalate_late_items(now=at(calendar.add(due, 2))).escalated == []
        [mail] = OutgoingMail.objects.filter(to_user=huang, rule_code="C1")
        assert mail.subject == "HD2644 Colour card is 2 working days late"
        assert "owner · chen" in mail.text
        assert OutgoingMail.objects.filter(to_user=chen, subject=mail.subject).count() == 1

    def test_who_waits_for_a_late_item_is_not_named_but_the_owner_of_the_cause_is(self) -> None:
        huang, chen = factories.user(Department.GM, language="en"), factories.user(Department.TECHNICAL, name="chen")
        liu = factories.user(Department.TECHNICAL, name="liu")
        Step.objects.filter(code="pattern_change").update(owner=chen)
        Step.objects.exclude(code="pattern_change").update(owner=liu)
        plan = planned("HD2644")
        calendar, sheet = calendar_of(plan.plant), item(plan, "process_sheet").planned_on
        services.deliver(item=item(plan, "colour_card"), note="", files=[support.pdf()], by=liu, today=support.TODAY)
        made = services.escalate_late_items(now=at(calendar.add(sheet, 1))).escalated
        assert [row.item.step.code for row in made] == ["pattern_change"]
        [mail] = OutgoingMail.objects.filter(to_user=huang, rule_code="C1")
        assert "owner · chen" in mail.text
        assert "late because of it · Cutting dies, Templates, Process sheet" in mail.text
        assert not OutgoingMail.objects.filter(to_user=liu, key__startswith="late-item:").exists()
        services.deliver(item=item(plan, "pattern_change"), note="", files=[support.pdf()], by=chen, today=calendar.add(sheet, 1))
        made = services.escalate_late_items(now=at(calendar.add(sheet, 2))).escalated
        assert {row.item.step.code for row in made} == {"dies", "templates"}

    def test_it_is_named_again_every_third_day_and_an_outage_leaves_no_heap(self) -> None:
        factories.user(Department.GM)
        plan = planned()
        support_late_only(plan, "colour_card")
        calendar, due = calendar_of(plan.plant), item(plan, "colour_card").planned_on
        counts = [len(services.escalate_late_items(now=at(calendar.add(due, n))).escalated) for n in (1, 2, 3, 4, 5)]
        assert counts == [1, 0, 0, 1, 0]
        assert len(services.escalate_late_items(now=at(calendar.add(due, 17))).escalated) == 1
        assert list(Escalation.objects.order_by("pk").values_list("days_late", flat=True)) == [1, 4, 17]

    def test_a_new_day_agreed_with_planning_begins_anew_and_a_proof_ends_it(self) -> None:
        wang = factories.user(Department.PLANNING)
        plan = planned(by=wang)
        support_late_only(plan, "colour_card")
        calendar, due = calendar_of(plan.plant), item(plan, "colour_card").planned_on
        assert len(services.escalate_late_items(now=at(calendar.add(due, 1))).escalated) == 1
        later = calendar.add(due, 3)
        plan.refresh_from_db()
        services.change_plan(
            plan=plan, version=plan.version, items=changes(plan, colour_card=later), tracker=wang, why="x", by=wang, today=due
        )
        assert services.escalate_late_items(now=at(later)).escalated == []
        assert len(services.escalate_late_items(now=at(calendar.add(later, 1))).escalated) == 1
        chen = factories.user(Department.TECHNICAL)
        services.deliver(item=item(plan, "colour_card"), note="", files=[support.pdf()], by=chen, today=later)
        assert services.escalate_late_items(now=at(calendar.add(later, 9))).escalated == []

    def test_nobody_is_written_to_on_a_closed_day_or_about_a_style_that_is_released_or_not_wanted(self) -> None:
        plan = planned()
        support_late_only(plan, "colour_card")
        due = item(plan, "colour_card").planned_on
        sunday = due + dt.timedelta(days=6 - due.weekday())
        assert services.escalate_late_items(now=at(sunday)).escalated == []
        support.cancel_orders(plan.style)
        assert services.escalate_late_items(now=at(sunday + dt.timedelta(days=1))).escalated == []
        Order.objects.update(state=Order.State.OPEN)
        StyleRelease.objects.create(style=plan.style, result="pass", signed_by=factories.user(Department.QC))
        assert services.escalate_late_items(now=at(sunday + dt.timedelta(days=1))).escalated == []

    def test_a_release_that_moves_because_days_pass_is_told_to_sales_and_planning(self) -> None:
        """C3"""
        he = factories.user(Department.SALES)
        plan = planned()
        monday = dt.date(2026, 12, 28)
        first = services.escalate_late_items(now=at(monday))
        assert first.moved == 1
        assert services.escalate_late_items(now=at(monday)).moved == 0
        assert OutgoingMail.objects.filter(to_user=he, rule_code="C3").count() == 1
        plan.refresh_from_db()
        assert plan.announced_on == support.expected_on(plan, monday)
        assert plan.announced_on is not None
        assert plan.announced_on > plan.required_on


def at(day: dt.date) -> dt.datetime:
    return clock.at(day, dt.time(9))


def support_late_only(plan: PreparationPlan, code: str) -> None:
    """Everything but one item is far away."""
    plan.items.exclude(step__code=code).update(planned_on=dt.date(2027, 6, 30))
