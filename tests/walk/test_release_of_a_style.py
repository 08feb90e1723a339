"""A new style in a real browser: technical signs its plan and delivers, QC passes its trial, and its jobs enter the next plan."""

import datetime as dt
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import OrderLine
from planning_site.core import clock, demo_accounts
from planning_site.core.models import User
from planning_site.outbox.models import OutgoingMail
from quality import services as quality
from quality.models import Delay, PreparationPlan, Step, StyleRelease
from quality.selectors import release_of
from scheduling import services
from scheduling.models import Plan, PlanJob, PlanRun
from tests.quality import support
from tests.scheduling import factories
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]

SECONDS = 90_000  # patience of the browser for background work, in milliseconds
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def plan(transactional_db: None) -> PreparationPlan:
    """A style of an order that is due in three months, new, with its pre-production plan."""
    floor = factories.floor(lines=2, styles=2)
    if not Step.objects.exists():
        importlib.import_module("quality.migrations.0006_usual_steps").add_usual_steps(apps, None)
    demo_accounts.create()
    style = floor.styles[0]
    style.is_new = True
    style.save()
    OrderLine.objects.filter(style=style).update(due_on=clock.today() + dt.timedelta(days=90))
    return quality.make_plan(style=style, by=User.objects.get(username="wang"))


@pytest.fixture
def browser_page(worker: Worker, page: Page) -> Iterator[Page]:
    """A page beside a running worker. A script error fails the test."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(SECONDS)
    yield page
    assert faults == []


def log_in(page: Page, site: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", demo_accounts.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inbox/")


def sign_and_deliver(page: Page, site: str, plan: PreparationPlan, file: Path) -> None:
    """Technical signs the plan from the inbox and delivers the first item with a file."""
    log_in(page, site, "chen")
    page.locator("tr", has_text=f"{plan.style}：前期计划").get_by_role("link", name="去签").click()
    page.get_by_role("button", name="签计划").click()
    expect(page.locator("dd", has_text="技术已签")).to_be_visible()
    page.locator("tr", has_text="改版").get_by_role("link", name="交").click()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="交这一版").click()
    expect(page.get_by_role("link", name=file.name)).to_be_visible()


def pass_the_trial(page: Page, site: str, plan: PreparationPlan) -> None:
    """QC signs the report from the inbox, on a phone."""
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    log_in(page, site, "zheng")
    page.locator("tr", has_text=f"{plan.style}：第 1 次试做").get_by_role("link", name="去签").click()
    page.get_by_label("通过", exact=True).check()
    page.get_by_role("button", name="签字").click()
    page.wait_for_url(f"**/quality/styles/{plan.style_id}/")
    expect(page.locator(".say")).to_contain_text("可以量产")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size({"width": 1366, "height": 768})


def make_month(page: Page, site: str) -> Plan:
    """Planning makes the next month plan."""
    log_in(page, site, "wang")
    page.goto(f"{site}/planning/month/")
    page.get_by_role("button", name="做月计划").first.click()
    page.wait_for_url("**/planning/plans/*/")
    return Plan.objects.latest("pk")


def test_a_style_that_qc_passed_enters_the_next_plan(
    browser_page: Page, live_server: LiveServer, plan: PreparationPlan, tmp_path: Path
) -> None:
    page, site = browser_page, live_server.url
    file = tmp_path / "pattern.pdf"
    file.write_bytes(support.PDF)
    sign_and_deliver(page, site, plan, file)
    plan.refresh_from_db()
    assert (plan.state, str(plan.reviewed_by)) == (PreparationPlan.State.AGREED, "陈工")

    # the rest of pre-production, and QC cannot name a day for its report: nobody knows when the style may run
    support.deliver_all(plan, today=clock.today())
    trial = support.trial_of(plan, today=clock.today())
    support.measure_all(trial, today=clock.today())
    quality.hand_over(trial=trial, by=User.objects.get(username="ma"))
    report = support.item(plan, "qc_report")
    quality.report_delay(item=report, cause=Delay.Cause.MACHINE, reason="拉力机送修", new_day=None, by=User.objects.get(username="chen"))
    run = services.request_plan_run(plant=plan.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    before = PlanRun.objects.get(pk=run.pk).plan
    assert before is not None
    held = before.jobs.get(order_line__style=plan.style)
    assert (held.outcome, held.reason) == (PlanJob.Outcome.LEFT_OUT, PlanJob.Reason.STYLE)
    assert not before.entries.filter(order_line__style=plan.style).exists()
    services.publish_plan(plan_id=before.pk, by=User.objects.get(username="wang"))

    pass_the_trial(page, site, plan)
    release = StyleRelease.objects.get(style=plan.style)
    assert (release.result, str(release.signed_by), release.trial) == (StyleRelease.Result.PASSED, "郑品质", trial)
    assert release_of(plan.style).is_released
    assert OutgoingMail.objects.filter(key__startswith=f"release:{release.pk}:", to_user__username="wang").exists()

    after = make_month(page, site)
    job = after.jobs.get(order_line__style=plan.style)
    assert (job.outcome, job.reason) == (PlanJob.Outcome.ON_TIME, "")
    stages = set(after.entries.filter(order_line__style=plan.style).values_list("stage__code", flat=True))
    assert stages == {"cutting", "stitching", "bottoming", "lasting", "packing"}
