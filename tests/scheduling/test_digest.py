"""The morning digest: once per working day and person, late after an outage, never yesterday's, and each department its own."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from orders.models import Order, Salesperson
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.models import CalendarPeriod, User
from planning_site.core.templatetags import figures
from planning_site.outbox.models import MailRound, OutgoingMail
from procurement.models import Material, Supplier
from quality.models import Step
from scheduling.digest import DIGEST_AT, send_due_digests
from scheduling.models import Plan, PlanJob
from tests import factories
from tests.outbox.support import mail, person, put
from tests.procurement.factories import purchase_line
from tests.quality import support
from tests.scheduling.plan_factories import add_lines, make_day, make_floor, make_month, make_week

TUESDAY = dt.date(2026, 12, 8)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def half_past_seven(day: dt.date) -> dt.datetime:
    return clock.at(day, DIGEST_AT)


def digest_at(moment: dt.datetime) -> int:
    """What beat does at that moment."""
    with time_machine.travel(moment, tick=False):
        return send_due_digests(clock.now())


def text_of(user: User, day: dt.date = TUESDAY) -> str:
    return OutgoingMail.objects.get(key=f"digest:{day}:{user.pk}").text


def order(
    contract_day: dt.date = TUESDAY, *, due_in: int = 0, seller: Salesperson | None = None, created: dt.datetime | None = None
) -> Order:
    """An open order of one line that is due some days after Tuesday, written down before the last digest unless said otherwise."""
    line = factories.line(due_on=TUESDAY + due_in * DAY)
    made = factories.order(line, of=factories.customer(seller=seller))
    Order.objects.filter(pk=made.pk).update(created_at=created or half_past_seven(TUESDAY) - 30 * DAY)
    return made


@pytest.mark.django_db
class TestWhen:
    """One round per working day."""

    @pytest.fixture(autouse=True)
    def something_to_say(self) -> User:
        order()
        return person("sales", name="chen", language="en")

    def test_it_goes_out_at_half_past_seven_and_not_before(self) -> None:
        assert digest_at(half_past_seven(TUESDAY) - MINUTE) == 0
        assert not MailRound.objects.exists()
        assert digest_at(half_past_seven(TUESDAY)) == 1

    def test_asked_every_five_minutes_it_goes_out_once(self) -> None:
        assert [digest_at(half_past_seven(TUESDAY) + n * 5 * MINUTE) for n in range(4)] == [1, 0, 0, 0]
        assert MailRound.objects.get().mails == 1

    def test_what_comes_up_later_in_the_day_waits_for_the_next_morning(self) -> None:
        digest_at(half_past_seven(TUESDAY))
        new = order(due_in=60, created=half_past_seven(TUESDAY) + 120 * MINUTE)
        late_comer = person("sales", name="new", language="en")
        assert digest_at(half_past_seven(TUESDAY) + 180 * MINUTE) == 0
        digest_at(half_past_seven(TUESDAY + DAY))
        assert new.number in text_of(late_comer, TUESDAY + DAY)

    def test_after_an_outage_todays_goes_out_late_and_yesterdays_never(self, something_to_say: User) -> None:
        digest_at(half_past_seven(TUESDAY))
        missed = order(due_in=60, created=half_past_seven(TUESDAY) + 120 * MINUTE)
        friday = TUESDAY + 3 * DAY
        assert digest_at(half_past_seven(friday) + 200 * MINUTE) == 1
        assert missed.number in text_of(something_to_say, friday)
        assert list(MailRound.objects.order_by("day").values_list("day", flat=True)) == [TUESDAY, friday]

    def test_on_sundays_and_closed_days_there_is_none_and_on_a_worked_sunday_there_is(self) -> None:
        sunday = dt.date(2026, 12, 13)
        assert digest_at(half_past_seven(sunday)) == 0
        plant = Order.objects.all()[0].plant
        CalendarPeriod.objects.create(plant=plant, first_day=TUESDAY, last_day=TUESDAY, kind="closed")
        CalendarPeriod.objects.create(plant=plant, first_day=sunday, last_day=sunday, kind="working")
        assert digest_at(half_past_seven(TUESDAY)) == 0
        assert digest_at(half_past_seven(sunday)) == 1

    def test_just_after_midnight_it_is_not_yesterday_evening(self) -> None:
        assert digest_at(clock.at(TUESDAY, dt.time(0, 5))) == 0
        assert digest_at(clock.at(TUESDAY, dt.time(23, 55))) == 1
        assert digest_at(clock.at(TUESDAY + DAY, dt.time(0, 5))) == 0


@pytest.mark.django_db
def test_the_first_digest_ever_begins_with_the_working_day_before() -> None:
    person("sales", name="chen")
    monday = dt.date(2026, 12, 7)
    old = order(due_in=60, created=half_past_seven(monday - 2 * DAY) - MINUTE)
    new = order(due_in=60, created=half_past_seven(monday - 2 * DAY) + MINUTE)  # Saturday
    digest_at(half_past_seven(monday))
    text = text_of(User.objects.get(username="chen"), monday)
    assert new.number in text
    assert old.number not in text


@pytest.mark.django_db
def test_nobody_gets_an_empty_mail() -> None:
    factories.order(factories.line(due_on=TUESDAY + 90 * DAY))
    Order.objects.update(created_at=half_past_seven(TUESDAY) - 30 * DAY)
    person("sales")
    person()
    assert digest_at(half_past_seven(TUESDAY)) == 0
    assert MailRound.objects.get().mails == 0
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
class TestWhat:
    """Each department reads what concerns it."""

    def test_a_salesperson_reads_of_ones_own_customers_the_head_of_all(self) -> None:
        chen, head = person("sales", name="chen"), person("sales", name="head")
        of_chen = order(seller=factories.salesperson(account=chen))
        of_other = order(seller=factories.salesperson())
        digest_at(half_past_seven(TUESDAY))
        assert of_chen.number in text_of(chen)
        assert of_other.number not in text_of(chen)
        assert {number in text_of(head) for number in (of_chen.number, of_other.number)} == {True}

    def test_due_today_and_due_in_three_days_are_told_apart_and_later_is_not_told(self) -> None:
        reader = person("gm", language="en")
        rows = {days: order(due_in=days) for days in (0, 1, 3, 4)}
        digest_at(half_past_seven(TUESDAY))
        text = text_of(reader)
        today, soon = text.split("Due in the next 3 days")
        assert rows[0].number in today
        assert rows[1].number in soon
        assert rows[3].number in soon
        assert rows[4].number not in text
        assert "1 due today" in OutgoingMail.objects.get().subject

    def test_closed_and_cancelled_orders_are_nobodys_worry(self) -> None:
        person("gm")
        for state in (Order.State.CLOSED, Order.State.CANCELLED, Order.State.ON_HOLD):
            Order.objects.filter(pk=order(due_in=-3).pk).update(state=state)
        assert digest_at(half_past_seven(TUESDAY)) == 0

    def test_a_late_job_is_told_with_its_reason_and_an_overdue_line_without_a_plan_too(self) -> None:
        floor = make_floor()
        line = add_lines(floor, 1, first_due=TUESDAY + 20 * DAY)[0]
        plan = make_month(floor, state="draft")
        plan.jobs.update(
            outcome=PlanJob.Outcome.LATE,
            late_days=8,
            finish_on=line.due_on + 8 * DAY,
            reason=PlanJob.Reason.CAPACITY,
            reason_stage=floor.stages["stitching"],
        )
        Plan.objects.filter(pk=plan.pk).update(state="published", published_at=half_past_seven(TUESDAY) - DAY)
        overdue = order(due_in=-1)
        reader = person("planning", language="en")
        digest_at(half_past_seven(TUESDAY))
        rows = [row for row in text_of(reader).splitlines() if line.order.number in row or overdue.number in row]
        assert any("8 days late" in row and "Stitching is full" in row for row in rows)
        assert any(overdue.number in row and "in no published plan" in row for row in rows)
        assert "2 late" in OutgoingMail.objects.get().subject

    def test_a_workshop_reads_its_day_and_week(self) -> None:
        floor = make_floor()
        add_lines(floor, 6)
        with time_machine.travel(half_past_seven(TUESDAY) - DAY, tick=False):
            month = make_month(floor, first_day=TUESDAY)
            week = make_week(month, monday=dt.date(2026, 12, 7))
            make_day(week, day=TUESDAY)
        reader = person("workshop", language="en")
        digest_at(half_past_seven(TUESDAY))
        text = text_of(reader)
        assert "Today's work" in text
        assert "裁断1组: " in text
        assert "This week" in text
        assert "No day plan is published" not in text

    def test_a_missing_day_plan_is_told_as_late(self) -> None:
        make_floor()
        reader = person("workshop", language="en")
        digest_at(half_past_seven(TUESDAY))
        assert "No day plan is published for today" in text_of(reader)

    def test_buyers_and_storekeepers_read_what_arrives_and_what_did_not(self) -> None:
        plant = order(due_in=60).plant
        supplier = Supplier.objects.create(code="S1", name="恒昌皮业")
        material = Material.objects.create(code="M-01", name="头层牛皮", unit="sf")
        days = {"PO-LATE": -1, "PO-TODAY": 0, "PO-SOON": 2, "PO-LATER": 9}
        for number, days_from_now in days.items():
            purchase_line(plant, material, number, supplier=supplier, quantity="1500.500", promised_on=TUESDAY + days_from_now * DAY)
        purchase_line(plant, material, "PO-OPEN", quantity=10, state="waiting")
        purchase_line(plant, material, "PO-HERE", quantity=10, state="received", promised_on=TUESDAY - DAY)
        buyer, keeper = person("purchasing", language="en"), person("warehouse", language="en")
        digest_at(half_past_seven(TUESDAY))
        expected = {"PO-LATE", "PO-TODAY", "PO-SOON", "PO-OPEN"}
        assert {number for number in [*days, "PO-OPEN", "PO-HERE"] if number in text_of(buyer)} == expected
        assert {number for number in [*days, "PO-OPEN", "PO-HERE"] if number in text_of(keeper)} == expected - {"PO-OPEN"}
        assert "1,500.5 sf" in text_of(buyer)

    def test_quality_and_technical_read_which_new_styles_wait(self) -> None:
        new = factories.style(is_new=True)
        factories.order(factories.line(new, due_on=TUESDAY + 30 * DAY))
        Order.objects.update(created_at=half_past_seven(TUESDAY) - 30 * DAY)
        readers = [person("qc"), person("technical")]
        digest_at(half_past_seven(TUESDAY))
        for reader in readers:
            assert new.code in text_of(reader)

    def test_a_new_style_says_what_it_waits_for_who_owes_it_and_when_it_is_released(self) -> None:
        reader = person("technical", language="en")
        Step.objects.filter(code="pattern_change").update(owner=reader)
        plan = support.planned("HD2644", due_on=TUESDAY + 60 * DAY, today=TUESDAY)
        Order.objects.update(created_at=half_past_seven(TUESDAY) - 30 * DAY)
        digest_at(half_past_seven(TUESDAY))
        with time_machine.travel(half_past_seven(TUESDAY)), translation.override("en"):
            planned, released, needed = (
                figures.day(day) for day in (plan.items.get(step__code="pattern_change").planned_on, plan.announced_on, plan.required_on)
            )
        assert f"waits for Pattern change: {reader}, {planned}" in text_of(reader)
        assert f"release {released}, needed by {needed}" in text_of(reader)

    def test_planning_reads_of_mail_that_waits_for_a_decision(self) -> None:
        order(due_in=60)
        put(mail(person()), state=OutgoingMail.State.UNCERTAIN)
        planner, boss = person("planning", language="en"), person("gm")
        digest_at(half_past_seven(TUESDAY))
        assert "Mails that failed or may not have left (1)" in text_of(planner)
        assert not OutgoingMail.objects.filter(to_user=boss).exists()

    def test_somebody_of_two_departments_gets_one_mail_with_each_part_once(self) -> None:
        order()
        reader = person("sales", "gm", language="en")
        assert digest_at(half_past_seven(TUESDAY)) == 1
        assert text_of(reader).count("Due today (1)") == 1

    def test_a_long_list_is_cut_and_counted(self) -> None:
        reader = person("gm", language="en")
        for _ in range(13):
            order()
        digest_at(half_past_seven(TUESDAY))
        assert "Due today (13)" in text_of(reader)
        assert "and 3 more" in text_of(reader)

    def test_the_queries_do_not_grow_with_people_and_orders(self, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        floor = make_floor()
        add_lines(floor, 30, first_due=TUESDAY)
        make_month(floor)
        for department in Department:
            for _ in range(4):
                person(department.value)
        with django_assert_max_num_queries(60):
            assert digest_at(half_past_seven(TUESDAY)) > 20


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_half_past_seven_write_one_round() -> None:
    order()
    person("sales")
    start = threading.Barrier(2)

    def run() -> int:
        start.wait()
        try:
            return send_due_digests(half_past_seven(TUESDAY))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        written = sorted(job.result() for job in [pool.submit(run), pool.submit(run)])
    assert written == [0, 1]
    assert OutgoingMail.objects.count() == 1
