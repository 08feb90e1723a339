from django.apps import AppConfig


class WorkbooksConfig(AppConfig):
    name = "planning_site.workbooks"
    label = "workbooks"
