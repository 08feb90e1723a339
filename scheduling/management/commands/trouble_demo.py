"""`manage.py trouble_demo`: what goes wrong in the demo factory after its first plans, and what its people decided."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from planning_site.core import clock
from planning_site.core.plants import default_plant
from scheduling.demo import trouble


class Command(BaseCommand):
    help = (
        "Lets soles come six days late, keeps an exception and issues instruction orders. Does nothing where instruction orders were made."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        trouble(default_plant(), clock.today())
        self.stdout.write(_("A supplier is late, and the departments know whom it hits."))
