"""Browser tests of planning may run alone, and empty the tables after themselves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright


@pytest.fixture(scope="session")
def playwright(django_db_setup: None, playwright: Playwright) -> Iterator[Playwright]:
    """The test database is made before Playwright's event loop starts; while it runs, Django may use the database in its thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield playwright
