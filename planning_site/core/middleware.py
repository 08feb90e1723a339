"""Language by the person's choice, access by the one table."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

from planning_site.core import access, plants

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class LanguageMiddleware:
    """Chinese unless the person chose otherwise: the account's choice, then the browser's cookie, never its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class PlantMiddleware:
    """The plant that the person chose stands for the whole request (`core.plants.default_plant`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with plants.chosen_by(request.user if request.user.is_authenticated else None):
            return self.get_response(request)


class AccessMiddleware:
    """Asks `core.access` before every view: strangers go to the login page, a person of another department gets 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.app_name == "admin":  # the admin has its own, stricter question: superusers only
            return None
        entry = access.ACCESS.get(match.view_name)
        if entry is not None and entry.public:
            return None
        if not request.user.is_authenticated:
            return self._to_login(request)
        if not access.may(request.user, match.view_name, "read" if request.method in SAFE else "write"):
            raise PermissionDenied
        return None

    def _to_login(self, request: HttpRequest) -> HttpResponse:
        """The login page, and back afterwards; a fragment's page goes there as a whole."""
        if "HX-Request" not in request.headers:
            return redirect_to_login(request.get_full_path())
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponseClientRedirect(redirect_to_login(page._replace(scheme="", netloc="").geturl() or "/").url)
