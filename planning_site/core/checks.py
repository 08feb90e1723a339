"""System checks: a URL without a line in the access table, or a line without a URL, stops the start."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from planning_site.core.access import ACCESS

SKIPPED = {"admin"}


def url_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every named URL of our own as `namespace:name`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in SKIPPED:
                yield from url_names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


@register("security")
def every_url_has_an_access_rule(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    names = set(url_names())
    missing = [Error(f"{name} has no rule in core.access", id="core.E001") for name in sorted(names - ACCESS.keys())]
    stale = [Error(f"core.access names {name}, which no URL has", id="core.E002") for name in sorted(ACCESS.keys() - names)]
    return [*missing, *stale]
