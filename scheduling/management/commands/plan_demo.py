"""`manage.py plan_demo`: the first plans of a new installation, made and published in this process."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from procurement.services.requirements import do_waiting
from scheduling.services.first_plans import make_first_plans


class Command(BaseCommand):
    help = "Makes and publishes the month plan, the plans of this and the next week and the next day's plan, unless they are there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=int, help="how long to look for a better month plan")

    def handle(self, *, seconds: int | None, **options: Any) -> None:
        try:
            first = make_first_plans(plant=default_plant(), seconds=seconds)
        except DomainError as error:
            raise CommandError(error.message) from error
        do_waiting()  # material by the days that these plans gave it
        for plan in first.made:
            values = {"plan": plan, "first": plan.first_day, "last": plan.last_day}
            self.stdout.write(_("Published %(plan)s: %(first)s to %(last)s.") % values)
        for number in first.without_work:
            self.stdout.write(_("%(number)s was not made: there is no work to plan in it.") % {"number": number})
        if not first.made and not first.without_work:
            self.stdout.write(_("The plans are there already."))
