from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        import scheduling.imports  # noqa: F401 - registers the sheets it understands
