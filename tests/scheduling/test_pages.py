"""Plan pages as people get them: what they show, to whom, in how many queries and bytes."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import OrderLine
from planning_site.core.departments import Department
from scheduling import services
from scheduling.models import Plan
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.pages import browser, text_of
from tests.scheduling.plan_factories import Floor, make_day, make_month, make_plan, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon")]
MOST_QUERIES = 15
MOST_BYTES = 100_000


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=12, pairs=2400)


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
