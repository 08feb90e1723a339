"""Plan pages as people get them: what they show, to whom, in how many queries and bytes."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import OrderLine
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from scheduling import services
from scheduling.models import Plan, PlanRun
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_day, make_month, make_plan, make_week

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)
MOST_QUERIES = 15
MOST_BYTES = 100_000


@pytest.fixture(autouse=True)
def factory_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=12, pairs=2400)


def browser(*departments: Department, language: str = "en") -> Client:
    """A browser in which somebody of the departments is logged in."""
    client = Client()
    client.force_login(people.user(*departments, language=language))
    return client


def text_of(client: Client, url: str) -> str:
    """A page's words, without tags and with single spaces."""
    response = client.get(url)
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# size and queries


@pytest.fixture
def big() -> dict[str, Plan]:
    """300 jobs: two versions of the month, week and day plan, so that every page also compares."""
    big = make_floor(lines=300, styles=12, pairs=1200)
    before = make_month(big, state="superseded")
    month = make_month(big, version=2, replaces=before)
    old_week = make_week(month, state="superseded")
    week = make_week(month, version=2, replaces=old_week)
    return {"month": month, "week": week, "day": make_day(week)}


def test_pages_of_300_jobs_stay_within_queries_and_size(big: dict[str, Plan]) -> None:
    client = browser(Department.PLANNING)
    urls = [reverse(f"scheduling:{name}") for name in ("month", "week", "day", "load", "runs", "teams")]
    urls += [f"{reverse('scheduling:month')}?q=HT&state=late&stage=lasting&week=2026-12-14&changed=any&page=2"]
    urls += [reverse("scheduling:plan", args=[plan.pk]) for plan in big.values()]
    for url in urls:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(url)
        assert response.status_code == 200
        assert len(queries) <= MOST_QUERIES, (url, [query["sql"][:90] for query in queries])
        assert len(response.content) < MOST_BYTES, url


def test_a_month_page_shows_a_hundred_rows_and_the_sums_of_all(big: dict[str, Plan]) -> None:
    client = browser(Department.SALES)
    first = client.get(reverse("scheduling:month"))
    assert len(first.context["rows"]) == 100
    assert first.context["totals"].pairs == sum(big["month"].jobs.values_list("pairs", flat=True))
    last = client.get(reverse("scheduling:month"), {"page": 3})
    assert {row.job.pk for row in last.context["rows"]}.isdisjoint(row.job.pk for row in first.context["rows"])


# what is shown


def test_month_opens_with_the_answer_and_names_the_first_reason(floor: Floor) -> None:
    month = make_month(floor, state="draft")
    month.jobs.update(outcome="on_time", late_days=0, late_pairs=0, reason="", reason_stage=None, reason_detail={})
    late = {"outcome": "late", "late_days": 3, "late_pairs": 90, "reason": "capacity", "reason_stage": floor.stages["lasting"]}
    month.jobs.filter(order_line=floor.lines[0]).update(**late, reason_detail={"first_day": "2026-12-12", "last_day": "2026-12-15"})
    shown = text_of(browser(Department.PLANNING), reverse("scheduling:month"))
    assert "11 of 12 jobs on time (91.7%). 1 late, by 3 days." in shown
    assert "Lasting is full 12 Dec–15 Dec" in shown
    assert "3 days late" in shown
    chinese = text_of(browser(Department.PLANNING, language="zh-hans"), reverse("scheduling:month"))
    assert "12 单里 11 单准时（91.7%）。 1 单迟，最多迟 3 天。" in chinese
    assert "成型 12/12–12/15 排满" in chinese


def test_a_month_without_plan_offers_to_make_one_to_planners_only(floor: Floor) -> None:
    assert "Make month plan" in text_of(browser(Department.PLANNING), reverse("scheduling:month"))
    assert "Make month plan" not in text_of(browser(Department.SALES), reverse("scheduling:month"))


