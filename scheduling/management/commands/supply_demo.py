"""`manage.py supply_demo`: material for the demo factory, ordered and received as a first look at its order book needs."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from planning_site.core import clock
from planning_site.core.plants import default_plant
from scheduling.demo import supply


class Command(BaseCommand):
    help = "Orders and receives the demo factory's material before its first plans. Does nothing where a plan was made."

    def handle(self, *args: Any, **options: Any) -> None:
        done = supply(default_plant(), clock.today())
        text = _("Material is ordered; what is needed soon is in the warehouse.") if done else _("Material was ordered before.")
        self.stdout.write(text)
