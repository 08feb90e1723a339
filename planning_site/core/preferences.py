"""Language and theme: kept with the account, and for strangers in cookies of the browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import User

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME
THEME_COOKIE = "theme"
COOKIE_SECONDS = 365 * 24 * 3600
# chosen on the login page, in the session until the login keeps it with the account
CHOSEN_BEFORE_LOGIN = "preferences"


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark`, or empty for what the system says. The account's choice, then the browser's cookie."""
    user = getattr(request, "user", None)
    theme = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in User.Theme.values else ""


def chosen(data: dict[str, str]) -> dict[str, str]:
    """The valid choices among posted ones. Raises DomainError for a language or theme that does not exist."""
    allowed = {"language": dict(settings.LANGUAGES).keys(), "theme": set(User.Theme.values)}
    choices = {name: value for name, value in data.items() if name in allowed}
    for name, value in choices.items():
        if value not in allowed[name]:
            raise DomainError(_("There is no such choice: %(value)s.") % {"value": value}, "preference")
    return choices


def keep(request: HttpRequest, response: HttpResponse, choices: dict[str, str]) -> None:
    """Keep the choices with the account, or remember them for the login; and in the browser, for the next login page."""
    if request.user.is_authenticated:
        keep_with(request.user, choices)
    else:
        request.session[CHOSEN_BEFORE_LOGIN] = {**request.session.get(CHOSEN_BEFORE_LOGIN, {}), **choices}
    cookies = {"language": LANGUAGE_COOKIE, "theme": THEME_COOKIE}
    for name, value in choices.items():
        response.set_cookie(cookies[name], value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure())


def keep_with(user: User, choices: dict[str, str]) -> None:
    """Write the choices to the account."""
    for name, value in choices.items():
        setattr(user, name, value)
    if choices:
        user.save(update_fields=list(choices))
