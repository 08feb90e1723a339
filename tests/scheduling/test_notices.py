"""Publishing tells the departments: who gets which plan by which clause, what the mail says, and what is never lost."""

import datetime as dt
import io
from collections.abc import Iterator

import openpyxl
import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.outbox.models import Attachment, OutgoingMail
from scheduling.models import Plan, PlanJob
from scheduling.notices import plan_published
from tests.outbox.support import person
from tests.scheduling.plan_factories import Floor, add_lines, make_day, make_floor, make_month, make_week

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def factory_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def everybody() -> dict[str, User]:
    """One person in each department."""
    return {department.value: person(department.value, name=department.value) for department in Department}


@pytest.fixture
def floor() -> Floor:
    made = make_floor()
    add_lines(made, 12)
    return made


@pytest.fixture
def month(floor: Floor) -> Plan:
    return make_month(floor)


def publish(plan: Plan) -> Plan:
    """Publish a draft that a test has put its hands on; what is published takes no changes."""
    if plan.replaces:
        Plan.objects.filter(pk=plan.replaces.pk).update(state=Plan.State.SUPERSEDED)
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.PUBLISHED, published_at=clock.now())
    plan.refresh_from_db()
    return plan


def clauses() -> dict[str, str]:
    """Receiver → clauses of the mails that were written."""
    return dict(OutgoingMail.objects.values_list("to_user__username", "rule_code"))


def test_a_month_plan_goes_to_the_departments_of_e1b(everybody: dict[str, User], month: Plan) -> None:
    sent = plan_published(plan=month, by=everybody["planning"])
    assert clauses() == dict.fromkeys(["gm", "production", "purchasing", "qc", "sales", "technical"], "E1b")
    assert sent.mails == 6
    assert sent.empty_departments == ()


def test_a_week_plan_goes_by_e4_1_and_a_buyer_gets_one_mail_that_names_d4_too(everybody: dict[str, User], month: Plan) -> None:
    plan_published(plan=make_week(month), by=everybody["planning"])
    expected = dict.fromkeys(["production", "qc", "warehouse", "workshop"], "E4.1")
    assert clauses() == expected | {"purchasing": "D4, E4.1"}
    assert "D4, E4.1" in OutgoingMail.objects.get(to_user=everybody["purchasing"]).text


def test_a_day_plan_goes_to_the_workshop_with_the_work_of_each_team(everybody: dict[str, User], month: Plan) -> None:
    day = make_day(make_week(month))
    plan_published(plan=day, by=everybody["planning"])
    assert clauses() == {"workshop": "E4.2"}
    text = OutgoingMail.objects.get().text
    teams = {entry.team for entry in day.entries.select_related("team")}
    assert teams
    for team in teams:
        pairs = sum(entry.pairs for entry in day.entries.filter(team=team))
        [row] = [row for row in text.splitlines() if row.startswith(f"{team.name}：")]
        assert f"{pairs:,} 双" in row


def test_everybody_active_in_a_department_gets_one_mail_and_others_none(month: Plan) -> None:
    two = [person("qc", name="q1"), person("qc", name="q2")]
    both = person("sales", "gm", name="both")
    gone = person("qc", name="gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    person("planning")
    plan_published(plan=month, by=None)
    assert {mail.to_user for mail in OutgoingMail.objects.all()} == {*two, both}
    assert OutgoingMail.objects.get(to_user=both).department == "gm"


def test_the_mail_carries_the_excel_file_once_stored_and_a_link(settings: Settings, everybody: dict[str, User], month: Plan) -> None:
    settings.SITE_URL = "https://luyue.factory.example/"
    plan_published(plan=month, by=everybody["planning"])
    file = Attachment.objects.get()
    assert {mail.attachments.get() for mail in OutgoingMail.objects.all()} == {file}
    assert file.filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(bytes(file.content)), read_only=True)
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]
    assert month.jobs.all()[0].order_line.order.number in cells
    address = "https://luyue.factory.example" + reverse("scheduling:plan", args=[month.pk])
    for mail in OutgoingMail.objects.all():
        assert address in mail.text
        assert address in mail.html


def test_each_is_written_to_in_ones_own_language(month: Plan) -> None:
    person("qc", name="zh")
    person("qc", name="en", language="en")
    plan_published(plan=month, by=None)
    chinese, english = (OutgoingMail.objects.get(to_user__username=name) for name in ("zh", "en"))
    assert "Dec month plan published" in english.subject
    assert "Published by the timetable" in english.text
    assert "月计划" in chinese.subject
    assert "已发布" in chinese.subject
    assert "published" not in chinese.subject + chinese.text
    assert len({chinese.attachments.get(), english.attachments.get()}) == 2


