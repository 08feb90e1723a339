"""Values as people write them in cells. Strict: what cannot be read is an error with its value, never a guess and never 0."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from django.utils.translation import gettext as _

from .book import Cell, CellError

NumberStyle = Literal["point", "comma", ""]
DayOrder = Literal["day_first", "month_first", ""]

PAIR_UNITS = ("双", "对", "雙", "prs", "pr", "pairs", "pair", "pares", "par", "paia", "paires", "paire", "paar")
CURRENCIES = {
    "R$": "BRL", "US$": "USD", "HK$": "HKD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "RMB": "CNY",
    "CNY": "CNY", "USD": "USD", "EUR": "EUR", "BRL": "BRL", "GBP": "GBP", "HKD": "HKD",
}  # fmt: skip
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20, 0xA0: 0x20, 0x202F: 0x20, 0x2009: 0x20, 0x2212: 0x2D, 0x2013: 0x2D, 0xFFE5: 0xA5, 0xFEFF: None, 0x200B: None,
}  # fmt: skip
SERIAL_EPOCH = datetime.date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2099
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_050  # 1990-01-01 to 2099-12-31: a date column holds nothing else
MONTHS = {name: index for index, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}

_PLAIN = re.compile(r"\d+")
_POINT = re.compile(r"(?:\d{1,3}(?:[, ']\d{3})+|\d+)?(?:\.\d+)?")
_COMMA = re.compile(r"(?:\d{1,3}(?:[. ']\d{3})+|\d+)?(?:,\d+)?")
_CURRENCY = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
_MONEY = re.compile(rf"(?P<head>{_CURRENCY})?\s*(?P<body>.*?)\s*(?P<tail>{_CURRENCY})?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*[日号]?(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ENGLISH = re.compile(r"(\d{1,2})[-/ ]([A-Za-z]{3})[a-z]*[-/ ,]+(\d{4})")
_ENGLISH_US = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
_SIZE = re.compile(r"(?:eur|eu|size|码|尺码)?[\s.:]*(\d{1,3})(?:[.,](\d))?\s*(#|码|号|mm|cm|eur|eu)?", re.IGNORECASE)
_HALF_SIZE = re.compile(r"(\d)\s*(?:½|1/2)")


class UnreadableError(ValueError):
    """The cell cannot be read as what its column holds; the message is a translated sentence, `code` is for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Style:
    """How a table writes what can be read in two ways; empty where nothing shows it."""

    numbers: NumberStyle = ""
    days: DayOrder = ""


def half_width(text: str) -> str:
    """Turn full-width digits, letters, punctuation and odd blanks into plain ones and trim."""
    return text.translate(FULL_WIDTH).strip()


