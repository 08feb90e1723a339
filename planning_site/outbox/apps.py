from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "planning_site.outbox"
    label = "outbox"
