"""配套明细表 (DOMAIN's form 5) brings usage by size into the version that its order is made by."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.models import OrderLine
from planning_site.core.plants import default_plant
from planning_site.workbooks.services import files
from planning_site.workbooks.services.running import FileOutcome
from procurement.models import Material, Usage, UsageVersion
from tests import factories
from tests.procurement.factories import bill
from tests.workbooks.builders import xlsx

pytestmark = pytest.mark.django_db
HEAD = ["制单号", "部件/材料", "规格色", "码", "每双用量", "应配数", "已到", "已领", "已完成部件", "欠数", "预计到", "责任单位", "配套双数"]


@pytest.fixture
def job() -> OrderLine:
    Material.objects.create(code="M1", name="面料 黑", unit="平方英尺")
    Material.objects.create(code="S1", name="大底 黑", unit="双", by_size=True)
    order = factories.order(factories.line(factories.style("HD1", sizes=("38", "40")), sizes={"38": 10, "39": 20, "40": 10}))
    return OrderLine.objects.select_related("order").get(order=order)


def bring(*rows: list[object]) -> FileOutcome:
    return files.import_files([("配套明细表.xlsx", xlsx([HEAD, *rows]))], plant=default_plant(), by=None)[0]


def row(job: OrderLine, part: str, spec: str, size: object, usage: object) -> list[object]:
    return [job.order.number, part, spec, size, usage, 40, 0, 0, 0, 40, None, "采购部", 0]


def test_usage_by_size_is_taken_and_balances_are_passed_over(job: OrderLine) -> None:
    outcome = bring(
        row(job, "面料", "黑", 38, 2), row(job, "面料", "黑", 39, 2.1), row(job, "面料", "黑", 40, 2.2),
        row(job, "大底", "黑", 38, 1), row(job, "大底", "黑", 39, 1), row(job, "大底", "黑", 40, 1),
    )  # fmt: skip
    assert outcome.wrong == []
    version = UsageVersion.objects.get()
    assert version.valid_from == job.order.ordered_on
    leather, sole = Usage.objects.order_by("material__code")
    assert (leather.grading, leather.by_size, leather.per_pair) == ("size", {"38": "2", "39": "2.1", "40": "2.2"}, Decimal("2.2000"))
    assert (sole.grading, sole.per_pair) == ("flat", 1)
    again = bring(row(job, "大底", "黑", 38, 1), row(job, "大底", "黑", 39, 1), row(job, "大底", "黑", 40, 1))
    assert [result.state.value for result in again.results] == ["unchanged"] * 3


def test_the_version_of_the_orders_day_is_changed_not_the_newest(job: OrderLine) -> None:
    material = Material.objects.get(code="M1")
    old = bill(job.colour, ("面料", material, "2", 8), valid_from=job.order.ordered_on - dt.timedelta(days=9))
    new = bill(job.colour, ("面料", material, "2", 8), valid_from=job.order.ordered_on + dt.timedelta(days=9))
    outcome = bring(row(job, "面料", "黑", None, 2.5))
    assert [result.state.value for result in outcome.results] == ["changed"]
    assert (old.rows.get().per_pair, old.rows.get().loss_percent) == (Decimal("2.5"), 8)
    assert new.rows.get().per_pair == 2


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({0: "HT999"}, "A"),  # no such order
        ({1: "皮料"}, "B"),  # no material is called so
        ({3: 47}, "D"),  # not a size of the style
        ({4: 0}, "E"),
    ],
)
def test_a_wrong_cell_is_named(job: OrderLine, cells: dict[int, object], column: str) -> None:
    wrong = row(job, "面料", "黑", 38, 2)
    for place, value in cells.items():
        wrong[place] = value
    assert [item.column for item in bring(wrong).wrong] == [column]
    assert not Usage.objects.exists()


def test_a_size_that_stands_twice_is_wrong_the_second_time(job: OrderLine) -> None:
    outcome = bring(row(job, "面料", "黑", 38, 2), row(job, "面料", "黑", 38, 3))
    assert [item.row for item in outcome.wrong] == [3]
