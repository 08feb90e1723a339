"""What stands around every page, the pages of faults, and the health of the installation."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from planning_site.core.access import ACCESS, rule
from planning_site.core.departments import Department
from planning_site.core.navigation import SECTIONS, keys_on_bar, navigation_for, sections_for
from tests import factories
from tests.scheduling.factories import floor
from tests.scheduling.plan_factories import make_day, make_month, make_week

D = Department


@pytest.mark.django_db
class TestNavigation:
    @pytest.mark.parametrize(
        ("department", "keys"),
        [
            (D.SALES, ["inbox", "sales", "planning", "purchasing", "warehouse", "quality"]),
            (D.PLANNING, ["inbox", "planning", "sales", "purchasing", "warehouse", "quality"]),
            (D.PURCHASING, ["inbox", "purchasing", "sales", "planning", "warehouse", "quality"]),
            (D.WAREHOUSE, ["inbox", "warehouse", "sales", "planning", "purchasing", "quality"]),
            (D.WORKSHOP, ["inbox", "workshop", "sales", "planning", "purchasing", "warehouse", "quality"]),
            (D.QC, ["inbox", "quality", "sales", "planning", "purchasing", "warehouse"]),
            (D.GM, ["inbox", "sales", "planning", "purchasing", "warehouse", "quality"]),
        ],
    )
    def test_ones_own_department_stands_first_after_the_inbox(self, department: Department, keys: list[str]) -> None:
        assert [section.key for section, _pages in sections_for(factories.user(department))] == keys

    def test_no_page_stands_twice_and_none_is_lost(self) -> None:
        admin = factories.user(superuser=True)
        names = [page.url_name for _section, pages in sections_for(admin) for page in pages]
        assert sorted(names) == sorted({page.url_name for section in SECTIONS for page in section.pages})

    def test_pages_that_one_may_not_open_are_absent(self) -> None:
        names = {page.url_name for _section, pages in sections_for(factories.user(D.GM)) for page in pages}
        assert "orders:create" not in names
        assert "workbooks:upload" not in names
        assert "orders:list" in names

    def test_every_page_exists_and_a_section_has_at_most_seven(self) -> None:
        for section in SECTIONS:
            assert len(section.pages) <= 7
            for page in section.pages:
                assert reverse(page.url_name).startswith("/")

    @pytest.mark.parametrize("behind", ["orders:detail", "orders:edit", "orders:state"])
    def test_a_page_behind_a_page_keeps_its_entry_marked(self, behind: str) -> None:
        nav = navigation_for(factories.user(D.SALES), behind)
        assert [entry.key for entry in nav.entries if entry.is_current] == ["sales"]
        assert nav.current_page is not None
        assert nav.current_page.url_name == "orders:list"

    @pytest.mark.parametrize(
        ("department", "bar"),
        [(D.SALES, ["inbox", "sales", "planning"]), (D.QC, ["inbox", "quality", "sales", "planning"]), (D.WORKSHOP, ["workshop"])],
    )
    def test_the_phones_bar_has_the_inbox_ones_own_and_what_the_role_needs(self, department: Department, bar: list[str]) -> None:
        person = factories.user(department)
        keys = [section.key for section, _pages in sections_for(person)]
        found = keys_on_bar(person, keys)
        assert set(bar) <= found
        assert len(found) == 4

    def test_somebody_without_a_department_has_nowhere_to_go(self) -> None:
        assert sections_for(factories.user()) == []


@pytest.mark.django_db
class TestFrame:
    def test_the_clock_shows_the_factorys_time_not_the_servers(self, client: Client) -> None:
        client.force_login(factories.user(D.GM))
        with time_machine.travel("2026-12-07T17:30:00Z", tick=False):  # Monday here, Tuesday in the factory
            page = client.get(reverse("inbox:home")).content.decode()
            assert re.search(r'class="clock"[^>]*data-now="1796664600"[^>]*><b>01:30</b><small>12月8日 周二 · 第50周</small>', page)

    def test_a_page_stays_small(self, client: Client) -> None:
        client.force_login(factories.user(superuser=True))
        assert len(client.get(reverse("inbox:home")).content) < 40_000

    def test_no_page_runs_a_script_of_its_own(self, client: Client) -> None:
        client.force_login(factories.user(D.GM))
        for url in (reverse("inbox:home"), reverse("inbox:search")):
            page = client.get(url).content.decode()
            assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
            assert re.findall(r"\son\w+=", page) == []

    def test_own_styles_and_scripts_keep_their_budget(self, project_root: Path) -> None:
        css = sum(path.stat().st_size for path in (project_root / "static/css").glob("app*.css"))
        script = (project_root / "static/js/app.js").stat().st_size
        assert css < 26_000
        assert script < 14_000


@pytest.mark.django_db
class TestFaults:
    def test_a_missing_page_says_what_to_do(self, client: Client) -> None:
        client.force_login(factories.user(D.SALES))
        response = client.get("/no/such/page/")
        assert response.status_code == 404
        assert "没有这个页面" in response.content.decode()
        assert 'class="rail"' in response.content.decode()

    def test_a_stranger_sees_it_without_the_rail(self, client: Client) -> None:
        page = client.get("/no/such/page/").content.decode()
        assert "没有这个页面" in page
        assert 'class="rail"' not in page

    def test_another_departments_page_names_ones_own(self, client: Client) -> None:
        client.force_login(factories.user(D.WAREHOUSE))
        response = client.get(reverse("orders:create"))
        assert response.status_code == 403
        assert "您登录的部门：仓库" in response.content.decode()

    def test_somebody_without_a_department_is_told_whom_to_ask_and_can_sign_out(self, client: Client) -> None:
        client.force_login(factories.user())
        response = client.get(reverse("inbox:home"))
        assert response.status_code == 403
        assert "还没有部门" in response.content.decode()
        assert client.post("/logout/").status_code == 302

    def test_a_request_that_cannot_be_read_says_so_without_the_frame(self, client: Client, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
        response = client.post("/login/", {"a": "1", "b": "2", "c": "3"})
        assert response.status_code == 400
        assert "请求读不出来" in response.content.decode()
        assert 'class="rail"' not in response.content.decode()

    def test_an_expired_form_says_that_nothing_was_changed(self) -> None:
        client = Client(enforce_csrf_checks=True)
        response = client.post("/login/", {"username": "x", "password": "y"})
        assert response.status_code == 403
        assert "表单过期了" in response.content.decode()

    def test_a_fragment_of_a_stranger_sends_the_whole_page_to_the_login(self, client: Client) -> None:
        headers = {"hx-request": "true", "hx-current-url": "http://testserver/mail/?state=failed"}
        response = client.get(reverse("inbox:count"), headers=headers)
        assert response["HX-Redirect"] == "/login/?next=/mail/%3Fstate%3Dfailed"

    def test_a_fault_of_ours_shows_the_number_that_stands_in_the_log(
        self, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ROOT_URLCONF = "tests.core.broken_urls"
        monkeypatch.setitem(ACCESS, "broken", rule(public=True))
        client = Client(raise_request_exception=False)
        response = client.get("/broken/")
        assert response.status_code == 500
        found = re.search(r"<b>([0-9A-F]{6})</b>", response.content.decode())
        assert found is not None
        record = next(record for record in caplog.records if found[1] in record.getMessage())
        assert record.exc_info is not None
        assert "程序出错了" in response.content.decode()


class TestHealth:
    @pytest.mark.django_db
    def test_it_is_well_when_database_and_broker_answer(self, client: Client) -> None:
        response = client.get("/health")
        assert response.status_code == 200
        assert response.json() == {"database": "ok", "broker": "ok"}
        assert client.get("/health/").status_code == 200

    @pytest.mark.django_db
    def test_a_broker_that_is_gone_is_named(self, client: Client, settings: Settings) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        response = client.get("/health")
        assert response.status_code == 503
        assert response.json() == {"database": "ok", "broker": "unreachable"}

    def test_a_database_that_is_gone_is_named_without_its_address(self, services: object, project_root: Path) -> None:
        code = "import django; django.setup(); from planning_site.core.health import report; print(report()['database'])"
        environment = os.environ | {"DATABASE_URL": "postgres://nobody:secret@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=project_root, env=environment, check=True)
        assert done.stdout.strip() == "unreachable"


POSTING_PAGES = (
    "/login/",
    "/inbox/",
    "/mail/",
    "/orders/",
    "/orders/new/",
    "/import/",
    "/planning/month/",
    "/planning/week/",
    "/planning/day/",
    "/planning/runs/",
    "/planning/teams/",
    "/quality/styles/",
)


@pytest.mark.django_db
def test_every_form_that_posts_carries_its_token() -> None:
    house = floor(lines=8, styles=2)
    month, order = make_month(house), house.lines[0].order
    make_day(make_week(month))
    client = Client()
    paths = [*POSTING_PAGES, f"/planning/plans/{month.pk}/", f"/orders/{order.pk}/", f"/orders/{order.pk}/edit/"]
    missing = []
    for path in paths:
        if path == "/inbox/":  # the login page is for strangers
            client.force_login(factories.user(*Department, superuser=True))
        response = client.get(path)
        assert response.status_code == 200, path
        forms = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', response.content.decode(), re.DOTALL)
        assert forms, path
        missing += [(path, form[:120]) for form in forms if "csrfmiddlewaretoken" not in form]
    assert missing == []
