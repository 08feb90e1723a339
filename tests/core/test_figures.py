"""Numbers and dates as the interface guide writes them, in both languages."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

TUESDAY = dt.date(2026, 12, 22)
LATE_EVENING = dt.datetime(2026, 12, 7, 17, 30, tzinfo=dt.UTC)  # 8 December 01:30 in the factory


def shown(expression: str, value: Any, language: str = "zh-hans") -> str:
    with translation.override(language), time_machine.travel("2026-12-08T02:24:00Z", tick=False):
        return Template("{{ value|%s }}" % expression).render(Context({"value": value}))  # noqa: UP031


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("pairs", 3600, "3,600"),
        ("pairs", 0, "0"),
        ("pairs", None, "–"),
        ("pairs", -408, "\u2212408"),
        ("pairs", Decimal("1234567"), "1,234,567"),
        ("signed", 320, "+320"),
        ("signed", -1408, "\u22121,408"),
        ("signed", 0, "0"),
        ("signed", None, "–"),
        ("percent", 0.94, "94%"),
        ("percent:1", 0.94, "94.0%"),
        ("percent", 0, "0%"),
        ("percent", None, "–"),
        ("percent", Decimal("1.005"), "100%"),
        ("money", Decimal("925962.6"), "¥925,962.60"),
        ('money:"USD"', Decimal("1234.5"), "USD 1,234.50"),
        ('money:"CNY"', 5, "¥5.00"),
        ("money", Decimal("-10"), "\u2212¥10.00"),
        ("money", Decimal("-0.001"), "¥0.00"),
        ("money", None, "–"),
        ("initials", "王计划", "王"),
        ("initials", "Ivan", "IV"),
        ("initials", "", "?"),
    ],
)
def test_numbers_read_alike_in_both_languages(expression: str, value: Any, expected: str) -> None:
    assert shown(expression, value) == expected
    assert shown(expression, value, "en") == expected


@pytest.mark.parametrize(
    ("expression", "value", "zh", "en"),
    [
        ("day", TUESDAY, "12/22", "22 Dec"),
        ("day", dt.date(2027, 1, 5), "2027/1/5", "5 Jan 2027"),
        ("day", LATE_EVENING, "12/8", "8 Dec"),
        ("day", None, "–", "–"),
        ("longday", TUESDAY, "12月22日 周二", "Tue 22 Dec"),
        ("longday", dt.date(2027, 1, 3), "2027年1月3日 周日", "Sun 3 Jan 2027"),
        ("weekday", TUESDAY, "周二", "Tue"),
        ("week", dt.date(2026, 12, 14), "第51周", "W51"),
        ("week", dt.date(2027, 1, 1), "第53周", "W53"),  # the first of January lies in the last ISO week of 2026
        ("week", dt.date(2027, 1, 4), "2027年第1周", "W1 2027"),
        ("month", dt.date(2026, 12, 1), "12月", "Dec"),
        ("month", dt.date(2027, 1, 1), "2027年1月", "Jan 2027"),
        ("hour", LATE_EVENING, "01:30", "01:30"),
        ("hour", None, "–", "–"),
        ("moment", LATE_EVENING, "今天 01:30", "today 01:30"),
        ("moment", dt.datetime(2026, 12, 7, 9, 0, tzinfo=dt.UTC), "昨天 17:00", "yesterday 17:00"),
        ("moment", dt.datetime(2026, 12, 5, 3, 50, tzinfo=dt.UTC), "12/5 11:50", "5 Dec 11:50"),
        ("moment", dt.datetime(2026, 12, 9, 1, 0, tzinfo=dt.UTC), "12/9 09:00", "9 Dec 09:00"),
        ("moment", None, "–", "–"),
    ],
)
def test_days_are_the_factorys_and_name_another_year(expression: str, value: Any, zh: str, en: str) -> None:
    assert shown(expression, value) == zh
    assert shown(expression, value, "en") == en
