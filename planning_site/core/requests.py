"""The request that a view gets once `core.middleware.AccessMiddleware` has let it through."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from planning_site.core.models import User


class LoggedInRequest(HttpRequest):
    """A request of somebody who is logged in; only the public pages of `core.access` see anybody else."""

    user: User
    htmx: HtmxDetails
    nav_page: str  # the URL name whose entry the navigation marks, set by a view that serves several pages
