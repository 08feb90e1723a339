"""The demo factory, loaded once for all tests of a module: it takes seconds, and they only look at it or take back what they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import time_machine
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def loaded(blocker: DjangoDbBlocker, day: str) -> Iterator[None]:
    """Load the demo on a day; time stands still there until the end, when all of it is taken back."""
    with blocker.unblock(), time_machine.travel(day, tick=False), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)
