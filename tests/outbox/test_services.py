"""Writing mail beside a fact, and what a person may decide about one."""

import datetime as dt

import pytest
from django.db import transaction
from pytest_django import Settings

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.outbox import services
from planning_site.outbox.models import Attachment, OutgoingMail
from planning_site.outbox.services import Mail
from tests.outbox.support import mail, person, put

pytestmark = pytest.mark.django_db
State = OutgoingMail.State


def test_a_mail_goes_to_the_address_of_its_person() -> None:
    sent_to = person("qc", address="zheng@factory.example")
    row = mail(sent_to, subject="月计划\n 已发布")
    assert (row.to_user, row.to_address, row.state) == (sent_to, "zheng@factory.example", State.QUEUED)
    assert row.subject == "月计划 已发布"


def test_the_same_key_writes_no_second_mail() -> None:
    first = mail(key="plan:1:user-1", subject="first")
    again = services.write_mail(key="plan:1:user-1", to_user=person(), subject="second", text="…")
    assert again is None
    assert list(OutgoingMail.objects.values_list("pk", "subject")) == [(first.pk, "first")]


def test_writing_many_returns_only_what_is_new_and_leaves_old_attachments_alone() -> None:
    old_file = services.store_attachment(filename="周计划.xlsx", content=b"v1", content_type="application/vnd.ms-excel")
    new_file = services.store_attachment(filename="周计划.xlsx", content=b"v2", content_type="application/vnd.ms-excel")
    old = mail(key="k:1", files=(old_file,))
    people = [person() for _ in range(3)]
    written = services.write_many(
        Mail(key=f"k:{n}", to_user=who, subject="s", text="t", attachments=[new_file]) for n, who in enumerate(people, 1)
    )
    assert [row.key for row in written] == ["k:2", "k:3"]
    assert all(list(row.attachments.all()) == [new_file] for row in written)
    assert list(old.attachments.all()) == [old_file]


def test_mail_of_a_transaction_that_fails_was_never_written() -> None:
    def publish_and_fail() -> None:
        with transaction.atomic():
            mail(key="k:gone")
            raise DomainError("refused")

    with pytest.raises(DomainError):
        publish_and_fail()
    assert not OutgoingMail.objects.exists()
    assert mail(key="k:gone")


def test_a_file_is_stored_once_for_all_its_mails() -> None:
    files = {services.store_attachment(filename="日计划.xlsx", content=b"same", content_type="x/y") for _ in range(3)}
    assert len(files) == 1
    assert Attachment.objects.get().size == 4


def test_equal_files_keep_their_own_names() -> None:
    names = [services.store_attachment(filename=name, content=b"", content_type="x/y").filename for name in ("甲.xlsx", "乙.xlsx")]
    assert names == ["甲.xlsx", "乙.xlsx"]


@pytest.mark.parametrize("state", [State.FAILED, State.UNCERTAIN, State.KEPT])
def test_a_person_may_send_again_what_did_not_simply_leave(settings: Settings, state: str) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    row = put(mail(), state=state, attempts=30, error="550 no", claimed_at=clock.now())
    planner = person("planning")
    services.requeue(mail_id=row.pk, by=planner)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.claimed_at) == (State.QUEUED, 0, "", None)
    change = audit.history_of(row).get()
    assert (change.by, change.action, change.values) == (planner, "resend", {"state": [state, "queued"]})


def test_a_waiting_mail_may_be_tried_at_once(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    row = put(mail(), attempts=5, retry_at=clock.now() + dt.timedelta(hours=1))
    assert services.requeue(mail_id=row.pk, by=person()).retry_at is None


def test_a_mail_is_sent_again_to_the_address_the_person_has_now(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    receiver = person(address="")
    row = put(mail(receiver), state=State.KEPT)
    with pytest.raises(DomainError, match=receiver.username):
        services.requeue(mail_id=row.pk, by=person())
    receiver.email = "new@factory.example"
    receiver.save(update_fields=["email"])
    assert services.requeue(mail_id=row.pk, by=person()).to_address == "new@factory.example"


@pytest.mark.parametrize("state", [State.SENT, State.SENDING, State.QUEUED])
def test_what_left_is_leaving_or_will_leave_is_not_sent_again(settings: Settings, state: str) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    row = put(mail(), state=state, claimed_at=clock.now())
    with pytest.raises(DomainError) as refused:
        services.requeue(mail_id=row.pk, by=person())
    assert refused.value.code == "transition"
    row.refresh_from_db()
    assert row.state == state


def test_without_a_mail_server_nothing_is_queued_again() -> None:
    row = put(mail(), state=State.KEPT)
    with pytest.raises(DomainError) as refused:
        services.requeue(mail_id=row.pk, by=person())
    assert refused.value.code == "no_mail_server"


def test_an_uncertain_mail_may_be_marked_as_sent() -> None:
    claimed = dt.datetime(2026, 12, 8, 2, 0, tzinfo=dt.UTC)
    row = put(mail(), state=State.UNCERTAIN, claimed_at=claimed)
    services.mark_sent(mail_id=row.pk, by=person("planning"))
    row.refresh_from_db()
    assert (row.state, row.sent_at) == (State.SENT, claimed)
    assert audit.history_of(row).get().action == "mark sent"


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.SENT, State.FAILED, State.KEPT])
def test_no_other_mail_may_be_marked_as_sent(state: str) -> None:
    row = put(mail(), state=state)
    with pytest.raises(DomainError):
        services.mark_sent(mail_id=row.pk, by=person())
