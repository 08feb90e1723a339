from django.apps import AppConfig
from django.db.models import CharField

from orders.lookups import HasText


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        CharField.register_lookup(HasText)
