"""The days of a job at a stage, said in few signs and without doubt about the year."""

import datetime as dt

import pytest
from django.utils import translation
from time_machine import travel

from scheduling.selectors.windows import StageCell, Window


@travel(dt.datetime(2026, 12, 8, 12, tzinfo=dt.UTC), tick=False)
@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        ("2026-12-03", "2026-12-08", "12/3–12/8", "3–8 Dec"),
        ("2026-12-03", "2026-12-03", "12/3", "3 Dec"),
        ("2026-11-28", "2026-12-02", "11/28–12/2", "28 Nov–2 Dec"),
        ("2026-12-28", "2027-01-05", "12/28–2027/1/5", "28 Dec–5 Jan 2027"),
        ("2027-01-05", "2027-01-08", "2027/1/5–1/8", "5–8 Jan 2027"),
        ("2027-01-29", "2027-02-02", "2027/1/29–2/2", "29 Jan–2 Feb 2027"),
        ("2027-01-05", "2027-01-05", "2027/1/5", "5 Jan 2027"),
        ("2025-12-29", "2026-01-03", "2025/12/29–2026/1/3", "29 Dec 2025–3 Jan 2026"),
    ],
)
def test_only_another_year_is_named_and_it_stands_in_the_date(first: str, last: str, chinese: str, english: str) -> None:
    window = Window(dt.date.fromisoformat(first), dt.date.fromisoformat(last), teams=(), pairs=100)
    cell = StageCell(window, teams=())
    with translation.override("zh-hans"):
        assert cell.days == chinese
    with translation.override("en"):
        assert cell.days == english
