"""Plans that come out the same every time, and how near a run stays to the plan in force."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from planning_site.core.departments import Department
from scheduling import services
from scheduling.dials import Dials
from scheduling.models import Plan, PlanRun
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, make_month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ENTRY = ("order_line_id", "stage_id", "team_id", "day", "position", "pairs")


def execute(run: PlanRun) -> Plan:
    services.execute_plan_run(plan_run_id=run.pk)
    plan = PlanRun.objects.get(pk=run.pk).plan
    assert plan
    return plan


def made(floor: Floor, **bounds: Any) -> Plan:
    return execute(services.request_plan_run(plant=floor.plant, horizon="month", by=None, **bounds))


def planner() -> Client:
    client = Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    return client


@travel(TUESDAY, tick=False)
def test_a_plan_by_rounds_is_made_again_entry_for_entry_and_says_so() -> None:
    plan = made(factories.floor(lines=6), rounds=600)
    assert (plan.metrics["repeatable"], plan.metrics["asked_rounds"], plan.metrics["rounds"]) == (True, 600, 600)
    again = execute(services.make_again(plan=plan, by=None))
    assert again.metrics["again_of"]["same_entries"]
    assert list(again.entries.values_list(*ENTRY)) == list(plan.entries.values_list(*ENTRY))
    page = planner().get(reverse("scheduling:plan_made", args=[plan.pk])).content.decode()
    assert "Searched by 600 rounds" in page


@travel(TUESDAY, tick=False)
def test_a_plan_by_seconds_does_not_claim_it() -> None:
    plan = made(factories.floor(lines=2), seconds=0)
    assert not plan.metrics["repeatable"]
    assert "Searched by seconds" in planner().get(reverse("scheduling:plan_made", args=[plan.pk])).content.decode()


@travel(TUESDAY, tick=False)
def test_a_plan_by_rounds_that_another_worker_took_over_does_not_claim_it() -> None:
    floor = factories.floor(lines=2)
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, rounds=200)
    PlanRun.objects.filter(pk=run.pk).update(attempts=1)
    assert not execute(run).metrics["repeatable"]


@travel(TUESDAY, tick=False)
def test_a_planner_says_how_near_to_the_plan_in_force_one_run_stays() -> None:
    floor = factories.floor(lines=3)
    make_month(floor)
    services.set_weights(plant=floor.plant, dials=Dials(punctual=4, steady=2), why="rush", by=None)
    planner().post(reverse("scheduling:plan_request"), {"horizon": "month", "steady": "5", "search": "rounds"})
    run = PlanRun.objects.latest("pk")
    assert (run.steady, run.dials.steady, run.dials.punctual, bool(run.rounds)) == (5, 5, 4, True)
    assert execute(run).metrics["weights"]["steady"] == 5
    PlanRun.objects.all().update(steady=None)
    assert PlanRun.objects.get(pk=run.pk).dials.steady == 2


@pytest.mark.parametrize("asked", [{"steady": "6"}, {"steady": "best"}, {"search": "11"}, {"search": "forever"}, {"horizon": "year"}])
def test_what_cannot_be_asked_of_a_run(asked: dict[str, str]) -> None:
    factories.floor(lines=1)
    assert planner().post(reverse("scheduling:plan_request"), {"horizon": "month"} | asked).status_code == 400
    assert not PlanRun.objects.exists()


def test_every_form_of_the_page_carries_its_token() -> None:
    factories.floor(lines=1)
    page = planner().get(reverse("scheduling:runs")).content.decode()
    forms = page.split("<form ")[1:]
    assert [form.split(">")[0] for form in forms if 'method="post"' in form and "csrfmiddlewaretoken" not in form.split("</form>")[0]] == []
    assert 'class="makemonth"' in page