def test_the_mail_names_the_ten_worst_late_jobs_with_their_reason(floor: Floor) -> None:
    month = make_month(floor, state="draft")
    late = list(month.jobs.all()[:12])
    for days, job in enumerate(late, 1):
        job.outcome, job.late_days, job.finish_on = PlanJob.Outcome.LATE, days, job.due_on + dt.timedelta(days=days)
        job.reason, job.reason_stage = PlanJob.Reason.CAPACITY, floor.stages["stitching"]
        job.save()
    person("qc", name="en", language="en")
    plan_published(plan=publish(month), by=None)
    mail = OutgoingMail.objects.get(to_user__username="en")
    named = [row for row in mail.text.splitlines() if row.startswith("- ")]
    assert len(named) == 10
    assert "12 days late" in named[0]
    assert "3 days late" in named[-1]
    assert "Stitching is full" in named[0]
    assert "and 2 more in the plan" in mail.text
    assert "12 jobs late" in mail.subject


def test_a_first_version_says_so_and_a_new_one_counts_what_changed(month: Plan, floor: Floor) -> None:
    person("qc", name="en", language="en")
    plan_published(plan=month, by=None)
    assert "First version." in OutgoingMail.objects.get().text
    later, gone = month.jobs.all()[0].order_line_id, month.jobs.all()[1].order_line_id
    second = make_month(floor, version=2, replaces=month, state="draft", lines=[line for line in floor.lines if line.pk != gone])
    for job in second.jobs.all():
        before = month.jobs.get(order_line=job.order_line_id)
        job.finish_on = before.finish_on
        if job.order_line_id == later and before.finish_on:
            job.finish_on = before.finish_on + dt.timedelta(days=2)
        job.save()
    plan_published(plan=publish(second), by=None)
    assert "Against v1: later 1, cancelled 1" in OutgoingMail.objects.order_by("-pk")[0].text


def test_a_week_counts_rows_that_moved_and_rows_with_other_pairs(month: Plan) -> None:
    person("qc", name="en", language="en")
    week = make_week(month)
    second = publish(make_week(month, version=2, replaces=week, state="draft"))
    plan_published(plan=second, by=None)
    assert "Against v1: the same work on the same days" in OutgoingMail.objects.get().text
    third = make_week(month, version=3, replaces=second, state="draft")
    entry = third.entries.all()[0]
    entry.pairs += 1
    entry.save()
    plan_published(plan=publish(third), by=None)
    assert "Against v2: other pairs 1" in OutgoingMail.objects.order_by("-pk")[0].text


def test_a_second_call_writes_nothing(everybody: dict[str, User], month: Plan) -> None:
    plan_published(plan=month, by=None)
    assert plan_published(plan=month, by=None).mails == 0
    assert OutgoingMail.objects.count() == 6
    assert audit.history_of(month).filter(action="distribute").count() == 1


def test_a_publication_that_fails_writes_to_nobody(everybody: dict[str, User], month: Plan) -> None:
    def publish_and_fail() -> None:
        with transaction.atomic():
            plan_published(plan=month, by=None)
            raise DomainError("overtaken")

    with pytest.raises(DomainError):
        publish_and_fail()
    assert not OutgoingMail.objects.exists()
    assert not Attachment.objects.exists()


def test_departments_without_people_and_people_without_an_address_are_on_record(month: Plan) -> None:
    person("qc", name="zheng", address="")
    person("gm")
    sent = plan_published(plan=month, by=None)
    assert set(sent.empty_departments) == {Department.PRODUCTION, Department.PURCHASING, Department.SALES, Department.TECHNICAL}
    assert [user.username for user in sent.without_address] == ["zheng"]
    change = audit.history_of(month).get(action="distribute")
    assert change.values["nobody in"] == [None, ["production", "purchasing", "sales", "technical"]]
    assert change.values["no address"] == [None, ["zheng"]]
    assert change.values["mails"] == [None, 2]


def test_with_nobody_anywhere_that_is_on_record_too(month: Plan) -> None:
    assert plan_published(plan=month, by=None).mails == 0
    assert len(audit.history_of(month).get(action="distribute").values["nobody in"][1]) == 6


def test_the_queries_do_not_grow_with_plan_and_people(
    month: Plan, floor: Floor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(15):
        person("qc")
        person("sales")
    with django_assert_max_num_queries(45):
        plan_published(plan=month, by=None)
