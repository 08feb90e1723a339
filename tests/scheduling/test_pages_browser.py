"""Plan pages in a browser: from the button over the run to the published plan, search while typing, keys, no layout break."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from planning_site.core.departments import Department
from scheduling import services
from scheduling.models import Plan
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, make_day, make_month, make_week
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=10, pairs=600)


@pytest.fixture
def desk(live_server: LiveServer, page: Page, client: Client) -> Iterator[Page]:
    """A planner's browser, in Chinese. A script error fails the test."""
    client.force_login(people.user(Department.PLANNING, name="wangplanner"))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(20_000)
    page.goto(f"{live_server.url}/planning/month/")
    yield page
    assert faults == []


@pytest.mark.worker
def test_a_month_plan_is_made_watched_and_published(floor: Floor, desk: Page, worker: Worker) -> None:
    people.user(Department.SALES, name="hefang")
    desk.get_by_role("button", name="做月计划").click()
    desk.wait_for_url("**/planning/plans/*/", timeout=60_000)
    draft = Plan.objects.get()
    expect(desk.locator(".head > .st.draft")).to_have_text("草稿 v1")
    desk.get_by_role("link", name="发布月计划…").first.click()
    expect(desk.get_by_text("hefang")).to_be_visible()
    desk.get_by_role("button", name="发布月计划 v1").click()
    expect(desk.locator(".head > .st.frozen")).to_have_text("已发布 v1")
    draft.refresh_from_db()
    assert draft.state == Plan.State.PUBLISHED


def test_typing_in_the_search_narrows_the_rows_and_keeps_the_cursor(floor: Floor, desk: Page) -> None:
    month = make_month(floor, state="draft")
    services.publish_plan(plan_id=month.pk, by=None)
    desk.reload()
    rows = desk.locator("#jobs tbody tr")
    expect(rows).to_have_count(10)
    desk.keyboard.press("f")
    desk.keyboard.type(floor.lines[3].order.number)
    expect(rows).to_have_count(1)
    expect(desk.locator("#month-q")).to_be_focused()
    assert "q=HT" in desk.url
    desk.get_by_role("link", name="清除筛选").click()
    expect(rows).to_have_count(10)


def test_keys_show_differences_and_walk_through_the_days(floor: Floor, desk: Page, live_server: LiveServer) -> None:
    before = make_month(floor, state="superseded", lines=floor.lines[:9])
    month = make_month(floor, version=2, replaces=before)
    week = make_week(month)
    first = make_day(week)
    second = make_day(week, day=floor.calendar.next_working(first.period))
    desk.reload()
    desk.keyboard.press("d")
    expect(desk.locator("#jobs tbody tr")).to_have_count(1)
    desk.keyboard.press("d")
    expect(desk.locator("#jobs tbody tr")).to_have_count(10)
    desk.goto(f"{live_server.url}/planning/plans/{first.pk}/")
    desk.keyboard.press("ArrowRight")
    desk.wait_for_url(f"**/planning/plans/{second.pk}/")
    desk.keyboard.press("ArrowLeft")
    desk.wait_for_url(f"**/planning/plans/{first.pk}/")


@pytest.mark.parametrize("width", [1366, 390])
def test_no_page_is_wider_than_its_screen(floor: Floor, desk: Page, live_server: LiveServer, width: int) -> None:
    month = make_month(floor)
    week = make_week(month)
    make_day(week)
    make_month(floor, version=2, state="draft", replaces=month)
    desk.set_viewport_size({"width": width, "height": 768})
    names = [
        "month",
        "week",
        "day",
        "load",
        "runs",
        "teams",
        f"plans/{Plan.objects.get(state='draft').pk}",
        f"teams/{floor.teams['cutting'][0].pk}",
    ]
    for name in names:
        desk.goto(f"{live_server.url}/planning/{name}/")
        overflow = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, name
