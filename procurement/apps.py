from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ProcurementConfig(AppConfig):
    name = "procurement"
    verbose_name = pgettext_lazy("app", "Purchasing and warehouses")

    def ready(self) -> None:
        import procurement.imports  # noqa: F401 - registers the sheets it understands
