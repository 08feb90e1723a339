"""The system checks that keep the access table and the URLs together."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from planning_site.core.access import ACCESS, rule
from planning_site.core.checks import every_url_has_an_access_rule, url_names


def findings() -> list[tuple[str | None, str]]:
    return [(message.id, str(message.msg)) for message in every_url_has_an_access_rule(None)]


def test_every_url_has_a_rule_and_every_rule_a_url() -> None:
    assert findings() == []
    assert set(url_names()) == ACCESS.keys()


def test_a_url_without_a_rule_stops_the_start(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.core.broken_urls"
    assert findings() == [("core.E001", "broken has no rule in core.access")]
    with pytest.raises(SystemCheckError, match="broken has no rule"):
        call_command("check")


def test_a_rule_without_a_url_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACCESS, "orders:gone", rule())
    assert findings() == [("core.E002", "core.access names orders:gone, which no URL has")]
