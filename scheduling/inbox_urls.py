"""The inbox and the search, which everybody has."""

from django.urls import path

from scheduling import inbox_views

app_name = "inbox"

urlpatterns = [
    path("", inbox_views.home, name="home"),
    path("count/", inbox_views.count, name="count"),
    path("search/", inbox_views.search, name="search"),
]
