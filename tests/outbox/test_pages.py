"""The mail pages: who sees what, what is shown of a mail, and what a person may do there."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from planning_site.core import clock
from planning_site.core.models import User
from planning_site.outbox import services
from planning_site.outbox.models import OutgoingMail
from tests import factories
from tests.outbox.support import mail, person, put

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
DETAIL, RESEND, MARK_SENT = "outbox:detail", "outbox:resend", "outbox:mark_sent"


def logged_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def subjects(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("outbox:list"), query).content.decode()
    return re.findall(r'class="subject"><a[^>]*>([^<]*)<', page)


@pytest.fixture
def mails() -> dict[str, OutgoingMail]:
    """One mail to a buyer, one to another buyer, one to quality; `own` is to a salesperson on behalf of nobody."""
    return {
        "buyer": mail(person("purchasing", name="lu"), subject="to lu", department="purchasing"),
        "other buyer": mail(person("purchasing", name="ma"), subject="to ma", department="purchasing"),
        "quality": mail(person("qc", name="zheng"), subject="to zheng", department="qc"),
        "own": mail(person("sales", name="chen"), subject="to chen"),
    }


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("lu", {"to lu", "to ma"}),
        ("zheng", {"to zheng"}),
        ("chen", {"to chen"}),
        ("planning", {"to lu", "to ma", "to zheng", "to chen"}),
        ("gm", {"to lu", "to ma", "to zheng", "to chen"}),
        ("root", {"to lu", "to ma", "to zheng", "to chen"}),
    ],
)
def test_one_sees_own_mail_and_that_of_ones_departments(client: Client, mails: dict[str, OutgoingMail], name: str, seen: set[str]) -> None:
    people = {"planning": lambda: person("planning"), "gm": lambda: person("gm"), "root": lambda: factories.user(superuser=True)}
    user = people[name]() if name in people else User.objects.get(username=name)
    assert set(subjects(logged_in(client, user))) == seen
    for row in mails.values():
        status = client.get(reverse(DETAIL, args=[row.pk])).status_code
        assert status == (200 if row.subject in seen else 404)


def test_a_stranger_is_asked_to_log_in(client: Client) -> None:
    assert client.get(reverse("outbox:list")).status_code == 302


def test_the_list_is_filtered_by_state_department_and_words(client: Client, mails: dict[str, OutgoingMail]) -> None:
    put(mails["quality"], state=State.FAILED)
    logged_in(client, person("planning"))
    assert subjects(client, state="failed") == ["to zheng"]
    assert set(subjects(client, department="purchasing")) == {"to lu", "to ma"}
    assert subjects(client, q="to MA") == ["to ma"]
    assert subjects(client, q="zheng@factory") == ["to zheng"]
    assert subjects(client, q="nothing like it") == []
    assert len(subjects(client, state="no such state")) == 4


def test_states_are_counted_within_the_other_filters(client: Client, mails: dict[str, OutgoingMail]) -> None:
    put(mails["buyer"], state=State.SENT)
    logged_in(client, person("planning", language="en"))
    response = client.get(reverse("outbox:list"), {"department": "purchasing", "state": "sent"})
    assert {state.value: count for state, count in response.context["states"]} == {"queued": 1, "sent": 1}
    assert response.context["total"] == 2


def test_a_hundred_mails_stand_on_a_page_with_few_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    receiver = person("qc")
    services.write_many(services.Mail(key=f"k:{n}", to_user=receiver, subject=f"mail {n}", text="t" * 5000) for n in range(130))
    logged_in(client, person("planning"))
    with django_assert_max_num_queries(12):
        response = client.get(reverse("outbox:list"))
    assert len(re.findall('class="subject"', response.content.decode())) == 100
    assert len(response.content) < 100_000
    assert len(subjects(client, page="2")) == 30


def test_without_a_mail_server_the_page_says_so_and_how_to_set_one(client: Client, settings: Settings) -> None:
    logged_in(client, person("qc"))
    assert "EMAIL_URL" in client.get(reverse("outbox:list")).content.decode()
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert "EMAIL_URL" not in client.get(reverse("outbox:list")).content.decode()


def test_a_mail_is_shown_without_letting_it_do_anything(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    row = put(mail(), html='<script>alert(1)</script><p onclick="x()">"hello"</p>', text="<b>plain</b>")
    logged_in(client, person("planning"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse(DETAIL, args=[row.pk])).content.decode()
    [frame] = re.findall(r"<iframe[^>]*>", page)
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    assert "&lt;script&gt;" in frame
    assert "<script>alert" not in page
    text = client.get(reverse(DETAIL, args=[row.pk]), {"as": "text"}).content.decode()
    assert "&lt;b&gt;plain&lt;/b&gt;" in text
    assert "<iframe" not in text


def test_an_attachment_is_downloaded_under_its_chinese_name(client: Client) -> None:
    file = services.store_attachment(filename="周计划 2026-51.xlsx", content=b"PK\x03\x04", content_type="text/html")
    receiver = person("qc")
    mail(receiver, files=(file,))
    response = logged_in(client, receiver).get(reverse("outbox:attachment", args=[file.pk]))
    assert response.content == b"PK\x03\x04"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%91%A8%E8%AE%A1%E5%88%92%202026-51.xlsx"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_file_of_somebody_elses_mail_is_not_there(client: Client) -> None:
    file = services.store_attachment(filename="secret.xlsx", content=b"x", content_type="x/y")
    mail(person("qc"), files=(file,))
    assert logged_in(client, person("sales")).get(reverse("outbox:attachment", args=[file.pk])).status_code == 404


def test_planning_sends_a_failed_mail_again(client: Client, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    row = put(mail(person("qc")), state=State.FAILED, error="550 no")
    logged_in(client, person("planning"))
    assert reverse(RESEND, args=[row.pk]) in client.get(reverse(DETAIL, args=[row.pk])).content.decode()
    assert client.post(reverse(RESEND, args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.state == State.QUEUED


def test_planning_settles_an_uncertain_mail(client: Client) -> None:
    row = put(mail(person("qc")), state=State.UNCERTAIN, claimed_at=clock.now())
    logged_in(client, person("planning"))
    page = client.get(reverse(DETAIL, args=[row.pk])).content.decode()
    assert reverse(MARK_SENT, args=[row.pk]) in page
    client.post(reverse(MARK_SENT, args=[row.pk]))
    row.refresh_from_db()
    assert row.state == State.SENT
    assert reverse(MARK_SENT, args=[row.pk]) not in client.get(reverse(DETAIL, args=[row.pk])).content.decode()


def test_a_refused_decision_is_told(client: Client) -> None:
    row = put(mail(person("qc")), state=State.SENT)
    logged_in(client, person("planning", language="en"))
    page = client.post(reverse(RESEND, args=[row.pk]), follow=True).content.decode()
    assert "is not sent again" in page


@pytest.mark.parametrize("action", [RESEND, MARK_SENT])
def test_only_planning_decides_and_only_by_post(client: Client, action: str) -> None:
    row = put(mail(person("qc")), state=State.UNCERTAIN)
    for department in ("qc", "gm", "sales"):
        logged_in(client, person(department))
        assert client.post(reverse(action, args=[row.pk])).status_code == 403
    page = client.get(reverse(DETAIL, args=[row.pk])).content.decode()
    assert reverse(action, args=[row.pk]) not in page
    assert logged_in(client, person("planning")).get(reverse(action, args=[row.pk])).status_code == 405
    row.refresh_from_db()
    assert row.state == State.UNCERTAIN


def test_a_mail_that_waits_says_for_when_and_why(client: Client) -> None:
    row = put(mail(), attempts=3, retry_at=clock.now() + dt.timedelta(minutes=4), error="451 busy")
    page = logged_in(client, person("planning", language="en")).get(reverse(DETAIL, args=[row.pk])).content.decode()
    assert "3 attempts so far" in page
    assert "451 busy" in page
