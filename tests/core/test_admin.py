"""The administrator opens accounts and keeps the calendar; the history is only looked at; nobody else gets in."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.test import Client

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import CalendarPeriod, Change, User
from planning_site.core.plants import default_plant
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(factories.user(superuser=True))
    return client


def test_a_person_is_added_to_two_departments(admin: Client) -> None:
    groups = [Group.objects.get_or_create(name=name)[0] for name in ("sales", "planning")]
    password = "long-enough-19"
    form = {"username": "new", "display_name": "新人", "email": "new@example.com", "usable_password": "true"}
    form |= {"password1": password, "password2": password, "groups": [group.pk for group in groups]}
    page = admin.get("/admin/core/user/add/").content.decode()
    assert "销售部" in page
    assert admin.post("/admin/core/user/add/", form).status_code == 302
    person = User.objects.get(username="new")
    assert person.departments == {Department.SALES, Department.PLANNING}
    assert person.check_password(password)
    assert "计划部" in admin.get("/admin/core/user/").content.decode()


def test_the_calendar_is_kept_and_refuses_a_period_that_ends_before_it_begins(admin: Client) -> None:
    period = {"plant": default_plant().pk, "first_day": "2027-01-28", "last_day": "2027-02-15", "kind": "closed", "note": "春节"}
    assert admin.post("/admin/core/calendarperiod/add/", period).status_code == 302
    assert admin.post("/admin/core/calendarperiod/add/", period | {"first_day": "2027-03-01"}).status_code == 200
    assert CalendarPeriod.objects.get().note == "春节"


def test_the_history_cannot_be_changed(admin: Client) -> None:
    audit.record(default_plant(), "create", by=None)
    row = Change.objects.get()
    assert admin.get(f"/admin/core/change/{row.pk}/change/").status_code == 200
    assert admin.post(f"/admin/core/change/{row.pk}/change/", {"why": "no"}).status_code == 403
    assert admin.post(f"/admin/core/change/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get("/admin/core/change/add/").status_code == 403


def test_every_list_of_the_admin_opens(admin: Client) -> None:
    for model in site._registry:
        url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert admin.get(url).status_code == 200, url


def test_a_manager_without_the_right_is_sent_to_the_admins_login(client: Client) -> None:
    client.force_login(factories.user(Department.GM))
    assert client.get("/admin/").status_code == 302
