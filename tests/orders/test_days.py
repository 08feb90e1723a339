"""Days as people type them."""

import datetime as dt

import pytest

from orders.days import read_day
from planning_site.workbooks.cells import UnreadableError

TODAY = dt.date(2026, 12, 8)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/22", "2026-12-22"),
        ("1222", "2026-12-22"),
        ("12.22", "2026-12-22"),
        ("１２／２２", "2026-12-22"),
        ("12月22日", "2026-12-22"),
        ("1/15", "2027-01-15"),
        ("11/20", "2026-11-20"),
        ("10/1", "2027-10-01"),
        ("2026-12-22", "2026-12-22"),
        ("2027/1/5", "2027-01-05"),
        ("2027年1月5日", "2027-01-05"),
        ("20261222", "2026-12-22"),
        ("今天", "2026-12-08"),
        ("明天", "2026-12-09"),
        ("tomorrow", "2026-12-09"),
        ("周五", "2026-12-11"),
        ("周二", "2026-12-08"),
        ("星期一", "2026-12-14"),
        ("下周五", "2026-12-18"),
        ("本周一", "2026-12-07"),
        ("Fri", "2026-12-11"),
        ("51周", "2026-12-19"),
        ("W1", "2027-01-09"),
        ("2/28", "2027-02-28"),
    ],
)
def test_a_due_day_is_the_one_that_is_meant(text: str, expected: str) -> None:
    assert read_day(text, TODAY).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("12/8", "2026-12-08"), ("1222", "2026-12-22"), ("12/30", "2025-12-30"), ("周五", "2026-12-04")]
)
def test_an_order_day_leans_to_the_past(text: str, expected: str) -> None:
    assert read_day(text, TODAY, "past").isoformat() == expected


@pytest.mark.parametrize("text", ["13/45", "2/30", "soon", "122", "99周", "五", "-", "2026-02-30"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match=text):
        read_day(text, TODAY)


def test_the_leap_day_is_found_only_where_there_is_one() -> None:
    assert read_day("2/29", dt.date(2027, 12, 1)).isoformat() == "2028-02-29"
    with pytest.raises(UnreadableError):
        read_day("2/29", TODAY)
