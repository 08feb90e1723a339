"""Loads the demo factory: its workbooks with their dates moved to today's week, its accounts. Does nothing where orders exist."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order, Salesperson
from planning_site.core import clock, demo_accounts
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from planning_site.workbooks.services import files, summary
from procurement.demo import load_purchasing
from procurement.services.requirements import recalculate
from quality.demo import load_pre_production, load_tooling
from scheduling.models import StyleRate

FOLDER = Path(settings.BASE_DIR) / "planning_site" / "demo"
BOOK_WEEK = dt.date(2026, 11, 23)  # the Monday of the week in which the demo's order book was written


class Command(BaseCommand):
    help = "Load the demo workbooks, their dates moved by whole weeks to today, and one account per department."

    def handle(self, *args: Any, **options: Any) -> None:
        if Order.objects.exists():
            self.stdout.write(_("There are orders already. The demo was not loaded."))
            return
        with transaction.atomic():
            users = demo_accounts.create()
            self._import(self._books())
            self._link(users)
            load_pre_production(sheets=self._sheets())
            load_tooling()
            load_purchasing()
            # what every job needs, its kit and what holds it up are there before the first page is opened
            recalculate(default_plant())

    def _sheets(self) -> dict[int, dict[str, Decimal]]:
        """Minutes per pair by style and stage code: process sheets say what planning counts with."""
        sheets: dict[int, dict[str, Decimal]] = defaultdict(dict)
        for style, stage, minutes in StyleRate.objects.values_list("style_id", "stage__code", "minutes"):
            sheets[style][stage] = minutes
        return sheets

    def _books(self) -> list[tuple[str, bytes]]:
        """Return name and content of every demo workbook."""
        return [(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("*.xlsx"))]

    def _import(self, books: list[tuple[str, bytes]]) -> None:
        """Import all books together; raise CommandError when anything in them is wrong."""
        today = clock.today()
        monday = today - dt.timedelta(days=today.weekday())
        outcomes = files.import_files(books, plant=default_plant(), by=None, shift_days=(monday - BOOK_WEEK).days)
        wrong = [item for outcome in outcomes for item in outcome.wrong]
        if wrong:
            raise CommandError("\n".join(f"{item.sheet}!{item.column}{item.row} {item.value}: {item.reason}" for item in wrong[:20]))
        figures = [summary.as_json(outcome) for outcome in outcomes]
        book = max(figures, key=lambda item: int(item["orders"]))
        self.stdout.write(_("Demo loaded: %(orders)s orders, %(pairs)s pairs.") % {"orders": book["orders"], "pairs": f"{book['pairs']:,}"})

    def _link(self, users: list[User]) -> None:
        """Give the demo's salespeople their accounts, by name."""
        for user in users:
            Salesperson.objects.filter(name=user.display_name, user=None).update(user=user)
