"""A factory with one style, two colours and one customer, for rows of order books."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from planning_site.core.plants import default_plant
from planning_site.workbooks.services import files
from planning_site.workbooks.services.running import FileOutcome
from tests import factories

Import = Callable[..., FileOutcome]


@pytest.fixture
def factory(db: None) -> None:
    """Style HD1 in sizes 38 to 40, black and white, for 华荣贸易; style HD2 in half sizes."""
    factories.style("HD1", colours=("黑", "白"), sizes=("38", "40"))
    factories.style("HD2", colours=("黑",), sizes=("36", "37"), step="0.5")
    factories.customer("华荣贸易", code="C01")
    factories.customer("北欧行 NordWalk", code="C02")


@pytest.fixture
def bring() -> Import:
    """Import one file, by default for good."""

    def import_one(data: bytes, name: str = "book.xlsx", **options: Any) -> FileOutcome:
        options.setdefault("by", None)
        return files.import_files([(name, data)], plant=default_plant(), **options)[0]

    return import_one


def wrong_of(outcome: FileOutcome) -> list[tuple[int | None, str, str]]:
    """Row, column and value of every wrong cell."""
    return [(item.row, item.column, item.value) for item in outcome.wrong]


def states_of(outcome: FileOutcome) -> Sequence[str]:
    """The states of all rows in order."""
    return [result.state.value for result in outcome.results]
