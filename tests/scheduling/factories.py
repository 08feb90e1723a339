"""What tests of services and pages need beside the floor and the plans of `plan_factories`."""

import datetime as dt
import importlib

from django.apps import apps

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.models import User
from scheduling.models import Plan, Stage
from tests import factories
from tests.scheduling.plan_factories import Floor, add_lines, make_floor, make_month

NOON = dt.datetime(2026, 12, 8, 4, 0, tzinfo=dt.UTC)  # in the factory


def route() -> None:
    """The default stages, where a test before this one has emptied all tables."""
    if not Stage.objects.exists():
        importlib.import_module("scheduling.migrations.0002_default_stages").add_default_stages(apps, None)


def floor(*, lines: int = 8, styles: int = 3, pairs: int = 600) -> Floor:
    """24 teams and an order book of so many lines, of styles that were made before: a new one waits for QC's release."""
    route()
    made = make_floor(styles=styles)
    for style in made.styles:
        style.is_new = False
        style.save(update_fields=["is_new"])
    add_lines(made, lines, pairs=pairs)
    return made


def planner(name: str = "", *, language: str = "en") -> User:
    """A planner with a mail address, who reads English."""
    person = factories.user(Department.PLANNING, name=name, language=language)
    person.email = f"{person.username}@example.com"
    person.save(update_fields=["email"])
    return person


def month(of: Floor, *, state: str = "draft", **plan: object) -> Plan:
    """A month plan of the floor's lines by the simple rule of `plan_factories`, a draft unless said otherwise."""
    return make_month(of, state=state, **plan)  # type: ignore[arg-type]


def contract(line: OrderLine) -> str:
    return line.order.number
