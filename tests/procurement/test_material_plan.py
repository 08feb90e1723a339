"""`manage.py material_plan`: the figures of the demo are those of its workbooks, recalculated here without any of the product's code."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import DjangoDbBlocker

from planning_site.core.models import Plant
from procurement.models import Material
from tests.procurement.demo_factory import loaded

DEMO = Path(settings.BASE_DIR) / "planning_site" / "demo"
BOOK_WEEK = "2026-11-23 10:00+08:00"
COUNTED = {"双", "个"}
SHEETS = ("女鞋", "男鞋", "运动", "童鞋")

pytestmark = pytest.mark.django_db

Key = tuple[str, str]


@pytest.fixture(scope="module")
def book() -> dict[Key, Decimal]:
    """Σ pairs × usage × (1 + loss) of the workbooks by material and size, exactly."""
    master = openpyxl.load_workbook(DEMO / "基础资料.xlsx", data_only=True)
    by_size = {row[0] for row in master["物料"].iter_rows(min_row=2, values_only=True) if row[5] == "是"}
    bills: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for style, colour, _part, material, usage, _unit, loss in master["用料"].iter_rows(min_row=2, values_only=True):
        bills[str(style), str(colour)].append((str(material), Decimal(str(usage)) * (1 + Decimal(str(loss)) / 100)))
    gross: dict[Key, Decimal] = defaultdict(Decimal)
    for style, colour, run in order_lines():
        for material, per_pair in bills[style, colour]:
            for size, pairs in run.items():
                gross[material, size if material in by_size else ""] += pairs * per_pair
    return gross


def order_lines() -> Iterator[tuple[str, str, dict[str, int]]]:
    """Style, colour and size run of every line of the order book."""
    orders = openpyxl.load_workbook(DEMO / "订单统计表.xlsx", data_only=True)
    for name in SHEETS:
        rows = list(orders[name].iter_rows(values_only=True))
        head = next(number for number, row in enumerate(rows) if row[0] == "序号")
        sizes = {place: str(title).rstrip("#") for place, title in enumerate(rows[head]) if str(title).endswith("#")}
        for row in rows[head + 1 :]:
            if isinstance(row[0], int):
                yield str(row[6]), str(row[7]), {size: whole(row[place]) for place, size in sizes.items() if row[place] is not None}


def whole(value: Any) -> int:
    """`４８`, ` 90 `, `60双` as people write them."""
    return int("".join(letter for letter in unicodedata.normalize("NFKC", str(value)) if letter.isdigit()))


def plan(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("material_plan", "--json", *arguments, stdout=out)
    rows: list[dict[str, Any]] = json.loads(out.getvalue())
    return rows


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with loaded(django_db_blocker, BOOK_WEEK):
        yield


def test_gross_is_pairs_times_usage_times_loss_of_the_workbooks_to_the_last_decimal(demo: None, book: dict[Key, Decimal]) -> None:
    """D1, D2."""
    rows = plan()
    assert list(rows[0]) == ["material", "size", "unit", "gross", "stock", "on_order", "net", "needed_on"]
    found = {(row["material"], row["size"]): row for row in rows}
    assert found.keys() == {key for key, gross in book.items() if gross}
    for key, exact in book.items():
        if exact:
            step = Decimal(1) if found[key]["unit"] in COUNTED else Decimal("0.001")
            assert Decimal(str(found[key]["gross"])) == exact.quantize(step, ROUND_HALF_UP), key


def test_net_is_what_stock_and_orders_do_not_cover(demo: None) -> None:
    for row in plan():
        gross, stock, on_order = (Decimal(str(row[name])) for name in ("gross", "stock", "on_order"))
        # gross and net are whole where soles are counted, while a supplier's 2,623.4 pairs stay what he wrote
        off = abs(Decimal(str(row["net"])) - max(gross - stock - on_order, 0))
        assert off < 1 if row["unit"] in COUNTED else off == 0, row


def test_the_months_together_are_the_whole(demo: None) -> None:
    rows = plan()
    whole_gross = sum(Decimal(str(row["gross"])) for row in rows if row["unit"] == "码")
    whole_net = sum(Decimal(str(row["net"])) for row in rows if row["unit"] == "码")
    months = sorted({row["needed_on"][:7] for row in rows} | {"2026-10", "2027-01", "2027-02", "2027-03"})
    parts = [row for month in months for row in plan("--month", month) if row["unit"] == "码"]
    tolerance = Decimal("0.001") * len(parts)
    assert abs(sum(Decimal(str(row["gross"])) for row in parts) - whole_gross) <= tolerance
    assert abs(sum(Decimal(str(row["net"])) for row in parts) - whole_net) <= tolerance
    for row in parts:
        gross, stock, on_order = (Decimal(str(row[name])) for name in ("gross", "stock", "on_order"))
        assert Decimal(str(row["net"])) >= gross - stock - on_order - Decimal("0.002")


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="2026-13"):
        plan("--month", "2026-13")


def test_an_unknown_plant_is_refused() -> None:
    with pytest.raises(CommandError, match="P9"):
        plan("--plant", "P9")


def test_without_orders_the_plan_is_an_empty_list() -> None:
    Plant.objects.create(code="P2", name="二厂")
    Material.objects.create(code="M1", name="面料", unit="码")
    assert plan("--plant", "P2") == []
