"""Every page under its room. Who may open which stands in planning_site.core.access."""

from django.contrib import admin
from django.urls import include, path

handler500 = "planning_site.core.views.server_error"

urlpatterns = [
    path("", include("planning_site.core.urls")),
    path("orders/", include("orders.urls")),
    path("import/", include("planning_site.workbooks.urls")),
    path("procurement/", include("procurement.urls")),
    path("quality/", include("quality.urls")),
    path("inbox/", include("scheduling.inbox_urls")),
    path("planning/", include("scheduling.urls")),
    path("mail/", include("planning_site.outbox.urls")),
    path("admin/", admin.site.urls),
]
