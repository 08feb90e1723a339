from django.urls import path

from orders.views import book, catalogue, entry, order

app_name = "orders"

urlpatterns = [
    path("", book.order_list, name="list"),
    path("export/", book.export, name="export"),
    path("new/", entry.create, name="create"),
    path("check/", entry.check, name="check"),
    path("suggest/", catalogue.suggest, name="suggest"),
    path("style/", catalogue.style_sizes, name="style_sizes"),
    path("<int:pk>/", order.detail, name="detail"),
    path("<int:pk>/edit/", entry.edit, name="edit"),
    path("<int:pk>/state/<str:target>/", order.state, name="state"),
]
