"""The Celery application; what beat starts and when stands in settings (`CELERY_BEAT_SCHEDULE`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_site.settings.dev")

app = Celery("planning_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
