"""Rows that tests need, with sensible defaults. Every name is unique, so that a test may ask for several."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.contrib.auth.models import Group

from orders.models import Customer, Order, OrderLine, Salesperson, Style, StyleColour
from orders.services import LineInput, create_order
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant

_serial = itertools.count(1)

RUN = {"38": 84, "39": 108, "40": 168, "41": 240, "42": 258, "43": 156, "44": 102, "45": 84}


def user(*departments: Department | str, name: str = "", superuser: bool = False, language: str = "") -> User:
    """A person of the departments; the password is `secret`."""
    username = name or f"person{next(_serial)}"
    person = User.objects.create_user(username, password="secret", is_superuser=superuser, is_staff=superuser, language=language)
    person.groups.set([Group.objects.get_or_create(name=str(department))[0] for department in departments])
    return person


def salesperson(name: str = "", *, account: User | None = None) -> Salesperson:
    return Salesperson.objects.create(name=name or f"业务{next(_serial)}", user=account)


def customer(name: str = "", *, code: str = "", seller: Salesperson | None = None, grade: str = "A") -> Customer:
    n = next(_serial)
    return Customer.objects.create(code=code or f"K{n:04}", name=name or f"客户{n}", grade=grade, salesperson=seller)


def style(
    code: str = "",
    *,
    colours: Iterable[str] = ("黑", "白"),
    sizes: tuple[str, str] = ("38", "45"),
    step: str = "1",
    family: str = "男正装",
    is_new: bool = False,
) -> Style:
    """A style with its colours, made in every size from the first to the last."""
    made = Style.objects.create(
        code=code or f"ST{next(_serial):04}",
        family=family,
        category="男鞋",
        last_no="L131",
        sole_no="S15",
        is_new=is_new,
        size_from=Decimal(sizes[0]),
        size_to=Decimal(sizes[1]),
        size_step=Decimal(step),
    )
    StyleColour.objects.bulk_create([StyleColour(style=made, name=name) for name in colours])
    return made


def line(
    of: Style | None = None,
    *,
    colour: str = "",
    sizes: Mapping[str, int] | None = None,
    due_on: dt.date = dt.date(2026, 12, 29),
    price: Decimal | None = Decimal("151.10"),
    note: str = "",
) -> LineInput:
    """A line as the service takes it; without sizes, 100 pairs of the smallest."""
    of = of or style()
    chosen: StyleColour = of.colours.get(name=colour) if colour else of.colours.all()[0]
    return LineInput(style=of, colour=chosen, sizes=sizes or {of.sizes[0]: 100}, due_on=due_on, price=price, note=note)


def order(
    *lines: LineInput,
    by: User | None = None,
    of: Customer | None = None,
    seller: Salesperson | None = None,
    po: str = "",
    ordered_on: dt.date = dt.date(2026, 11, 23),
    plant: Plant | None = None,
) -> Order:
    """An open order with its number, as sales enters it; without lines, one of 100 pairs."""
    return create_order(
        plant=plant or default_plant(),
        customer=of or customer(),
        po=po or f"PO{next(_serial):05}",
        salesperson=seller,
        ordered_on=ordered_on,
        lines=lines or [line()],
        by=by,
    )


def first_line(of: Order) -> OrderLine:
    return of.lines.all()[0]
