"""Plans as Excel: the columns of the forms, sums that add up, the language of the reader."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from planning_site.core.departments import Department
from scheduling.exports import plan_workbook
from scheduling.models import Plan
from scheduling.selectors.month import MonthFilter
from tests import factories as people
from tests.scheduling.factories import floor as make_floor
from tests.scheduling.plan_factories import Floor, add_lines, make_day, make_month, make_week

pytestmark = pytest.mark.django_db
HEAD = 3  # title, facts, head


@pytest.fixture(autouse=True)
def factory_noon() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 12, 8, 4, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    return make_floor(lines=16, pairs=2400)


def table(plan: Plan, language: str = "en", wanted: MonthFilter | None = None) -> tuple[list[str], list[dict[str, Any]], tuple[Any, ...]]:
    """Heads, rows by head, and the row of sums."""
    with translation.override(language):
        _name, content = plan_workbook(plan, wanted)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    heads = [str(value) for value in lines[HEAD - 1]]
    return heads, [dict(zip(heads, line, strict=True)) for line in lines[HEAD:-1]], lines[-1]


def test_the_month_form_has_its_columns(floor: Floor) -> None:
    heads, _rows, _sums = table(make_month(floor), "zh-hans")
    assert heads[:8] == ["月", "版次", "合同号", "客户", "货号", "颜色", "双数", "到期"]
    assert heads[8:11] == ["裁断 起", "裁断 止", "裁断 班组"]
    assert heads[-7:] == ["负荷 %", "前期状态", "主料到期", "预计完成", "迟（天）", "风险", "评审结论"]


def test_a_month_row_says_dates_teams_load_and_risk(floor: Floor) -> None:
    plan = make_month(floor)
    _heads, rows, sums = table(plan)
    assert len(rows) == 16
    job = plan.jobs.filter(outcome="late").order_by("due_on", "id").first()
    assert job
    row = next(row for row in rows if row["Contract no."] == job.order_line.order.number)
    days = plan.entries.filter(order_line=job.order_line, stage__code="stitching").values_list("day", flat=True)
    assert (row["Stitching from"].date(), row["Stitching to"].date()) == (min(days), max(days))
    assert row["Stitching teams"] == plan.entries.filter(order_line=job.order_line, stage__code="stitching")[0].team.name
    assert row["Due"].date() == job.due_on
    assert row["Days late"] == job.late_days
    assert row["Risk"].startswith(f"{job.late_days} days late: Stitching is full")
    assert 0 < row["Load %"] <= 1.5
    assert row["Review"] is None
    assert sum(row["Pairs"] for row in rows) == sums[6] == sum(plan.jobs.values_list("pairs", flat=True))


def test_the_filter_of_the_page_narrows_the_month_form(floor: Floor) -> None:
    plan = make_month(floor)
    _heads, rows, _sums = table(plan, wanted=MonthFilter(q=floor.lines[3].order.number))
    assert [row["Contract no."] for row in rows] == [floor.lines[3].order.number]


def test_the_week_form_has_its_columns_and_the_pairs_of_every_day(floor: Floor) -> None:
    week = make_week(make_month(floor))
    heads, rows, sums = table(week)
    assert heads[:8] == ["Week", "Workshop", "Team", "Instruction / contract no.", "Style", "Colour", "Pairs this week", "Whole job"]
    assert heads[8] == "14 Dec Mon"
    assert heads[15:] == [
        "Hand-over from",
        "Hand-over day",
        "Material complete",
        "Remarks",
        "Version",
        "Issued to / acknowledged",
    ]
    for row in rows:
        assert row["Pairs this week"] == sum(row[head] or 0 for head in heads[8:15])
    assert sums[6] == sum(week.entries.values_list("pairs", flat=True))


def test_the_day_form_has_a_column_for_every_size_and_a_target(floor: Floor) -> None:
    plan = make_day(make_week(make_month(floor)))
    heads, rows, sums = table(plan)
    assert heads[7:12] == ["38", "39", "40", "41", "42"]
    assert heads[12:] == ["Pairs", "Target per hour", "Parts complete (who, when)", "Supervisor's approval", "Issued at"]
    entries = list(plan.entries.order_by("team__stage__position", "team__position", "position"))
    assert [row["Order of work"] for row in rows] == [entry.position for entry in entries]
    for row, entry in zip(rows, entries, strict=True):
        assert {size: row[size] or 0 for size in heads[7:12]} == {size: (entry.sizes or {}).get(size, 0) for size in heads[7:12]}
        assert row["Target per hour"] > 0
    assert sums[12] == sum(entry.pairs for entry in entries)


def test_every_download_is_named_by_number_and_version(floor: Floor) -> None:
    week = make_week(make_month(floor))
    client = Client()
    client.force_login(people.user(Department.WAREHOUSE))
    response = client.get(reverse("scheduling:plan_export", args=[week.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="ZJH-2026-51-v1.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(response.content)).active is not None


@pytest.mark.parametrize("kind", ["month", "week", "day"])
def test_queries_do_not_grow_with_the_plan(floor: Floor, kind: str, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    add_lines(floor, 60, pairs=1200)
    month = make_month(floor)
    week = make_week(month)
    plan = Plan.objects.select_related("plant").get(pk={"month": month, "week": week, "day": make_day(week)}[kind].pk)
    with django_assert_max_num_queries(12):
        plan_workbook(plan)
