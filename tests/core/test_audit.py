"""History rows: who, when, what, why; in the transaction of the change."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from planning_site.core import audit
from planning_site.core.models import Change
from planning_site.core.plants import default_plant
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_change_keeps_who_when_what_and_why() -> None:
    person, plant = factories.user(), default_plant()
    with time_machine.travel("2026-12-08T02:24:00Z", tick=False):
        values = {"due_on": (dt.date(2026, 12, 19), dt.date(2026, 12, 22)), "price": (None, Decimal("9.50"))}
        audit.record(plant, "edit", by=person, values=values, why="客户改期")
    change = audit.history_of(plant).get()
    assert (change.by, change.action, change.why) == (person, "edit", "客户改期")
    assert change.at == dt.datetime(2026, 12, 8, 2, 24, tzinfo=dt.UTC)
    assert change.values == {"due_on": ["2026-12-19", "2026-12-22"], "price": [None, "9.50"]}


def test_history_is_newest_first_and_of_the_asked_objects_only() -> None:
    person, plant = factories.user(), default_plant()
    audit.record(plant, "first", by=None)
    audit.record(plant, "second", by=None)
    audit.record(person, "other", by=None)
    assert [change.action for change in audit.history_of(plant)] == ["second", "first"]
    assert [change.action for change in audit.history_of(plant, person)] == ["other", "second", "first"]
    assert list(audit.history_of()) == []


def test_many_changes_take_one_insert(django_assert_num_queries: object) -> None:
    plant = default_plant()
    with django_assert_num_queries(1):  # type: ignore[operator]
        audit.record_many([audit.Entry(plant, "edit") for _ in range(500)], by=None)
    assert Change.objects.count() == 500


def test_a_change_that_rolls_back_leaves_no_history() -> None:
    plant = default_plant()

    @transaction.atomic
    def change_and_fail() -> None:
        audit.record(plant, "edit", by=None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert not audit.history_of(plant).exists()
