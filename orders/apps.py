from django.apps import AppConfig
from django.db.models import CharField
from django.utils.translation import pgettext_lazy

from orders.lookups import HasText


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = pgettext_lazy("app", "Sales")

    def ready(self) -> None:
        import orders.imports  # noqa: F401 - registers the sheets it understands

        CharField.register_lookup(HasText)
