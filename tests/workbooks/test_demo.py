"""The demo factory's workbooks, unchanged, against what they are known to hold."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from orders.models import Order, OrderLine, Salesperson, Style, StyleColour
from planning_site.core.models import CalendarPeriod, User
from planning_site.core.plants import default_plant
from planning_site.workbooks.services import files, summary
from planning_site.workbooks.services.running import FileOutcome
from planning_site.workbooks.tables import Passed
from procurement.models import Material, PurchaseOrderLine, StockMove, Supplier, Usage
from scheduling.models import StyleRate, Team

DEMO = Path(__file__).resolve().parent.parent.parent / "planning_site" / "demo"
EXPECTED = json.loads((DEMO / "EXPECTED.json").read_text())

pytestmark = pytest.mark.django_db


def demo_files() -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(DEMO.glob("*.xlsx"))]


@pytest.fixture
def imported(db: None) -> dict[str, FileOutcome]:
    outcomes = files.import_files(demo_files(), plant=default_plant(), by=None)
    return {outcome.name: outcome for outcome in outcomes}


def test_demo_gives_exactly_what_it_holds(imported: dict[str, FileOutcome]) -> None:
    book = summary.as_json(imported["订单统计表.xlsx"])
    assert {name: book[name] for name in ("orders", "pairs", "pairs_by_size", "wrong")} == {
        name: EXPECTED[name] for name in ("orders", "pairs", "pairs_by_size", "wrong")
    }
    assert all(outcome.wrong == [] for outcome in imported.values())
    kinds = {name.split("-")[0]: summary.as_json(outcome)["kind"] for name, outcome in imported.items()}
    assert kinds == {"订单统计表.xlsx": "order_book", "制造通知单": "notice", "基础资料.xlsx": "master_data", "库存与在途.xlsx": "stock"}


def test_demo_fills_every_room_and_passes_over_what_is_no_data(imported: dict[str, FileOutcome]) -> None:
    assert (Order.objects.count(), OrderLine.objects.count()) == (EXPECTED["orders"], EXPECTED["orders"])
    due = OrderLine.objects.order_by("due_on").values_list("due_on", flat=True)
    assert (due.first(), due.last()) == (dt.date.fromisoformat(EXPECTED["first_due"]), dt.date.fromisoformat(EXPECTED["last_due"]))
    assert (Style.objects.count(), Team.objects.count()) == (EXPECTED["styles"], EXPECTED["teams"])
    assert (StyleColour.objects.count(), StyleRate.objects.count()) == (88, 36 * 5)
    assert (Supplier.objects.count(), Material.objects.count(), Usage.objects.count()) == (8, 174, 998)
    assert (PurchaseOrderLine.objects.count(), CalendarPeriod.objects.count()) == (697, 3)
    assert set(StockMove.objects.values_list("day", flat=True)) == {dt.date(2026, 11, 23)}
    assert Team.objects.get(name="裁断四组").families == ["童鞋", "女凉鞋", "女单鞋"]
    assert Team.objects.get(name="裁断一组").families is None

    passed = [sheet.reading.passed for sheet in imported["订单统计表.xlsx"].sheets]
    assert [count[Passed.SIGNATURE] for count in passed] == [1, 1, 1, 1]
    assert all(count[Passed.TITLE] == 2 and count[Passed.SUBTOTAL] > 1 for count in passed)

    (result,) = imported["制造通知单-HT261102-072.xlsx"].sheets[0].results
    assert set(result.changes) == {"packing", "note"}
    assert len(imported["制造通知单-HT261102-072.xlsx"].sheets[1].results) == 12
    assert Order.objects.get(number="HT261102-072").packing.startswith("12双/外箱")
    again = files.import_files(demo_files(), plant=default_plant(), by=None)
    assert {result.state for outcome in again for result in outcome.results} == {"unchanged"}


def test_dates_can_be_moved_everywhere(db: None) -> None:
    files.import_files(demo_files(), plant=default_plant(), by=None, shift_days=14)
    assert OrderLine.objects.earliest("due_on").due_on == dt.date.fromisoformat(EXPECTED["first_due"]) + dt.timedelta(14)
    assert CalendarPeriod.objects.filter(first_day=dt.date(2027, 2, 11), last_day=dt.date(2027, 3, 1)).exists()
    assert set(StockMove.objects.values_list("day", flat=True)) == {dt.date(2026, 12, 7)}


@time_machine.travel("2027-03-04 09:00+08:00", tick=False)
def test_load_demo_moves_the_order_books_week_to_todays_once(db: None) -> None:
    out = StringIO()
    call_command("load_demo", stdout=out)
    # the Thursday of the order book's week, 2026-11-26, is today: 14 weeks later
    assert OrderLine.objects.earliest("due_on").due_on == dt.date.fromisoformat(EXPECTED["first_due"]) + dt.timedelta(weeks=14)
    assert Salesperson.objects.get(name="何芳").user == User.objects.get(username="he")
    call_command("load_demo", stdout=out)
    assert Order.objects.count() == 300


def test_load_demo_that_finds_anything_wrong_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes((DEMO / "订单统计表.xlsx").read_bytes())
    monkeypatch.setattr("scheduling.management.commands.load_demo.FOLDER", tmp_path)
    with pytest.raises(CommandError, match="HD26"):
        call_command("load_demo")
    assert not User.objects.exists()
