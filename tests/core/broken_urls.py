"""The site with one page more, which always fails."""

from typing import NoReturn

from django.http import HttpRequest
from django.urls import path

from planning_site import urls
from planning_site.urls import handler500

__all__ = ["handler500", "urlpatterns"]


def broken(request: HttpRequest) -> NoReturn:
    raise ZeroDivisionError


urlpatterns = [*urls.urlpatterns, path("broken/", broken, name="broken")]
