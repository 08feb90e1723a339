"""B3b: planning asks sales for a later due day, order by order, with the reason and the earliest day; silence is escalated."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from orders.models import Order, OrderLine
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.outbox.models import OutgoingMail
from scheduling import services, tasks
from scheduling.models import Plan, PlanJob, PostponeRequest
from scheduling.services.postpone import answer_request, ask_to_postpone, close_request, escalate_unanswered
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_month

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)  # a Tuesday
State = PostponeRequest.State


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with travel(NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=6, pairs=600)


@pytest.fixture
def seller() -> User:
    return people.user(Department.SALES, name="hefang", language="en")


def late_month(floor: Floor, late: int = 3) -> Plan:
    month = make_month(floor, state="draft")
    month.jobs.update(outcome="on_time", late_days=0, late_pairs=0, reason="", reason_stage=None, reason_detail={})
    for line in floor.lines[:late]:
        values = {"finish_on": line.due_on + dt.timedelta(days=4), "late_days": 4, "late_pairs": 90}
        month.jobs.filter(order_line=line).update(
            outcome=PlanJob.Outcome.LATE, reason="capacity", reason_stage=floor.stages["lasting"], **values
        )
    services.publish_plan(plan_id=month.pk, by=None)
    return month


def asked(floor: Floor, *lines: int) -> list[PostponeRequest]:
    month = Plan.objects.filter(horizon="month").first() or late_month(floor)
    return ask_to_postpone(plan=month, order_lines=[floor.lines[n].pk for n in lines], by=None)


def due(line: OrderLine) -> dt.date:
    return OrderLine.objects.get(pk=line.pk).due_on


def test_a_request_has_the_reason_the_earliest_day_and_a_time_to_answer(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    line = floor.lines[0]
    assert (request.due_on, request.earliest_on) == (line.due_on, line.due_on + dt.timedelta(days=4))
    assert request.reason
    assert request.answer_by == dt.datetime(2026, 12, 10, 9, 0, tzinfo=dt.UTC)  # 17:00 in the factory, two working days later
    [mail] = OutgoingMail.objects.filter(to_user=seller, key__startswith="postpone:")
    assert mail.rule_code == "B3b"
    assert line.order.number in mail.text


def test_all_lines_of_a_batch_go_in_one_mail_per_person(floor: Floor, seller: User) -> None:
    asked(floor, 0, 1, 2)
    assert OutgoingMail.objects.filter(to_user=seller, key__startswith="postpone:").count() == 1


def test_lines_that_are_on_time_or_wait_already_are_not_asked_for(floor: Floor) -> None:
    asked(floor, 0)
    with pytest.raises(DomainError) as caught:
        asked(floor, 0, 5)
    assert caught.value.code == "nothing"
    assert [request.order_line for request in asked(floor, 0, 1, 5)] == [floor.lines[1]]


def test_the_database_holds_one_waiting_request_per_line(floor: Floor) -> None:
    [request] = asked(floor, 0)
    request.pk, request._state.adding = None, True
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        request.save(force_insert=True)


def test_an_accepted_day_becomes_the_due_day_with_the_reason_on_record(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    answer_request(request_id=request.pk, verdict="accepted", by=seller)
    assert due(floor.lines[0]) == request.earliest_on
    change = audit.history_of(floor.lines[0]).first()
    assert change
    assert (change.by, change.values["due_on"]) == (seller, [request.due_on.isoformat(), request.earliest_on.isoformat()])
    assert "B3b" in change.why
    with pytest.raises(DomainError) as caught:
        answer_request(request_id=request.pk, verdict="refused", by=seller, note="no")
    assert caught.value.code == "answered"


def test_a_counter_waits_for_planning_who_takes_it(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    day = request.due_on + dt.timedelta(days=2)
    answer_request(request_id=request.pk, verdict="countered", by=seller, day=day, note="ship is on the 18th")
    assert due(floor.lines[0]) == request.due_on
    close_request(request_id=request.pk, verdict="accepted", by=None)
    assert (due(floor.lines[0]), PostponeRequest.objects.get().state) == (day, State.ACCEPTED)


def test_an_answer_that_is_not_whole_is_refused(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    for values, code in (
        ({"verdict": "countered"}, "day"),
        ({"verdict": "countered", "day": request.due_on}, "day"),
        ({"verdict": "refused", "note": " "}, "note"),
        ({"verdict": "withdrawn"}, "answered"),
    ):
        with pytest.raises(DomainError) as caught:
            answer_request(request_id=request.pk, by=seller, **values)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        close_request(request_id=request.pk, verdict="accepted", by=None)
    assert caught.value.code == "not_countered"
    assert PostponeRequest.objects.get().state == State.OPEN


def test_a_refusal_leaves_the_due_day_and_the_line_can_be_asked_for_again(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    answer_request(request_id=request.pk, verdict="refused", by=seller, note="the fair opens")
    assert due(floor.lines[0]) == request.due_on
    assert len(asked(floor, 0)) == 1


def test_an_order_that_was_cancelled_meanwhile_keeps_its_due_day(floor: Floor, seller: User) -> None:
    [request] = asked(floor, 0)
    Order.objects.filter(pk=floor.lines[0].order_id).update(state=Order.State.CANCELLED)
    with pytest.raises(DomainError) as caught:
        answer_request(request_id=request.pk, verdict="accepted", by=seller)
    assert caught.value.code == "not_open"
    assert PostponeRequest.objects.get().state == State.OPEN


def test_silence_is_escalated_once_however_often_one_looks_and_however_late(floor: Floor, seller: User) -> None:
    boss = people.user(Department.GM, name="huang")
    waiting, answered = asked(floor, 0, 1)
    answer_request(request_id=answered.pk, verdict="refused", by=seller, note="no")
    assert escalate_unanswered(now=waiting.answer_by) == []
    with travel(waiting.answer_by + dt.timedelta(days=9), tick=False):
        tasks.escalate_unanswered()
        tasks.escalate_unanswered()
    waiting.refresh_from_db()
    assert waiting.escalated_at is not None
    assert PostponeRequest.objects.get(pk=answered.pk).escalated_at is None
    assert OutgoingMail.objects.filter(to_user=boss, key__startswith="postpone:escalated").count() == 1
    answer_request(request_id=waiting.pk, verdict="accepted", by=seller)  # an answer is still an answer


def browser(*departments: Department) -> Client:
    client = Client()
    client.force_login(people.user(*departments, language="en"))
    return client


def test_planning_asks_and_sales_answers_on_the_page(floor: Floor) -> None:
    month = late_month(floor)
    planner, sales = browser(Department.PLANNING), browser(Department.SALES)
    page = planner.get(reverse("scheduling:postpone"))
    assert [row.job.order_line for row in page.context["askable"]] == floor.lines[:3]
    planner.post(reverse("scheduling:postpone_ask"), {"plan": month.pk, "line": [floor.lines[0].pk, floor.lines[2].pk]})
    with CaptureQueriesContext(connection) as queries:
        page = sales.get(reverse("scheduling:postpone"))
    assert len(queries) <= 15
    assert page.context["askable"] == []
    assert len(page.context["page"].object_list) == 2
    first, second = page.context["page"].object_list
    sales.post(reverse("scheduling:postpone_answer", args=[first.pk]), {"verdict": "accepted"})
    sales.post(reverse("scheduling:postpone_answer", args=[second.pk]), {"verdict": "countered", "day": "2027-01-05"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.answer_on) == (State.ACCEPTED, State.COUNTERED, dt.date(2027, 1, 5))
    planner.post(reverse("scheduling:postpone_close", args=[second.pk]), {"verdict": "withdrawn"})
    assert PostponeRequest.objects.get(pk=second.pk).state == State.WITHDRAWN


def test_planning_cannot_answer_for_sales(floor: Floor) -> None:
    [request] = asked(floor, 0)
    address = reverse("scheduling:postpone_answer", args=[request.pk])
    assert browser(Department.PLANNING).post(address, {"verdict": "accepted"}).status_code == 403
    assert PostponeRequest.objects.get().state == State.OPEN
