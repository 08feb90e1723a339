"""Pages of the warehouses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
