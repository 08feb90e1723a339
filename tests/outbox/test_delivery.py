"""Mail on its way, over a real SMTP server: taken, refused, put off, broken off in the middle, by one worker and by two."""

import datetime as dt
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import Settings

from planning_site.core import clock
from planning_site.outbox import delivery, tasks
from planning_site.outbox import services as outbox
from planning_site.outbox.models import OutgoingMail
from planning_site.outbox.smtp import Postman, message_id
from tests.conftest import Services
from tests.outbox.support import mail, person, put, server_broken_at
from tests.support.smtp import SmtpServer
from tests.support.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
State = OutgoingMail.State
NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def stand(row: OutgoingMail) -> tuple[str, int]:
    row.refresh_from_db()
    return row.state, row.attempts


def test_a_taken_mail_is_sent_with_its_text_html_and_file(smtp: SmtpServer) -> None:
    file = outbox.store_attachment(filename="周计划 2026-51.xlsx", content=b"PK\x03\x04", content_type="application/octet-stream")
    row = mail(person(address="shen@factory.example"), subject="周计划 ZJH-2026-51 已发布", files=(file,))
    assert delivery.deliver() == 1
    assert stand(row) == (State.SENT, 1)
    assert row.sent_at is not None
    [taken] = smtp.mailbox.deliveries
    assert taken.recipients == ["shen@factory.example"]
    assert taken.message["Subject"] == "周计划 ZJH-2026-51 已发布"
    assert taken.message["Message-ID"] == message_id(row.key)
    text = taken.message.get_body(("plain",))
    html = taken.message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "第51周计划已发布。" in text.get_content()
    assert "<p>" in html.get_content()
    [attached] = taken.message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("周计划 2026-51.xlsx", b"PK\x03\x04")


def test_a_second_drain_sends_nothing_again(smtp: SmtpServer) -> None:
    mail()
    assert [delivery.deliver(), delivery.deliver()] == [1, 0]
    assert len(smtp.mailbox.deliveries) == 1


def test_a_receiver_refused_for_good_fails_and_the_others_still_get_theirs(smtp: SmtpServer) -> None:
    first, gone, last = mail(), mail(person(address="gone@factory.example")), mail()
    smtp.mailbox.refusals["gone@factory.example"] = "550 No such user"
    assert delivery.deliver() == 2
    assert [stand(row)[0] for row in (first, gone, last)] == [State.SENT, State.FAILED, State.SENT]
    assert gone.error == "550 No such user"
    smtp.mailbox.refusals.clear()
    assert delivery.deliver() == 0


def test_a_message_refused_for_good_fails(smtp: SmtpServer) -> None:
    row = mail()
    smtp.mailbox.answer = "554 Looks like spam"
    delivery.deliver()
    assert stand(row) == (State.FAILED, 1)


def test_a_mail_put_off_waits_longer_each_time_and_then_leaves(smtp: SmtpServer) -> None:
    row = mail(person(address="busy@factory.example"))
    smtp.mailbox.refusals["busy@factory.example"] = "451 Try again later"
    pauses = []
    with time_machine.travel(NOON, tick=False) as clock_hand:
        for _ in range(4):
            delivery.deliver()
            assert stand(row)[0] == State.QUEUED
            assert row.retry_at is not None
            assert delivery.deliver() == 0  # not before its time
            pauses.append(row.retry_at - clock.now())
            clock_hand.move_to(row.retry_at)
        assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
        smtp.mailbox.refusals.clear()
        assert delivery.deliver() == 1
    assert stand(row) == (State.SENT, 5)
    assert (row.error, row.retry_at) == ("", None)


def test_a_message_put_off_after_it_was_heard_is_tried_again(smtp: SmtpServer) -> None:
    row = mail()
    smtp.mailbox.answer = "452 Disk full"
    delivery.deliver()
    assert stand(row)[0] == State.QUEUED
    assert row.error == "452 Disk full"


