"""When and in which language the tests of pages stand."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.scheduling.factories import NOON


@pytest.fixture
def factory_noon() -> Iterator[None]:
    """Tuesday, 8 December 2026, noon in the factory."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    """Words are English where nobody's account decides."""
    with translation.override("en"):
        yield
