"""Prints the material plan (D1, D2): what open orders need by material and size, what is there, on order and short."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from procurement.selectors.material_figures import Figures, material_figures


class Command(BaseCommand):
    help = "Print gross and net material by size for all open orders, or for what is needed within a month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", metavar="YYYY-MM", help="only what is needed within this month")
        parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
        parser.add_argument("--plant", metavar="CODE", help="the plant's code; the first plant without it")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = material_figures(_plant(options["plant"]), _month(options["month"]))
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(row) for row in rows], ensure_ascii=False))
            return
        for row in rows:
            figures = f"{row.gross:>16} {row.stock:>16} {row.on_order:>16} {row.net:>16}"
            self.stdout.write(f"{row.material:<24} {row.size:>5} {figures} {row.unit} {row.needed_on.isoformat()}")
        self.stdout.write(_("%(count)d materials and sizes.") % {"count": len(rows)})


def _plant(code: str | None) -> Plant:
    if not code:
        return default_plant()
    plant = Plant.objects.filter(code=code).first()
    if plant is None:
        raise CommandError(_("There is no plant %(code)s.") % {"code": code})
    return plant


def _month(text: str | None) -> dt.date | None:
    """The first day of a month such as `2026-12`."""
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise CommandError(_("A month is written like 2026-12, not %(text)s.") % {"text": text}) from error


def _number(quantity: Decimal) -> int | float:
    """A JSON number; the ledger's eleven digits before and three after the point fit a double exactly as written."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def _as_json(row: Figures) -> dict[str, Any]:
    return {
        "material": row.material,
        "size": row.size,
        "unit": row.unit,
        "gross": _number(row.gross),
        "stock": _number(row.stock),
        "on_order": _number(row.on_order),
        "net": _number(row.net),
        "needed_on": row.needed_on.isoformat(),
    }
