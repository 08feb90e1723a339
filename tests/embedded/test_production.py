"""Production starts with a complete, strong environment only, and names what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {
    "SECRET_KEY": "an-example-of-a-key-that-is-long-enough-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "plan.example.com",
    "SITE_URL": "https://plan.example.com",
    "DATABASE_URL": "postgres://luyue:secret@database/luyue",
    "REDIS_URL": "redis://:secret@broker:6379/0",
    "DJANGO_SETTINGS_MODULE": "planning_site.settings.production",
}


def run(project_root: Path, environment: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run([sys.executable, *command], cwd=project_root, env=bare | environment, capture_output=True, text=True, check=False)


def test_the_deployment_check_has_nothing_to_complain_about(project_root: Path) -> None:
    done = run(project_root, GOOD, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("SECRET_KEY", None, "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY must be at least 50"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY must be at least 50"),
        ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("SITE_URL", None, "SITE_URL"),
        ("SITE_URL", "plan.example.com", "SITE_URL must be"),
        ("SITE_URL", "http://plan.example.com", "HTTPS must be 0"),
        ("DATABASE_URL", "sqlite:///file", "DATABASE_URL must name a PostgreSQL"),
        ("REDIS_URL", "amqp://broker", "REDIS_URL must name"),
        ("CSRF_TRUSTED_ORIGINS", "plan.example.com", "CSRF_TRUSTED_ORIGINS must be"),
        ("DEFAULT_FROM_EMAIL", "nobody", "DEFAULT_FROM_EMAIL must be"),
        ("HSTS_SECONDS", "long", "long"),
    ],
)
def test_a_missing_or_weak_value_stops_the_start(project_root: Path, name: str, value: str | None, named: str) -> None:
    environment = {key: text for key, text in (GOOD | {name: value}).items() if text is not None}
    done = run(project_root, environment, "-c", "import planning_site.settings.production")
    assert done.returncode != 0
    assert named in done.stderr.splitlines()[-1]


def test_a_closed_network_may_do_without_https(project_root: Path) -> None:
    environment = GOOD | {"SITE_URL": "http://plan.example.com", "HTTPS": "0"}
    told = "import planning_site.settings.production as s; print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    assert run(project_root, environment, "-c", told).stdout == "False False 0\n"
