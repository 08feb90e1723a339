"""Cells as people write them: read exactly, or refused; never guessed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_site.workbooks import cells
from planning_site.workbooks.book import CellError
from planning_site.workbooks.cells import UnreadableError

FULL = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("written", "pairs"),
    [
        (120, 120), (120.0, 120), ("120", 120), (" 120 ", 120), ("１２０", 120), ("120双", 120), ("１２０ 双", 120), ("120 prs", 120),
        ("120PAIRS", 120), ("1,200", 1200), ("12,345,678", 12345678), ("0", 0), (0, 0), (None, None), ("", None), ("　", None), ("-", None),
    ],
)  # fmt: skip
def test_pairs_are_read(written: Any, pairs: int | None) -> None:
    assert cells.read_pairs(written) == pairs


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (-66, "negative"), ("-66", "negative"), ("−66", "negative"), ("(66)", "negative"), (54.5, "not_whole"), ("54.5双", "not_whole"),
        ("1.200", "not_whole"), ("abc", "number"), ("12²", "number"),
         ("½", "number"), ("1e5", "number"), ("nan", "number"), ("1_000", "number"),
        ("١٢", "number"), ("一百", "number"), ("12,34", "not_whole"), ("--5", "number"), (True, "number"), (dt.date(2026, 1, 1), "number"),
        (CellError("#REF!"), "cell_error"), (CellError(""), "uncalculated"), ("60双60", "number"),
    ],
)  # fmt: skip
def test_pairs_that_are_not_clear_are_refused(written: Any, code: str) -> None:
    with pytest.raises(UnreadableError) as error:
        cells.read_pairs(written)
    assert error.value.code == code


@given(st.integers(0, 10**9))
def test_any_pairs_are_read_back_in_every_writing(pairs: int) -> None:
    for written in (str(pairs), f"{pairs:,}", f"{pairs}双", str(pairs).translate(FULL), f" {pairs} 双 ", f"{pairs} prs", float(pairs)):
        assert cells.read_pairs(written) == pairs


@given(st.decimals(Decimal("-1e9"), Decimal("1e9"), allow_nan=False, places=2))
def test_any_amount_is_read_back_in_its_style(amount: Decimal) -> None:
    point, comma = f"{amount:,.2f}", f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert cells.read_decimal(point, style="point") == amount
    assert cells.read_decimal(comma, style="comma") == amount
    assert cells.read_decimal(f"R$ {comma}", style="comma") == amount


@given(st.text(max_size=12))
def test_text_is_a_number_only_if_it_has_digits_and_never_becomes_zero(text: str) -> None:
    try:
        number = cells.read_decimal(text)
    except UnreadableError:
        return
    if number is None:
        assert not text.strip(" \t\r\n\u3000\xa0")
    else:
        assert any(letter.isdigit() for letter in text)
        assert number != 0 or set(cells.half_width(text)) & set("0")


@pytest.mark.parametrize(
    ("written", "style", "value"),
    [
        ("R$ 39,99", "comma", "39.99"), ("39,99", "", "39.99"), ("1.234,56", "", "1234.56"), ("1,234.56", "", "1234.56"),
         ("1.234", "comma", "1234"),
        ("1.234", "point", "1.234"), ("¥50.5", "", "50.5"), ("USD 12.30", "", "12.30"), ("(12.50)", "", "-12.50"), ("50.5元", "", "50.5"),
    ],
)  # fmt: skip
def test_amounts_are_read(written: str, style: Any, value: str) -> None:
    assert cells.read_decimal(written, style=style) == Decimal(value)


def test_point_style_refuses_a_decimal_comma() -> None:
    with pytest.raises(UnreadableError):
        cells.read_decimal("39,99", style="point")


@pytest.mark.parametrize(("written", "currency"), [("R$ 39,99", "BRL"), ("¥50", "CNY"), ("50 EUR", "EUR"), ("50", None), (50, None)])
def test_currency_is_named(written: Any, currency: str | None) -> None:
    assert cells.currency_of(written) == currency


CHRISTMAS = dt.date(2026, 12, 25)


@pytest.mark.parametrize(
    "written",
    [
        CHRISTMAS, dt.datetime(2026, 12, 25, 8), 46381, 46381.0, "46381", "2026-12-25", "2026/12/25", "2026.12.25",
        "2026年12月25日", "2026年12月25号",
        "2026 年 12 月 25 日", "２０２６-12-25", "20261225", "25/12/2026", "12/25/2026", "25.12.2026", "25-Dec-2026", "Dec 25, 2026",
        "2026-12-25 00:00:00", " 2026-12-25 ",
    ],
)  # fmt: skip
def test_dates_are_read(written: Any) -> None:
    assert cells.read_date(written) == CHRISTMAS


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12月25日", "date"), ("12月32日", "date"), ("2026-02-30", "date"), ("25/12/26", "date"),
         ("12/25", "date"), ("下周五", "date"), (12, "date"),
        (True, "date"), ("05/06/2026", "ambiguous_date"), ("2026-12/25", "date"), ("1899-01-01", "date"), (dt.date(1900, 1, 5), "date"),
    ],
)  # fmt: skip
def test_dates_that_are_not_clear_are_refused(written: Any, code: str) -> None:
    with pytest.raises(UnreadableError) as error:
        cells.read_date(written)
    assert error.value.code == code


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_any_day_is_read_back_in_every_writing(day: dt.date) -> None:
    writings = (f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", day)
    assert {cells.read_date(written) for written in writings} == {day}
    assert cells.read_date(f"{day:%d/%m/%Y}", order="day_first") == day
    assert cells.read_date(f"{day:%m/%d/%Y}", order="month_first") == day
    serial = (day - dt.date(1899, 12, 30)).days
    assert cells.read_date(serial) == day


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (36, "36"), (36.0, "36"), ("36#", "36"), ("３６＃", "36"), ("36.5", "36.5"), (36.5, "36.5"), ("36½", "36.5"), ("36 1/2", "36.5"),
        ("36,5", "36.5"), ("EU 36", "36"), ("EUR36", "36"), ("36码", "36"), ("230mm", "230"), (230, "230"), ("23.5cm", "235"), (None, None),
    ],
)  # fmt: skip
def test_sizes_are_read(written: Any, size: str | None) -> None:
    assert cells.read_size(written) == size


@pytest.mark.parametrize("written", ["US 8", "36.3", "38-40", "5", 400, "合计", "M", True, "361⁄2", "230.5", dt.date(2026, 1, 1)])
def test_what_is_no_size_is_refused(written: Any) -> None:
    with pytest.raises(UnreadableError):
        cells.read_size(written)


@given(st.integers(20, 100).map(lambda half: half / 2))
def test_any_half_size_is_read_back_in_every_writing(size: float) -> None:
    name = f"{size:g}"
    half = name.removesuffix(".5") + ("½" if name.endswith(".5") else "")
    assert {cells.read_size(written) for written in (size, name, f"{name}#", f"EU {name}", half, name.replace(".", ","))} == {name}
