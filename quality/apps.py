from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class QualityConfig(AppConfig):
    name = "quality"
    verbose_name = pgettext_lazy("app", "Technical and QC")