@pytest.mark.parametrize("name", ["month", "week", "day"])
def test_a_draft_is_mentioned_to_sales_and_not_opened(floor: Floor, name: str) -> None:
    month = make_month(floor)
    week = make_week(month)
    made = {"month": month, "week": week, "day": make_day(week)}[name]
    draft = make_plan(floor, horizon=name, period=made.period, version=2, state="draft", replaces=made)
    address = reverse("scheduling:plan", args=[draft.pk])
    for department, status in ((Department.SALES, 404), (Department.PLANNING, 200)):
        client = browser(department)
        page = client.get(reverse(f"scheduling:{name}"))
        assert page.context["plan"] == made
        assert "raft v2" in page.content.decode()
        assert (address in page.content.decode()) is (status == 200)
        assert client.get(address).status_code == status
        assert client.get(reverse("scheduling:plan_export", args=[draft.pk])).status_code == status
        assert client.get(reverse(f"scheduling:{name}"), {"period": made.period.isoformat(), "version": "2"}).status_code == status


def test_an_unknown_version_is_not_found(floor: Floor) -> None:
    make_month(floor)
    assert browser(Department.SALES).get(reverse("scheduling:month"), {"version": "9", "period": "2026-12"}).status_code == 404


def test_unreadable_parameters_count_as_not_given(floor: Floor) -> None:
    make_month(floor)
    query = {
        "period": "x",
        "version": "١",
        "page": "many",
        "week": "2026-99",
        "team": "-1",
        "customer": "a",
        "sort": "nothing",
        "state": "?",
    }
    response = browser(Department.SALES).get(reverse("scheduling:month"), query)
    assert response.status_code == 200
    assert len(response.context["rows"]) == 12


def test_columns_sort_up_down_and_back(floor: Floor) -> None:
    make_month(floor)
    client = browser(Department.SALES)
    for sort, expected in (("pairs", sorted), ("-pairs", lambda values: sorted(values, reverse=True))):
        pairs = [row.job.pairs for row in client.get(reverse("scheduling:month"), {"sort": sort}).context["rows"]]
        assert pairs == expected(pairs)
    heads = client.get(reverse("scheduling:month"), {"sort": "-pairs"}).context["heads"]
    assert next(head for head in heads if head.sorted).sort is None


def test_week_marks_what_changed_and_counts_it(floor: Floor) -> None:
    month = make_month(floor)
    before = make_week(month, state="superseded")
    now = make_week(month, version=2, state="draft", replaces=before)
    entry = now.entries.filter(stage__code="lasting").order_by("-day").first()
    assert entry
    now.entries.filter(order_line=entry.order_line, stage=entry.stage).exclude(pk=entry.pk).delete()
    other = next(team for team in floor.teams["lasting"] if team.pk != entry.team_id)
    now.entries.filter(pk=entry.pk).update(team=other, position=99)
    response = browser(Department.PLANNING).get(reverse("scheduling:week"), {"period": now.period.isoformat(), "version": "2"})
    differences = {found["kind"].value: found for found in response.context["differences"]}
    assert differences["team"]["count"] == 1
    assert differences["team"]["names"] == [f"{entry.order_line.style} {entry.order_line.colour}"]
    only = browser(Department.PLANNING).get(reverse("scheduling:plan", args=[now.pk]), {"changed": 1}).content.decode()
    assert only.count("<tr data-row") == 1


def test_week_is_cut_into_printed_sheets_of_stages_that_fit(floor: Floor) -> None:
    make_week(make_month(floor))
    response = browser(Department.WORKSHOP).get(reverse("scheduling:week"))
    assert [(group.key, group.team_count) for group in response.context["groups"]] == [("cutting", 4), ("stitching", 12), ("bottoming", 8)]
    chosen = browser(Department.WORKSHOP).get(reverse("scheduling:week"), {"group": "bottoming"})
    assert [group.key for group in chosen.context["shown"]] == ["bottoming"]


