"""Template filters for numbers and dates as UI texts write them; a builtin of every template.

Days and instants are the factory's. What is missing shows as an en dash, never as 0.
"""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils.translation import get_language

from planning_site.core import clock

register = template.Library()

MISSING = "–"
MINUS = "\u2212"
ZH_WEEKDAYS = "一二三四五六日"
EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def factory_day(value: dt.date) -> dt.date:
    """The factory's day of a date or an aware instant."""
    return value.astimezone(clock.factory_zone()).date() if isinstance(value, dt.datetime) else value


def written(text: str) -> str:
    """A number with a real minus sign."""
    return text.replace("-", MINUS)


@register.filter
def pairs(value: Number | None) -> str:
    """Whole pairs with separators: 3600 → `3,600`."""
    return MISSING if value is None or value == "" else written(f"{value:,.0f}")


@register.filter
def signed(value: Number | None) -> str:
    """A change with its sign: `+320`, `−408`; no change is `0`."""
    return MISSING if value is None or value == "" else written(f"{value:+,.0f}" if round(value) else "0")


@register.filter
def percent(share: Number | None, decimals: int = 0) -> str:
    """A share of one as percent: 0.94 → `94%`, with one decimal `94.0%`."""
    return MISSING if share is None or share == "" else written(f"{share * 100:.{decimals}f}%")


@register.filter
def money(amount: Number | None, currency: str = "") -> str:
    """An amount with two decimals: `¥925,962.60`, or `USD 1,234.50` with a currency code."""
    if amount is None or amount == "":
        return MISSING
    figure = f"{abs(amount):,.2f}"
    sign = MINUS if amount < 0 and Decimal(figure.replace(",", "")) else ""
    return f"{sign}{currency} {figure}" if currency and currency != "CNY" else f"{sign}¥{figure}"


@register.filter
def day(value: dt.date | None) -> str:
    """A day in a table: `12/22`, in English `22 Dec`; with the year if it is not this year's."""
    if not value:
        return MISSING
    value = factory_day(value)
    other_year = value.year != clock.today().year
    if is_english():
        return f"{value.day} {EN_MONTHS[value.month - 1]}" + (f" {value.year}" if other_year else "")
    return (f"{value.year}/" if other_year else "") + f"{value.month}/{value.day}"


@register.filter
def weekday(value: dt.date | None) -> str:
    """`周二`, in English `Tue`."""
    if not value:
        return MISSING
    number = factory_day(value).weekday()
    return EN_WEEKDAYS[number] if is_english() else f"周{ZH_WEEKDAYS[number]}"


@register.filter
def longday(value: dt.date | None) -> str:
    """A day in a sentence: `12月22日 周二`, in English `Tue 22 Dec`; with the year if it is not this year's."""
    if not value:
        return MISSING
    value = factory_day(value)
    if is_english():
        return f"{weekday(value)} {day(value)}"
    year = f"{value.year}年" if value.year != clock.today().year else ""
    return f"{year}{value.month}月{value.day}日 {weekday(value)}"


@register.filter
def week(value: dt.date | None) -> str:
    """The ISO week of a day: `第51周`, in English `W51`; with its year if it is not this year's."""
    if not value:
        return MISSING
    year, number, _weekday = factory_day(value).isocalendar()
    other_year = year != clock.today().isocalendar().year
    if is_english():
        return f"W{number}" + (f" {year}" if other_year else "")
    return (f"{year}年" if other_year else "") + f"第{number}周"


@register.filter
def month(value: dt.date | None) -> str:
    """A production month: `12月`, in English `Dec`; with the year if it is not this year's."""
    if not value:
        return MISSING
    value = factory_day(value)
    other_year = value.year != clock.today().year
    if is_english():
        return EN_MONTHS[value.month - 1] + (f" {value.year}" if other_year else "")
    return (f"{value.year}年" if other_year else "") + f"{value.month}月"


@register.filter
def hour(value: dt.datetime | None) -> str:
    """The factory's wall time of an instant: `17:00`."""
    return f"{value.astimezone(clock.factory_zone()):%H:%M}" if value else MISSING


@register.filter
def moment(value: dt.datetime | None) -> str:
    """An instant: `今天 17:00`, `昨天 17:00`, else `12/7 16:10`; in English `today 17:00`, `7 Dec 16:10`."""
    if not value:
        return MISSING
    words = ("today", "yesterday") if is_english() else ("今天", "昨天")
    days_ago = (clock.today() - factory_day(value)).days
    return f"{words[days_ago] if days_ago in (0, 1) else day(value)} {hour(value)}"


@register.filter
def initials(name: object) -> str:
    """One Chinese character or two Latin letters that stand for a person: `王`, `LU`."""
    text = str(name or "").strip()
    if not text:
        return "?"
    return text[:2].upper() if text[0].isascii() else text[0]
