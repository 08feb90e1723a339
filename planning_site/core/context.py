"""What every page's frame shows: navigation, the factory clock, language and theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from planning_site.core import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"factory_now": clock.now().astimezone(clock.factory_zone()), "factory_name": settings.FACTORY_NAME}
