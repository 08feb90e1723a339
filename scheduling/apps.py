from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = pgettext_lazy("app", "Planning")

    def ready(self) -> None:
        import scheduling.imports  # noqa: F401 - registers the sheets it understands
