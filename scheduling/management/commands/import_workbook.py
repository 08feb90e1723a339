"""Imports workbooks from the command line: master data, order books, notices, stock; several files that depend on each other."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from planning_site.workbooks.sandbox.limits import DEFAULT
from planning_site.workbooks.services import files, memory, remap, summary
from planning_site.workbooks.services.running import FileOutcome, run

SHOWN_WRONG = 50


class Command(BaseCommand):
    help = "Import Excel or CSV workbooks. Files given together may depend on each other, in any order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="show what would be written, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON list and nothing else")
        parser.add_argument("--all-or-nothing", action="store_true", help="write nothing when any row is wrong")
        parser.add_argument("--user", default="", help="the account the history names")
        parser.add_argument("--customer", default="", help="whose own file this is: uses the columns remembered for that customer")
        parser.add_argument(
            "--map", action="append", default=[], metavar="HEADER=FIELD", help="read a column as a field, e.g. REF=style or K=size:36"
        )
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a value for all rows, e.g. customer=C01")
        parser.add_argument("--kind", default="orders.order_book", help="what the re-mapped sheets hold")
        parser.add_argument(
            "--numbers", choices=["", "point", "comma"], default="", help="the decimal sign where the file does not show it"
        )
        parser.add_argument("--days", choices=["", "day_first", "month_first"], default="", help="the order of day and month likewise")
        parser.add_argument("--remember", action="store_true", help="keep --map and --set for the customer's next file")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        outcomes = self._read(options)
        try:
            if options["map"] or options["set"]:
                outcomes = self._remapped(outcomes, options, user)
        except DomainError as error:
            raise CommandError(error.message) from error
        readable = [outcome for outcome in outcomes if not outcome.refused]
        stop = options["all_or_nothing"] and len(readable) < len(outcomes)
        kept = run(
            readable,
            plant=default_plant(),
            by=user,
            dry_run=options["dry_run"] or stop,
            all_or_nothing=options["all_or_nothing"],
        )
        if options["json"]:
            self.stdout.write(json.dumps([summary.as_json(outcome) for outcome in outcomes], ensure_ascii=False, indent=1))
        else:
            self._tell(outcomes, kept)
        if len(readable) < len(outcomes):
            sys.exit(1)

    def _user(self, name: str) -> User | None:
        """Return the account to be named in the history."""
        user = User.objects.filter(username=name).first() if name else None
        if name and user is None:
            raise CommandError(_("There is no account %(name)s.") % {"name": name})
        return user

    def _read(self, options: dict[str, Any]) -> list[FileOutcome]:
        """Read all files; those that cannot be opened or are refused say so in their outcome."""
        known = memory.knowledge(customer=options["customer"])
        outcomes = []
        for name in options["files"]:
            try:
                with Path(name).open("rb") as file:
                    data = file.read(DEFAULT.file_bytes + 1)
            except OSError as error:
                outcomes.append(FileOutcome(name, refused=_("The file cannot be opened: %(error)s.") % {"error": error.strerror}))
                continue
            outcomes.append(files.read_file(name, data, known))
        return outcomes

    def _remapped(self, outcomes: list[FileOutcome], options: dict[str, Any], user: User | None) -> list[FileOutcome]:
        """Read again with what the command line says about the columns, and remember it if asked. Raises DomainError."""
        columns, constants = _pairs(options["map"]), _pairs(options["set"])
        own: dict[str, dict[str, Any]] = {}
        for outcome in outcomes:
            if outcome.reading is not None:
                own |= remap.remap(
                    outcome.reading,
                    kind=options["kind"],
                    columns=columns,
                    constants=constants,
                    numbers=options["numbers"],
                    days=options["days"],
                )
        if options["remember"] and not options["dry_run"]:
            for signature, said in own.items():
                memory.remember(signature=signature, customer=options["customer"], remapping=memory.remapping_from(said), by=user)
        known = memory.knowledge(customer=options["customer"], own=own)
        return [files.read_again(outcome, known) for outcome in outcomes]

    def _tell(self, outcomes: list[FileOutcome], kept: bool) -> None:
        """Print a summary for people."""
        for outcome in outcomes:
            self.stdout.write(f"{Path(outcome.name).name}")
            if outcome.refused:
                self.stdout.write(f"  ✕ {outcome.refused}")
                continue
            self._tell_file(outcome)
        if not kept:
            self.stdout.write(_("Nothing was written."))

    def _tell_file(self, outcome: FileOutcome) -> None:
        """Print one file's figures and its wrong cells."""
        figures = summary.as_json(outcome)
        for sheet in outcome.sheets:
            self.stdout.write(f"  {sheet.reading.sheet}: {sheet.reading.kind.label}, " + _("%(n)s rows") % {"n": len(sheet.results)})
        self.stdout.write(
            "  "
            + _("new %(new)s, changed %(changed)s, unchanged %(unchanged)s, wrong cells %(wrong)s")
            % {**figures, "wrong": len(figures["wrong"])}
        )
        if figures["orders"]:
            self.stdout.write(
                "  " + _("%(orders)s orders, %(pairs)s pairs") % {"orders": figures["orders"], "pairs": f"{figures['pairs']:,}"}
            )
        for item in outcome.wrong[:SHOWN_WRONG]:
            place = f"{item.sheet}!{item.column}{item.row or ''}"
            self.stdout.write(f"  ▲ {place} = {item.value}: {item.reason} {item.contract}".rstrip())
        if len(outcome.wrong) > SHOWN_WRONG:
            self.stdout.write("  " + _("… and %(n)s more") % {"n": len(outcome.wrong) - SHOWN_WRONG})


def _pairs(texts: list[str]) -> dict[str, str]:
    """Read NAME=VALUE arguments."""
    pairs = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name:
            raise CommandError(_("%(text)s is not of the form NAME=VALUE.") % {"text": text})
        pairs[name.strip()] = value.strip()
    return pairs
