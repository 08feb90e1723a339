"""Purchasing and the warehouses; each room keeps its own list."""

from procurement import purchasing_urls, warehouse_urls

app_name = "procurement"

urlpatterns = [*purchasing_urls.urlpatterns, *warehouse_urls.urlpatterns]
