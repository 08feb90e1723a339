"""Lüyue: production planning and order coordination for a make-to-order shoe factory."""

from planning_site.celery import app as celery_app

__all__ = ["celery_app"]
