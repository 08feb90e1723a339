from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "planning_site.core"
    label = "core"

    def ready(self) -> None:
        from planning_site.core import checks  # noqa: F401 - registers the system checks
