"""Login, preferences, health and the way home."""

from django.urls import path, re_path

from planning_site.core import views

app_name = "core"

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.logout, name="logout"),
    path("preferences/", views.set_preferences, name="preferences"),
    path("plant/", views.set_plant, name="plant"),
    re_path(r"^health/?$", views.health, name="health"),
]
