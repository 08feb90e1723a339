"""Too much and too little: overload with the plan's ways out (B3a), idle windows with what would fit (B4), and sales told once."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.outbox.models import OutgoingMail
from scheduling import services
from scheduling.answers.capacity import capacity_view
from scheduling.models import CapacityNotice, Plan, PlanRun, Team
from scheduling.selectors.floor import floor_of
from scheduling.services.capacity_notices import tell_sales_of_capacity
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(factories.NOON, tick=False):
        yield


def plan_of(floor: Floor) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    made = PlanRun.objects.get(pk=run.pk).plan
    assert made
    return Plan.objects.select_related("plant").get(pk=made.pk)


@pytest.fixture
def full() -> Plan:
    """One lasting team of four is left for far more work than it can do in time."""
    floor = factories.floor(lines=10, pairs=2400)
    Team.objects.filter(pk__in=[team.pk for team in floor.teams["lasting"][1:]]).update(people=None)
    return plan_of(floor)


@pytest.fixture
def easy() -> Plan:
    return plan_of(factories.floor(lines=2, pairs=240))


def test_b3a_overload_names_the_stage_that_is_short_and_the_ways_out_in_the_factorys_order(full: Plan) -> None:
    view = capacity_view(full, floor_of(full.plant))
    assert "lasting" in {row.stage.code for row in view.overloads if row.stage}
    assert all(row.excess > 0 and row.first <= row.last and row.lines for row in view.overloads)
    order = ["inside", "overtime", "outsourcing", "postpone"]
    assert [remedy.kind for remedy in view.totals] == sorted((remedy.kind for remedy in view.totals), key=order.index)
    assert "postpone" in {remedy.kind for remedy in view.totals}
    assert sum(remedy.hours for row in view.overloads for remedy in row.remedies) <= sum(remedy.hours for remedy in view.totals) + 1e-6


def test_a_plan_with_room_has_no_overload_and_names_idle_windows(easy: Plan) -> None:
    view = capacity_view(easy, floor_of(easy.plant))
    assert (view.overloads, view.totals, view.excess) == ((), (), 0)
    assert view.idle
    assert all(row.team and row.hours > 0 and row.first <= row.last for row in view.idle)
    assert any(count > 0 for row in view.idle for _family, count in row.pairs)


def test_b3a_and_b4_sales_is_told_once_for_a_plan(full: Plan) -> None:
    seller, view = people.user(Department.SALES), capacity_view(full, floor_of(full.plant))
    people.user(Department.PURCHASING)
    for kind, clause in (("overload", "B3a"), ("idle", "B4")):
        notice = tell_sales_of_capacity(plan=full, kind=kind, view=view, by=None)
        mail = OutgoingMail.objects.get(rule_code=clause)
        assert mail.to_user == seller
        assert notice.lines
        assert [change.action for change in audit.history_of(notice)] == ["tell"]
        with pytest.raises(DomainError, match="told of this already"):
            tell_sales_of_capacity(plan=full, kind=kind, view=view, by=None)
    assert CapacityNotice.objects.count() == OutgoingMail.objects.count() == 2


def test_there_is_nothing_to_tell_of_a_plan_without_overload(easy: Plan) -> None:
    with pytest.raises(DomainError, match="nothing to tell"):
        tell_sales_of_capacity(plan=easy, kind="overload", view=capacity_view(easy, floor_of(easy.plant)), by=None)
    assert not OutgoingMail.objects.exists()


def test_nobody_is_told_of_a_plan_that_was_put_aside(full: Plan) -> None:
    full.state = Plan.State.SUPERSEDED
    with pytest.raises(DomainError, match="does not stand"):
        tell_sales_of_capacity(plan=full, kind="overload", view=capacity_view(full, floor_of(full.plant)), by=None)
    assert not OutgoingMail.objects.exists()


def browser(department: Department) -> Client:
    client = Client()
    client.force_login(people.user(department, language="en"))
    return client


def test_planning_tells_sales_on_the_page(full: Plan) -> None:
    client, address = browser(Department.PLANNING), reverse("scheduling:capacity", args=[full.pk])
    client.get(address)  # warm
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert len(queries) <= 15, [query["sql"][:90] for query in queries]
    assert len(page.encode()) < 100_000
    assert "Tell sales what is done" in page
    assert client.post(reverse("scheduling:capacity_tell", args=[full.pk]), {"kind": "nothing"}).status_code == 400
    page = client.post(reverse("scheduling:capacity_tell", args=[full.pk]), {"kind": "overload"}, follow=True).content.decode()
    assert "sales told" in page
    assert "Tell sales what is done" not in page


def test_the_month_plan_leads_to_its_overload_and_idle_time(easy: Plan) -> None:
    page = browser(Department.PLANNING).get(reverse("scheduling:plan", args=[easy.pk])).content.decode()
    assert reverse("scheduling:capacity", args=[easy.pk]) in page


def test_sales_reads_a_published_plans_capacity_and_does_not_see_a_draft(full: Plan) -> None:
    client, address = browser(Department.SALES), reverse("scheduling:capacity", args=[full.pk])
    assert client.get(address).status_code == 404
    Plan.objects.filter(pk=full.pk).update(state="published", published_at=factories.NOON)
    page = client.get(address).content.decode()
    assert "How the plan gets by" in page
    assert '<form method="post" action="' + reverse("scheduling:capacity_tell", args=[full.pk]) not in page
    assert client.post(reverse("scheduling:capacity_tell", args=[full.pk]), {"kind": "idle"}).status_code == 403
