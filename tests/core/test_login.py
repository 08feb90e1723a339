"""Signing in and out, the choices of a person, and what happens after too many wrong passwords."""

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from planning_site.core import demo_accounts
from planning_site.core.departments import Department
from planning_site.core.models import User
from tests import factories

pytestmark = pytest.mark.django_db

LOGIN = "/login/"


def sign_in(client: Client, username: str, password: str = "secret", **extra: str) -> int:
    return client.post(LOGIN, {"username": username, "password": password} | extra).status_code


def test_the_right_password_leads_to_the_inbox(client: Client) -> None:
    person = factories.user(Department.SALES)
    response = client.post(LOGIN, {"username": person.username, "password": "secret"})
    assert response.status_code == 302
    assert response["Location"] == reverse("inbox:home")
    assert get_user(client) == person


def test_one_comes_back_to_the_page_that_was_asked_for_but_never_to_another_site(client: Client) -> None:
    person = factories.user(Department.SALES)
    asked = client.get(reverse("outbox:list"))
    assert asked["Location"] == f"{LOGIN}?next={reverse('outbox:list')}"
    response = client.post(asked["Location"], {"username": person.username, "password": "secret", "next": reverse("outbox:list")})
    assert response["Location"] == reverse("outbox:list")
    client.logout()
    response = client.post(LOGIN, {"username": person.username, "password": "secret", "next": "https://elsewhere.example/"})
    assert response["Location"] == reverse("inbox:home")


def test_a_wrong_password_says_so_at_the_form_and_keeps_the_name(client: Client) -> None:
    person = factories.user(Department.SALES)
    page = client.post(LOGIN, {"username": person.username, "password": "wrong"}).content.decode()
    assert "账号和密码对不上" in page
    assert f'value="{person.username}"' in page
    assert not get_user(client).is_authenticated


def test_a_closed_account_does_not_get_in(client: Client) -> None:
    person = factories.user(Department.SALES)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert sign_in(client, person.username) == 200
    assert not get_user(client).is_authenticated


def test_too_many_wrong_passwords_pause_this_name_and_say_for_how_long(client: Client, settings: Settings) -> None:
    settings.AXES_ENABLED = True
    person, colleague = factories.user(Department.SALES), factories.user(Department.SALES)
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        status = sign_in(client, person.username, "wrong")
    assert status == 429
    response = client.post(LOGIN, {"username": person.username, "password": "secret"})
    assert response.status_code == 429
    assert "15 分钟" in response.content.decode()
    assert not get_user(client).is_authenticated
    assert sign_in(client, colleague.username) == 302


def test_signing_out_takes_a_post(client: Client) -> None:
    client.force_login(factories.user(Department.SALES))
    assert client.get("/logout/").status_code == 405
    assert get_user(client).is_authenticated
    assert client.post("/logout/")["Location"] == LOGIN
    assert not get_user(client).is_authenticated


def test_the_way_home_is_the_inbox(client: Client) -> None:
    client.force_login(factories.user(Department.GM))
    assert client.get("/")["Location"] == reverse("inbox:home")


def test_somebody_who_is_in_does_not_see_the_login_page(client: Client) -> None:
    client.force_login(factories.user(Department.SALES))
    assert client.get(LOGIN).status_code == 302


