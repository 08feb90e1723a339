"""Pages on which plans are asked for, watched and published, and the capacity of teams is kept."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from scheduling import services
from scheduling.models import Plan, PlanRun
from tests import factories as people
from tests.scheduling.factories import NOON
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.pages import browser, text_of
from tests.scheduling.plan_factories import Floor, make_month, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon")]


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=12, pairs=2400)


def test_asking_for_a_plan_leads_to_its_run_and_a_second_wish_to_the_same(floor: Floor, services: object) -> None:
    client = browser(Department.PLANNING)
    response = client.post(reverse("scheduling:plan_request"), {"horizon": "month"})
    run = PlanRun.objects.get()
    assert response["Location"] == reverse("scheduling:run", args=[run.pk])
    again = client.post(reverse("scheduling:plan_request"), {"horizon": "month"}, follow=True)
    assert again.redirect_chain[0][0] == reverse("scheduling:run", args=[run.pk])
    assert "is being made already" in again.content.decode()
    assert PlanRun.objects.count() == 1


def test_a_week_plan_without_month_plan_is_refused_in_words(floor: Floor) -> None:
    response = browser(Department.PLANNING).post(reverse("scheduling:plan_request"), {"horizon": "week"}, follow=True)
    assert "Publish a month plan first" in response.content.decode()
    assert not PlanRun.objects.exists()


def test_a_period_that_is_published_can_be_made_again(floor: Floor) -> None:
    week = make_week(make_month(floor))
    client = browser(Department.PLANNING)
    assert f'name="period" value="{week.period}"' in client.get(reverse("scheduling:week")).content.decode()
    client.post(reverse("scheduling:plan_request"), {"horizon": "week", "period": week.period.isoformat()})
    assert PlanRun.objects.get().period == week.period


def test_a_horizon_that_does_not_exist_is_a_bad_request(floor: Floor) -> None:
    assert browser(Department.PLANNING).post(reverse("scheduling:plan_request"), {"horizon": "year"}).status_code == 400


def test_a_run_is_watched_until_it_leads_to_its_draft(floor: Floor) -> None:
    run = PlanRun.objects.create(
        plant=floor.plant, horizon="month", period=dt.date(2026, 12, 1), state="running", percent=40, step="searching"
    )
    run.best = {"late_jobs": 4, "cost": 1234.0, "seconds": 2.0}
    run.started_at = NOON - dt.timedelta(seconds=7)
    run.save()
    client, url = browser(Department.PLANNING), reverse("scheduling:run", args=[run.pk])
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "every" not in part.split("hx-trigger=")[1][:20]
    figures = re.findall(r"<dd[^>]*>([\d,]+)", part)
    assert figures == ["4", "1,234", "2"]
    PlanRun.objects.filter(pk=run.pk).update(state="done", plan=make_month(floor, state="draft"))
    done = client.get(url, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == reverse("scheduling:plan", args=[Plan.objects.get().pk])
    assert client.get(url)["Location"] == done["HX-Redirect"]
    assert "Planning looks at it" in text_of(browser(Department.SALES), url)


def test_a_failed_run_says_what_went_wrong_and_is_not_watched(floor: Floor) -> None:
    run = PlanRun.objects.create(
        plant=floor.plant, horizon="week", period=dt.date(2026, 12, 14), state="failed", error="Everything is closed."
    )
    shown = browser(Department.PLANNING).get(reverse("scheduling:run", args=[run.pk])).content.decode()
    assert "Everything is closed." in shown
    assert f"run {run.pk}" in shown
    assert 'hx-get="/planning/runs/' not in shown


def test_cancelling_a_waiting_run_ends_it(floor: Floor) -> None:
    run = PlanRun.objects.create(plant=floor.plant, horizon="month", period=dt.date(2026, 12, 1))
    client = browser(Department.PLANNING)
    response = client.post(reverse("scheduling:run_cancel", args=[run.pk]), follow=True)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "Cancelled" in response.content.decode()
    again = client.post(reverse("scheduling:run_cancel", args=[run.pk]), follow=True)
    assert "This run is over" in again.content.decode()


def receiver() -> User:
    person = people.user(Department.PURCHASING, name="lubuyer")
    person.email = "lu@example.com"
    person.save()
    return person


def test_publishing_says_first_what_follows(floor: Floor) -> None:
    receiver()
    before = make_month(floor)
    week = make_week(before)
    draft = make_month(floor, version=2, state="draft", replaces=before)
    shown = text_of(browser(Department.PLANNING), reverse("scheduling:plan_publish", args=[draft.pk]))
    assert "YJH-2026-12 v1 is superseded and stays readable." in shown
    assert f"{week} was made from the old version" in shown
    assert "lubuyer" in shown
    assert "1 mail with the Excel file" in shown
    assert "nobody is in this department" in shown
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_publishing_makes_the_draft_what_everybody_sees(floor: Floor) -> None:
    receiver()
    draft = make_month(floor, state="draft")
    response = browser(Department.PLANNING).post(
        reverse("scheduling:plan_publish", args=[draft.pk]), {"why": "monthly review"}, follow=True
    )
    draft.refresh_from_db()
    assert draft.state == "published"
    assert response.context["plan"] == draft
    assert audit.history_of(draft).filter(action="publish").get().why == "monthly review"
    assert browser(Department.SALES).get(reverse("scheduling:month")).context["plan"] == draft


def test_whoever_publishes_second_is_told_who_was_first(floor: Floor) -> None:
    before = make_month(floor)
    late = make_month(floor, version=2, state="draft", replaces=before)
    first = make_month(floor, version=3, state="draft", replaces=before)
    by = people.user(Department.PLANNING, name="wangplanner")
    services.publish_plan(plan_id=first.pk, by=by)
    url = reverse("scheduling:plan_publish", args=[late.pk])
    assert browser(Department.PLANNING).get(url).status_code == 302
    response = browser(Department.PLANNING).post(url)
    assert response.status_code == 409
    assert "put aside" in response.content.decode()
    Plan.objects.filter(pk=first.pk).get()
    overtaken = make_month(floor, version=4, state="draft", replaces=before)
    told = browser(Department.PLANNING).post(reverse("scheduling:plan_publish", args=[overtaken.pk]))
    assert told.status_code == 409
    assert "wangplanner" in told.content.decode()


def test_a_draft_can_be_put_aside(floor: Floor) -> None:
    draft = make_month(floor, state="draft")
    response = browser(Department.PLANNING).post(reverse("scheduling:plan_publish", args=[draft.pk]), {"action": "discard"}, follow=True)
    draft.refresh_from_db()
    assert draft.state == "superseded"
    assert "put aside and never published" in response.content.decode()


def test_other_departments_may_neither_make_nor_publish(floor: Floor) -> None:
    draft = make_month(floor, state="draft")
    client = browser(Department.PRODUCTION, Department.SALES)
    assert client.post(reverse("scheduling:plan_request"), {"horizon": "month"}).status_code == 403
    assert client.post(reverse("scheduling:plan_publish", args=[draft.pk])).status_code == 403
    assert client.post(reverse("scheduling:team_edit", args=[floor.teams["cutting"][0].pk])).status_code == 403


CAPACITY = {"people": 20, "hours": "9.5", "efficiency": "90", "overtime_hours": "2", "families": "男正装，男休闲", "why": "two joined"}


def test_capacity_is_changed_by_planners_and_on_record(floor: Floor) -> None:
    team = floor.teams["cutting"][0]
    url = reverse("scheduling:team_edit", args=[team.pk])
    assert browser(Department.PLANNING).post(url, CAPACITY).status_code == 302
    team.refresh_from_db()
    assert (team.people, str(team.hours), team.families) == (20, "9.50", ["男正装", "男休闲"])
    change = audit.history_of(team).get()
    assert change.why == "two joined"
    assert change.values["people"] == [16, 20]
    assert browser(Department.PLANNING).post(url, CAPACITY).status_code == 302
    assert audit.history_of(team).count() == 1


def test_an_emptied_capacity_is_unknown_not_zero(floor: Floor) -> None:
    team = floor.teams["cutting"][0]
    browser(Department.PLANNING).post(reverse("scheduling:team_edit", args=[team.pk]), CAPACITY | {"people": "", "families": ""})
    team.refresh_from_db()
    assert team.people is None
    assert team.families is None
    assert not team.is_rated
    assert "1 team not rated" in text_of(browser(Department.PLANNING), reverse("scheduling:teams"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"families": "凉鞋"}, "No style is of the family 凉鞋"),
        ({"hours": "23", "overtime_hours": "3"}, "more than a day"),
        ({"people": "-1"}, "greater than or equal to 1"),
        ({"efficiency": "900"}, "less than or equal to 200"),
    ],
)
def test_a_wrong_capacity_comes_back_with_its_reason(floor: Floor, wrong: dict[str, str], told: str) -> None:
    team = floor.teams["cutting"][0]
    response = browser(Department.PLANNING).post(reverse("scheduling:team_edit", args=[team.pk]), CAPACITY | wrong)
    assert response.status_code == 200
    assert told in response.content.decode()
    team.refresh_from_db()
    assert team.people == 16