def test_a_team_that_was_chosen_on_the_day_page_stays_chosen(floor: Floor) -> None:
    make_day(make_week(make_month(floor)))
    client = browser(Department.WORKSHOP)
    everybody = client.get(reverse("scheduling:day")).context["days"]
    assert len(everybody) > 1
    mine = everybody[1].team
    assert [day.team for day in client.get(reverse("scheduling:day"), {"team": mine.pk}).context["days"]] == [mine]
    assert [day.team for day in client.get(reverse("scheduling:day")).context["days"]] == [mine]
    assert len(client.get(reverse("scheduling:day"), {"team": 0}).context["days"]) == len(everybody)


def test_a_number_of_the_load_page_leads_to_its_jobs(floor: Floor) -> None:
    month = make_month(floor)
    client = browser(Department.PRODUCTION)
    response = client.get(reverse("scheduling:load"), {"stage": "stitching"})
    team = response.context["shown"][0].teams[0]
    load = next(load for load in team.weeks if load.pairs)
    address = f"{reverse('scheduling:plan', args=[month.pk])}?team={team.team.pk}&amp;week={load.week.monday.isoformat()}"
    assert response.content.decode().count(f'href="{address}"') == 2  # in the chart and in the table
    rows = client.get(address.replace("&amp;", "&")).context["rows"]
    expected = month.entries.filter(team=team.team, day__range=(load.week.monday, load.week.monday + dt.timedelta(days=6)))
    assert {row.job.order_line_id for row in rows} == set(expected.values_list("order_line", flat=True))


def test_an_order_shows_where_it_stands(floor: Floor) -> None:
    month = make_month(floor, state="draft")
    order = floor.lines[0].order
    url = reverse("scheduling:order_plan", args=[order.pk])
    assert "No month plan is published yet" in text_of(browser(Department.SALES), url)
    late = {
        "outcome": "late",
        "late_days": 3,
        "finish_on": dt.date(2026, 12, 22),
        "reason": "capacity",
        "reason_stage": floor.stages["lasting"],
    }
    month.jobs.filter(order_line=floor.lines[0]).update(**late, reason_detail={})
    services.publish_plan(plan_id=month.pk, by=None)
    shown = text_of(browser(Department.SALES, language="zh-hans"), url)
    assert "预计 12月22日 周二 可出货， 迟 3 天" in shown
    assert "因为 成型 排满。" in shown


def test_an_order_that_was_changed_after_the_plan_says_what_was_planned(floor: Floor) -> None:
    make_month(floor)
    line = floor.lines[1]
    OrderLine.objects.filter(pk=line.pk).update(pairs=line.pairs + 100)
    shown = text_of(browser(Department.SALES), reverse("scheduling:order_plan", args=[line.order.pk]))
    assert f"planned as {line.pairs:,} pairs" in shown
    assert "the order was changed since" in shown


def test_the_day_page_names_jobs_whose_order_was_changed_after_planning(floor: Floor) -> None:
    day = make_day(make_week(make_month(floor)), state="draft")
    entry = day.entries.first()
    assert entry
    Plan.objects.filter(pk=day.pk).update(metrics={"changed": [{"order_line": entry.order_line_id, "planned": 900, "ordered": 1000}]})
    shown = text_of(browser(Department.PLANNING), reverse("scheduling:plan", args=[day.pk]))
    assert "the order is 1,000 pairs now, planned 900" in shown


def test_the_month_page_names_teams_that_got_no_work_for_want_of_a_rating(floor: Floor) -> None:
    month = make_month(floor, state="draft")
    Plan.objects.filter(pk=month.pk).update(metrics={"unrated_teams": [{"id": 1, "name": "针车9组"}]})
    shown = text_of(browser(Department.PLANNING), reverse("scheduling:month"))
    assert "1 team had no rating and got no work: 针车9组" in shown


# making, publishing, capacity


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
    assert "best so far: 4 jobs late, cost 1,234" in part
    assert "7 s so far" in part
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