class TestLanguage:
    def test_pages_are_chinese_whatever_the_browser_asks_for(self, client: Client) -> None:
        page = client.get(LOGIN, headers={"accept-language": "en-US,en;q=0.9"}).content.decode()
        assert '<html lang="zh-CN"' in page
        assert "登录" in page

    def test_a_strangers_choice_stays_in_the_browser(self, client: Client) -> None:
        response = client.post("/preferences/", {"language": "en", "next": LOGIN})
        assert response["Location"] == LOGIN
        page = client.get(LOGIN).content.decode()
        assert '<html lang="en"' in page
        assert "Sign in" in page

    def test_the_choice_on_the_login_page_is_kept_with_the_account(self, client: Client) -> None:
        person = factories.user(Department.SALES)
        client.post("/preferences/", {"language": "en", "theme": "dark"})
        sign_in(client, person.username)
        person.refresh_from_db()
        assert (person.language, person.theme) == ("en", "dark")

    def test_a_choice_of_somebody_else_before_does_not_follow_the_next_person(self, client: Client) -> None:
        first, second = factories.user(Department.SALES), factories.user(Department.SALES, language="zh-hans")
        client.post("/preferences/", {"language": "en"})
        sign_in(client, first.username)
        client.post("/logout/")
        sign_in(client, second.username)
        second.refresh_from_db()
        assert second.language == "zh-hans"

    def test_the_accounts_language_wins_over_the_browsers(self, client: Client) -> None:
        client.cookies["django_language"] = "zh-hans"
        client.force_login(factories.user(Department.GM, language="en"))
        response = client.get(reverse("inbox:home"))
        assert response["Content-Language"] == "en"
        assert "Inbox" in response.content.decode()

    def test_the_menu_switches_and_comes_back(self, client: Client) -> None:
        person = factories.user(Department.GM)
        client.force_login(person)
        response = client.post("/preferences/", {"language": "en", "next": "/inbox/?mine=1"})
        assert response["Location"] == "/inbox/?mine=1"
        person.refresh_from_db()
        assert person.language == "en"


class TestTheme:
    def test_a_chosen_theme_stands_in_the_page_and_the_system_decides_otherwise(self, client: Client) -> None:
        client.force_login(factories.user(Department.GM))
        assert "data-theme" not in client.get(reverse("inbox:home")).content.decode().split(">")[1]
        client.post("/preferences/", {"theme": "dark"})
        assert 'data-theme="dark"' in client.get(reverse("inbox:home")).content.decode()
        client.post("/preferences/", {"theme": ""})
        assert 'data-theme="dark"' not in client.get(reverse("inbox:home")).content.decode()

    @pytest.mark.parametrize("choice", [{"theme": "pink"}, {"language": "fr"}])
    def test_what_is_not_offered_is_refused_and_changes_nothing(self, client: Client, choice: dict[str, str]) -> None:
        person = factories.user(Department.GM)
        client.force_login(person)
        page = client.post("/preferences/", choice, follow=True).content.decode()
        assert "没有这个选项" in page
        person.refresh_from_db()
        assert (person.language, person.theme) == ("", "")

    def test_it_never_sends_to_another_site(self, client: Client) -> None:
        assert client.post("/preferences/", {"theme": "dark", "next": "//elsewhere.example/"})["Location"] == "/"


class TestDemoAccounts:
    def test_each_department_has_somebody_who_can_sign_in(self, client: Client) -> None:
        users = demo_accounts.create()
        assert {department for user in users for department in user.departments} == set(Department)
        assert sum(user.is_superuser for user in users) == 1
        for account in demo_accounts.ACCOUNTS:
            assert sign_in(client, account.username, account.password) == 302
            client.logout()

    def test_a_second_time_makes_nobody_new_and_keeps_a_changed_password(self) -> None:
        planner = demo_accounts.create()[0]
        planner.set_password("another one")
        planner.save()
        again = demo_accounts.create()
        assert len(again) == len(demo_accounts.ACCOUNTS) == User.objects.count()
        planner.refresh_from_db()
        assert planner.check_password("another one")

    def test_the_login_page_lists_them_only_where_the_demo_is_wanted_and_loaded(self, client: Client, settings: Settings) -> None:
        settings.DEMO = True
        assert demo_accounts.PASSWORD not in client.get(LOGIN).content.decode()
        demo_accounts.create()
        assert client.get(LOGIN).content.decode().count(f'data-password="{demo_accounts.PASSWORD}"') == len(demo_accounts.ACCOUNTS)
        settings.DEMO = False
        assert demo_accounts.PASSWORD not in client.get(LOGIN).content.decode()
