"""The department inbox: what stands in it for whom, in which order, and where it leads."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from planning_site.outbox.models import OutgoingMail
from planning_site.workbooks.models import ImportJob
from procurement.models import Material, PurchaseOrderLine, Supplier
from quality.models import StyleRelease
from scheduling.inbox import count_for, facts_for, inbox_of
from scheduling.models import PlanJob, PlanRun
from tests import factories
from tests.outbox.support import mail, put
from tests.procurement.factories import purchase_line
from tests.scheduling.plan_factories import Floor, add_lines, make_day, make_floor, make_month, make_plan, make_week

pytestmark = pytest.mark.django_db

D = Department
TUESDAY = dt.date(2026, 12, 8)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def tuesday_morning() -> Iterator[None]:
    with time_machine.travel("2026-12-08T02:24:00Z", tick=False):  # 10:24 in the factory
        yield


def page(user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("inbox:home") + query).content.decode()


def keys(user: User) -> dict[str, int]:
    """How many rows each urgency has."""
    return {group.key: group.total for group in inbox_of(facts_for(user)).groups}


def due_line(days: int, *, seller: Any = None, pairs: int = 100) -> OrderLine:
    """An open order line that is due so many days after Tuesday."""
    style = factories.style()
    order = factories.order(factories.line(style, sizes={"38": pairs}, due_on=TUESDAY + days * DAY), of=factories.customer(seller=seller))
    return factories.first_line(order)


class TestOrders:
    def test_overdue_today_and_the_next_three_days_are_groups_of_their_own(self) -> None:
        for days in (-2, -1, 0, 1, 3, 4):
            due_line(days)
        assert keys(factories.user(D.SALES)) == {"overdue": 2, "today": 1, "soon": 2}

    def test_an_overdue_line_says_by_how_many_days_and_leads_to_its_order(self) -> None:
        line = due_line(-2)
        shown = page(factories.user(D.SALES))
        assert "逾期 2 天" in shown
        assert reverse("orders:detail", args=[line.order_id]) in shown

    def test_a_line_that_the_plan_finishes_late_shows_days_and_first_reason_before_it_is_due(self) -> None:
        floor = make_floor(styles=2)
        add_lines(floor, 40, pairs=4000)
        month = make_month(floor)
        worst = month.jobs.filter(outcome=PlanJob.Outcome.LATE).order_by("-late_days", "due_on").first()
        assert worst is not None
        group = next(group for group in inbox_of(facts_for(factories.user(D.PLANNING))).groups if group.key == "planned")
        assert group.rows[0].what.endswith(worst.order_line.order.number)
        assert group.rows[0].when == f"迟 {worst.late_days} 天"
        assert "针车" in group.rows[0].why
        assert group.total == month.jobs.filter(outcome=PlanJob.Outcome.LATE).count()
        assert group.hidden == group.total - len(group.rows) > 0

    def test_the_rest_of_a_group_is_behind_a_link(self) -> None:
        for _ in range(11):
            due_line(-1)
        planner = factories.user(D.SALES)
        assert page(planner).count('<tr class="it"') == 8
        assert "再看 3 件" in page(planner)
        assert page(planner, "?open=overdue").count('<tr class="it"') == 11

    def test_an_order_that_is_not_open_any_more_is_gone(self) -> None:
        line = due_line(-2)
        line.order.state = line.order.State.CANCELLED
        line.order.save(update_fields=["state"])
        assert keys(factories.user(D.SALES)) == {}

    def test_a_salesperson_can_ask_for_the_own_customers_only(self) -> None:
        person = factories.user(D.SALES)
        mine, other = due_line(0, seller=factories.salesperson(account=person)), due_line(0)
        assert other.order.number in page(person)
        only = page(person, "?mine=1")
        assert mine.order.number in only
        assert f"· {other.order.number}</b>" not in only

    def test_somebody_without_customers_has_no_such_switch(self) -> None:
        due_line(0)
        assert "?mine=1" not in page(factories.user(D.PLANNING))
        assert page(factories.user(D.PLANNING), "?mine=1").count('<tr class="it"') == 1


class TestWorkOfPlanning:
    def failed_run(self, horizon: str = "month", **values: Any) -> PlanRun:
        given = {"state": PlanRun.State.FAILED, "error": "没有一个班组有人数。\n更多", "finished_at": clock.now()} | values
        return PlanRun.objects.create(plant=default_plant(), horizon=horizon, period=dt.date(2026, 12, 1), **given)

    def test_a_failed_run_is_named_with_its_cause(self) -> None:
        run = self.failed_run()
        for department in (D.PLANNING, D.GM):
            shown = page(factories.user(department))
            assert "12月 月计划 没排成" in shown
            assert "没有一个班组有人数。" in shown
            assert reverse("scheduling:run", args=[run.pk]) in shown
        assert keys(factories.user(D.SALES)) == {}

    def test_a_later_run_that_went_well_settles_it(self) -> None:
        self.failed_run()
        self.failed_run("week")
        self.failed_run(state=PlanRun.State.DONE, error="")
        assert keys(factories.user(D.PLANNING)) == {"now": 1}

    def test_mail_that_did_not_arrive_is_counted(self) -> None:
        for state in (OutgoingMail.State.FAILED, OutgoingMail.State.UNCERTAIN, OutgoingMail.State.SENT):
            put(mail(), state=state)
        assert "2 封邮件没送到" in page(factories.user(D.PLANNING))
        assert keys(factories.user(D.QC)) == {}

    def test_a_draft_waits_until_it_is_published_and_only_the_newest_counts(self) -> None:
        floor = make_floor(styles=1)
        make_plan(floor, state="draft", version=1)
        make_plan(floor, state="draft", version=2)
        shown = page(factories.user(D.PLANNING))
        assert "12月 月计划 v2 还没发布" in shown
        assert "v1 还没发布" not in shown
        assert keys(factories.user(D.SALES)) == {}

    def test_a_working_day_without_a_day_plan_is_told_once_a_week_plan_stands(self) -> None:
        workshop = factories.user(D.WORKSHOP)
        assert keys(workshop) == {}
        floor = make_floor(styles=2)
        add_lines(floor, 4)
        week = make_week(make_month(floor, first_day=dt.date(2026, 12, 7)), monday=dt.date(2026, 12, 7))
        assert "今天的日计划没有发布" in page(workshop)
        make_day(week, day=TUESDAY)
        assert keys(workshop) == {}


class TestOtherDepartments:
    def test_only_the_uploader_is_asked_about_a_file_that_waits(self) -> None:
        sales, colleague = factories.user(D.SALES), factories.user(D.SALES)
        common: dict[str, Any] = {"plant": default_plant(), "content": b"", "sha256": "0", "size": 1, "requested_by": sales}
        ImportJob.objects.create(filename="订单统计表.xlsx", state=ImportJob.State.READY, result={"wrong_rows": 4}, **common)
        ImportJob.objects.create(filename="done.xlsx", state=ImportJob.State.DONE, **common)
        shown = page(sales)
        assert "订单统计表.xlsx 还没导入" in shown
        assert "4 行有错" in shown
        assert keys(sales) == {"now": 1}
        assert keys(colleague) == {}

    def test_buyers_and_storekeepers_see_material_that_is_late_or_near(self) -> None:
        supplier = Supplier.objects.create(code="S1", name="立达鞋底")
        material = Material.objects.create(code="S15", name="大底", unit="双", supplier=supplier)
        for number, days in (("CG1", -2), ("CG2", 0), ("CG3", 2), ("CG4", 9)):
            purchase_line(default_plant(), material, number, supplier=supplier, quantity=1812, promised_on=TUESDAY + days * DAY)
        assert keys(factories.user(D.PURCHASING)) == {"overdue": 1, "today": 1, "soon": 1}
        assert "CG1 · 立达鞋底 · 1,812 双" in page(factories.user(D.WAREHOUSE))
        late = PurchaseOrderLine.objects.get(order__number="CG1").order_id
        assert f"{reverse('procurement:stock_receive')}?order={late}" in page(factories.user(D.WAREHOUSE))
        assert reverse("procurement:order", args=[late]) in page(factories.user(D.PURCHASING))
        assert keys(factories.user(D.SALES)) == {}

    def test_the_sizes_of_a_material_that_come_together_are_one_row(self) -> None:
        material = Material.objects.create(code="S15", name="大底", unit="双", by_size=True)
        for number, size in (("CG7", "10"), ("CG7", "9.5"), ("CG8", "9")):
            purchase_line(default_plant(), material, number, size=size, promised_on=TUESDAY)
        assert keys(factories.user(D.PURCHASING)) == {"today": 1}
        assert "CG7 等 2 张 · 300 双 · 9–10，3 个码" in page(factories.user(D.PURCHASING))

    def test_the_warehouse_sees_what_is_due_but_not_what_will_be_late_one_day(self) -> None:
        floor = make_floor(styles=2)
        add_lines(floor, 40, pairs=4000)
        make_month(floor)
        due_line(0)
        assert keys(factories.user(D.WAREHOUSE)) == {"today": 1}
        assert set(keys(factories.user(D.GM))) == {"today", "planned"}

    def test_a_new_style_is_shown_to_qc_and_technical_until_it_is_released(self) -> None:
        style = factories.style("HD2601", is_new=True)
        factories.order(factories.line(style, due_on=TUESDAY + 20 * DAY))
        qc, technical = factories.user(D.QC), factories.user(D.TECHNICAL)
        assert "新款 HD2601" in page(qc)
        assert "新款 HD2601" in page(technical)
        assert "去签" not in page(qc)  # no trial was handed over
        StyleRelease.objects.create(style=style, result=StyleRelease.Result.PASSED, signed_by=qc)
        assert keys(qc) == {}


class TestNews:
    def floor(self) -> Floor:
        floor = make_floor(styles=1)
        add_lines(floor, 2)
        return floor

    def test_a_plan_is_news_to_the_departments_it_was_issued_to(self) -> None:
        month = make_month(self.floor(), by=factories.user(D.PLANNING))
        make_week(month)
        for department, month_shown, week_shown in ((D.SALES, True, False), (D.WAREHOUSE, False, True), (D.PLANNING, True, True)):
            shown = page(factories.user(department))
            assert ("YJH-2026-12" in shown) is month_shown
            assert ("ZJH-2026-51" in shown) is week_shown

    def test_after_a_week_it_is_no_news_any_more(self) -> None:
        make_month(self.floor())
        with time_machine.travel("2026-12-16T02:24:00Z", tick=False):
            assert "YJH-2026-12" not in page(factories.user(D.SALES))

    def test_new_orders_are_those_since_the_last_working_day(self) -> None:
        with time_machine.travel("2026-12-05T02:00:00Z", tick=False):
            old = due_line(40)
        with time_machine.travel("2026-12-07T02:00:00Z", tick=False):
            new = due_line(40)
        shown = page(factories.user(D.TECHNICAL))
        assert new.order.number in shown
        assert old.order.number not in shown
        assert new.order.number not in page(factories.user(D.WORKSHOP))


class TestPage:
    def test_an_empty_inbox_names_what_is_due_next(self) -> None:
        line = due_line(12)
        shown = page(factories.user(D.SALES))
        assert "下一单交期 12月20日 周日" in shown
        assert line.order.number in shown

    def test_with_nothing_at_all_it_says_so(self) -> None:
        assert "没有要办的。" in page(factories.user(D.QC))
        due_line(12)
        assert "下一单" not in page(factories.user(D.QC))  # it is not theirs

    def test_somebody_of_two_departments_has_the_work_of_both(self) -> None:
        due_line(0)
        factories.order(factories.line(factories.style(is_new=True), due_on=TUESDAY + 30 * DAY))
        both = factories.user(D.SALES, D.QC)
        assert keys(both) == {"today": 1, "release": 1}
        assert "<h1>销售部、品质部 · 收件箱</h1>" in page(both)

    def test_the_number_on_the_rail_counts_what_is_overdue_due_today_or_to_settle(self) -> None:
        for days in (-2, 0, 2):
            due_line(days)
        person = factories.user(D.SALES)
        assert count_for(facts_for(person)) == 2
        client = Client()
        client.force_login(person)
        assert ">2</span>" in client.get(reverse("inbox:count")).content.decode()

    def test_no_number_is_shown_where_nothing_waits(self, client: Client) -> None:
        client.force_login(factories.user(D.SALES))
        assert client.get(reverse("inbox:count")).content.decode().strip() == ""

    @pytest.mark.parametrize("department", list(Department))
    def test_queries_do_not_grow_with_the_rows(self, department: Department, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        floor = make_floor(styles=5)
        add_lines(floor, 60, pairs=3000, first_due=TUESDAY - 5 * DAY)
        make_week(make_month(floor, by=factories.user(D.PLANNING)))
        client = Client()
        client.force_login(factories.user(department))
        with django_assert_max_num_queries(15):
            assert client.get(reverse("inbox:home")).status_code == 200

    def test_an_administrator_sees_everybodys_work(self) -> None:
        due_line(-1)
        factories.order(factories.line(factories.style(is_new=True), due_on=TUESDAY + 30 * DAY))
        # the style has no pre-production plan yet, which planning has to settle
        assert keys(factories.user(superuser=True)) == {"now": 1, "overdue": 1, "release": 1}
