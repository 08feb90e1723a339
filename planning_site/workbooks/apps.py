from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class WorkbooksConfig(AppConfig):
    name = "planning_site.workbooks"
    label = "workbooks"
    verbose_name = pgettext_lazy("app", "Import of workbooks")
