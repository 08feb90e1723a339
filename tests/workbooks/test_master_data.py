"""Master data, stock and purchases: what is wrong in their rows, and the ledger of counts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from orders.models import Customer, Style
from planning_site.core.models import Change
from procurement.models import Material, PurchaseOrderLine, StockMove, Supplier, Usage
from scheduling.models import StyleRate, Team
from tests.workbooks.builders import xlsx
from tests.workbooks.conftest import Import, states_of, wrong_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory")]

HEADS: dict[str, Sequence[str]] = {
    "customers": ["客户编号", "客户名称", "等级", "业务员"],
    "styles": ["公司货号", "鞋型", "新/旧款", "起码", "止码", "裁断(分钟/双)", "针车(分钟/双)"],
    "colours": ["公司货号", "颜色", "色号"],
    "suppliers": ["供应商编号", "名称", "邮箱"],
    "materials": ["物料编号", "名称", "类别", "单位", "采购周期(天)", "分码", "默认供应商"],
    "usage": ["公司货号", "颜色", "部位", "物料编号", "单耗(每双)", "单位", "损耗%"],
    "stock": ["仓库", "物料编号", "名称", "码", "数量", "单位"],
    "purchases": ["采购单号", "物料编号", "码", "数量", "供应商", "承诺到日", "状态"],
    "teams": ["车间", "工序", "班组", "人数", "每日工时(小时)", "效率%", "可做鞋型"],
    "minutes": ["公司货号", "工序", "分钟/双"],
    "calendar": ["日期起", "日期止", "类型", "说明"],
}


@pytest.fixture
def goods(factory: None) -> None:
    supplier = Supplier.objects.create(code="G01", name="瑞丰皮革")
    Material.objects.create(code="M1", name="面料", unit="码", supplier=supplier)
    Material.objects.create(code="S1", name="大底", unit="双", by_size=True)


WRONG: list[tuple[str, list[Any], list[tuple[str, str]]]] = [
    ("customers", ["C09", "华荣贸易", "A", None], [("B", "华荣贸易")]),
    ("customers", ["C09", "新客户", "Z", None], [("C", "Z")]),
    ("customers", ["C09", None, "A", None], [("B", "")]),
    ("styles", ["N1", "童鞋", "旧款", 40, 38, 1, 1], [("E", "38")]),
    ("styles", ["N1", "童鞋", "半新", 36, 38, 1, 1], [("C", "半新")]),
    ("styles", ["N1", "童鞋", "旧款", 36, 38, 0, 1], [("F", "0")]),
    ("styles", ["N1", "童鞋", "旧款", 36, 38, "三", 1], [("F", "三")]),
    ("colours", ["HD9", "红", "RD"], [("A", "HD9")]),
    ("suppliers", ["G09", "新", "not a mail"], [("C", "not a mail")]),
    ("materials", ["M9", "x", "y", "码", 2.5, "否", None], [("E", "2.5")]),
    ("materials", ["M9", "x", "y", "码", -1, "否", None], [("E", "-1")]),
    ("materials", ["M9", "x", "y", "码", 5, "也许", None], [("F", "也许")]),
    ("materials", ["M9", "x", "y", "码", 5, "否", "G77"], [("G", "G77")]),
    ("usage", ["HD1", "黑", "面料", "M7", 1, "码", 5], [("D", "M7")]),
    ("usage", ["HD1", "红", "面料", "M1", 1, "码", 5], [("B", "红")]),
    ("usage", ["HD1", "黑", "面料", "M1", 1, "米", 5], [("F", "米")]),
    ("usage", ["HD1", "黑", "面料", "M1", 0, "码", 5], [("E", "0")]),
    ("stock", ["总仓", "M7", "x", None, 5, "码"], [("B", "M7")]),
    ("stock", ["总仓", "M1", "x", None, -5, "码"], [("E", "-5")]),
    ("stock", ["总仓", "M1", "x", 38, 5, "码"], [("D", "38")]),
    ("stock", ["总仓", "S1", "x", None, 5, "双"], [("D", "")]),
    ("stock", ["月球仓", "M1", "x", None, 5, "码"], [("A", "月球仓")]),
    ("stock", ["总仓", "M1", "x", None, None, "码"], [("E", "")]),
    ("purchases", ["CG1", "M1", None, 0, "G01", "2026-12-05", "已确认"], [("D", "0")]),
    ("purchases", ["CG1", "M1", None, 5, "G77", "2026-12-05", "已确认"], [("E", "G77")]),
    ("purchases", ["CG1", "M1", None, 5, "G01", "12月5日", "已确认"], [("F", "12月5日")]),
    ("teams", ["车间", "电绣", "一组", 5, 10, 85, "全部"], [("B", "电绣")]),
    ("teams", ["车间", "裁断", "一组", 5, 25, 85, "全部"], [("E", "25")]),
    ("teams", ["车间", "裁断", None, 5, 10, 85, "全部"], [("C", "")]),
    ("minutes", ["HD1", "裁断", 0], [("C", "0")]),
    ("calendar", ["2027-02-15", "2027-01-28", "放假", None], [("B", "2027-01-28")]),
    ("calendar", ["2027-02-15", "2027-02-16", "出差", None], [("C", "出差")]),
]


@pytest.mark.parametrize(("kind", "row", "cells"), WRONG)
def test_wrong_row_is_named_by_its_cell(kind: str, row: list[Any], cells: list[tuple[str, str]], goods: None, bring: Import) -> None:
    outcome = bring(xlsx([HEADS[kind], row]))
    assert [(column, value) for _row, column, value in wrong_of(outcome)] == cells


def test_row_that_stands_twice_is_wrong_the_second_time(bring: Import) -> None:
    outcome = bring(xlsx([HEADS["customers"], ["C7", "甲", "A", "周敏"], ["C7", "乙", "B", "周敏"]]))
    assert states_of(outcome) == ["new", "wrong"]
    assert Customer.objects.get(code="C7").name == "甲"


def test_changed_customer_shows_old_and_new_and_leaves_history(bring: Import) -> None:
    outcome = bring(xlsx([HEADS["customers"], ["C01", "华荣国际", "B", "周敏"]]))
    assert dict(outcome.results[0].changes) == {"name": ("华荣贸易", "华荣国际"), "grade": ("A", "B"), "salesperson": (None, "周敏")}
    assert Change.objects.get(object_type="orders.customer").values["name"] == ["华荣贸易", "华荣国际"]


def test_missing_minutes_stay_unknown(bring: Import) -> None:
    bring(xlsx([HEADS["styles"], ["N1", "童鞋", "新款", 26, 35, 3.9, None]]))
    style = Style.objects.get(code="N1")
    assert style.is_new
    assert list(StyleRate.objects.filter(style=style).values_list("stage__code", "minutes")) == [("cutting", Decimal("3.90"))]


def test_minutes_come_by_stage_too(bring: Import) -> None:
    bring(xlsx([HEADS["minutes"], ["HD1", "针车", "38.4分钟"]]))
    assert StyleRate.objects.get().minutes == Decimal("38.40")


def test_team_without_people_is_unrated_not_zero(bring: Import) -> None:
    bring(xlsx([HEADS["teams"], ["裁断车间", "裁断", "一组", None, "10小时", "85%", "童鞋、女凉鞋"]]))
    team = Team.objects.get()
    assert (team.people, team.families) == (None, ["童鞋", "女凉鞋"])
    assert (team.hours, team.efficiency) == (Decimal(10), Decimal(85))
    assert not team.is_rated


def count(quantity: Any, day: str = "2026-11-23") -> bytes:
    return xlsx([["仓库盘存表"], [f"盘点日: {day}"], HEADS["stock"], ["总仓", "M1", "面料", None, quantity, "码"]])


def test_stock_count_posts_the_difference_to_the_ledger(goods: None, bring: Import) -> None:
    assert states_of(bring(count("3,456.7"))) == ["new"]
    assert states_of(bring(count(3456.7))) == ["unchanged"]
    assert states_of(bring(count(3000))) == ["changed"]
    assert states_of(bring(count(0))) == ["changed"]
    assert [str(move.quantity) for move in StockMove.objects.all()] == ["3456.700", "-456.700", "-3000.000"]


def test_count_of_an_earlier_day_is_compared_with_that_day(goods: None, bring: Import) -> None:
    bring(count(100, "2026-11-20"))
    bring(count(150, "2026-11-23"))
    assert states_of(bring(count(100, "2026-11-20"))) == ["unchanged"]


def test_purchase_line_changes_its_promise(goods: None, bring: Import) -> None:
    row = ["CG1", "M1", None, 5138.4, "G01", "2026-12-05", "待回复"]
    bring(xlsx([HEADS["purchases"], row]))
    outcome = bring(xlsx([HEADS["purchases"], [*row[:5], "2026年12月9日", "已确认"]]))
    assert dict(outcome.results[0].changes) == {"promised_on": ("2026-12-05", "2026-12-09"), "state": ("waiting", "confirmed")}
    assert PurchaseOrderLine.objects.get().state == "confirmed"


def test_usage_of_a_notice_is_taken_where_the_master_has_none(goods: None, bring: Import) -> None:
    form = xlsx(
        [
            ["制造通知单"],
            ["单号: HT9   版次: 1"],
            ["客户", "华荣贸易", None, "公司货号", "HD1"],
            ["颜色", "黑", None, "交期", "2027-01-17"],
            ["配码", 38, 39, "合计"],
            ["双数", 10, 20, 30],
            [],
            ["部位", "物料编号", "单耗(每双)", "单位"],
            ["面料", "M1", 2.236, "码"],
            [],
            ["包装要求", "12双/外箱"],
        ]
    )
    outcome = bring(form)
    assert outcome.wrong == []
    usage = Usage.objects.get()
    assert (usage.per_pair, usage.version.style_colour.name) == (Decimal("2.2360"), "黑")
