"""Days as people type them: 12/22, 1222, 12.22, 明天, 周五, 51周, tomorrow, Fri, W51, besides every date with its year."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Literal

from django.utils.translation import gettext as _

from planning_site.workbooks.cells import UnreadableError, half_width, read_date

Leaning = Literal["future", "past"]

# A day without a year is the one that is meant: a due date has hardly passed, an order is hardly of next month.
FUTURE_FROM = dt.timedelta(days=-45)
PAST_UNTIL = dt.timedelta(days=14)

RELATIVE = {"前天": -2, "昨天": -1, "yesterday": -1, "今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
ENGLISH = ("mon monday", "tue tuesday", "wed wednesday", "thu thursday", "fri friday", "sat saturday", "sun sunday")
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
WEEKDAYS |= {name: n for n, names in enumerate(ENGLISH) for name in names.split()}
LAST_WORKDAY = 6  # of an ISO week: "week 51" as a day means its Saturday

_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{2})(\d{2})")
_WEEKDAY = re.compile(r"(本|这|下|next )?(?:周|星期|礼拜)?(.+)")
_WEEK = re.compile(r"(?:第?(\d{1,2})周|w(?:eek)? ?(\d{1,2}))")


def read_day(text: str, today: dt.date, leaning: Leaning = "future") -> dt.date:
    """The day that a text means on a given day. `leaning` decides the year where none is written.

    Raises UnreadableError with a translated sentence.
    """
    plain = half_width(text).lower()
    if plain in RELATIVE:
        return today + dt.timedelta(days=RELATIVE[plain])
    for read in (_short, _weekday, _week):
        day = read(plain, today, leaning)
        if day is not None:
            return day
    try:
        found = read_date(plain)
    except UnreadableError:
        found = None
    if found is None:
        raise UnreadableError(_("“%(text)s” is not a day. Write 12/22, 2026-12-22 or 明天.") % {"text": text.strip()}, "day")
    return found


def _short(text: str, today: dt.date, leaning: Leaning) -> dt.date | None:
    match = _SHORT.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    month, day = int(match.group(1)), int(match.group(2))
    return _meant(lambda year: dt.date(year, month, day), today, leaning)


def _week(text: str, today: dt.date, leaning: Leaning) -> dt.date | None:
    match = _WEEK.fullmatch(text)
    if match is None:
        return None
    week = int(match.group(1) or match.group(2))
    return _meant(lambda year: dt.date.fromisocalendar(year, week, LAST_WORKDAY), today, leaning)


def _weekday(text: str, today: dt.date, leaning: Leaning) -> dt.date | None:
    """周五 is the next (or, leaning to the past, the last) Friday, 下周五 the one of next week."""
    match = _WEEKDAY.fullmatch(text)
    if match is None or match.group(2) not in WEEKDAYS or (not text.isascii() and not re.search("周|星期|礼拜", text)):
        return None
    weekday, which = WEEKDAYS[match.group(2)], (match.group(1) or "").strip()
    monday = today - dt.timedelta(days=today.weekday())
    if which:
        return monday + dt.timedelta(days=weekday + (7 if which in ("下", "next") else 0))
    ahead = (weekday - today.weekday()) % 7
    return today + dt.timedelta(days=ahead if leaning == "future" or ahead == 0 else ahead - 7)


def _meant(of_year: Callable[[int], dt.date], today: dt.date, leaning: Leaning) -> dt.date | None:
    """The candidate of last, this and next year that the leaning asks for; None if there is no such day."""
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(of_year(year))
        except ValueError:  # 29 February of most years, week 53 of most
            continue
    if leaning == "future":
        return next((day for day in candidates if day >= today + FUTURE_FROM), None)
    return next((day for day in reversed(candidates) if day <= today + PAST_UNTIL), None)
