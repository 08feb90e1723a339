"""New styles in the inboxes: what is said to come late (C3), what is late (C1), what waits for a signature, what a release waits for."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from quality import services as quality
from quality.models import Delay, PreparationPlan, StyleRelease, TrialProblem
from scheduling.inbox import facts_for, inbox_of
from scheduling.inbox.rows import Row
from tests import factories
from tests.quality import support
from tests.quality.support import TODAY

pytestmark = pytest.mark.django_db

D = Department


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(support.NOON, tick=False):
        yield


@pytest.fixture
def plan() -> PreparationPlan:
    return support.planned("HD2601")


def rows(user: User, *, only_mine: bool = False) -> list[Row]:
    groups = inbox_of(facts_for(user), only_mine=only_mine).groups
    return [row for group in groups for row in group.rows]


def said(user: User, word: str, *, only_mine: bool = False) -> list[Row]:
    """The rows that have a word in their name or their urgency."""
    return [row for row in rows(user, only_mine=only_mine) if word in f"{row.what} {row.when}"]


def delay(plan: PreparationPlan, new_day: dt.date | None) -> Delay:
    item = support.item(plan, "confirmation_sample")
    by = User.objects.filter(username="陈工").first() or factories.user(D.TECHNICAL, name="陈工")
    return quality.report_delay(item=item, cause=Delay.Cause.CUSTOMER, reason="客户要换扣件", new_day=new_day, by=by, today=TODAY)


class TestCannotBecause:
    @pytest.mark.parametrize("department", [D.SALES, D.PLANNING])
    def test_sales_and_planning_see_it_at_once_with_the_reason_and_the_release(self, plan: PreparationPlan, department: Department) -> None:
        reader = factories.user(department)
        assert not said(reader, "不能按期")
        made = delay(plan, support.item(plan, "confirmation_sample").planned_on + dt.timedelta(days=14))
        [row] = said(reader, "不能按期")
        assert (row.group, row.shape) == ("now", "late")
        assert row.what.startswith("HD2601 确认样：")
        assert row.why == "客户要换扣件 (陈工)"
        assert f"放行 {figures.day(made.release_before)} → {figures.day(made.release_after)}" in row.whom
        assert row.url == reverse("quality:style", args=[plan.style_id])

    def test_nobody_else_has_it_to_settle(self, plan: PreparationPlan) -> None:
        delay(plan, None)
        for department in (D.WORKSHOP, D.WAREHOUSE, D.PURCHASING, D.GM):
            assert not said(factories.user(department), "不能按期")

    def test_an_open_end_says_that_there_is_no_day(self, plan: PreparationPlan) -> None:
        delay(plan, None)
        [row] = said(factories.user(D.SALES), "不能按期")
        assert row.what.endswith("→ 未定")
        assert said(factories.user(D.PLANNING), "未定")

    def test_it_goes_when_the_item_is_delivered(self, plan: PreparationPlan) -> None:
        delay(plan, None)
        by = factories.user(D.TECHNICAL)
        quality.deliver(item=support.item(plan, "confirmation_sample"), note="", files=[support.pdf()], by=by, today=TODAY)
        assert not said(factories.user(D.SALES), "不能按期")

    def test_a_salesperson_alone_sees_it_where_an_own_customer_waits(self, plan: PreparationPlan) -> None:
        delay(plan, None)
        mine, other = factories.user(D.SALES), factories.user(D.SALES)
        line = OrderLine.objects.select_related("order").get(style=plan.style)
        line.order.salesperson = factories.salesperson(account=mine)
        line.order.save()
        factories.salesperson(account=other)
        assert said(mine, "不能按期", only_mine=True)
        assert not said(other, "不能按期", only_mine=True)
        assert said(other, "不能按期")


class TestLateItems:
    def test_planning_and_the_general_manager_see_an_overdue_item_with_its_owner(self, plan: PreparationPlan) -> None:
        owner = factories.user(D.TECHNICAL, name="刘工")
        plan.items.filter(step__code="dies").update(owner=owner, planned_on=dt.date(2026, 11, 19))
        for department in (D.PLANNING, D.GM):
            [row] = said(factories.user(department), "HD2601 刀模")
            assert (row.group, row.when) == ("overdue", "迟 3 天")  # Friday, Saturday, Monday
            assert row.whom.startswith("刘工 · ")
            assert row.url == reverse("quality:style", args=[plan.style_id])
        assert not said(factories.user(D.SALES), "刀模")

    def test_the_owner_is_led_to_where_it_is_delivered_whatever_the_department(self, plan: PreparationPlan) -> None:
        seller = factories.user(D.SALES)
        plan.items.filter(step__code="confirmation_sample").update(owner=seller, planned_on=TODAY)
        [row] = said(seller, "确认样")
        assert row.group == "today"
        assert row.url == reverse("quality:item_deliver", args=[support.item(plan, "confirmation_sample").pk])

    def test_what_is_due_later_is_not_in_the_way(self, plan: PreparationPlan) -> None:
        plan.items.update(planned_on=TODAY + dt.timedelta(days=4))
        assert not [row for row in rows(factories.user(D.TECHNICAL)) if row.group in ("overdue", "today", "soon")]

    def test_workshops_see_their_days_of_a_trial_once_it_is_planned(self, plan: PreparationPlan) -> None:
        leader = factories.user(D.WORKSHOP)
        support.deliver_all(plan)
        assert not said(leader, "HD2601")
        days = {"cutting": 24, "stitching": 25, "bottoming": 25, "lasting": 30}
        planner = factories.user(D.PLANNING)
        trial = quality.plan_trial(
            style=plan.style, sizes={"38": 12}, days={code: dt.date(2026, 11, day) for code, day in days.items()}, by=planner, today=TODAY
        )
        assert [row.what for row in said(leader, "试做")] == ["HD2601 试做：裁断", "HD2601 试做：针车", "HD2601 试做：底部"]
        assert {row.url for row in said(leader, "试做")} == {reverse("quality:trial", args=[trial.pk])}


class TestSignatures:
    def test_technical_has_plans_to_sign_and_planning_those_that_came_back(self, plan: PreparationPlan) -> None:
        technical, planner = factories.user(D.TECHNICAL), factories.user(D.PLANNING)
        assert [row.when for row in said(technical, "前期计划")] == ["待签"]
        assert not said(planner, "前期计划")
        quality.review_plan(plan=plan, version=plan.version, agreed=False, note="刀模要 8 天", by=technical)
        assert not said(technical, "前期计划")
        [row] = said(planner, "前期计划")
        assert (row.when, row.why.startswith("刀模要 8 天")) == ("退回", True)

    def test_a_version_without_a_file_waits_for_somebody_else_of_technical(self, plan: PreparationPlan) -> None:
        maker, other = factories.user(D.TECHNICAL), factories.user(D.TECHNICAL)
        version = quality.deliver(item=support.item(plan, "colour_card"), note="色卡放在样品室", files=[], by=maker, today=TODAY)
        [row] = said(other, "色卡 v1")
        assert (row.when, row.why) == ("待签", "色卡放在样品室")
        assert not said(maker, "色卡 v1")
        quality.review_version(version=version, signed=True, reason="", by=other, today=TODAY)
        assert not said(other, "色卡 v1")

    def test_only_qc_has_the_report_to_sign_and_only_while_it_has_the_pairs(self, plan: PreparationPlan) -> None:
        inspector = factories.user(D.QC)
        assert not said(inspector, "待签")
        support.tried(plan)
        [row] = said(inspector, "待签")
        assert row.url == reverse("quality:sign", args=[plan.style_id])
        assert not said(factories.user(D.PLANNING), "待签")
        quality.sign_release(style=plan.style, result=StyleRelease.Result.PASSED, note="", by=inspector)
        assert not said(inspector, "HD2601")

    def test_a_failed_trial_waits_for_planning_until_the_next_is_planned(self, plan: PreparationPlan) -> None:
        planner = factories.user(D.PLANNING)
        support.tried(plan)
        quality.sign_release(style=plan.style, result=StyleRelease.Result.REDO, note="鞋口起皱", by=factories.user(D.QC))
        [row] = said(planner, "重试做")[:1]
        assert (row.when, row.why) == ("没排上", "鞋口起皱")
        support.trial_of_redo(plan)
        assert not [row for row in said(planner, "重试做") if row.group == "now"]


def test_problems_of_a_trial_are_with_their_owner_and_with_technical(plan: PreparationPlan) -> None:
    trial = support.tried(plan)
    owner = factories.user(D.WORKSHOP)
    quality.add_problem(
        trial=trial,
        kind=TrialProblem.Kind.PROCESS,
        place="扣带",
        text="折边慢",
        owner=owner,
        due_on=TODAY,
        by=factories.user(D.QC),
        today=TODAY,
    )
    for reader in (owner, factories.user(D.TECHNICAL)):
        [row] = said(reader, "扣带")
        assert (row.group, row.why) == ("today", "折边慢")
    assert not said(factories.user(D.WORKSHOP), "扣带")


def test_a_style_says_what_its_release_waits_for_and_when_it_is_expected(plan: PreparationPlan) -> None:
    planner = factories.user(D.PLANNING)
    owner = factories.user(D.TECHNICAL, name="刘工")
    plan.items.filter(step__code="dies").update(owner=owner, planned_on=dt.date(2026, 11, 19))
    [row] = [row for row in rows(planner) if row.group == "release"]
    assert row.why == "刀模：等刘工，11/19"
    assert plan.announced_on is not None
    assert row.when == f"预计 {figures.day(plan.announced_on)}"
    support.deliver_all(plan)
    support.measure_all(trial := support.trial_of(plan))
    quality.hand_over(trial=trial, by=factories.user(D.WORKSHOP))
    [row] = [row for row in rows(planner) if row.group == "release"]
    assert row.why.startswith("QC 放行：等")


@pytest.mark.parametrize("department", list(Department))
def test_queries_do_not_grow_with_new_styles(department: Department, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(4):
        made = support.planned(f"HD27{number:02}")
        delay(made, None)
    support.tried(support.planned("HD2750"))
    client = Client()
    client.force_login(factories.user(department))
    with django_assert_max_num_queries(15):
        shown = client.get(reverse("inbox:home")).content.decode()
    assert ("HD27" in shown) == (department in (D.SALES, D.PLANNING, D.TECHNICAL, D.QC))
