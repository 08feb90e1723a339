from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class OutboxConfig(AppConfig):
    name = "planning_site.outbox"
    label = "outbox"
    verbose_name = pgettext_lazy("app", "Mail")
