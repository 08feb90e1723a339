"""A sole slips by six days, in a real browser: the buyer writes down the new day, and the planner sees whom it hits (D5, D6)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from planning_site.core.departments import Department
from procurement.models import PurchaseOrder
from procurement.services.requirements import recalculate
from scheduling import tasks
from tests import factories as people
from tests.procurement.factories import purchase_line
from tests.scheduling import factories
from tests.scheduling.gate_factories import make
from tests.scheduling.instruction_factories import material
from tests.scheduling.plan_factories import Floor, make_week

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("factory_noon")]
SIZES = ("38", "39", "40", "41", "42")
PROMISED = dt.date(2026, 12, 8)
SLIPPED = PROMISED + dt.timedelta(days=6)


@pytest.fixture
def floor(transactional_db: None) -> Floor:
    """Two jobs in a published week; their soles are promised for the day before the first of them begins."""
    made = make(2, but="S15")
    for size in SIZES:
        purchase_line(made.plant, material("S15", "", "", ""), "CG261118-003", quantity=5_000, size=size, promised_on=PROMISED)
    recalculate(made.plant)
    month = factories.month(made, state="published")
    make_week(month, monday=dt.date(2026, 12, 7), first_day=dt.date(2026, 12, 9))
    return made


def desk(browser: Browser, live_server: LiveServer, department: Department) -> tuple[BrowserContext, Page]:
    client = Client()
    client.force_login(people.user(department))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return context, page


def test_a_sole_slips_by_six_days_and_the_planner_sees_whom_it_hits(floor: Floor, browser: Browser, live_server: LiveServer) -> None:
    tasks.refresh_hits()
    planning, planner = desk(browser, live_server, Department.PLANNING)
    planner.goto(f"{live_server.url}/planning/hits/")
    expect(planner.get_by_text("没有迟到的料或签批影响现行计划。")).to_be_visible()

    buying, buyer = desk(browser, live_server, Department.PURCHASING)
    order = PurchaseOrder.objects.get(number="CG261118-003")
    buyer.goto(f"{live_server.url}{reverse('procurement:order', args=[order.pk])}")
    days = buyer.locator("input[type=date][name^=day-]")
    expect(days).to_have_count(len(SIZES))
    for place in range(len(SIZES)):
        days.nth(place).fill(SLIPPED.isoformat())
    buyer.locator("input[name=why]").fill("底模坏了")
    buyer.locator("#promise button.pri").click()
    expect(days.first).to_have_value(SLIPPED.isoformat())

    tasks.refresh_hits()  # as beat has it done twice a minute
    planner.goto(f"{live_server.url}/")
    planner.get_by_text("赶不上开工").first.click()
    planner.wait_for_url("**/planning/hits/**")
    hit = planner.locator("section.hit")
    expect(hit).to_have_count(1)
    expect(hit.get_by_role("heading")).to_contain_text("S15 要到 12/14")
    expect(hit.get_by_role("heading")).to_contain_text("CG261118-003")
    for line in floor.lines:
        row = hit.locator("tbody tr", has_text=line.order.number)
        expect(row).to_contain_text(line.order.customer.name)
        expect(row).to_contain_text("ZJH-2026-50")
    buying.close()
    planning.close()