def test_after_a_day_of_attempts_a_person_is_asked(smtp: SmtpServer) -> None:
    row = put(mail(person(address="busy@factory.example")), attempts=delivery.MAX_ATTEMPTS - 1)
    smtp.mailbox.refusals["busy@factory.example"] = "451 Try again later"
    delivery.deliver()
    assert stand(row) == (State.FAILED, delivery.MAX_ATTEMPTS)


def test_the_pauses_of_all_attempts_add_up_to_more_than_a_day_and_none_is_longer_than_an_hour() -> None:
    pauses = [delivery.pause_after(n) for n in range(1, delivery.MAX_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == dt.timedelta(hours=1)
    assert dt.timedelta(days=1) < sum(pauses, dt.timedelta()) < dt.timedelta(days=2)


def test_with_the_server_away_one_mail_knocks_and_all_wait(settings: Settings, smtp: SmtpServer) -> None:
    rows = [mail(), mail()]
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = nobody_listens.getsockname()[1]
    assert delivery.deliver() == 0
    assert [stand(row) for row in rows] == [(State.QUEUED, 1), (State.QUEUED, 0)]
    assert "ConnectionRefusedError" in rows[0].error


def test_a_sender_that_the_server_refuses_does_not_fail_the_mail(settings: Settings, smtp: SmtpServer) -> None:
    settings.DEFAULT_FROM_EMAIL = "planning@factory.example"
    row = mail()

    async def refuse(*_: object) -> str:
        return "530 Authentication required"

    smtp.mailbox.handle_MAIL = refuse  # type: ignore[attr-defined]
    delivery.deliver()
    assert stand(row)[0] == State.QUEUED
    assert row.error == "530 Authentication required"


@pytest.mark.parametrize(("command", "state"), [("EHLO", State.QUEUED), ("RCPT", State.QUEUED), ("DATA", State.UNCERTAIN)])
def test_a_line_that_breaks_leaves_a_doubt_only_after_the_message(settings: Settings, command: str, state: str) -> None:
    row = mail()
    with server_broken_at(command) as server:
        settings.EMAIL_URL = server.url
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        delivery.deliver()
        assert stand(row)[0] == state
        if state == State.UNCERTAIN:
            delivery.deliver()
            assert stand(row) == (State.UNCERTAIN, 1)


def test_a_mail_whose_worker_died_becomes_uncertain_and_is_never_sent_by_itself(smtp: SmtpServer) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hand:
        row = mail()
        claimed = delivery._claim(row.pk)
        assert claimed is not None  # and here the worker dies
        clock_hand.shift(delivery.STUCK_AFTER)
        delivery.deliver()
        assert stand(row)[0] == State.SENDING
        clock_hand.shift(1)
        delivery.deliver()
        assert stand(row)[0] == State.UNCERTAIN
        clock_hand.shift(dt.timedelta(days=3))
        delivery.deliver()
    assert stand(row) == (State.UNCERTAIN, 1)
    assert smtp.mailbox.deliveries == []
    outbox.requeue(mail_id=row.pk, by=person("planning"))
    delivery.deliver()
    assert stand(row)[0] == State.SENT


def test_a_worker_killed_in_the_middle_of_sending_leaves_a_doubt_and_no_double(
    services: Services, smtp: SmtpServer, tmp_path: Path
) -> None:
    row, later = mail(), mail()
    program = "import django; django.setup(); from planning_site.outbox import tasks; tasks.deliver()"
    with server_broken_at("DATA", hang_up=False) as server:
        installation = {"EMAIL_URL": server.url, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "planning_site.settings.dev"}
        process = subprocess.Popen([sys.executable, "-c", program], env=os.environ | services.environment | installation)
        assert server.reached.wait(60)
        process.kill()
        process.wait()
    assert [stand(row), stand(later)] == [(State.SENDING, 1), (State.QUEUED, 0)]
    with time_machine.travel(clock.now() + delivery.STUCK_AFTER + MINUTE, tick=False):
        assert delivery.deliver() == 1
    assert [stand(row)[0], stand(later)[0]] == [State.UNCERTAIN, State.SENT]
    assert [taken.message["Message-ID"] for taken in smtp.mailbox.deliveries] == [message_id(later.key)]


def test_a_slow_worker_that_was_given_up_still_says_what_it_knows(smtp: SmtpServer) -> None:
    row = mail()
    claimed = delivery._claim(row.pk)
    assert claimed is not None
    put(row, state=State.UNCERTAIN)
    with Postman() as postman:
        assert delivery._send(postman, claimed)
    assert stand(row)[0] == State.SENT


def test_a_late_answer_does_not_touch_a_newer_attempt(smtp: SmtpServer) -> None:
    row = mail()
    claimed = delivery._claim(row.pk)
    assert claimed is not None
    newer = put(row, claimed_at=clock.now() + MINUTE)
    with Postman() as postman:
        delivery._send(postman, claimed)
    assert stand(newer)[0] == State.SENDING


def test_two_drains_at_once_send_each_mail_once(smtp: SmtpServer) -> None:
    rows = [mail() for _ in range(12)]
    start = threading.Barrier(2)

    def drain() -> int:
        start.wait()
        try:
            return delivery.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = [job.result() for job in [pool.submit(drain), pool.submit(drain)]]
    assert sum(sent) == 12
    assert sorted(taken.message["Message-ID"] for taken in smtp.mailbox.deliveries) == sorted(message_id(row.key) for row in rows)
    assert {stand(row) for row in rows} == {(State.SENT, 1)}


def test_a_claim_that_comes_second_gets_nothing() -> None:
    row = mail()
    assert [delivery._claim(row.pk) is not None, delivery._claim(row.pk) is not None] == [True, False]


def test_a_drain_takes_one_connection_for_all_its_mail(smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    connect = socket.create_connection

    def counted(*args: object, **options: object) -> socket.socket:
        lines.append(args)
        return connect(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", counted)
    for _ in range(5):
        mail()
    assert delivery.deliver() == 5
    assert len(lines) == 1


def test_a_drain_stops_after_a_while_and_the_next_goes_on(smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "DRAIN_FOR", dt.timedelta(0))
    row = mail()
    assert delivery.deliver() == 0
    assert stand(row) == (State.QUEUED, 0)


def test_without_a_mail_server_mail_is_kept_and_not_sent_when_one_comes(settings: Settings, smtp: SmtpServer) -> None:
    there, settings.EMAIL_URL = settings.EMAIL_URL, ""
    row = mail()
    assert delivery.deliver() == 0
    assert stand(row) == (State.KEPT, 0)
    settings.EMAIL_URL = there
    assert delivery.deliver() == 0
    assert stand(row)[0] == State.KEPT


def test_mail_to_somebody_without_an_address_is_kept(smtp: SmtpServer) -> None:
    row = mail(person(address=""))
    assert delivery.deliver() == 0
    assert stand(row)[0] == State.KEPT


def test_an_address_that_cannot_be_written_fails_alone(smtp: SmtpServer) -> None:
    broken, fine = mail(person(address="no one at all <")), mail()
    assert delivery.deliver() == 1
    assert [stand(broken)[0], stand(fine)[0]] == [State.FAILED, State.SENT]


def test_nothing_is_sent_inside_a_transaction(smtp: SmtpServer) -> None:
    row = mail()
    with pytest.raises(RuntimeError), transaction.atomic():
        delivery.deliver()
    assert stand(row)[0] == State.QUEUED


@pytest.mark.worker
def test_the_task_of_beat_delivers(worker: Worker) -> None:
    row = mail()
    tasks.deliver.delay()
    worker.wait_until(lambda: stand(row)[0] != State.QUEUED, "the mail has been taken")
    assert stand(row)[0] == State.KEPT  # the worker has no mail server
