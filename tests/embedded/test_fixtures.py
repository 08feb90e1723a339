"""The ground that other tests stand on is itself real."""

import smtplib
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import connection
from playwright.sync_api import Page

from planning_site.celery import app
from tests.conftest import Services
from tests.support.smtp import SmtpServer
from tests.support.worker import Worker


@pytest.mark.django_db
def test_the_database_is_postgresql_with_utf8_and_builtin_locale() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname, pg_encoding_to_char(encoding), datlocprovider FROM pg_database WHERE datname = current_database()")
        name, encoding, provider = cursor.fetchone()
        cursor.execute("SELECT lower('ÀÉ履'), similarity('word', 'words') > 0.5")
        assert cursor.fetchone() == ("àé履", True)
    assert name.startswith("test_")
    assert (encoding, provider) == ("UTF8", "b")


def test_the_cache_is_this_process_share_of_the_broker(services: Services) -> None:
    cache.set("履", {"pairs": 3})
    assert cache.get("履") == {"pairs": 3}
    assert settings.CACHES["default"]["LOCATION"] == services.redis_url == app.conf.broker_url


@pytest.mark.worker
def test_the_worker_is_another_process_on_the_test_database(worker: Worker) -> None:
    assert app.conf.task_always_eager is False
    answers = app.control.inspect(timeout=5).stats()
    assert answers is not None
    assert [stats["pid"] for stats in answers.values()] == [worker.process.pid if worker.process else None]


def test_mail_goes_over_the_wire(smtp: SmtpServer) -> None:
    send_mail("日计划", "见附件", "planning@example.com", ["cutting@example.com"])
    [delivery] = smtp.mailbox.deliveries
    assert delivery.recipients == ["cutting@example.com"]
    assert delivery.message["Subject"] == "日计划"


def test_the_mail_server_refuses_whom_it_is_told_to_refuse(smtp: SmtpServer) -> None:
    smtp.mailbox.refusals["gone@example.com"] = "550 No such user"
    message = EmailMessage()
    message["Subject"] = "x"
    with smtplib.SMTP("127.0.0.1", smtp.port) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(message, "planning@example.com", ["gone@example.com"])
    assert smtp.mailbox.deliveries == []


@pytest.mark.browser
def test_the_browser_speaks_chinese_and_has_a_font_for_it(page: Page) -> None:
    page.set_content("<canvas></canvas>")
    assert page.evaluate("navigator.language") == "zh-CN"
    # A missing font draws one and the same box for every character.
    drawn = page.evaluate(
        """() => [...'履约'].map(sign => {
            const canvas = document.createElement('canvas');
            const pen = canvas.getContext('2d');
            pen.font = '40px sans-serif';
            pen.fillText(sign, 5, 45);
            return canvas.toDataURL();
        })"""
    )
    assert drawn[0] != drawn[1]
