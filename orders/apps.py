from django.apps import AppConfig
from django.db.models import CharField

from orders.lookups import HasText


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        import orders.imports  # noqa: F401 - registers the sheets it understands

        CharField.register_lookup(HasText)
