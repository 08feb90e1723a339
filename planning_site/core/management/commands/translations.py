"""`manage.py translations`: bring the message catalogues up to date, check them, or compile them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning_site.core import translations


class Command(BaseCommand):
    help = "Updates, checks or compiles the message catalogues. Names of apps narrow it to their catalogues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="APP", help=", ".join(translations.NAMES))
        parser.add_argument("--update", action="store_true", help="take in new texts, drop those that are gone, keep translations")
        parser.add_argument("--check", action="store_true", help="name every text without a proper translation, and exit with 1")
        parser.add_argument("--compile", action="store_true", help="write the .mo files that Django reads")

    def handle(self, *, names: list[str], update: bool, check: bool, compile: bool, **options: Any) -> None:
        unknown = set(names) - set(translations.NAMES)
        if unknown:
            raise CommandError(f"There is no catalogue {', '.join(sorted(unknown))}; there are {', '.join(translations.NAMES)}.")
        if not (update or check or compile):
            raise CommandError("Say --update, --check or --compile.")
        chosen = names or list(translations.NAMES)
        if update:
            self._update(chosen)
        if compile:
            written = [name for name in chosen if translations.compile_catalogue(name)]
            self.stdout.write(f"Compiled: {', '.join(written) or 'nothing new'}")
        if check:
            self._check(chosen)

    def _update(self, names: list[str]) -> None:
        everything = [translations.read(name) for name in translations.NAMES]
        for name in names:
            self.stdout.write(f"{name}: {translations.update(name, everything)} not translated")

    def _check(self, names: list[str]) -> None:
        problems = [problem for name in names for problem in translations.problems_of(name)]
        problems += translations.contradictions(translations.NAMES)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} texts need a look.")
        self.stdout.write("Every text is translated.")
