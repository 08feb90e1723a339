"""Entering, changing and closing orders."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.models import Order, OrderLine
from orders.services import KeepPrice, LineInput, OrderConflictError, change_state, create_order, update_order
from planning_site.core.audit import history_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import Change, User
from planning_site.core.plants import default_plant
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 8)


def as_inputs(order: Order) -> list[LineInput]:
    return [
        LineInput(line.style, line.colour, line.sizes, line.due_on, line.price, line.note, line.pk)
        for line in order.lines.select_related("style", "colour")
    ]


def save(
    order: Order, lines: list[LineInput] | None = None, *, by: User | None = None, version: int | None = None, **values: object
) -> Order:
    fields = {name: getattr(order, name) for name in ("customer", "po", "salesperson", "ordered_on", "packing", "note")} | values
    return update_order(
        order=order,
        version=order.version if version is None else version,
        by=by,
        lines=as_inputs(order) if lines is None else lines,
        **fields,
    )


def test_an_order_gets_the_number_of_its_day() -> None:
    first, second = factories.order(ordered_on=DAY), factories.order(ordered_on=DAY)
    other_day = factories.order(ordered_on=dt.date(2026, 12, 9))
    assert [first.number, second.number, other_day.number] == ["HT261208-001", "HT261208-002", "HT261209-001"]


def test_a_number_that_a_workbook_brought_is_passed_over() -> None:
    imported = factories.order(ordered_on=dt.date(2026, 12, 1))
    Order.objects.filter(pk=imported.pk).update(number="HT261208-002")
    assert [factories.order(ordered_on=DAY).number for _ in range(3)] == ["HT261208-001", "HT261208-003", "HT261208-004"]


def test_a_refused_order_takes_no_number() -> None:
    style = factories.style()
    bad = factories.line(style, sizes={"99": 12})
    with pytest.raises(DomainError, match="99"):
        factories.order(bad, ordered_on=DAY)
    assert not Order.objects.exists()
    assert factories.order(ordered_on=DAY).number == "HT261208-001"


def test_an_entered_order_keeps_its_size_run_without_zeros() -> None:
    style = factories.style(sizes=("9", "11"), step="0.5")
    order = factories.order(factories.line(style, sizes={"10": 24, "9.5": 12, "9": 0}), ordered_on=DAY)
    line = order.lines.get()
    assert (line.sizes, line.pairs) == ({"9.5": 12, "10": 24}, 36)


def test_entering_leaves_who_and_what() -> None:
    person = factories.user(Department.SALES)
    order = factories.order(by=person, po="PO98731", ordered_on=DAY)
    entered = history_of(order).get()
    assert (entered.action, entered.by, entered.values["po"]) == ("entered", person, [None, "PO98731"])
    assert history_of(*order.lines.all()).get().values["pairs"] == [None, 100]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sizes": {"38": 0}}, "no_pairs"),
        ({"sizes": {"37": 12}}, "line_invalid"),
        ({"sizes": {"38": -12}}, "line_invalid"),
        ({"sizes": {"38": 100_000}}, "too_many_pairs"),
        ({"due_on": dt.date(2026, 12, 7)}, "due_before_ordered"),
        ({"price": Decimal("-1")}, "line_invalid"),
    ],
)
def test_a_wrong_line_is_refused_by_name(change: dict[str, object], code: str) -> None:
    line = factories.line(factories.style("HD2616"), **change)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="HD2616") as refusal:
        factories.order(line, ordered_on=DAY)
    assert refusal.value.code == code


def test_the_colour_of_another_style_is_refused() -> None:
    line = factories.line()
    foreign = factories.style().colours.all()[0]
    with pytest.raises(DomainError) as refusal:
        factories.order(LineInput(line.style, foreign, line.sizes, line.due_on))
    assert refusal.value.code == "line_invalid"


def test_a_style_and_colour_stands_once_and_an_order_has_lines() -> None:
    line = factories.line()
    with pytest.raises(DomainError) as twice:
        factories.order(line, line)
    with pytest.raises(DomainError) as none:
        create_order(plant=default_plant(), customer=factories.customer(), po="", salesperson=None, ordered_on=DAY, lines=[], by=None)
    assert (twice.value.code, none.value.code) == ("line_twice", "no_lines")


def test_a_change_records_old_and_new_and_counts_the_version_up() -> None:
    style = factories.style()
    order = factories.order(factories.line(style, sizes={"40": 510}), po="PO1")
    (line,) = as_inputs(order)
    changed = save(order, [LineInput(style, line.colour, {"40": 528}, line.due_on, line.price, "", line.id)], po="PO2")
    assert (changed.version, changed.po) == (2, "PO2")
    assert history_of(order).filter(action="changed").get().values == {"po": ["PO1", "PO2"]}
    assert history_of(order.lines.get()).filter(action="changed").get().values == {"sizes": [{"40": 510}, {"40": 528}], "pairs": [510, 528]}


def test_a_change_of_nothing_leaves_no_trace() -> None:
    order = factories.order()
    rows = Change.objects.count()
    assert save(order).version == 1
    assert Change.objects.count() == rows


def test_lines_that_exchange_their_colours_keep_their_identity() -> None:
    style = factories.style(colours=["黑", "白"])
    order = factories.order(factories.line(style, colour="黑", sizes={"40": 10}), factories.line(style, colour="白", sizes={"40": 20}))
    black, white = as_inputs(order)
    swapped = [
        LineInput(style, white.colour, black.sizes, black.due_on, black.price, "", black.id),
        LineInput(style, black.colour, white.sizes, white.due_on, white.price, "", white.id),
    ]
    save(order, swapped)
    assert list(order.lines.values_list("id", "position", "colour__name", "pairs")) == [(white.id, 1, "白", 10), (black.id, 2, "黑", 20)]


def test_a_line_follows_its_id_when_it_becomes_another_colour_and_a_missing_one_is_removed() -> None:
    style = factories.style(colours=["黑", "白", "红"])
    order = factories.order(*(factories.line(style, colour=colour) for colour in ("黑", "白")))
    black, white = as_inputs(order)
    red = style.colours.get(name="红")
    save(order, [LineInput(style, red, black.sizes, black.due_on, black.price, "", black.id)])
    assert list(order.lines.values_list("id", "colour__name")) == [(black.id, "红")]
    removed = history_of(order).get(action="line_removed")
    assert removed.values["colour"] == ["白", None]
    assert white.id not in OrderLine.objects.values_list("pk", flat=True)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing() -> None:
    order = factories.order(po="PO1")
    save(order, po="PO2", version=1)
    with pytest.raises(OrderConflictError) as conflict:
        save(order, po="PO3", version=1)
    assert conflict.value.order.po == "PO2"
    assert Order.objects.get().po == "PO2"


@pytest.mark.parametrize("state", [Order.State.CANCELLED, Order.State.CLOSED])
def test_a_closed_or_cancelled_order_is_not_changed(state: Order.State) -> None:
    order = factories.order()
    changed = change_state(order=order, state=state, reason="客户取消", by=None)
    with pytest.raises(DomainError) as refusal:
        save(changed, po="PO9")
    assert refusal.value.code == "not_editable"


def test_states_move_as_allowed_with_a_reason() -> None:
    person = factories.user(Department.SALES)
    order = factories.order()
    held = change_state(order=order, state=Order.State.ON_HOLD, reason=" 等客户确认 ", by=person)
    assert (held.state, held.version) == ("on_hold", 2)
    row = history_of(order).filter(action="state").get()
    assert (row.by, row.why, row.values) == (person, "等客户确认", {"state": ["open", "on_hold"]})
    opened = change_state(order=held, state=Order.State.OPEN, reason="已确认", by=person)
    closed = change_state(order=opened, state=Order.State.CLOSED, reason="出完", by=person)
    with pytest.raises(DomainError) as refusal:
        change_state(order=closed, state=Order.State.OPEN, reason="再开", by=person)
    assert refusal.value.code == "transition"


def test_a_state_change_needs_a_reason_and_the_version_that_was_seen() -> None:
    order = factories.order()
    with pytest.raises(DomainError) as refusal:
        change_state(order=order, state=Order.State.ON_HOLD, reason="  ", by=None)
    assert refusal.value.code == "no_reason"
    save(order, po="other")
    with pytest.raises(OrderConflictError):
        change_state(order=order, state=Order.State.ON_HOLD, reason="等", by=None, version=1)
    assert Order.objects.get().state == Order.State.OPEN


def test_who_may_not_see_prices_neither_sets_them_nor_takes_the_order_over() -> None:
    mine, hers = factories.user(Department.SALES), factories.user(Department.SALES)
    me, she = factories.salesperson(account=mine), factories.salesperson(account=hers)
    order = factories.order(of=factories.customer(seller=she), seller=she)
    (line,) = as_inputs(order)
    kept = LineInput(line.style, line.colour, {"38": 60}, line.due_on, KeepPrice.KEEP, "", line.id)
    for lines, seller in (([line], she), ([kept], me)):
        with pytest.raises(DomainError) as refusal:
            save(order, lines, by=mine, salesperson=seller)
        assert refusal.value.code == "not_yours"
    save(order, [kept], by=mine)
    assert order.lines.values_list("pairs", "price").get() == (60, Decimal("151.10"))