def is_blank(value: Cell) -> bool:
    """Tell whether a cell holds nothing; zero is something, a formula never calculated is not."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip(" \t\r\n\u3000\xa0")
    return isinstance(value, CellError) and not value.word


def _refuse_error(value: Cell) -> None:
    """Raise for cells that hold no value at all."""
    if isinstance(value, CellError):
        if value.word:
            raise UnreadableError(_("The cell shows the error %(word)s.") % {"word": value.word}, "cell_error")
        raise UnreadableError(_("The formula was never calculated. Open the file in Excel and save it."), "uncalculated")


def read_text(value: Cell) -> str | None:
    """Return the cell as text, whole numbers without a point; None when blank."""
    if isinstance(value, str):
        return " ".join(half_width(value).split()) or None
    if value is None:
        return None
    _refuse_error(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    return str(value)


def read_decimal(value: Cell, *, style: NumberStyle = "", units: tuple[str, ...] = ()) -> Decimal | None:
    """Return a number; text may carry separators, a currency and one of `units`. Raise UnreadableError."""
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    if type(value) is int:
        return Decimal(value)
    if type(value) is float:
        return Decimal(repr(value))
    _refuse_error(value)
    if not isinstance(value, str):
        raise UnreadableError(_("This is not a number."), "number")
    return _decimal_from_text(half_width(value), style, units)


def _decimal_from_text(text: str, style: NumberStyle, units: tuple[str, ...]) -> Decimal:
    """Read a number written as text."""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    text = _without_currency(_without_unit(text, units))
    if text.startswith(("-", "+")):
        if negative:
            raise UnreadableError(_("This is not a number."), "number")
        negative, text = text[0] == "-", _without_currency(text[1:].strip())
    digits = _plain_digits(text, style)
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise UnreadableError(_("This is not a number."), "number") from None
    return -number if negative else number


def _without_unit(text: str, units: tuple[str, ...]) -> str:
    """Cut off one of the known units at the end."""
    lowered = text.lower()
    for unit in sorted(units, key=len, reverse=True):
        if lowered.endswith(unit.lower()):
            return text[: len(text) - len(unit)].rstrip(" .")
    return text


def _without_currency(text: str) -> str:
    """Cut off a currency sign or code before or behind."""
    match = _MONEY.fullmatch(text)
    return match.group("body") if match else text


def currency_of(value: Cell) -> str | None:
    """Return the currency code written in a price cell, None when it names none."""
    if not isinstance(value, str):
        return None
    match = _MONEY.fullmatch(half_width(value).lstrip("(-+ ").rstrip(") "))
    word = (match.group("head") or match.group("tail")) if match else None
    return CURRENCIES.get(word.upper()) if word else None


def _plain_digits(text: str, style: NumberStyle) -> str:
    """Return digits with a decimal point only; refuse what does not follow the style."""
    if _PLAIN.fullmatch(text) and text.isascii():
        return text
    if not text.isascii() or not text[-1:].isdigit() or not any(letter.isdigit() for letter in text):
        raise UnreadableError(_("This is not a number."), "number")
    if style == "comma":
        if _COMMA.fullmatch(text):
            return re.sub(r"[. ']", "", text).replace(",", ".")
    elif _POINT.fullmatch(text):
        return re.sub(r"[, ']", "", text)
    elif not style and _COMMA.fullmatch(text) and shown_style(text) == "comma":
        return re.sub(r"[. ']", "", text).replace(",", ".")
    raise UnreadableError(_("This is not a number."), "number")


def shown_style(value: Cell) -> NumberStyle:
    """Tell which decimal sign a value proves: `39,99` and `1.234,5` a comma, `39.99` and `1,234.5` a point, `1,234` none."""
    if not isinstance(value, str):
        return ""
    text = re.sub(r"[^\d.,]", "", half_width(value))
    if re.fullmatch(r"\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", text):
        return "comma"
    if re.fullmatch(r"\d+\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}", text):
        return "point"
    return ""


def read_integer(value: Cell, *, style: NumberStyle = "", units: tuple[str, ...] = ()) -> int | None:
    """Return a whole number, None when blank; raise UnreadableError for anything else."""
    if type(value) is int:
        return value
    number = read_decimal(value, style=style, units=units)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise UnreadableError(_("This must be a whole number."), "not_whole")
    return int(number)


def read_pairs(value: Cell, *, style: NumberStyle = "") -> int | None:
    """Return pairs: whole, not negative; `120双` and `120 prs` are 120, blank is None."""
    if value is None:
        return None
    pairs = value if type(value) is int else _pairs_from(value, style)
    if pairs is not None and pairs < 0:
        raise UnreadableError(_("Pairs cannot be negative."), "negative")
    return pairs


def _pairs_from(value: Cell, style: NumberStyle) -> int | None:
    """Read pairs that are not a plain whole number; the sentence speaks of pairs."""
    if isinstance(value, str) and half_width(value) in ("-", "--", "–", "—", "/"):
        return None
    try:
        return read_integer(value, style=style, units=PAIR_UNITS)
    except UnreadableError as error:
        if error.code == "not_whole":
            raise UnreadableError(_("Pairs must be whole."), "not_whole") from None
        raise


def read_date(value: Cell, *, order: DayOrder = "") -> datetime.date | None:
    """Return a day from a date cell, an Excel serial or text with a year; None when blank. Raise UnreadableError.

    `05/06/2026` needs `order`, shown by the rest of its column: without it the cell is refused, not guessed.
    """
    if isinstance(value, datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _no_date()
        return day
    if value is None or (is_blank(value) and isinstance(value, str)):
        return None
    _refuse_error(value)
    if isinstance(value, str):
        return _date_from_text(half_width(value), order)
    if isinstance(value, int | float) and not isinstance(value, bool) and FIRST_SERIAL <= value <= LAST_SERIAL:
        return SERIAL_EPOCH + datetime.timedelta(days=int(value))
    raise _no_date()


def _no_date() -> UnreadableError:
    return UnreadableError(_("The date cannot be read. Write it with its year, like 2026-12-25."), "date")


def _date_from_text(text: str, order: DayOrder) -> datetime.date:
    """Read a day written as text."""
    if text.isdigit() and len(text) == 5 and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return SERIAL_EPOCH + datetime.timedelta(days=int(text))
    parts = _year_first(text) or _month_by_name(text)
    if parts is None:
        match = _YEAR_LAST.fullmatch(text)
        if match is None or not text.isascii():
            raise _no_date()
        first, second, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        parts = (year, *_month_and_day(first, second, order))
    if not FIRST_YEAR <= parts[0] <= LAST_YEAR:
        raise _no_date()
    try:
        return datetime.date(*parts)
    except ValueError:
        raise _no_date() from None


def _year_first(text: str) -> tuple[int, int, int] | None:
    """Read 2026-12-25, 2026/12/25, 2026.12.25, 2026年12月25日 and 20261225."""
    match = _YEAR_FIRST.fullmatch(text)
    if match and text.replace("年", "").replace("月", "").replace("日", "").replace("号", "").isascii():
        mixed = {match.group(2), match.group(4)}
        if len(mixed) == 1 or mixed == {"年", "月"}:
            return int(match.group(1)), int(match.group(3)), int(match.group(5))
        return None
    compact = _COMPACT.fullmatch(text)
    return (int(compact.group(1)), int(compact.group(2)), int(compact.group(3))) if compact and text.isascii() else None


def _month_by_name(text: str) -> tuple[int, int, int] | None:
    """Read 25-Dec-2026 and Dec 25, 2026."""
    match = _ENGLISH.fullmatch(text)
    if match:
        day, name, year = match.groups()
    else:
        match = _ENGLISH_US.fullmatch(text)
        if not match:
            return None
        name, day, year = match.groups()
    month = MONTHS.get(name.lower())
    return (int(year), month, int(day)) if month else None


def _month_and_day(first: int, second: int, order: DayOrder) -> tuple[int, int]:
    """Return month and day of 25/12 or 12/25; refuse what could be either."""
    if first > 12 or first == second:
        return second, first
    if second > 12:
        return first, second
    if not order:
        raise UnreadableError(_("Day and month can be read either way. Write the date like 2026-12-25."), "ambiguous_date")
    return (second, first) if order == "day_first" else (first, second)


def shown_order(value: Cell) -> DayOrder:
    """Tell which order of day and month a value proves."""
    match = _YEAR_LAST.fullmatch(half_width(value)) if isinstance(value, str) else None
    if match is None:
        return ""
    first, second = int(match.group(1)), int(match.group(3))
    if first > 12 and second <= 12:
        return "day_first"
    return "month_first" if second > 12 and first <= 12 else ""


def read_size(value: Cell) -> str | None:
    """Return a size's name: `36#`, `EU 36`, 36.0 are "36", `36½` is "36.5", `230mm` is "230"; None when blank."""
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    _refuse_error(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _no_size()
    text = half_width(value) if isinstance(value, str) else read_text(value) or ""
    match = _SIZE.fullmatch(_HALF_SIZE.sub(r"\1.5", text))
    if match is None or not text.replace("码", "").replace("尺", "").replace("号", "").replace("½", "").isascii():
        raise _no_size()
    whole, part, unit = int(match.group(1)), match.group(2) or "0", (match.group(3) or "").lower()
    if unit == "cm":
        whole, part = whole * 10 + int(part), "0"
    if part not in ("0", "5") or (unit == "mm" and part != "0"):
        raise _no_size()
    if not (10 <= whole <= 60 or (100 <= whole <= 330 and part == "0")):
        raise _no_size()
    return f"{whole}.5" if part == "5" else str(whole)


def _no_size() -> UnreadableError:
    return UnreadableError(_("This is not a size."), "size")
