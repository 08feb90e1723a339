"""Login, logout, preferences, health, and the pages of faults."""

import logging
import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from planning_site.core import demo_accounts, preferences
from planning_site.core import health as health_checks
from planning_site.core.errors import DomainError
from planning_site.core.forms import LoginForm
from planning_site.core.plants import choose_plant
from planning_site.core.requests import LoggedInRequest

logger = logging.getLogger(__name__)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect(settings.LOGIN_REDIRECT_URL)


class Login(LoginView):
    """The login page. On an installation with the demo it lists the demo's accounts."""

    form_class = LoginForm
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        chosen = self.request.session.pop(preferences.CHOSEN_BEFORE_LOGIN, {})
        response = super().form_valid(form)
        preferences.keep_with(form.get_user(), chosen)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"accounts": demo_accounts.shown()}


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The answer after too many wrong passwords; django-axes calls it."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "registration/locked_out.html", {"minutes": minutes, "tries": settings.AXES_FAILURE_LIMIT}, status=429)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Set language or theme and go back to the page one came from."""
    response = HttpResponseRedirect(_way_back(request))
    try:
        preferences.keep(request, response, preferences.chosen(request.POST.dict()))
    except DomainError as error:
        messages.error(request, error.message)
    return response


@require_POST
def set_plant(request: LoggedInRequest) -> HttpResponse:
    """Choose the plant that one's pages are about, and go back to the page one came from."""
    try:
        choose_plant(user=request.user, plant_id=int(text) if (text := request.POST.get("plant", "")).isdecimal() else 0)
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """The page named in `next` if it is ours, else home."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("core:home")


@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether the database and the broker answer: 200, or 503 with the part that does not."""
    parts = health_checks.report()
    return JsonResponse(parts, status=200 if all(state == "ok" for state in parts.values()) else 503)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page after a fault of ours: with a number that stands in the log beside the traceback."""
    reference = secrets.token_hex(3).upper()
    logger.error("Fault %s on %s %s", reference, request.method, request.path, exc_info=True)
    # rendered without the request: the fault may lie in the database or the session
    return render(None, "500.html", {"reference": reference}, status=500)
