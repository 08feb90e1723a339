"""From the bar of a cause to its jobs, from a late job to its chain of reasons; load and stability in the head of the plan."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning_site.core.departments import Department
from scheduling.models import Plan, PlanJob
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon")]


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=12, pairs=2400)


@pytest.fixture
def client() -> Client:
    browser = Client()
    browser.force_login(people.user(Department.PLANNING, language="en"))
    return browser


def late_month(floor: Floor) -> Plan:
    """A draft with one job late for capacity at lasting, one for its release, and one that is not planned."""
    month = make_month(floor, state="draft")
    month.jobs.update(outcome="on_time", late_days=0, late_pairs=0, reason="", reason_stage=None, reason_detail={})
    late = {"outcome": PlanJob.Outcome.LATE, "late_days": 3, "late_pairs": 90}
    detail = {
        "teams": [floor.teams["lasting"][0].pk],
        "first_day": "2026-12-12",
        "last_day": "2026-12-15",
        "days": 2,
        "order_lines": [floor.lines[5].pk],
        "further": [{"reason": "release", "stage": None, "first_day": "2026-12-10", "days": 1}],
    }
    month.jobs.filter(order_line=floor.lines[0]).update(
        **late, reason="capacity", reason_stage=floor.stages["lasting"], reason_detail=detail
    )
    month.jobs.filter(order_line=floor.lines[1]).update(**late, reason="release", reason_detail={"first_day": "2026-12-10"})
    month.jobs.filter(order_line=floor.lines[2]).update(
        outcome="left_out", finish_on=None, reason="no_team", reason_stage=floor.stages["lasting"]
    )
    return month


def test_the_bar_of_a_cause_leads_to_its_jobs_and_to_no_others(floor: Floor, client: Client) -> None:
    month = late_month(floor)
    address = reverse("scheduling:plan", args=[month.pk])
    assert "?reason=capacity&amp;at=lasting#jobs" in client.get(address).content.decode()
    for query, line in (
        ({"reason": "capacity", "at": "lasting"}, 0),
        ({"reason": "release"}, 1),
        ({"reason": "no_team", "at": "lasting"}, 2),
    ):
        rows = client.get(address, query).context["rows"]
        assert [row.job.order_line_id for row in rows] == [floor.lines[line].pk]
    assert client.get(address, {"reason": "capacity", "at": "cutting"}).context["rows"] == []


def test_a_late_job_opens_its_chain_with_those_in_the_way(floor: Floor, client: Client) -> None:
    month = late_month(floor)
    address = reverse("scheduling:plan_job", args=[month.pk, floor.lines[0].pk])
    assert address in client.get(reverse("scheduling:plan", args=[month.pk])).content.decode()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert len(queries) <= 15
    why = response.context["why"]
    assert [(link.reason, link.days) for link in why.chain] == [("capacity", 2), ("release", 1)]
    assert why.chain[0].rivals == (floor.lines[5],)
    assert [stay.stage.code for stay in why.stays if stay.is_named] == ["lasting"]
    shown = response.content.decode()
    assert "Lasting is full 12 Dec–15 Dec" in shown
    assert reverse("scheduling:plan_job", args=[month.pk, floor.lines[5].pk]) in shown


def test_a_job_that_is_not_in_the_plan_is_not_found_and_a_draft_is_not_shown_to_sales(floor: Floor, client: Client) -> None:
    month = make_month(floor, lines=floor.lines[:5], state="draft")
    assert client.get(reverse("scheduling:plan_job", args=[month.pk, floor.lines[9].pk])).status_code == 404
    sales = Client()
    sales.force_login(people.user(Department.SALES))
    assert sales.get(reverse("scheduling:plan_job", args=[month.pk, floor.lines[0].pk])).status_code == 404


def test_the_head_of_a_plan_shows_load_by_stage_and_how_much_moved(floor: Floor, client: Client) -> None:
    before = make_month(floor, state="superseded")
    month = make_month(floor, version=2, replaces=before, state="draft")
    Plan.objects.filter(pk=month.pk).update(metrics=month.metrics | {"compared_pairs": 2000, "moved_pairs": 250})
    response = client.get(reverse("scheduling:plan", args=[month.pk]))
    shown = " ".join(response.content.decode().split())
    assert "Moved against v1</dt><dd>12.5%</dd>" in shown
    assert [block.stage.code for block in response.context["loads"].stages] == list(floor.stages)
    assert f"{reverse('scheduling:plan', args=[month.pk])}?stage=cutting&amp;week=" in shown
