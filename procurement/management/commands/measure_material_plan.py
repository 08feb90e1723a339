"""Measures how long the material plan of a factory of some size takes. What it writes for that is taken back."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from planning_site.core import clock
from planning_site.core.models import Plant
from procurement.measuring import Scale, build
from procurement.models import JobKit
from procurement.selectors.material_figures import material_figures
from procurement.services.requirements import recalculate


class Command(BaseCommand):
    help = "Make a factory of this size, calculate requirements, claims and kits, print the seconds, and take everything back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jobs", type=int, default=300, help="open order lines")
        parser.add_argument("--parts", type=int, default=12, help="rows of usage per style")
        parser.add_argument("--sizes", type=int, default=10, help="sizes of a run")
        parser.add_argument("--again", action="store_true", help="calculate a second time: the old requirements have to be replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        scale = Scale(options["jobs"], options["parts"], options["sizes"])
        if min(scale.jobs, scale.parts, scale.sizes) < 1 or scale.sizes > 30:
            raise CommandError(_("Jobs and parts are at least 1, sizes 1 to 30."))
        with transaction.atomic():
            plant = build(scale, today=clock.today())
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # as autovacuum does for rows that stay
            for _turn in range(2 if options["again"] else 1):
                self._measure(plant, scale)
            transaction.set_rollback(True)

    def _measure(self, plant: Plant, scale: Scale) -> None:
        started, worked = time.monotonic(), time.process_time()
        run = recalculate(plant)
        stored, worked = time.monotonic(), time.process_time() - worked
        figures = material_figures(plant)
        printed = time.monotonic()
        words = {
            "jobs": scale.jobs,
            "parts": scale.parts,
            "sizes": scale.sizes,
            "requirements": f"{run.requirements:,}",
            "kits": f"{JobKit.objects.filter(plant=plant).count():,}",
            "run": f"{stored - started:.2f}",
            "own": f"{worked:.2f}",
            "rows": f"{len(figures):,}",
            "plan": f"{printed - stored:.2f}",
        }
        self.stdout.write(
            _(
                "%(jobs)s jobs × %(parts)s parts × %(sizes)s sizes: %(requirements)s requirements and %(kits)s kits in %(run)s s"
                " (%(own)s s of this process, the rest the database's and waiting); material_plan of %(rows)s rows in %(plan)s s."
            )
            % words
        )
