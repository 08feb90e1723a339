"""Order books against the database: new, changed, unchanged and wrong rows."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order, OrderLine, Salesperson
from planning_site.core.departments import Department
from planning_site.core.models import Change
from planning_site.workbooks.services import summary
from planning_site.workbooks.services.running import FileOutcome
from tests import factories
from tests.workbooks.builders import ORDER_HEAD, line, order_book, xlsx
from tests.workbooks.conftest import Import, states_of, wrong_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory")]


def book(*lines: list[Any]) -> bytes:
    return order_book(lines)


def test_new_row_becomes_an_order_with_its_line(bring: Import) -> None:
    outcome = bring(
        book(line("HT1", customer="华荣贸易", s38="１０双", s39=" 20 ", ordered="2026年11月4日", due="2026/12/25", note="加急"))
    )
    order = Order.objects.get()
    (got,) = order.lines.all()
    assert states_of(outcome) == ["new"]
    assert (order.number, order.customer.code, order.po, order.ordered_on) == ("HT1", "C01", "PO1", dt.date(2026, 11, 4))
    assert order.salesperson == Salesperson.objects.get(name="何芳")
    assert (got.sizes, got.pairs, str(got.price), got.due_on, got.note) == (
        {"38": 10, "39": 20, "40": 30},
        60,
        "50.50",
        dt.date(2026, 12, 25),
        "加急",
    )


def test_same_file_again_changes_nothing(bring: Import) -> None:
    data = book(line("HT1"), line("HT2", colour="白", s38=None, total=50))
    bring(data)
    before = list(Change.objects.values_list("pk", flat=True)), list(Order.objects.values()), list(OrderLine.objects.values())
    outcome = bring(data)
    assert states_of(outcome) == ["unchanged", "unchanged"]
    assert before == (list(Change.objects.values_list("pk", flat=True)), list(Order.objects.values()), list(OrderLine.objects.values()))


def test_changed_row_shows_old_and_new_and_leaves_history(bring: Import) -> None:
    bring(book(line("HT1")))
    person = factories.user(Department.GM)
    outcome = bring(book(line("HT1", s38=22, total=72, due="2026-12-29", po="PO2")), name="新.xlsx", by=person)
    (result,) = outcome.results
    assert result.state == "changed"
    assert dict(result.changes) == {
        "po": ("PO1", "PO2"),
        "sizes": ({"38": 10, "39": 20, "40": 30}, {"38": 22, "39": 20, "40": 30}),
        "pairs": (60, 72),
        "due_on": ("2026-12-25", "2026-12-29"),
    }
    changes = Change.objects.filter(by=person, why="新.xlsx", action="changed")
    assert {change.object_type for change in changes} == {"orders.order", "orders.orderline"}
    assert OrderLine.objects.get().pairs == 72
    assert Order.objects.get().version == 2


def test_blank_cell_leaves_what_is_stored(bring: Import) -> None:
    bring(book(line("HT1", note="加急")))
    outcome = bring(book(line("HT1", note=None, price=None, sales=None, total=None)))
    assert states_of(outcome) == ["unchanged"]
    assert OrderLine.objects.get().note == "加急"


WRONG: dict[str, tuple[dict[str, Any], list[tuple[int, str, str]]]] = {
    "unknown style": ({"style": "HD9"}, [(4, "G", "HD9")]),
    "unknown colour of the style": ({"colour": "军绿"}, [(4, "H", "军绿")]),
    "unknown customer": ({"customer": "没有"}, [(4, "D", "没有")]),
    "missing customer": ({"customer": None}, [(4, "D", "")]),
    "negative pairs": ({"s39": -20}, [(4, "J", "-20")]),
    "negative pairs in brackets": ({"s39": "(20)"}, [(4, "J", "(20)")]),
    "not whole pairs": ({"s39": 20.5}, [(4, "J", "20.5")]),
    "pairs that are no number": ({"s39": "若干"}, [(4, "J", "若干")]),
    "total differs from the sum": ({"total": 70}, [(4, "L", "70")]),
    "unreadable date": ({"due": "12月32日"}, [(4, "N", "12月32日")]),
    "date without a year": ({"due": "12月25日"}, [(4, "N", "12月25日")]),
    "no due date": ({"due": None}, [(4, "N", "")]),
    "no pairs at all": ({"s38": None, "s39": None, "s40": 0, "total": 0}, [(4, "L", "0")]),
    "due before ordered": ({"due": "2026-11-03"}, [(4, "N", "2026-11-03")]),
    "missing contract": ({"contract": None}, [(4, "F", "")]),
    "price unreadable": ({"price": "面议"}, [(4, "M", "面议")]),
    "negative price": ({"price": -1}, [(4, "M", "-1")]),
    "a fraction of a cent": ({"price": 50.555}, [(4, "M", "50.555")]),
    "too long a contract": ({"contract": "H" * 41}, [(4, "F", "H" * 41)]),
    "too many pairs": ({"s39": 200_000, "total": 200_040}, [(4, "J", "200000")]),
    "two things at once": ({"style": "HD9", "due": "?"}, [(4, "G", "HD9"), (4, "N", "?")]),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_row_is_named_by_its_cell_and_good_rows_go_in(name: str, bring: Import) -> None:
    values, cells = WRONG[name]
    outcome = bring(book(line(**{"contract": "HT1", **values}), line("HT2")))
    assert sorted(wrong_of(outcome), key=lambda item: item[1]) == cells
    assert all(item.reason and item.sheet == "男鞋" for item in outcome.wrong)
    assert states_of(outcome) == ["wrong", "new"]
    assert list(Order.objects.values_list("number", flat=True)) == ["HT2"]


def test_size_outside_the_range_is_wrong_not_a_new_size(bring: Import) -> None:
    outcome = bring(order_book([line("HT1")], sizes=(38, 39, 132)))
    assert wrong_of(outcome) == [(4, "K", "30")]
    outcome = bring(order_book([line("HT1", s40=None, total=30)], sizes=(38, 39, 41)))
    assert states_of(outcome) == ["new"]  # an empty cell of a size that the style has not is nothing


def test_half_sizes_of_a_style_are_taken(bring: Import) -> None:
    head = [*ORDER_HEAD, 36, 36.5, "37#", "合计", "单价", "要求交货日期", "备注"]
    outcome = bring(xlsx([head, line("HT1", style="HD2")]))
    assert states_of(outcome) == ["new"]
    assert OrderLine.objects.get().sizes == {"36": 10, "36.5": 20, "37": 30}


@pytest.mark.parametrize(
    "second",
    [{"customer": "北欧行 NordWalk"}, {"po": "PO2"}, {"ordered": "2026-11-05"}, {}],
    ids=["other customer", "other PO", "other order day", "same style and colour"],
)
def test_duplicate_contract_in_the_file_is_wrong_the_second_time(second: dict[str, str], bring: Import) -> None:
    outcome = bring(book(line("HT1"), line("HT1", **(second | ({"colour": "白"} if second else {})))))
    assert wrong_of(outcome) == [(5, "F", "HT1")]
    assert states_of(outcome) == ["new", "wrong"]
    assert outcome.wrong[0].contract == "HT1"


def test_contract_with_two_colours_is_one_order_with_two_lines(bring: Import) -> None:
    outcome = bring(book(line("HT1"), line("HT1", colour="白")))
    assert states_of(outcome) == ["new", "new"]
    assert list(Order.objects.get().lines.values_list("position", "colour__name")) == [(1, "黑"), (2, "白")]
    assert summary.as_json(outcome)["orders"] == 1
    again = bring(book(line("HT1"), line("HT1", colour="白", s38=11, total=61)))
    assert states_of(again) == ["unchanged", "changed"]


def test_line_added_to_a_stored_order_is_new(bring: Import) -> None:
    bring(book(line("HT1")))
    outcome = bring(book(line("HT1"), line("HT1", colour="白")))
    assert states_of(outcome) == ["unchanged", "new"]
    assert Order.objects.get().lines.count() == 2
    assert list(Change.objects.filter(object_type__startswith="orders.order").values_list("action", flat=True)) == ["line_added", "entered"]


def test_line_added_with_another_po_leaves_the_old_one_in_the_history(bring: Import) -> None:
    bring(book(line("HT1")))
    bring(book(line("HT1", colour="白", po="PO2")))
    assert Change.objects.get(action="changed").values == {"po": ["PO1", "PO2"]}


def test_row_of_a_cancelled_order_is_wrong(bring: Import) -> None:
    bring(book(line("HT1")))
    Order.objects.update(state=Order.State.CANCELLED)
    assert wrong_of(bring(book(line("HT1", s38=11, total=61)))) == [(4, "F", "HT1")]


def test_dry_run_and_all_or_nothing_write_nothing(bring: Import) -> None:
    good, bad = line("HT1"), line("HT2", style="HD9")
    assert states_of(bring(book(good), dry_run=True)) == ["new"]
    assert states_of(bring(book(good, bad), all_or_nothing=True)) == ["new", "wrong"]
    assert not Order.objects.exists()
    assert not Salesperson.objects.filter(name="何芳").exists()


def test_style_is_suggested_when_it_is_nearly_right(bring: Import) -> None:
    factories.style("HD2616")
    factories.style("XX9999")
    reason = bring(book(line("HT1", style="HD2661"))).wrong[0].reason
    assert "HD2616" in reason
    assert "XX9999" not in reason


def test_colour_may_be_written_as_its_code(bring: Import) -> None:
    order_style = factories.style("HD7", colours=(), sizes=("38", "40"))
    order_style.colours.create(name="酒红", code="WN")
    assert states_of(bring(book(line("HT1", style="hd7", colour="wn")))) == ["new"]
    assert OrderLine.objects.get().colour.name == "酒红"


def test_names_that_differ_only_in_case_are_no_obstacle(bring: Import) -> None:
    factories.salesperson("IVAN")
    factories.salesperson("Ivan")
    bring(book(line("HT1", sales="Ivan")))
    for name in ("IVAN", "Ivan"):
        Order.objects.update(salesperson=Salesperson.objects.get(name=name))
        assert states_of(bring(book(line("HT1", sales=None)))) == ["unchanged"]


def test_price_of_an_order_that_is_not_ones_own_stays(bring: Import) -> None:
    owner = factories.user(Department.SALES)
    factories.salesperson("何芳", account=owner)
    bring(book(line("HT1")))
    stranger = factories.user(Department.SALES)
    changed = book(line("HT1", price=99))
    assert states_of(bring(changed, by=stranger)) == ["unchanged"]
    assert states_of(bring(changed, by=owner)) == ["changed"]


def test_customers_own_csv_comes_in_with_constants(bring: Import) -> None:
    text = "PEDIDO;REFERENCIA;COR;TAMANHOS;QUANTIDADE;PRECO;ENTREGA;CLIENTE\n" + "".join(
        f'8812;HD1;黑;{size};{pairs};"R$ 39,99";25/12/2026;C01\n' for size, pairs in ((38, "1.200"), (39, "60"))
    )
    outcome = bring(text.encode(), name="pedido.csv")
    assert outcome.wrong == []
    got = OrderLine.objects.get()
    assert (got.sizes, str(got.price)) == ({"38": 1200, "39": 60}, "39.99")


def count_queries(action: Callable[[], FileOutcome]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def test_number_of_queries_does_not_grow_with_the_rows(bring: Import) -> None:
    few = [line(f"A{n}") for n in range(3)]
    many = [line(f"B{n}") for n in range(300)]
    first = count_queries(lambda: bring(book(*few)))
    assert count_queries(lambda: bring(book(*many))) <= first
    cheaper = [line(f"B{n}", price=49) for n in range(300)]
    changed = count_queries(lambda: bring(book(*cheaper)))
    assert changed <= first + 5
