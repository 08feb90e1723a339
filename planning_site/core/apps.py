from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CoreConfig(AppConfig):
    name = "planning_site.core"
    label = "core"
    verbose_name = pgettext_lazy("app", "House")

    def ready(self) -> None:
        from planning_site.core import checks  # noqa: F401 - registers the system checks
