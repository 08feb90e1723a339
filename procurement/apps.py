from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"

    def ready(self) -> None:
        import procurement.imports  # noqa: F401 - registers the sheets it understands
