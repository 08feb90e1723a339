"""What tests stand on: a real PostgreSQL, a real broker, a real worker, a real browser and a real mail server.

The servers are those of DATABASE_URL and REDIS_URL, or else embedded ones below VAR_DIR (by default var/test). They start with the first
test that needs them. Each process of a parallel run has its own test database and its own broker database.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import caches
from playwright.sync_api import Playwright
from pytest_django import Settings

from planning_site.celery import app as celery_app
from planning_site.embedded import ensure
from planning_site.embedded.paths import PROJECT_ROOT, VarDir
from tests.support.chromium import find_chromium
from tests.support.slots import take_slot
from tests.support.smtp import SmtpServer
from tests.support.worker import Worker


@dataclass(frozen=True)
class Services:
    """Addresses of this test process's own databases, as a child process of the site would be given them."""

    database_url: str
    redis_url: str
    environment: dict[str, str]


def _var_dir() -> VarDir:
    """The installation that the tests use. Below var/test nothing has to outlive a power cut."""
    if not os.environ.get("VAR_DIR"):
        os.environ["VAR_DIR"] = str(PROJECT_ROOT / "var" / "test")
        var = VarDir.from_environment()
        var.create()
        (var.root / "throwaway").touch()
        return var
    var = VarDir.from_environment()
    var.create()
    return var


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """Start or find the servers and point the loaded settings at this process's share of them."""
    slot = take_slot(_var_dir().root)
    lease = ensure()
    server_url, redis_url = os.environ["DATABASE_URL"], slot.redis_url(os.environ["REDIS_URL"])

    database = django_settings.DATABASES["default"]
    database.update(environ.Env.db_url_config(server_url))
    database.setdefault("TEST", {})["NAME"] = slot.database
    django_settings.CACHES["default"]["LOCATION"] = redis_url
    if caches.all(initialized_only=True):
        # An app that loaded earlier already holds a client of the address that was not there yet.
        del caches["default"]
    django_settings.REDIS_URL = django_settings.CELERY_BROKER_URL = redis_url
    celery_app.conf.broker_url = redis_url

    database_url = slot.database_url(server_url)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        yield Services(database_url, redis_url, {"DATABASE_URL": database_url, "REDIS_URL": redis_url})
        client.flushdb()
    lease.release()
    slot.leave()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: Services) -> None:
    """Called by pytest-django before it creates the test database."""


@pytest.fixture(scope="session")
def running_worker(services: Services, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One worker for all tests of this process; a test asks for `worker`."""
    settings_module = {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    worker = Worker(services.environment | settings_module, tmp_path_factory.mktemp("worker") / "worker.log")
    yield worker
    worker.stop()


@pytest.fixture
def worker(transactional_db: None, running_worker: Worker) -> Iterator[Worker]:
    """A real worker that sees what the test commits. After the test it is idle again before the tables are emptied."""
    if running_worker.process is None or running_worker.process.poll() is not None:
        running_worker.start()
    yield running_worker
    if running_worker.process is not None and running_worker.process.poll() is None:
        running_worker.become_idle()


@pytest.fixture
def smtp(settings: Settings) -> Iterator[SmtpServer]:
    """A real SMTP server, with the settings of this process pointing at it."""
    server = SmtpServer()
    server.start()
    settings.EMAIL_URL = server.url
    for name, value in environ.Env.email_url_config(server.url).items():
        setattr(settings, name, value)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright(django_db_setup: None, playwright: Playwright) -> Iterator[Playwright]:
    """The test database is made before Playwright's event loop starts; while it runs, Django may use the database in its thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    """Launch the Chromium that is there. Where none is, CI fails and everybody else is told what to install."""
    program = find_chromium(playwright.chromium.executable_path)
    if program is None:
        reason = "No Chromium: install Debian's chromium, or run `playwright install chromium`, or set CHROMIUM to its path."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": str(program), "args": sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """An office screen of a Chinese factory."""
    return browser_context_args | {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
        "accept_downloads": True,
    }


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The directory that holds manage.py."""
    return PROJECT_ROOT
