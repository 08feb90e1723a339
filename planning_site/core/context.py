"""What every page's frame shows: navigation, the factory clock, language, theme, and the plant where there are several."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from planning_site.core import clock, preferences
from planning_site.core.navigation import navigation_for
from planning_site.core.plants import default_plant, plants


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav` is None for strangers. A view that serves several pages names the one to mark in `request.nav_page`."""
    context: dict[str, Any] = {
        "factory_now": clock.now().astimezone(clock.factory_zone()),
        "factory_name": settings.FACTORY_NAME,
        "factory_zone": settings.TIME_ZONE,
        "theme": preferences.theme_of(request),
        "nav": None,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        match = request.resolver_match
        if len(known := plants()) > 1:
            context["plants"], context["chosen_plant"] = known, default_plant()
        context["nav"] = navigation_for(user, getattr(request, "nav_page", match.view_name if match else ""))
    return context
